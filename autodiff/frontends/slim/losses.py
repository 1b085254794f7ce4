"""Losses that collect themselves: each is added to `tf.GraphKeys.LOSSES`, weighted."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf


def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weight: Any = 1.0, scope: str | None = None
) -> Any:
    """The mean over the batch of the cross-entropy of softmax(logits)."""
    terms = tf.nn.softmax_cross_entropy_with_logits(logits, onehot_labels, name="xentropy")
    return _collected(terms, weight, scope or "softmax_cross_entropy_loss")


def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weight: Any = 1.0, scope: str | None = None
) -> Any:
    """The same for class numbers."""
    terms = tf.nn.sparse_softmax_cross_entropy_with_logits(logits, labels, name="xentropy")
    return _collected(terms, weight, scope or "sparse_softmax_cross_entropy_loss")


def sigmoid_cross_entropy(
    logits: Any, multi_class_labels: Any, weight: Any = 1.0, scope: str | None = None
) -> Any:
    """The mean of the cross-entropies of independent yes/no questions."""
    terms = tf.nn.sigmoid_cross_entropy_with_logits(logits, multi_class_labels, name="xentropy")
    return _collected(terms, weight, scope or "sigmoid_cross_entropy_loss")


def mean_squared_error(
    predictions: Any, targets: Any, weight: Any = 1.0, scope: str | None = None
) -> Any:
    """The mean of (predictions - targets)^2; the shapes must be equal."""
    _same_shape("mean_squared_error", predictions, targets)
    terms = tf.squared_difference(predictions, targets)
    return _collected(terms, weight, scope or "mean_squared_error")


def absolute_difference(
    predictions: Any, targets: Any, weight: Any = 1.0, scope: str | None = None
) -> Any:
    """The mean of |predictions - targets|; the shapes must be equal."""
    _same_shape("absolute_difference", predictions, targets)
    terms = tf.abs(predictions - targets)
    return _collected(terms, weight, scope or "absolute_difference")


def add_loss(loss: Any) -> None:
    """Add a loss of your own to the collection."""
    tf.add_to_collection(tf.GraphKeys.LOSSES, loss)


def get_losses() -> list[Any]:
    """The losses collected so far."""
    return tf.get_collection(tf.GraphKeys.LOSSES)


def get_regularization_losses() -> list[Any]:
    """The terms of the weights' regularizers."""
    return tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """The sum of the losses, and of the regularizers' terms unless told otherwise."""
    losses = get_losses() + (get_regularization_losses() if add_regularization_losses else [])
    if not losses:
        raise ValueError(
            "no loss was collected in this graph: call slim.losses.softmax_cross_entropy or its "
            f"kin first, or slim.losses.add_loss(loss).{here()}"
        )
    return tf.add_n(losses, name=name)


def _collected(terms: Any, weight: Any, name: str) -> Any:
    with tf.name_scope(name):
        loss = tf.reduce_mean(terms) * (weight if isinstance(weight, tf.Tensor) else float(weight))
    add_loss(loss)
    return loss


def _same_shape(what: str, one: Any, other: Any) -> None:
    own = one.get_shape()
    its = other.get_shape() if isinstance(other, tf.Tensor) else np.shape(other)
    if not own.is_compatible_with(its):
        raise ValueError(
            f"slim.losses.{what}: the predictions have shape {own}, the targets {its}.{here()}"
        )
