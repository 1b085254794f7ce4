"""Convolution and pooling over images (N, H, W, C), with TensorFlow's strides and paddings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply
from autodiff.frontends.tensorflow.declaring.staging import (
    INFERRED,
    dims_of,
    is_int,
    known,
    scope,
    shape_list,
    stage,
    stage_code,
)
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.ops.networks.channels_last import framed, to_images
from autodiff.ops.networks.windows import windows


def counted(length: int | None, kernel: int | None, stride: int, padding: str) -> int | None:
    """The number of windows along an axis, None where it is not known yet."""
    if length is None or (padding == "VALID" and kernel is None):
        return None
    return -(-length // stride) if padding == "SAME" else (length - kernel) // stride + 1


# -- convolution ------------------------------------------------------------------------------


def conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """The cross-correlation of images (N, H, W, C) with a filter (rows, columns, C, O).

    `strides` is [1, rows, columns, 1]; "VALID" stays inside the image, "SAME" frames it with
    zeros so that there are ceil(H / stride) x ceil(W / stride) results.
    """
    what = "tf.nn.conv2d"
    channels_last(what, data_format)
    strides = pair(what, "strides", strides)
    _check(what, input, padding)
    own, kernel = _lengths(input), _lengths(filter)
    if len(kernel) != 4:
        raise ValueError(
            f"{what}: a filter is (rows, columns, channels in, channels out); got {kernel}.{here()}"
        )
    if None not in (own[3], kernel[2]) and own[3] != kernel[2]:
        raise ValueError(
            f"{what}: the images {own} have {own[3]} channels, but the filter {kernel} takes "
            f"{kernel[2]}.{here()}"
        )
    _check_room(what, own, kernel, padding)
    rows, columns = (counted(own[1 + i], kernel[i], strides[i], padding) for i in (0, 1))
    return stage(
        "conv2d_channels_last", input, filter, name=name, type="Conv2D",
        dims=(own[0], rows, columns, kernel[3]), strides=strides, padding=padding,
    )  # fmt: skip


def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: str, name: str | None = None
) -> Any:
    """Each channel by filters of its own: (rows, columns, C, M) gives C * M channels."""
    what = "tf.nn.depthwise_conv2d"
    strides = pair(what, "strides", strides)
    _check(what, input, padding)
    own, kernel = _lengths(input), _lengths(filter)
    rows, columns = (counted(own[1 + i], kernel[i], strides[i], padding) for i in (0, 1))
    channels = None if None in kernel[2:] else kernel[2] * kernel[3]
    return stage_code(
        _depthwise, input, filter, name=name, type="DepthwiseConv2dNative",
        dims=(own[0], rows, columns, channels), strides=strides, padding=padding,
    )  # fmt: skip


def _depthwise(x: Any, w: Any, strides: Any, padding: str) -> Any:
    kernel = np.shape(w)[:2]
    params = {"kernel": kernel, "stride": strides}
    view = apply(windows, (framed(x, kernel, strides, padding),), params)  # (N, C, i, j, k, l)
    found = np.einsum("ncijkl,klcm->nijcm", view, w)
    return np.reshape(found, (*np.shape(found)[:3], -1))


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    name: str | None = None,
) -> Any:
    """`depthwise_conv2d`, then a 1 x 1 `conv2d` that mixes the channels."""
    with scope(name, "separable_conv2d", input, depthwise_filter):
        inside = depthwise_conv2d(input, depthwise_filter, strides, padding)
        return conv2d(inside, pointwise_filter, [1, 1, 1, 1], "VALID")


def conv2d_transpose(
    value: Any,
    filter: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    name: str | None = None,
) -> Any:
    """The transpose of the linear map `conv2d`: from its results to images of `output_shape`.

    The filter is (rows, columns, channels out, channels in).
    """
    what = "tf.nn.conv2d_transpose"
    strides, shape = pair(what, "strides", strides), shape_list(output_shape)
    _check(what, value, padding)
    dims = known(shape) if has_tensor(shape) else INFERRED
    return stage_code(
        _conv2d_transpose, value, filter, name=name, type="Conv2DBackpropInput", dims=dims,
        shape=shape, strides=strides, padding=padding,
    )  # fmt: skip


def _conv2d_transpose(y: Any, w: Any, shape: Any, strides: Any, padding: str) -> Any:
    return to_images(y, w, tuple(int(n) for n in np.ravel(shape)), strides, padding)


# -- pooling ----------------------------------------------------------------------------------


def _pooling(op: str, type: str, doc: str, **more: Any) -> Callable[..., Any]:
    what = f"tf.nn.{op}"

    def pool(
        value: Any,
        ksize: Any,
        strides: Any,
        padding: str,
        data_format: str | None = None,
        name: str | None = None,
    ) -> Any:
        channels_last(what, data_format)
        kernel, strides = pair(what, "ksize", ksize), pair(what, "strides", strides)
        _check(what, value, padding)
        own = _lengths(value)
        _check_room(what, own, kernel, padding)
        counts = [counted(own[1 + i], kernel[i], strides[i], padding) for i in (0, 1)]
        return stage(
            f"{op}_channels_last", value, name=name, type=type, dims=(own[0], *counts, own[3]),
            kernel=kernel, strides=strides, padding=padding, **more,
        )  # fmt: skip

    pool.__name__ = pool.__qualname__ = op
    pool.__doc__ = doc + "  `ksize` and `strides` are [1, rows, columns, 1]."
    return pool


max_pool = _pooling(
    "max_pool", "MaxPool", "The largest element of each window, of ties the first.", ties="first"
)
avg_pool = _pooling("avg_pool", "AvgPool", "The mean of each window, as far as it lies inside.")


# -- arguments --------------------------------------------------------------------------------


def channels_last(what: str, data_format: str | None) -> None:
    """Refuse the layout that only GPUs had."""
    if data_format not in (None, "NHWC"):
        raise ValueError(
            f"{what}: data_format={data_format!r} is not supported (TensorFlow's own CPU kernels "
            f"had NHWC only): write tf.transpose(x, [0, 2, 3, 1]) and NHWC.{here()}"
        )


def pair(what: str, argument: str, value: Any) -> tuple[int, int]:
    """(rows, columns) of TensorFlow's [1, rows, columns, 1]."""
    found = [value] if is_int(value) else list(value)
    if len(found) != 4 or found[0] != 1 or found[3] != 1:
        rows, columns = (*found, *found)[:2] if found else (1, 1)
        raise ValueError(
            f"{what}: {argument} is [1, rows, columns, 1], one entry for each axis of an image "
            f"(N, H, W, C), and got {value}. Write {argument}=[1, {rows}, {columns}, 1].{here()}"
        )
    return int(found[1]), int(found[2])


def _check(what: str, images: Any, padding: Any) -> None:
    if padding not in ("SAME", "VALID"):
        raise ValueError(f'{what}: padding is "SAME" or "VALID", not {padding!r}.{here()}')
    dims = dims_of(images)
    if dims is not None and len(dims) != 4:
        raise ValueError(
            f"{what} takes images (N, H, W, C), and got shape {dims}. Write "
            "tf.reshape(x, [-1, height, width, channels]), with 1 channel for grey "
            f"images.{here()}"
        )


def _check_room(what: str, own: Any, kernel: Any, padding: str) -> None:
    for axis in (0, 1):
        length, width = own[1 + axis], kernel[axis]
        if padding == "VALID" and None not in (length, width) and length < width:
            raise ValueError(
                f"{what}: the window {tuple(kernel[:2])} is larger than the image {own[1:3]}; "
                f'padding="SAME" would frame it with zeros.{here()}'
            )


def _lengths(x: Any) -> Any:
    dims = dims_of(x)
    return (None,) * 4 if dims is None else dims
