"""Convolution and pooling over images (N, H, W, C), with TensorFlow's strides and paddings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.declaring.staging import (
    INFERRED,
    known,
    scope,
    shape_list,
    stage,
    stage_code,
)
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.frontends.tensorflow.nn.apart import apart
from autodiff.frontends.tensorflow.nn.sliding import IMAGES
from autodiff.ops.networks.channels_last import framed, to_images
from autodiff.ops.networks.windows import windows

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
    IMAGES.channels_last(what, data_format)
    strides = IMAGES.lengths(what, "strides", strides)
    own = IMAGES.shape(what, input, padding)
    kernel = IMAGES.filter(what, own, filter)
    counts = IMAGES.counts(what, own, kernel, strides, padding)
    return stage(
        "conv2d_channels_last", input, filter, name=name, type="Conv2D",
        dims=(own[0], *counts, kernel[3]), strides=strides, padding=padding,
    )  # fmt: skip


@taking(data_format="NHWC")
def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: str, name: str | None = None, rate: Any = (1, 1)
) -> Any:
    """Each channel by filters of its own: (rows, columns, C, M) gives C * M channels.

    The elements of a filter stand `rate` apart, (rows, columns).
    """
    what = "tf.nn.depthwise_conv2d"
    strides = IMAGES.lengths(what, "strides", strides)
    filter = apart(what, filter, rate or (1, 1), strides)
    own = IMAGES.shape(what, input, padding)
    kernel = IMAGES.filter(what, own, filter)
    counts = IMAGES.counts(what, own, kernel, strides, padding)
    channels = None if None in kernel[2:] else kernel[2] * kernel[3]
    return stage_code(
        _depthwise, input, filter, name=name, type="DepthwiseConv2dNative",
        dims=(own[0], *counts, channels), strides=strides, padding=padding,
    )  # fmt: skip


def _depthwise(x: Any, w: Any, strides: Any, padding: str) -> Any:
    kernel = np.shape(w)[:2]
    params = {"kernel": kernel, "stride": strides}
    view = apply(windows, (framed(x, kernel, strides, padding),), params)  # (N, C, i, j, k, l)
    found = np.einsum("ncijkl,klcm->nijcm", view, w)
    return np.reshape(found, (*np.shape(found)[:3], -1))


@taking(data_format="NHWC")
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    name: str | None = None,
    rate: Any = (1, 1),
) -> Any:
    """`depthwise_conv2d`, then a 1 x 1 `conv2d` that mixes the channels."""
    with scope(name, "separable_conv2d", input, depthwise_filter):
        inside = depthwise_conv2d(input, depthwise_filter, strides, padding, rate=rate)
        return conv2d(inside, pointwise_filter, [1, 1, 1, 1], "VALID")


@taking(data_format="NHWC")
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
    strides, shape = IMAGES.lengths(what, "strides", strides), shape_list(output_shape)
    IMAGES.shape(what, value, padding)
    dims = known(shape) if has_tensor(shape) else INFERRED
    return stage_code(
        _conv2d_transpose, value, filter, name=name, type="Conv2DBackpropInput", dims=dims,
        shape=shape, strides=strides, padding=padding,
    )  # fmt: skip


def _conv2d_transpose(y: Any, w: Any, shape: Any, strides: Any, padding: str) -> Any:
    return to_images(y, w, tuple(int(n) for n in np.ravel(shape)), strides, padding)


# -- pooling ----------------------------------------------------------------------------------


def _pooling(op: str, type: str, doc: str, **more: Any) -> Callable[..., Any]:
    return IMAGES.pooling(op, doc, partial(stage, f"{op}_channels_last", type=type, **more))


max_pool = _pooling(
    "max_pool", "MaxPool", "The largest element of each window, of ties the first.", ties="first"
)
avg_pool = _pooling("avg_pool", "AvgPool", "The mean of each window, as far as it lies inside.")
