"""The losses before 1.0, of (predictions, labels), which collect themselves, weighted.

They are those of `tf.losses` with the arguments the other way round; also `tf.contrib.losses`.
"""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.losses import (  # noqa: F401 (slim.losses has them too)
    add_loss,
    compute_weighted_loss,
    get_losses,
    get_regularization_losses,
    get_total_loss,
)


def _weights(weights: Any, weight: Any) -> Any:
    """The argument's name until 0.11, `weight`, and later."""
    return weights if weight is None else weight


def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0.0,
    scope: str | None = None,
    weight: Any = None,
) -> Any:
    """The mean over the batch of the cross-entropy of softmax(logits)."""
    own = _weights(weights, weight)
    return tf.losses.softmax_cross_entropy(onehot_labels, logits, own, label_smoothing, scope)


def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None, weight: Any = None
) -> Any:
    """The same for class numbers."""
    return tf.losses.sparse_softmax_cross_entropy(labels, logits, _weights(weights, weight), scope)


def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0.0,
    scope: str | None = None,
    weight: Any = None,
) -> Any:
    """The mean of the cross-entropies of independent yes/no questions."""
    own = _weights(weights, weight)
    return tf.losses.sigmoid_cross_entropy(multi_class_labels, logits, own, label_smoothing, scope)


def mean_squared_error(
    predictions: Any, targets: Any = None, weights: Any = 1.0, scope: str | None = None,
    weight: Any = None, labels: Any = None,
) -> Any:  # fmt: skip
    """The mean of (predictions - targets)^2; the shapes must be equal."""
    wanted = targets if labels is None else labels
    return tf.losses.mean_squared_error(wanted, predictions, _weights(weights, weight), scope)


def absolute_difference(
    predictions: Any, targets: Any = None, weights: Any = 1.0, scope: str | None = None,
    weight: Any = None, labels: Any = None,
) -> Any:  # fmt: skip
    """The mean of |predictions - targets|; the shapes must be equal."""
    wanted = targets if labels is None else labels
    return tf.losses.absolute_difference(wanted, predictions, _weights(weights, weight), scope)


def log_loss(
    predictions: Any, targets: Any = None, weights: Any = 1.0, epsilon: float = 1e-7,
    scope: str | None = None, weight: Any = None, labels: Any = None,
) -> Any:  # fmt: skip
    """The cross-entropy of probabilities."""
    wanted = targets if labels is None else labels
    return tf.losses.log_loss(wanted, predictions, _weights(weights, weight), epsilon, scope)


def hinge_loss(
    logits: Any, target: Any = None, scope: str | None = None, labels: Any = None
) -> Any:
    """max(0, 1 - (2 labels - 1) logits) of each example, not reduced."""
    wanted = target if labels is None else labels
    return tf.nn.relu(1 - (2 * tf.to_float(wanted) - 1) * logits)


def cosine_distance(
    predictions: Any, targets: Any = None, dim: int = 1, weights: Any = 1.0,
    scope: str | None = None, weight: Any = None, labels: Any = None,
) -> Any:  # fmt: skip
    """1 - the inner product of vectors of length 1."""
    wanted = targets if labels is None else labels
    return tf.losses.cosine_distance(wanted, predictions, dim, _weights(weights, weight), scope)
