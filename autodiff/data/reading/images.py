"""Pictures (PNG, JPEG, ...) as arrays of shape (height, width, channels), by Pillow.

A picture comes from anywhere, so Pillow may try only the formats of `FORMATS` (of the others some
start programs), and the size that a file declares is looked at before memory is given to it.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np

from autodiff.data.ground.errors import DataError, package
from autodiff.data.ground.files import AnyPath, path_of

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
LARGEST = 2**26
"""Pixels of a picture, 8192 x 8192: 256 MB in four channels."""
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError),
    *(AttributeError, AssertionError, NotImplementedError, RuntimeError, MemoryError),
    *(struct.error, zlib.error, Warning),
)
"""What Pillow raises of files that are no whole picture, each format in its own way (a Warning:
where the user makes them errors)."""


def decode_image(
    data: bytes,
    channels: int = 0,
    format: str | None = None,
    file: str = "",
    largest: int = LARGEST,
) -> np.ndarray:
    """The pixels of an encoded picture, uint8 (uint16 for a grey 16-bit PNG).

    `channels` is 1 (grey), 3 (RGB), 4 (RGBA), or 0 for what the picture has.  `format` (one of
    `FORMATS`) refuses others; `file` names the picture in messages.  Raises `DataError` when the
    data is no picture, is cut, or has more pixels than `largest`.

    >>> decode_image(encode_png(np.zeros((2, 3, 3), np.uint8))).shape
    (2, 3, 3)
    """
    image_module = package("PIL.Image", "pictures")
    place = f"{file}: " if file else ""
    if channels not in (0, 1, 3, 4):
        raise DataError(f"channels={channels}: write 0 (as in the file), 1, 3 or 4.")
    if format is not None and format.upper() not in FORMATS:
        raise DataError(f"format={format!r}: choose one of {', '.join(FORMATS)}.")
    image_module.init()
    tried = FORMATS if format is None else [format.upper()]
    formats = [own for own in tried if own in image_module.OPEN]  # Pillow may be built with fewer
    try:
        with image_module.open(io.BytesIO(data), formats=formats) as picture:
            _check_size(picture.size, largest, place)
            return _pixels(picture, channels)
    except image_module.DecompressionBombError as error:
        raise DataError(
            f"{place}{error} Pillow's own bound is PIL.Image.MAX_IMAGE_PIXELS."
        ) from None
    except DataError:
        raise
    except _DAMAGE as error:
        unknown = isinstance(error, image_module.UnidentifiedImageError)
        reason = f"they begin with {data[:8]!r}" if unknown else error
        kind = format or "picture"
        raise DataError(f"{place}{len(data)} bytes are not a whole {kind}: {reason}.") from None


def _check_size(size: tuple[int, int], largest: int, place: str) -> None:
    width, height = size
    if width * height > largest:
        raise DataError(
            f"{place}a picture of {height} x {width} pixels, where {largest} are the most; is it "
            f"meant to be so large, give largest={width * height}."
        )


def _pixels(picture: Any, channels: int) -> np.ndarray:
    if picture.mode.startswith("I;16") and channels in (0, 1):
        return np.asarray(picture, np.uint16)[..., None]
    if channels == 0:
        has_alpha = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA")
        grey = picture.mode in ("1", "L", "LA")
        channels = (2 if has_alpha else 1) if grey else (4 if has_alpha else 3)
    pixels = np.array(picture.convert(_MODES[channels]), np.uint8)
    return pixels.reshape(*pixels.shape[:2], channels)


def read_image(path: AnyPath, channels: int = 0, largest: int = LARGEST) -> np.ndarray:
    """The pixels of a picture's file; see `decode_image`."""
    path = path_of(path)
    return decode_image(path.read_bytes(), channels, file=str(path), largest=largest)


def encode_png(pixels: np.ndarray) -> bytes:
    """A PNG of pixels of shape (height, width, 1, 3 or 4), uint8, without loss."""
    pixels = np.asarray(pixels)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in _MODES:
        raise DataError(
            f"a PNG is made of uint8 pixels of shape (height, width, 1, 3 or 4), not of "
            f"{pixels.dtype} of shape {pixels.shape}."
        )
    image_module = package("PIL.Image", "pictures")
    file = io.BytesIO()
    grey = pixels.shape[2] == 1
    image_module.fromarray(np.ascontiguousarray(pixels[..., 0] if grey else pixels)).save(
        file, "PNG"
    )
    return file.getvalue()
