"""Losses of `tf.nn`: cross-entropies of (logits, labels), in that order, and the L2 loss."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import history
from autodiff.frontends.tensorflow.control.flow import stop_gradient
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, dtype_of, stage, stage_code
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ops.arrays import cast
from autodiff.frontends.tensorflow.ops.choosing import one_hot
from autodiff.frontends.tensorflow.ops.math import neg, square
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum


def _refuse_swapped(what: str, logits: Any, labels: Any) -> None:
    """Refuse logits that look like labels and labels that can't be any: swapped arguments."""
    if dtype_of(logits).kind in "iub":
        raise TypeError(
            f"tf.nn.{what} takes (logits, labels), as in TensorFlow 0.11, and got logits of "
            f"{dtype_of(logits)}: the two are swapped, or the logits need "
            f"tf.cast(x, tf.float32). 1.0 takes both by name only.{here()}"
        )
    if is_learned(labels) and not is_learned(logits):
        raise ValueError(
            f"tf.nn.{what} takes (logits, labels), as in TensorFlow 0.11; here the labels depend "
            f"on variables and the logits do not: the two are swapped.{here()}"
        )
    own, other = dims_of(logits), dims_of(labels)
    if own is None or other is None:
        return
    fits = len(own) == len(other) and all(
        None in (a, b) or a == b for a, b in zip(own, other, strict=True)
    )
    if not fits:
        raise ValueError(
            f"tf.nn.{what}: the logits have shape {own}, the labels {other}; they must have the "
            "same. For integer labels write tf.one_hot(labels, depth), or use "
            f"sparse_softmax_cross_entropy_with_logits.{here()}"
        )


def is_learned(x: Any) -> bool:
    """Whether a value depends on a variable."""
    if not isinstance(x, Tensor):
        return False
    return any((node.note or {}).get("role") == "parameter" for node in history([x.node]))


@scoped("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy_with_logits(logits: Any, labels: Any, dim: int = -1) -> Any:
    """-sum(labels * log_softmax(logits)) of each example, of shape (batch,).

    `labels` are probabilities that sum to 1, and count as constants, as in 0.11; they take the
    dtype of the logits, as in 1.0.  The logits are not softmax outputs: the softmax is in here.
    """
    _refuse_swapped("softmax_cross_entropy_with_logits", logits, labels)
    labels = stop_gradient(labels) if isinstance(labels, Tensor) else labels
    return _cross_entropy(labels, logits, dim)


@scoped("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, dim: int = -1, axis: int | None = None
) -> Any:
    """-sum(labels * log_softmax(logits)) of each example; gradients flow into the labels too."""
    return _cross_entropy(labels, logits, dim if axis is None else axis)


def _cross_entropy(labels: Any, logits: Any, axis: int) -> Any:
    if isinstance(labels, Tensor) and labels.dtype != dtype_of(logits):
        labels = cast(labels, dtype_of(logits))
    return neg(reduce_sum(labels * stage("log_softmax", logits, axis=axis), axis))


@scoped("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy_with_logits(logits: Any, labels: Any) -> Any:
    """-log_softmax(logits)[label] of each example, for integer labels of shape (batch,)."""
    what = "sparse_softmax_cross_entropy_with_logits"
    if dtype_of(labels).kind not in "iu":
        raise TypeError(
            f"tf.nn.{what} takes (logits, labels) with integer labels, as in TensorFlow 0.11, and "
            f"got labels of {dtype_of(labels)}. Are the two swapped? For probabilities use "
            f"softmax_cross_entropy_with_logits.{here()}"
        )
    own, other = dims_of(logits), dims_of(labels)
    if own is not None and other is not None and len(other) != len(own) - 1:
        raise ValueError(
            f"tf.nn.{what}: for logits of shape {own} the labels have one axis less, the class "
            f"numbers; got {other}. For one-hot rows use softmax_cross_entropy_with_logits, for a "
            f"column tf.squeeze(labels, [1]).{here()}"
        )
    if own is None or own[-1] is None:
        raise ValueError(f"tf.nn.{what} needs to know the number of classes.{here()}")
    labels = stage_code(_class_numbers, labels, type="Labels", dims=other, classes=own[-1])
    hot = one_hot(labels, own[-1], dtype=dtype_of(logits))
    return neg(reduce_sum(hot * stage("log_softmax", logits, axis=-1), -1))


def _class_numbers(labels: Any, classes: int) -> Any:
    """Class numbers as they are; ValueError where one is out of range."""
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(
            f"the label {wrong.flat[0]} is none of {classes} classes, 0 to {classes - 1}"
        )
    return labels


def sigmoid_cross_entropy_with_logits(
    logits: Any = None, targets: Any = None, name: str | None = None, labels: Any = None
) -> Any:
    """-z log(sigmoid(x)) - (1 - z) log(1 - sigmoid(x)) of each element, without overflow.

    The targets z are called `labels` in 1.0.
    """
    targets = targets if labels is None else labels
    _refuse_swapped("sigmoid_cross_entropy_with_logits", logits, targets)
    name = name or "logistic_loss"
    return stage("sigmoid_cross_entropy", logits, targets, name=name, type="LogisticLoss")


@scoped("logistic_loss")
def weighted_cross_entropy_with_logits(logits: Any, targets: Any, pos_weight: Any) -> Any:
    """The same with the positive examples counted `pos_weight` times.

    1.0 has (targets, logits): the logits are what depends on variables.
    """
    if is_learned(targets) and not is_learned(logits):
        logits, targets = targets, logits
    _refuse_swapped("weighted_cross_entropy_with_logits", logits, targets)
    weight = 1 + (pos_weight - 1) * targets
    return (1 - targets) * logits + weight * stage("softplus", -logits)


@scoped("L2Loss")
def l2_loss(t: Any) -> Any:
    """sum(t ** 2) / 2, whose gradient is t."""
    return reduce_sum(square(t)) / 2
