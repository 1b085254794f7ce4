"""Layers that give mean 0 and deviation 1: over a batch, or over each example."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.slim.building import Layer, channels_last
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope
from autodiff.frontends.tensorflow.layers.normalization import with_averages


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
    channels_last("batch_norm", data_format)
    inputs = tf.convert_to_tensor(inputs)
    with tf.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse):
        own = Layer(variables_collections, outputs_collections, trainable, inputs.dtype)
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
        own = Layer(variables_collections, outputs_collections, trainable, inputs.dtype)
        size = list(inputs.dims[-1:])
        beta = own.variable("beta", size, tf.zeros_initializer) if center else None
        gamma = own.variable("gamma", size, tf.ones_initializer) if scale else None
        found = tf.nn.moments(inputs, list(range(1, len(inputs.dims))), keep_dims=True)
        y = tf.nn.batch_normalization(inputs, *found, beta, gamma, 1e-12)
        y.set_shape(inputs.dims)
        return own.listed_output(y if activation_fn is None else activation_fn(y))
