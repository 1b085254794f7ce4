"""Pictures (PNG, JPEG, ...) as arrays of shape (height, width, channels), by Pillow."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from autodiff.data.errors import DataError, package

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def decode_image(
    data: bytes, channels: int = 0, format: str | None = None, file: str = ""
) -> np.ndarray:
    """The pixels of an encoded picture, uint8 (uint16 for a grey 16-bit PNG).

    `channels` is 1 (grey), 3 (RGB), 4 (RGBA), or 0 for what the picture has.  `format` ("PNG",
    "JPEG") refuses others; `file` names the picture in messages.  Raises `DataError` when the
    data is no picture, or is cut.

    >>> decode_image(encode_png(np.zeros((2, 3, 3), np.uint8))).shape
    (2, 3, 3)
    """
    image_module = package("PIL.Image", "pictures")
    place = f"{file}: " if file else ""
    if channels not in (0, 1, 3, 4):
        raise DataError(f"channels={channels}: write 0 (as in the file), 1, 3 or 4.")
    try:
        with image_module.open(io.BytesIO(data), formats=[format] if format else None) as picture:
            return _pixels(picture, channels)
    except (OSError, SyntaxError, ValueError) as error:
        unknown = isinstance(error, image_module.UnidentifiedImageError)
        reason = f"they begin with {data[:8]!r}" if unknown else error
        kind = format or "picture"
        raise DataError(f"{place}{len(data)} bytes are not a whole {kind}: {reason}.") from None


def _pixels(picture: Any, channels: int) -> np.ndarray:
    if picture.mode.startswith("I;16") and channels in (0, 1):
        return np.asarray(picture, np.uint16)[..., None]
    if channels == 0:
        has_alpha = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA")
        grey = picture.mode in ("1", "L", "LA")
        channels = (2 if has_alpha else 1) if grey else (4 if has_alpha else 3)
    pixels = np.array(picture.convert(_MODES[channels]), np.uint8)
    return pixels.reshape(*pixels.shape[:2], channels)


def read_image(path: str, channels: int = 0) -> np.ndarray:
    """The pixels of a picture's file; see `decode_image`."""
    with open(path, "rb") as file:
        return decode_image(file.read(), channels, file=str(path))


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
