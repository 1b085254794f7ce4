"""Summaries as TensorBoard stores them: a number, pictures, a histogram, each under a tag.

Each function gives a protobuf message, `Summary`, in the form that TensorFlow 0.11 wrote and
TensorBoard still reads; `writer.EventWriter` puts them into files.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.data.ground.errors import DataError, package
from autodiff.data.reading.images import encode_png

RED = (255, 0, 0, 255)


def protos(name: str) -> Any:
    """One of TensorBoard's protobuf modules, e.g. `summary_pb2`."""
    return package(f"tensorboard.compat.proto.{name}", "event files for TensorBoard")


def scalar(tag: str, value: Any) -> Any:
    """A number, drawn as a curve over the steps.

    >>> scalar("loss", 0.5).value[0].simple_value
    0.5
    """
    number = np.asarray(value)
    if number.size != 1 or number.dtype.kind not in "biuf":
        raise DataError(
            f"the scalar summary {tag!r} takes one real number, not {number.dtype} of shape "
            f"{number.shape}; reduce it first, e.g. to its mean."
        )
    return _summary(tag=tag, simple_value=float(number.reshape(())))


def image(tag: str, images: Any, most: int = 3, bad: tuple[int, ...] = RED) -> Any:
    """The first `most` of a batch of pictures (n, height, width, 1, 3 or 4).

    Pixels of uint8 are shown as they are.  Floats are scaled, picture by picture: 0 to the
    largest value onto 0..255; where some are negative, 0 onto 128 and the largest magnitude
    onto 1 or 255.  A pixel that is not finite gets the colour `bad`.
    """
    batch = np.asarray(images)
    if batch.ndim != 4 or batch.shape[3] not in (1, 3, 4):
        raise DataError(
            f"the image summary {tag!r} takes shape (n, height, width, 1, 3 or 4), not "
            f"{batch.shape}; add axes with x[None, ..., None]."
        )
    shown = batch[:most]
    tags = [f"{tag}/image"] if most == 1 else [f"{tag}/image/{i}" for i in range(len(shown))]
    return merge(_picture(name, _as_bytes(one, bad)) for name, one in zip(tags, shown))


def _picture(tag: str, pixels: np.ndarray) -> Any:
    height, width, channels = pixels.shape
    made = protos("summary_pb2").Summary.Image(
        height=height, width=width, colorspace=channels, encoded_image_string=encode_png(pixels)
    )
    return _summary(tag=tag, image=made)


def _as_bytes(pixels: np.ndarray, bad: tuple[int, ...]) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return pixels
    values = pixels.astype(np.float64)
    is_bad = ~np.isfinite(values).all(axis=-1)
    good = values[~is_bad]
    low, high = (good.min(), good.max()) if good.size else (0.0, 0.0)
    top = max(abs(low), abs(high))
    scale = 0.0 if top < 1e-6 else (127.0 if low < 0 else 255.0) / top
    shown = np.where(is_bad[..., None], 0.0, values) * scale + (128.0 if low < 0 else 0.0)
    shown[is_bad] = bad[: values.shape[-1]]
    return shown.astype(np.uint8)


@functools.cache
def bucket_limits() -> np.ndarray:
    """The upper ends of a histogram's buckets: 10 % apart, from 1e-12 to 1e20, on both sides of 0.

    The first and the last bucket reach to the largest float (TensorFlow,
    core/lib/histogram/histogram.cc).
    """
    limits = [1e-12]
    while (following := limits[-1] * 1.1) < 1e20:
        limits.append(following)
    positive = [*limits, sys.float_info.max]
    return np.array([*(-limit for limit in reversed(positive)), 0.0, *positive])


def histogram(tag: str, values: Any) -> Any:
    """How many of the values lie in each bucket; raises `DataError` at a NaN or an infinity.

    >>> made = histogram("w", np.array([1.0, 2.0, 2.0])).value[0].histo
    >>> made.num, made.min, made.max, made.sum
    (3.0, 1.0, 2.0, 5.0)
    """
    flat = np.asarray(values, np.float64).reshape(-1)
    wrong = np.flatnonzero(~np.isfinite(flat))
    if wrong.size:
        raise DataError(
            f"the histogram summary {tag!r} has {wrong.size} values of {flat.size} that are not "
            f"finite, the first {flat[wrong[0]]} at flat index {wrong[0]}."
        )
    limits = bucket_limits()
    found = np.searchsorted(limits, flat, side="right")
    counts = np.bincount(np.minimum(found, len(limits) - 1), minlength=len(limits))
    used = counts > 0
    kept = used | np.append(used[1:], True)  # a run of empty buckets becomes one
    made = protos("summary_pb2").HistogramProto(
        min=flat.min(initial=sys.float_info.max),
        max=flat.max(initial=-sys.float_info.max),
        num=flat.size,
        sum=flat.sum(),
        sum_squares=flat @ flat,
        bucket_limit=limits[kept],
        bucket=counts[kept],
    )
    return _summary(tag=tag, histo=made)


def merge(summaries: Iterable[Any]) -> Any:
    """Several summaries as one; raises `DataError` when two have the same tag."""
    merged = protos("summary_pb2").Summary()
    for one in summaries:
        merged.value.extend(one.value)
    tags = [value.tag for value in merged.value]
    twice = sorted({tag for tag in tags if tags.count(tag) > 1})
    if twice:
        raise DataError(f"two summaries have the tag {twice[0]!r}; TensorBoard would show one.")
    return merged


def _summary(**value: Any) -> Any:
    module = protos("summary_pb2")
    return module.Summary(value=[module.Summary.Value(**value)])
