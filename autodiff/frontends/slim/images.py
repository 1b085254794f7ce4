"""Layers over images (N, H, W, C): convolutions and pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim.building import Layer, channels_last
from autodiff.frontends.slim.utils import two_element_tuple as pair
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope
from autodiff.frontends.tensorflow.layers.convolution import transposed
from autodiff.frontends.tensorflow.nn.grids import atrous_conv2d
from autodiff.frontends.tensorflow.variables.initializers import xavier_initializer


@add_arg_scope
def conv2d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """activation(convolution + b) over images (N, H, W, C)."""
    channels_last("conv2d", data_format)
    with tf.variable_scope(scope, "Conv", [inputs], reuse=reuse):
        own = Layer(variables_collections, outputs_collections, trainable, inputs.dtype)
        shape = [*pair(kernel_size), _channels("conv2d", inputs), int(num_outputs)]
        start = weights_initializer or xavier_initializer()
        weights = own.variable("weights", shape, start, weights_regularizer)
        if pair(rate) == (1, 1):
            y = tf.nn.conv2d(inputs, weights, [1, *pair(stride), 1], padding)
        else:
            y = atrous_conv2d(inputs, weights, pair(rate)[0], padding)
        return own.finished(
            y, num_outputs, normalizer_fn, normalizer_params, biases_initializer,
            biases_regularizer, activation_fn,
        )  # fmt: skip


@add_arg_scope
def conv2d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """The transpose of a convolution: images that are `stride` times as large."""
    channels_last("conv2d_transpose", data_format)
    with tf.variable_scope(scope, "Conv2d_transpose", [inputs], reuse=reuse):
        own = Layer(variables_collections, outputs_collections, trainable, inputs.dtype)
        size, steps = pair(kernel_size), pair(stride)
        shape = [*size, int(num_outputs), _channels("conv2d_transpose", inputs)]
        start = weights_initializer or xavier_initializer()
        weights = own.variable("weights", shape, start, weights_regularizer)
        y = transposed(inputs, weights, int(num_outputs), size, steps, padding)
        return own.finished(
            y, num_outputs, normalizer_fn, normalizer_params, biases_initializer,
            biases_regularizer, activation_fn,
        )  # fmt: skip


@add_arg_scope
def separable_conv2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int,
    stride: Any = 1,
    padding: str = "SAME",
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """A convolution of each channel, then (with `num_outputs`) one of 1 x 1 that mixes them."""
    with tf.variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse):
        own = Layer(variables_collections, outputs_collections, trainable, inputs.dtype)
        channels, start = _channels("separable_conv2d", inputs), xavier_initializer()
        start = weights_initializer or start
        shape = [*pair(kernel_size), channels, depth_multiplier]
        depth = own.variable("depthwise_weights", shape, start, weights_regularizer)
        steps = [1, *pair(stride), 1]
        units = channels * depth_multiplier
        if num_outputs is None:
            y = tf.nn.depthwise_conv2d(inputs, depth, steps, padding)
        else:
            shape = [1, 1, units, num_outputs]
            point = own.variable("pointwise_weights", shape, start, weights_regularizer)
            y, units = tf.nn.separable_conv2d(inputs, depth, point, steps, padding), num_outputs
        return own.finished(
            y, units, normalizer_fn, normalizer_params, biases_initializer, biases_regularizer,
            activation_fn,
        )  # fmt: skip


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
