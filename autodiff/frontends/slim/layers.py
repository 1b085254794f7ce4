"""Layers as functions of a tensor: each makes its variables in a variable scope of its name.

This is `tf.contrib.layers` too, with its initializers and regularizers.  Those over images stand in
`images`, those that normalize in `normalizing`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim.building import Layer, Weighted, Weights, weighted
from autodiff.frontends.slim.images import (
    avg_pool2d,
    conv2d,
    conv2d_transpose,
    max_pool2d,
    separable_conv2d,
)
from autodiff.frontends.slim.normalizing import batch_norm, layer_norm
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope

__all__ = [
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "conv2d_transpose",
    "dropout",
    "flatten",
    "fully_connected",
    "layer_norm",
    "max_pool2d",
    "one_hot_encoding",
    "separable_conv2d",
    "softmax",
]


@weighted
def fully_connected(told: Weighted, inputs: Any, num_outputs: int) -> Any:
    """activation(inputs W + b) along the last axis; with a normalizer there is no bias."""
    inputs = tf.convert_to_tensor(inputs)
    dims = inputs.dims
    if not dims or dims[-1] is None or len(dims) < 2:
        raise ValueError(
            f"fully_connected takes rows (batch, features) of known width, and got shape "
            f"{inputs.get_shape()}. Write slim.flatten(net), or x.set_shape(...).{here()}"
        )

    def product(weights: Weights) -> Any:
        kernel = weights("weights", [dims[-1], int(num_outputs)])
        y = tf.tensordot(inputs, kernel, 1) if len(dims) > 2 else tf.matmul(inputs, kernel)
        y.set_shape([*dims[:-1], num_outputs])
        return y

    return told.layer("fully_connected", inputs, num_outputs, product)


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
    own = Layer(None, outputs_collections, True, None)
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
    return Layer(None, outputs_collections, True, None).listed_output(found, scope or "Flatten")


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
    return Layer(None, outputs_collections, True, None).listed_output(found, name)


def softmax(logits: Any, scope: str | None = None) -> Any:
    """The softmax along the last axis, whatever the number of axes."""
    return tf.nn.softmax(logits, name=scope)
