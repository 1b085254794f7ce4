"""`tf.contrib.layers`: the layers of slim, their other names, initializers and small helpers."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.slim.layers import *
from autodiff.frontends.slim.repeated import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    repeat,
    stack,
    sum_regularizer,
)
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.variables.initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)

convolution2d = convolution = conv2d
convolution2d_transpose = conv2d_transpose
separable_convolution2d = separable_conv2d
linear = functools.partial(fully_connected, activation_fn=None)
relu = functools.partial(fully_connected, activation_fn=tf.nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=tf.nn.relu6)

__path__: list[str] = []  # modules below it are found by `paths`


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: str | None = None,
    reuse: bool | None = None,
) -> Any:
    """The rows of a table for ids (batch, time)."""
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        table = tf.get_variable(
            "embeddings", shape, initializer=initializer, regularizer=regularizer,
            trainable=trainable,
        )  # fmt: skip
        return tf.nn.embedding_lookup(table, ids)


OPTIMIZER_CLS_NAMES = {
    "Adagrad": tf.train.AdagradOptimizer,
    "Adam": tf.train.AdamOptimizer,
    "Ftrl": tf.train.FtrlOptimizer,
    "Momentum": lambda learning_rate: tf.train.MomentumOptimizer(learning_rate, 0.9),
    "RMSProp": tf.train.RMSPropOptimizer,
    "SGD": tf.train.GradientDescentOptimizer,
}


def optimize_loss(
    loss: Any,
    global_step: Any = None,
    learning_rate: Any = None,
    optimizer: Any = "SGD",
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Any = None,
    clip_gradients: float | None = None,
    learning_rate_decay_fn: Callable[..., Any] | None = None,
    update_ops: Any = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Any = None,
    **more: Any,
) -> Any:
    """A tensor that has the loss, after a step of an optimizer by name, class or object."""
    only("optimize_loss", more, "colocate_gradients_with_ops")
    if gradient_noise_scale is not None or gradient_multipliers is not None:
        raise ValueError(f"optimize_loss: noise and multipliers are not supported.{here()}")
    step = global_step
    if step is None:
        step = tf.contrib.framework.get_global_step()
    with tf.variable_scope(name, "OptimizeLoss", [loss]):
        if learning_rate_decay_fn is not None:
            learning_rate = learning_rate_decay_fn(learning_rate, step)
        if isinstance(optimizer, str):
            if optimizer not in OPTIMIZER_CLS_NAMES:
                known = ", ".join(OPTIMIZER_CLS_NAMES)
                raise ValueError(f"the optimizer {optimizer!r} is none of {known}.{here()}")
            optimizer = OPTIMIZER_CLS_NAMES[optimizer]
        own = optimizer if isinstance(optimizer, tf.train.Optimizer) else optimizer(learning_rate)
        pairs = own.compute_gradients(loss, variables)
        if clip_gradients is not None:
            slopes, _norm = tf.clip_by_global_norm([g for g, _ in pairs], clip_gradients)
            pairs = list(zip(slopes, [v for _, v in pairs], strict=True))
        moved = own.apply_gradients(pairs, step)
        if update_ops is None:
            update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies([moved, *update_ops]):
            return tf.identity(loss)


def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """A curve of a number, a histogram of anything else."""
    name = tag or tensor.op.name
    return (tf.summary.histogram if tensor.dims else tf.summary.scalar)(name, tensor)


def summarize_activation(op: Any) -> Any:
    """A histogram of a layer's output, and how much of it is 0 where it went through a relu."""
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        tf.summary.scalar(f"{op.op.name}/zeros", tf.nn.zero_fraction(op))
    return tf.summary.histogram(f"{op.op.name}/activation", op)


def summarize_tensors(
    tensors: Sequence[Any], summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """Summaries of several."""
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: str, name_filter: Any = None, summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """Summaries of a collection."""
    return summarize_tensors(tf.get_collection(collection), summarizer)


summarize_variables = functools.partial(summarize_collection, tf.GraphKeys.VARIABLES)
summarize_weights = functools.partial(summarize_collection, tf.GraphKeys.WEIGHTS)
summarize_biases = functools.partial(summarize_collection, tf.GraphKeys.BIASES)
summarize_activations = functools.partial(
    summarize_collection, tf.GraphKeys.ACTIVATIONS, summarizer=summarize_activation
)


def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: str | None = None) -> Any:
    """Vectors along an axis divided by their length."""
    length = tf.sqrt(tf.reduce_sum(tf.square(inputs), dim, keep_dims=True) + epsilon)
    return inputs / length


COLUMNS = (
    "real_valued_column", "sparse_column_with_keys", "sparse_column_with_hash_bucket",
    "sparse_column_with_integerized_feature", "crossed_column", "one_hot_column",
    "bucketized_column", "embedding_column", "weighted_sparse_column",
    "input_from_feature_columns", "create_feature_spec_for_parsing",
)  # fmt: skip
"""Columns of features, by their names before 1.3."""


def __getattr__(name: str) -> object:
    if name in COLUMNS:
        place = "autodiff.frontends.tensorflow.feature_column.earlier"
        return getattr(importlib.import_module(place), name)
    raise missing("tf.contrib.layers", name, globals())
