"""Windows of images (N, C, H, W) as each system laid them: how many, and who gets a tie.

A system rounds the number of windows down or up, pads, and at a tie lets the first largest element
have the cotangent, or all of them.  A mean divides by the whole window, or by the part of it that
lies on the image (or on its padded frame).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.language.dispatch import apply
from autodiff.frontends.common.conventions import max_of_every_tie
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.windows import pair, windows

Pair = int | tuple[int, int]


def counts(
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    up: bool,
    on_image: bool = True,
) -> tuple[int, int]:
    """How many windows there are; with `up` also those that hang over the end.

    `on_image` drops a last window that would begin beyond the image and its left padding.

    >>> [counts((5, 5), (2, 2), (2, 2), (0, 0), up) for up in (False, True)]
    [(2, 2), (3, 3)]
    """
    found = []
    for n, k, s, p in zip(size, kernel, stride, padding, strict=True):
        if n + 2 * p < k and not up:
            raise ShapeError(f"a window of {kernel} does not fit an image of {size}.")
        rest = (n + 2 * p - k) / s
        number = (math.ceil(rest) if up else math.floor(rest)) + 1
        if up and on_image and p and (number - 1) * s >= n + p:
            number -= 1
        found.append(number)
    return found[0], found[1]


def laid(
    x: Any,
    kernel: Pair,
    stride: Pair | None,
    padding: Pair,
    up: bool,
    fill: float,
    on_image: bool = True,
) -> Any:
    """Every window of the images: (N, C, rows, columns, kernel rows, kernel columns)."""
    kernel, padding = pair(kernel), pair(padding)
    step = kernel if stride is None else pair(stride)
    if len(shape_of(x)) != 4:
        raise ShapeError(f"pooling takes images (N, C, H, W), and got shape {shape_of(x)}.")
    size = shape_of(x)[2:]
    number = counts(size, kernel, step, padding, up, on_image)
    needed = [(c - 1) * s + k for c, s, k in zip(number, step, kernel, strict=True)]
    after = [max(0, w - n - p) for w, n, p in zip(needed, size, padding, strict=True)]
    if any(padding) or any(after):
        frame = ((0, 0), (0, 0), (padding[0], after[0]), (padding[1], after[1]))
        x = np.pad(x, frame, constant_values=fill)
    x = x[:, :, : needed[0], : needed[1]]
    return apply(windows, (x,), {"kernel": kernel, "stride": step})


def max_pool(
    x: Any,
    kernel: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    up: bool = False,
    ties: str = "first",
    on_image: bool = True,
) -> Any:
    """The largest element of each window; `ties` is "first" or "every".

    >>> x = np.ones((1, 1, 2, 2))
    >>> import autodiff as ad
    >>> ad.grad(lambda x: np.sum(max_pool(x, 2)))(x)[0, 0].tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    >>> ad.grad(lambda x: np.sum(max_pool(x, 2, ties="every")))(x)[0, 0].tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    found = laid(x, kernel, stride, padding, up, -np.inf, on_image)
    if ties == "every":
        return apply(max_of_every_tie, (found,), {"axis": (4, 5)})
    flat = np.reshape(found, (*shape_of(found)[:4], -1))
    place = np.expand_dims(np.argmax(flat, axis=-1), -1)
    return np.take_along_axis(flat, place, axis=-1)[..., 0]


def mean_pool(
    x: Any,
    kernel: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    up: bool = False,
    divisor: str = "window",
    on_image: bool = True,
) -> Any:
    """The mean of each window, divided by the whole "window", or its part on "frame" or "image".

    The frame is the image with its padding on both sides.
    """
    total = np.sum(laid(x, kernel, stride, padding, up, 0.0, on_image), axis=(4, 5))
    kernel, padding = pair(kernel), pair(padding)
    if divisor == "window":
        return total * (1 / math.prod(kernel))
    rows, columns = shape_of(x)[2:]
    if divisor == "frame":
        ones = np.ones((1, 1, rows + 2 * padding[0], columns + 2 * padding[1]))
        area = np.sum(laid(ones, kernel, stride or kernel, 0, up, 0.0), axis=(4, 5))
    else:
        area = np.sum(
            laid(np.ones((1, 1, rows, columns)), kernel, stride, padding, up, 0.0), (4, 5)
        )
    area = area[:, :, : shape_of(total)[2], : shape_of(total)[3]]
    return total / area.astype(total.dtype)
