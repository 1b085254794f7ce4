"""`tf.image`, colours: brightness, contrast, saturation of floats in 0 .. 1 or of bytes.

Each function is a few nodes that can be differentiated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import node, scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, dtype_of, tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ops.arrays import cast, ones_like, size, tile
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.clipping import clip_by_value
from autodiff.frontends.tensorflow.ops.math import equal, maximum, minimum, rsqrt, sqrt, square
from autodiff.frontends.tensorflow.ops.random import random_uniform
from autodiff.frontends.tensorflow.ops.reductions import (
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_sum,
)


@scoped("adjust_brightness")
def adjust_brightness(image: Any, delta: Any) -> Any:
    """image + delta, delta on the scale 0 .. 1 for bytes too."""
    return _in_floats(image, lambda x: x + delta)


@scoped("random_brightness")
def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_brightness` by a number in -max_delta .. max_delta."""
    if max_delta < 0:
        raise ValueError(f"tf.image.random_brightness: max_delta is at least 0.{here()}")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


@scoped("adjust_contrast")
def adjust_contrast(image: Any, contrast_factor: Any) -> Any:
    """(x - mean) * contrast_factor + mean, the mean that of each channel over the pixels."""

    def adjusted(x: Any) -> Any:
        mean = reduce_mean(x, [-3, -2], keep_dims=True)
        return (x - mean) * contrast_factor + mean

    return _in_floats(image, adjusted)


@scoped("random_contrast")
def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_contrast` by a factor in lower .. upper."""
    return adjust_contrast(image, random_uniform([], *_bounds("contrast", lower, upper), seed=seed))


@scoped("adjust_saturation")
def adjust_saturation(image: Any, saturation_factor: Any) -> Any:
    """An RGB image with its saturation times a factor, at most 1; hue and value stay.

    With V = max(r, g, b) and S = (V - min) / V, a channel c becomes V - (V - c) S' / S.
    """
    _colours("adjust_saturation", image)

    def adjusted(x: Any) -> Any:
        value = reduce_max(x, -1, keep_dims=True)
        spread = value - reduce_min(x, -1, keep_dims=True)
        grey = equal(spread, np.zeros((), dtype_of(x)))
        most = value / select(grey, ones_like(spread), spread)
        return value - (value - x) * minimum(most, saturation_factor)

    return _in_floats(image, adjusted)


@scoped("random_saturation")
def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_saturation` by a factor in lower .. upper."""
    factor = random_uniform([], *_bounds("saturation", lower, upper), seed=seed)
    return adjust_saturation(image, factor)


def _bounds(what: str, lower: float, upper: float) -> tuple[float, float]:
    if not 0 <= lower < upper:
        raise ValueError(
            f"tf.image.random_{what}: needs 0 <= lower < upper; got {lower} and {upper}.{here()}"
        )
    return lower, upper


@node("RGBToHSV")
def rgb_to_hsv(images: Any) -> Any:
    """Hue, saturation and value in 0 .. 1 of RGB images of floats."""
    r, g, b = (images[..., channel] for channel in (0, 1, 2))
    value = np.max(images, axis=-1)
    spread = value - np.min(images, axis=-1)
    away = np.where(spread == 0, 1.0, spread)
    sixths = np.where(
        r == value, (g - b) / away, np.where(g == value, 2 + (b - r) / away, 4 + (r - g) / away)
    )
    hue = np.where(spread == 0, 0.0, (sixths / 6) % 1.0)
    saturation = spread / np.where(value == 0, 1.0, value)
    return np.stack([hue, saturation, value], axis=-1)


@node("HSVToRGB")
def hsv_to_rgb(images: Any) -> Any:
    """RGB of hue, saturation and value: v (1 - s (1 - ramp)), a ramp of the hue each."""
    hue, saturation, value = (images[..., channel, None] for channel in (0, 1, 2))
    ramp = np.clip(np.abs((6 * hue + np.array([0.0, 4.0, 2.0])) % 6.0 - 3) - 1, 0.0, 1.0)
    return value * (1 - saturation * (1 - ramp))


@scoped("adjust_hue")
def adjust_hue(image: Any, delta: Any) -> Any:
    """An RGB image with its hue moved by delta, in turns of the colour wheel."""
    _colours("adjust_hue", image)

    def adjusted(x: Any) -> Any:
        moved = rgb_to_hsv(x) + np.array([1.0, 0.0, 0.0], dtype_of(x)) * delta
        return hsv_to_rgb(moved)

    return _in_floats(image, adjusted)


@scoped("random_hue")
def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_hue` by a number in -max_delta .. max_delta, at most half a turn."""
    if not 0 <= max_delta <= 0.5:
        raise ValueError(f"tf.image.random_hue: max_delta is in 0 .. 0.5.{here()}")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


@scoped("rgb_to_grayscale")
def rgb_to_grayscale(images: Any) -> Any:
    """One channel: 0.2989 r + 0.587 g + 0.114 b."""
    _colours("rgb_to_grayscale", images)
    shares = np.array([0.2989, 0.587, 0.114])
    return _in_floats(
        images, lambda x: reduce_sum(x * shares.astype(dtype_of(x)), -1, keep_dims=True)
    )


def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """The one channel three times."""
    rank = len(dims_of(images))
    return tile(images, [1] * (rank - 1) + [3], name=name or "grayscale_to_rgb")


@scoped("per_image_whitening")
def per_image_whitening(image: Any) -> Any:
    """(x - mean) / max(deviation, 1 / sqrt(n)) of one image (1.0: `per_image_standardization`)."""
    x = tensor(image)
    x = cast(x, np.float32) if dtype_of(x).kind != "f" else x
    mean = reduce_mean(x)
    deviation = sqrt(reduce_mean(square(x - mean)))
    least = rsqrt(cast(size(x), dtype_of(x)))
    return (x - mean) / maximum(deviation, least)


per_image_standardization = per_image_whitening


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Any:
    """Bytes 0 .. 255 as floats 0 .. 1, and back."""
    image, wanted = tensor(image), as_dtype(dtype)
    own = dtype_of(image)
    if own == wanted:
        return image
    if own.kind in "iu" and wanted.kind == "f":
        scale = 1 / np.iinfo(own).max
        return cast(image, wanted) * np.asarray(scale, wanted)[()]
    if own.kind == "f" and wanted.kind in "iu":
        scaled = image * np.asarray(np.iinfo(wanted).max + 0.5, own)[()]
        if saturate:
            scaled = clip_by_value(scaled, 0.0, float(np.iinfo(wanted).max))
        return cast(scaled, wanted)
    return cast(image, wanted, name)


def _in_floats(image: Any, change: Any) -> Any:
    """A change of an image of floats, for bytes on the scale 0 .. 1 and back."""
    image = tensor(image)
    own = dtype_of(image)
    if own.kind == "f":
        return change(image)
    return convert_image_dtype(change(convert_image_dtype(image, np.float32)), own, saturate=True)


def _colours(what: str, image: Any) -> None:
    dims = dims_of(image)
    if dims is None or len(dims) < 3 or dims[-1] not in (3, None):
        raise ValueError(
            f"tf.image.{what} takes RGB images, whose last axis has 3 channels; got shape {dims}. "
            f"For one channel write tf.image.grayscale_to_rgb(image) first.{here()}"
        )
