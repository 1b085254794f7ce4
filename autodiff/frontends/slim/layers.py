"""Layers as functions of a tensor: each makes its variables in a variable scope of its name.

This is `tf.contrib.layers` too, with its initializers and regularizers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.slim.utils import collect_named_outputs
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope
from autodiff.frontends.tensorflow.layers.convolution import transposed
from autodiff.frontends.tensorflow.layers.normalization import with_averages
from autodiff.frontends.tensorflow.nn.grids import atrous_conv2d
from autodiff.frontends.tensorflow.variables.initializers import xavier_initializer


class _Own:
    """A layer while it is built: its scope, how its variables are made, where they are listed."""

    def __init__(
        self,
        variables_collections: Any,
        outputs_collections: Any,
        trainable: bool,
        dtype: Any,
    ) -> None:
        self.listed, self.outputs = variables_collections, outputs_collections
        self.trainable, self.dtype = trainable, dtype

    def variable(
        self,
        name: str,
        shape: Sequence[int],
        initializer: Any,
        regularizer: Any = None,
        learned: bool = True,
    ) -> Any:
        """A variable of the layer, in the collections of model variables and those asked for."""
        found = tf.get_variable(
            name, shape, self.dtype, initializer, regularizer, learned and self.trainable
        )
        listed = self.listed
        own = listed.get(name, []) if isinstance(listed, dict) else listed or []
        for key in (tf.GraphKeys.MODEL_VARIABLES, *([own] if isinstance(own, str) else own)):
            if found not in tf.get_collection(key):
                tf.add_to_collection(key, found)
        return found

    def finished(
        self,
        y: Any,
        units: int,
        normalizer: Any,
        settings: Any,
        start: Any,
        regularizer: Any,
        activation: Any,
    ) -> Any:
        """A layer's product, normalized or with a bias, and its activation."""
        if normalizer is not None:
            y = normalizer(y, **(settings or {}))
        elif start is not None:
            y = tf.nn.bias_add(y, self.variable("biases", [units], start, regularizer))
        return self.listed_output(y if activation is None else activation(y))

    def listed_output(self, y: Any, name: str = "") -> Any:
        """The output, in the collections that were asked for, under the layer's name."""
        path = [tf.get_variable_scope().name, name]
        return collect_named_outputs(self.outputs, "/".join(filter(None, path)), y)


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
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
    """activation(inputs W + b) along the last axis; with a normalizer there is no bias."""
    inputs = tf.convert_to_tensor(inputs)
    dims = inputs.dims
    if not dims or dims[-1] is None or len(dims) < 2:
        raise ValueError(
            f"fully_connected takes rows (batch, features) of known width, and got shape "
            f"{inputs.get_shape()}. Write slim.flatten(net), or x.set_shape(...).{here()}"
        )
    with tf.variable_scope(scope, "fully_connected", [inputs], reuse=reuse):
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        shape = [dims[-1], int(num_outputs)]
        start = weights_initializer or xavier_initializer()
        weights = own.variable("weights", shape, start, weights_regularizer)
        y = tf.tensordot(inputs, weights, 1) if len(dims) > 2 else tf.matmul(inputs, weights)
        y.set_shape([*dims[:-1], num_outputs])
        return own.finished(
            y, num_outputs, normalizer_fn, normalizer_params, biases_initializer,
            biases_regularizer, activation_fn,
        )  # fmt: skip


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
    _channels_last("conv2d", data_format)
    with tf.variable_scope(scope, "Conv", [inputs], reuse=reuse):
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        shape = [*_pair(kernel_size), _channels("conv2d", inputs), int(num_outputs)]
        start = weights_initializer or xavier_initializer()
        weights = own.variable("weights", shape, start, weights_regularizer)
        if _pair(rate) == (1, 1):
            y = tf.nn.conv2d(inputs, weights, [1, *_pair(stride), 1], padding)
        else:
            y = atrous_conv2d(inputs, weights, _pair(rate)[0], padding)
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
    _channels_last("conv2d_transpose", data_format)
    with tf.variable_scope(scope, "Conv2d_transpose", [inputs], reuse=reuse):
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        size, steps = _pair(kernel_size), _pair(stride)
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
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        channels, start = _channels("separable_conv2d", inputs), xavier_initializer()
        start = weights_initializer or start
        shape = [*_pair(kernel_size), channels, depth_multiplier]
        depth = own.variable("depthwise_weights", shape, start, weights_regularizer)
        steps = [1, *_pair(stride), 1]
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
        _channels_last(pool.__name__, data_format)
        window, steps = [1, *_pair(kernel_size), 1], [1, *_pair(stride), 1]
        found = pool(inputs, window, steps, padding, name=scope or default)
        own = _Own(None, outputs_collections, True, None)
        return own.listed_output(found, scope or default)

    layer.__name__, layer.__doc__ = f"{pool.__name__}2d", doc
    return add_arg_scope(layer)


