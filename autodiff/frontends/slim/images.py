"""Layers over images (N, H, W, C): convolutions and pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim.building import Layer, Weighted, Weights, channels_last, weighted
from autodiff.frontends.slim.utils import two_element_tuple as pair
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope
from autodiff.frontends.tensorflow.layers.convolution import transposed
from autodiff.frontends.tensorflow.nn.apart import apart


@weighted
def conv2d(
    told: Weighted,
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
) -> Any:
    """activation(convolution + b) over images (N, H, W, C)."""
    channels_last("conv2d", data_format)

    def product(weights: Weights) -> Any:
        shape = [*pair(kernel_size), _channels("conv2d", inputs), int(num_outputs)]
        kernel = apart("conv2d", weights("weights", shape), pair(rate), pair(stride))
        return tf.nn.conv2d(inputs, kernel, [1, *pair(stride), 1], padding)

    return told.layer("Conv", inputs, num_outputs, product)


@weighted
def conv2d_transpose(
    told: Weighted,
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
) -> Any:
    """The transpose of a convolution: images that are `stride` times as large."""
    channels_last("conv2d_transpose", data_format)
    size, steps, units = pair(kernel_size), pair(stride), int(num_outputs)

    def product(weights: Weights) -> Any:
        kernel = weights("weights", [*size, units, _channels("conv2d_transpose", inputs)])
        return transposed(inputs, kernel, units, size, steps, padding)

    return told.layer("Conv2d_transpose", inputs, num_outputs, product)


@weighted
def separable_conv2d(
    told: Weighted,
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int,
    stride: Any = 1,
    padding: str = "SAME",
    rate: Any = 1,
) -> Any:
    """A convolution of each channel, then (with `num_outputs`) one of 1 x 1 that mixes them."""
    channels, steps = _channels("separable_conv2d", inputs), [1, *pair(stride), 1]
    units = channels * depth_multiplier

    def product(weights: Weights) -> Any:
        depth = weights("depthwise_weights", [*pair(kernel_size), channels, depth_multiplier])
        if num_outputs is None:
            return tf.nn.depthwise_conv2d(inputs, depth, steps, padding, rate=pair(rate))
        point = weights("pointwise_weights", [1, 1, units, num_outputs])
        return tf.nn.separable_conv2d(inputs, depth, point, steps, padding, rate=pair(rate))

    return told.layer("SeparableConv2d", inputs, num_outputs or units, product)


def _pooling(pool: Any, default: str, doc: str) -> Callable[..., Any]:
    def layer(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        data_format: str | None = None,
        outputs_collections: Any = None,
        scope: str | None = None,
    ) -> Any:
        channels_last(pool.__name__, data_format)
        window, steps = [1, *pair(kernel_size), 1], [1, *pair(stride), 1]
        found = pool(inputs, window, steps, padding, name=scope or default)
        own = Layer(None, outputs_collections, True, None)
        return own.listed_output(found, scope or default)

    layer.__name__, layer.__doc__ = f"{pool.__name__}2d", doc
    return add_arg_scope(layer)


max_pool2d = _pooling(tf.nn.max_pool, "MaxPool2D", "The largest element of each window.")
avg_pool2d = _pooling(tf.nn.avg_pool, "AvgPool2D", "The mean of each window.")


def _channels(what: str, inputs: Any) -> int:
    channels = inputs.dims[-1] if inputs.dims and len(inputs.dims) == 4 else None
    if channels is None:
        raise ValueError(
            f"{what} takes images (N, H, W, C) with a known number of channels, and got "
            f"{inputs.get_shape()}: tf.reshape(x, [-1, height, width, channels]).{here()}"
        )
    return channels
