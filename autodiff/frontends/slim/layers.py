"""Layers as functions of a tensor: each makes its variables in a variable scope of its name.

This is `tf.contrib.layers` too, with its initializers and regularizers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim.scopes import add_arg_scope
from autodiff.frontends.tensorflow.variables.initializers import (  # noqa: F401 (of tf.contrib.layers)
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)


def l2_regularizer(scale: float) -> Callable[[Any], Any]:
    """scale * l2_loss(weights), for the collection of regularization losses."""
    return lambda weights: scale * tf.nn.l2_loss(weights)


def l1_regularizer(scale: float) -> Callable[[Any], Any]:
    """scale * sum(|weights|)."""
    return lambda weights: scale * tf.reduce_sum(tf.abs(weights))


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
    reuse: bool | None = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """activation(inputs W + b); with a normalizer there is no bias."""
    dims = inputs.get_shape().as_list()
    if len(dims) != 2 or dims[-1] is None:
        raise ValueError(
            f"slim.fully_connected takes rows (batch, features), and got shape "
            f"{inputs.get_shape()}. Write slim.flatten(net) first.{here()}"
        )
    with tf.variable_scope(scope, "fully_connected", [inputs], reuse=reuse):
        shape = [dims[-1], num_outputs]
        weights = _weights(shape, weights_initializer, weights_regularizer, trainable)
        y = tf.matmul(inputs, weights)
        return _finished(
            y, num_outputs, normalizer_fn, normalizer_params, biases_initializer, trainable,
            activation_fn,
        )  # fmt: skip


@add_arg_scope
def conv2d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer,
    reuse: bool | None = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """activation(convolution + b) over images (N, H, W, C)."""
    channels = inputs.get_shape().as_list()[-1]
    with tf.variable_scope(scope, "Conv", [inputs], reuse=reuse):
        shape = [*_pair(kernel_size), channels, num_outputs]
        weights = _weights(shape, weights_initializer, weights_regularizer, trainable)
        y = tf.nn.conv2d(inputs, weights, [1, *_pair(stride), 1], padding)
        return _finished(
            y, num_outputs, normalizer_fn, normalizer_params, biases_initializer, trainable,
            activation_fn,
        )  # fmt: skip


def _weights(shape: list[int], initializer: Any, regularizer: Any, trainable: bool) -> Any:
    return tf.get_variable(
        "weights",
        shape,
        initializer=initializer or xavier_initializer(),
        regularizer=regularizer,
        trainable=trainable,
    )


def _finished(
    y: Any,
    outputs: int,
    normalizer: Any,
    settings: Any,
    bias: Any,
    trainable: bool,
    activation: Any,
) -> Any:
    if normalizer is not None:
        y = normalizer(y, **(settings or {}))
    elif bias is not None:
        y = tf.nn.bias_add(
            y, tf.get_variable("biases", [outputs], initializer=bias, trainable=trainable)
        )
    return y if activation is None else activation(y)


def _pooling(pool: Any, default: str, doc: str) -> Callable[..., Any]:
    def layer(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        scope: str | None = None,
    ) -> Any:
        window, steps = [1, *_pair(kernel_size), 1], [1, *_pair(stride), 1]
        return pool(inputs, window, steps, padding, name=scope or default)

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
    is_training: Any = True,
    reuse: bool | None = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """Mean 0 and deviation 1 along the last axis, then gamma x + beta.

    `is_training` is a bool or a tensor.  The updates of the moving averages stand in the
    collection `tf.GraphKeys.UPDATE_OPS`, and `learning.create_train_op` runs them.
    """
    dims = inputs.get_shape().as_list()
    with tf.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse):
        size = dims[-1:]

        def variable(name: str, initializer: Any, learned: bool) -> Any:
            return tf.get_variable(
                name, size, initializer=initializer, trainable=learned and trainable
            )

        beta = variable("beta", tf.zeros_initializer, True) if center else None
        gamma = variable("gamma", tf.ones_initializer, True) if scale else None
        averages = [
            variable("moving_mean", tf.zeros_initializer, False),
            variable("moving_variance", tf.ones_initializer, False),
        ]
        if is_training is not False:
            found = tf.nn.moments(inputs, list(range(len(dims) - 1)))
            for average, now in zip(averages, found, strict=True):
                moved = decay * average + (1 - decay) * now
                if isinstance(is_training, tf.Tensor):
                    moved = tf.select(is_training, moved, average)
                tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, average.assign(moved))
            if isinstance(is_training, tf.Tensor):
                averages = [
                    tf.select(is_training, n, a) for n, a in zip(found, averages, strict=True)
                ]
            else:
                averages = list(found)
        y = tf.nn.batch_normalization(inputs, *averages, beta, gamma, epsilon)
        return y if activation_fn is None else activation_fn(y)


@add_arg_scope
def dropout(
    inputs: Any, keep_prob: Any = 0.5, is_training: Any = True, scope: str | None = None
) -> Any:
    """`tf.nn.dropout` while training; `is_training` is a bool or a tensor."""
    if is_training is False:
        return inputs
    if isinstance(is_training, tf.Tensor):
        keep_prob = tf.select(is_training, np.float32(keep_prob), np.float32(1))
    return tf.nn.dropout(inputs, keep_prob, name=scope or "Dropout")


@add_arg_scope
def flatten(inputs: Any, scope: str | None = None) -> Any:
    """Each example as one row."""
    features = int(np.prod(inputs.get_shape().as_list()[1:]))
    return tf.reshape(inputs, [-1, features], name=scope or "Flatten")


@add_arg_scope
def one_hot_encoding(labels: Any, num_classes: int, scope: str | None = None) -> Any:
    """Class numbers as one-hot rows of floats."""
    return tf.one_hot(labels, num_classes, name=scope or "OneHotEncoding")


def repeat(
    inputs: Any, repetitions: int, layer: Any, *args: Any, scope: str | None = None, **kwargs: Any
) -> Any:
    """The same layer several times: scope/scope_1, scope/scope_2, ..."""
    name = scope or getattr(layer, "__name__", "Repeat")
    with tf.variable_scope(scope, "Repeat", [inputs]):
        for number in range(1, repetitions + 1):
            inputs = layer(inputs, *args, scope=f"{name}_{number}", **kwargs)
        return inputs


def stack(
    inputs: Any, layer: Any, stack_args: Sequence[Any], scope: str | None = None, **kwargs: Any
) -> Any:
    """A layer several times with other arguments: stack(x, fully_connected, [32, 10])."""
    name = scope or getattr(layer, "__name__", "Stack")
    with tf.variable_scope(scope, "Stack", [inputs]):
        for number, own in enumerate(stack_args, 1):
            args = own if isinstance(own, list | tuple) else [own]
            inputs = layer(inputs, *args, scope=f"{name}_{number}", **kwargs)
        return inputs


def _pair(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return int(rows), int(columns)