max_pool2d = _pooling(tf.nn.max_pool, "MaxPool2D", "The largest element of each window.")
avg_pool2d = _pooling(tf.nn.avg_pool, "AvgPool2D", "The mean of each window.")


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Any = None,
    param_initializers: dict[str, Any] | None = None,
    updates_collections: str | None = tf.GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
    fused: bool = False,
    data_format: str | None = None,
    **more: Any,
) -> Any:
    """Mean 0 and deviation 1 along the last axis, then gamma x + beta.

    `is_training` is a bool or a tensor.  The updates of the moving averages stand in the
    collection `tf.GraphKeys.UPDATE_OPS`, and `learning.create_train_op` runs them; with
    `updates_collections=None` they run with the layer.
    """
    only("batch_norm", more)
    _channels_last("batch_norm", data_format)
    inputs = tf.convert_to_tensor(inputs)
    with tf.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse):
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        size, starts = list(inputs.dims[-1:]), param_initializers or {}

        def variable(name: str, start: Any, learned: bool) -> Any:
            return own.variable(name, size, starts.get(name, start), None, learned)

        beta = variable("beta", tf.zeros_initializer, True) if center else None
        gamma = variable("gamma", tf.ones_initializer, True) if scale else None
        averages = [
            variable("moving_mean", tf.zeros_initializer, False),
            variable("moving_variance", tf.ones_initializer, False),
        ]
        y = with_averages(
            inputs, averages, beta, gamma, epsilon, decay, is_training, updates_collections
        )
        return own.listed_output(y if activation_fn is None else activation_fn(y))


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """Each example with mean 0 and deviation 1, then gamma x + beta along the last axis."""
    with tf.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse):
        own = _Own(variables_collections, outputs_collections, trainable, inputs.dtype)
        size = list(inputs.dims[-1:])
        beta = own.variable("beta", size, tf.zeros_initializer) if center else None
        gamma = own.variable("gamma", size, tf.ones_initializer) if scale else None
        found = tf.nn.moments(inputs, list(range(1, len(inputs.dims))), keep_dims=True)
        y = tf.nn.batch_normalization(inputs, *found, beta, gamma, 1e-12)
        y.set_shape(inputs.dims)
        return own.listed_output(y if activation_fn is None else activation_fn(y))


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`tf.nn.dropout` while training; `is_training` is a bool or a tensor."""
    own = _Own(None, outputs_collections, True, None)
    if isinstance(is_training, bool) and not is_training:
        return own.listed_output(inputs, scope or "Dropout")
    if isinstance(is_training, tf.Tensor):
        keep_prob = tf.select(is_training, tf.convert_to_tensor(keep_prob), np.float32(1))
    found = tf.nn.dropout(inputs, keep_prob, noise_shape, name=scope or "Dropout")
    return own.listed_output(found, scope or "Dropout")


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """Each example as one row."""
    features = int(np.prod(inputs.get_shape().as_list()[1:]))
    found = tf.reshape(inputs, [-1, features], name=scope or "Flatten")
    return _Own(None, outputs_collections, True, None).listed_output(found, scope or "Flatten")


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """Class numbers as one-hot rows of floats."""
    name = scope or "OneHotEncoding"
    found = tf.one_hot(labels, num_classes, on_value, off_value, name=name)
    return _Own(None, outputs_collections, True, None).listed_output(found)


def _pair(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return int(rows), int(columns)


def _channels(what: str, inputs: Any) -> int:
    channels = inputs.dims[-1] if inputs.dims and len(inputs.dims) == 4 else None
    if channels is None:
        raise ValueError(
            f"{what} takes images (N, H, W, C) with a known number of channels, and got "
            f"{inputs.get_shape()}: tf.reshape(x, [-1, height, width, channels]).{here()}"
        )
    return channels


def _channels_last(what: str, data_format: str | None) -> None:
    if data_format not in (None, "NHWC"):
        raise ValueError(f"{what}: data_format={data_format!r} is not supported.{here()}")


def softmax(logits: Any, scope: str | None = None) -> Any:
    """The softmax along the last axis, whatever the number of axes."""
    return tf.nn.softmax(logits, name=scope)
