"""Pictures: the pixels that were encoded come back; what is no picture is refused."""

import io

import numpy as np
import pytest
from PIL import Image

from autodiff.data.ground.errors import DataError
from autodiff.data.reading.images import decode_image, encode_png, read_image

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_loses_nothing(channels):
    pixels = RNG.integers(0, 256, (5, 7, channels), np.uint8)
    np.testing.assert_array_equal(decode_image(encode_png(pixels)), pixels)


def test_channels_as_asked_for():
    colour = encode_png(np.full((2, 2, 3), (255, 0, 0), np.uint8))
    assert decode_image(colour, channels=1).shape == (2, 2, 1)
    assert decode_image(colour, channels=1)[0, 0, 0] == 76  # 0.299 of red, ITU-R 601
    assert decode_image(colour, channels=4)[0, 0].tolist() == [255, 0, 0, 255]
    grey = encode_png(np.full((2, 2, 1), 9, np.uint8))
    assert decode_image(grey, channels=3)[0, 0].tolist() == [9, 9, 9]


def encoded(picture, kind):
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def test_jpeg_palette_and_sixteen_bits(tmp_path):
    smooth = np.broadcast_to(np.arange(0, 64, 2, dtype=np.uint8)[:, None, None], (32, 32, 3))
    jpeg = encoded(Image.fromarray(smooth.copy()), "JPEG")
    assert np.abs(decode_image(jpeg, format="JPEG").astype(int) - smooth).max() <= 3
    palette = encoded(Image.fromarray(smooth.copy()).quantize(16), "PNG")
    assert decode_image(palette).shape == (32, 32, 3)
    deep = RNG.integers(0, 65536, (4, 5), np.uint16)
    found = decode_image(encoded(Image.fromarray(deep), "PNG"))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found[..., 0], deep)
    (tmp_path / "p.jpg").write_bytes(jpeg)
    assert read_image(tmp_path / "p.jpg").shape == (32, 32, 3)


@pytest.mark.parametrize("end", [0, 10, 40, -60])
def test_a_cut_picture_is_refused_with_its_name(end):
    whole = encode_png(RNG.integers(0, 256, (20, 20, 3), np.uint8))
    with pytest.raises(DataError, match=r"cat.png: \d+ bytes are not a whole picture"):
        decode_image(whole[:end], file="cat.png")


def test_the_wrong_format_and_odd_channels_are_refused():
    png = encode_png(np.zeros((2, 2, 1), np.uint8))
    with pytest.raises(DataError, match="not a whole JPEG"):
        decode_image(png, format="JPEG")
    with pytest.raises(DataError, match="channels=2: write 0"):
        decode_image(png, channels=2)
    with pytest.raises(DataError, match=r"not of float64 of shape \(2, 2\)"):
        encode_png(np.zeros((2, 2)))
