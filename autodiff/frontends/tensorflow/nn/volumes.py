"""Convolution and pooling over volumes (N, D, H, W, C), made of those over images.

A convolution over volumes is the sum over the depth of its filter of convolutions over images; the
largest or the mean of a block is that of each image, and then that along the depth.  So no rule is
written here: derivatives, ties (the first) and frames are those of images.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply
from autodiff.frontends.tensorflow.declaring.staging import dims_of, is_int, stage_code
from autodiff.frontends.tensorflow.nn.windows import counted
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
    steps = triple(what, "strides", strides)
    own, kernel = _lengths(what, input, padding, data_format), dims_of(filter) or (None,) * 5
    if len(kernel) != 5:
        raise ValueError(
            f"{what}: a filter is (depth, rows, columns, channels in, channels out); got "
            f"{kernel}.{here()}"
        )
    if None not in (own[4], kernel[3]) and own[4] != kernel[3]:
        raise ValueError(
            f"{what}: the volumes {own} have {own[4]} channels, but the filter {kernel} takes "
            f"{kernel[3]}.{here()}"
        )
    _check_room(what, own, kernel, padding)
    counts = [counted(own[1 + i], kernel[i], steps[i], padding) for i in range(3)]
    return stage_code(
        _conv3d, input, filter, name=name, type="Conv3D", dims=(own[0], *counts, kernel[4]),
        strides=steps, padding=padding,
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


def _pooling(op: str, type: str, pool: Any, doc: str, **more: Any) -> Callable[..., Any]:
    what = f"tf.nn.{op}"

    def code(x: Any, kernel: Three, strides: Three, padding: str) -> Any:
        n, depth, rows, columns, channels = shape_of(x)
        params = {"kernel": kernel[1:], "strides": strides[1:], "padding": padding, **more}
        images = apply(pool, (np.reshape(x, (-1, rows, columns, channels)),), params)
        _, rows, columns, _ = shape_of(images)
        deep = np.reshape(images, (n, depth, rows * columns, channels))
        along = {**params, "kernel": (kernel[0], 1), "strides": (strides[0], 1)}
        found = apply(pool, (deep,), along)
        return np.reshape(found, (n, -1, rows, columns, channels))

    def pooled(
        input: Any,
        ksize: Any,
        strides: Any,
        padding: str,
        data_format: str | None = None,
        name: str | None = None,
    ) -> Any:
        kernel, steps = triple(what, "ksize", ksize), triple(what, "strides", strides)
        own = _lengths(what, input, padding, data_format)
        _check_room(what, own, kernel, padding)
        counts = [counted(own[1 + i], kernel[i], steps[i], padding) for i in range(3)]
        return stage_code(
            code, input, name=name, type=type, dims=(own[0], *counts, own[4]), kernel=kernel,
            strides=steps, padding=padding,
        )  # fmt: skip

    pooled.__name__ = pooled.__qualname__ = op
    pooled.__doc__ = doc + "  `ksize` and `strides` are [1, depth, rows, columns, 1]."
    return pooled


max_pool3d = _pooling(
    "max_pool3d", "MaxPool3D", max_pool_last, "The largest element of each block.", ties="first"
)
avg_pool3d = _pooling(
    "avg_pool3d", "AvgPool3D", avg_pool_last, "The mean of each block, as far as it lies inside."
)


def triple(what: str, argument: str, value: Any) -> Three:
    """(depth, rows, columns) of TensorFlow's [1, depth, rows, columns, 1]."""
    found = [value] if is_int(value) else list(value)
    if len(found) != 5 or found[0] != 1 or found[4] != 1:
        raise ValueError(
            f"{what}: {argument} is [1, depth, rows, columns, 1], one entry for each axis of a "
            f"volume (N, D, H, W, C), and got {value}.{here()}"
        )
    return int(found[1]), int(found[2]), int(found[3])


def _lengths(what: str, volumes: Any, padding: Any, data_format: str | None) -> Any:
    if data_format not in (None, "NDHWC"):
        raise ValueError(
            f"{what}: data_format={data_format!r} is not supported: write "
            f"tf.transpose(x, [0, 2, 3, 4, 1]) and NDHWC.{here()}"
        )
    if padding not in ("SAME", "VALID"):
        raise ValueError(f'{what}: padding is "SAME" or "VALID", not {padding!r}.{here()}')
    dims = dims_of(volumes)
    if dims is not None and len(dims) != 5:
        raise ValueError(f"{what} takes volumes (N, D, H, W, C), and got shape {dims}.{here()}")
    return (None,) * 5 if dims is None else dims


def _check_room(what: str, own: Any, kernel: Any, padding: str) -> None:
    for length, width in zip(own[1:4], kernel[:3], strict=True):
        if padding == "VALID" and None not in (length, width) and length < width:
            raise ValueError(
                f"{what}: the window {tuple(kernel[:3])} is larger than the volume {own[1:4]}; "
                f'padding="SAME" would frame it with zeros.{here()}'
            )
