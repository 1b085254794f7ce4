"""Convolution and pooling over volumes (N, D, H, W, C), made of those over images.

A convolution over volumes is the sum over the depth of its filter of convolutions over images; the
largest or the mean of a block is that of each image, and then that along the depth.  So no rule is
written here: derivatives, ties (the first) and frames are those of images.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.nn.sliding import VOLUMES, counted
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.channels_last import (
    avg_pool_last,
    conv2d_last,
    max_pool_last,
    same_padding,
)

Three = tuple[int, int, int]


def conv3d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """The cross-correlation of volumes (N, D, H, W, C) with a filter (d, h, w, C, outputs).

    `strides` is [1, depth, rows, columns, 1]; "SAME" and "VALID" are as for images.
    """
    what = "tf.nn.conv3d"
    VOLUMES.channels_last(what, data_format)
    strides = VOLUMES.lengths(what, "strides", strides)
    own = VOLUMES.shape(what, input, padding)
    kernel = VOLUMES.filter(what, own, filter)
    counts = VOLUMES.counts(what, own, kernel, strides, padding)
    return stage_code(
        _conv3d, input, filter, name=name, type="Conv3D", dims=(own[0], *counts, kernel[4]),
        strides=strides, padding=padding,
    )  # fmt: skip


def _conv3d(x: Any, w: Any, strides: Three, padding: str) -> Any:
    n, depth, *image = shape_of(x)
    size, step = shape_of(w)[0], strides[0]
    count = counted(depth, size, step, padding) or 0
    if padding == "SAME":
        x = np.pad(x, ((0, 0), same_padding(depth, size, step), (0, 0), (0, 0), (0, 0)))
    total: Any = 0.0
    for place in range(size):
        layers = np.reshape(x[:, place : place + step * (count - 1) + 1 : step], (-1, *image))
        params = {"strides": strides[1:], "padding": padding}
        total = total + apply(conv2d_last, (layers, w[place]), params)
    return np.reshape(total, (n, count, *shape_of(total)[1:]))


def _pooling(op: str, type: str, last: Any, doc: str, **more: Any) -> Callable[..., Any]:
    def code(x: Any, kernel: Three, strides: Three, padding: str) -> Any:
        n, depth, rows, columns, channels = shape_of(x)
        params = {"kernel": kernel[1:], "strides": strides[1:], "padding": padding, **more}
        images = apply(last, (np.reshape(x, (-1, rows, columns, channels)),), params)
        _, rows, columns, _ = shape_of(images)
        deep = np.reshape(images, (n, depth, rows * columns, channels))
        along = {**params, "kernel": (kernel[0], 1), "strides": (strides[0], 1)}
        found = apply(last, (deep,), along)
        return np.reshape(found, (n, -1, rows, columns, channels))

    pool = VOLUMES.pooling(op, doc, partial(stage_code, code, type=type))

    def pooled(
        input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = None,
        name: str | None = None,
    ) -> Any:  # fmt: skip
        return pool(input, ksize, strides, padding, data_format, name)

    pooled.__name__, pooled.__qualname__, pooled.__doc__ = op, op, pool.__doc__
    return pooled


max_pool3d = _pooling(
    "max_pool3d", "MaxPool3D", max_pool_last, "The largest element of each block.", ties="first"
)
avg_pool3d = _pooling(
    "avg_pool3d", "AvgPool3D", avg_pool_last, "The mean of each block, as far as it lies inside."
)
