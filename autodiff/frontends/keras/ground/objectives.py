"""Objectives of Keras: (y_true, y_pred) -> one number for each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf


def added(losses: Any) -> list[Any]:
    """What is given to `add_loss` (a number of the graph, or a list of them), as a list."""
    found = list(losses) if isinstance(losses, list | tuple) else [losses]
    for loss in found:
        dims = tf.convert_to_tensor(loss).dims
        if dims:
            raise ValueError(
                f"add_loss takes numbers, and got shape {dims}: write K.mean(loss).{here()}"
            )
    return found


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean over the last axis of (prediction - target)^2."""
    return tf.reduce_mean(tf.square(y_pred - y_true), -1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean over the last axis of |prediction - target|."""
    return tf.reduce_mean(tf.abs(y_pred - y_true), -1)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true y_pred, 0), for targets -1 and 1."""
    return tf.reduce_mean(tf.maximum(1.0 - y_true * y_pred, 0.0), -1)


def categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """-sum(y_true log y_pred), for one-hot targets; of a softmax output by its logits."""
    logits = _before(y_pred, "Softmax")
    if logits is not None:
        return tf.nn.softmax_cross_entropy_with_logits(logits, y_true)
    share = y_pred / tf.reduce_sum(y_pred, -1, keep_dims=True)
    return -tf.reduce_sum(y_true * tf.log(_inside(share)), -1)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The same for integer targets 0 .. classes - 1."""
    classes = y_pred.get_shape().as_list()[-1]
    return categorical_crossentropy(tf.one_hot(y_true, classes, dtype=y_pred.dtype), y_pred)


def binary_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The mean of -y log p - (1 - y) log(1 - p); of a sigmoid output by its logits."""
    logits = _before(y_pred, "Sigmoid")
    if logits is not None:
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits, y_true), -1)
    p = _inside(y_pred)
    return -tf.reduce_mean(y_true * tf.log(p) + (1.0 - y_true) * tf.log(1.0 - p), -1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 times the mean of |difference / target|."""
    share = tf.abs((y_true - y_pred) / tf.clip_by_value(tf.abs(y_true), 1e-7, np.inf))
    return 100.0 * tf.reduce_mean(share, -1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of (log(1 + prediction) - log(1 + target))^2."""
    logs = [tf.log(tf.clip_by_value(y, 1e-7, np.inf) + 1.0) for y in (y_pred, y_true)]
    return tf.reduce_mean(tf.square(logs[0] - logs[1]), -1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true y_pred, 0)^2."""
    return tf.reduce_mean(tf.square(tf.maximum(1.0 - y_true * y_pred, 0.0)), -1)


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """sum(y_true log(y_true / y_pred))."""
    true, said = (tf.clip_by_value(y, 1e-7, 1.0) for y in (y_true, y_pred))
    return tf.reduce_sum(true * tf.log(true / said), -1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """The mean of prediction - target log(prediction)."""
    return tf.reduce_mean(y_pred - y_true * tf.log(y_pred + 1e-7), -1)


def cosine_proximity(y_true: Any, y_pred: Any) -> Any:
    """-mean of the products of both divided by their lengths."""
    one, other = (tf.nn.l2_normalize(y, -1) for y in (y_true, y_pred))
    return -tf.reduce_mean(one * other, -1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(1 + the best wrong one - the right one, 0), for one-hot targets."""
    right = tf.reduce_sum(y_true * y_pred, -1)
    wrong = tf.reduce_max((1.0 - y_true) * y_pred, -1)
    return tf.maximum(wrong - right + 1.0, 0.0)


def logcosh(y_true: Any, y_pred: Any) -> Any:
    """The mean of log(cosh(difference)): squares near 0, absolute values far from it."""
    away = y_pred - y_true
    return tf.reduce_mean(away + tf.nn.softplus(-2.0 * away) - float(np.log(2.0)), -1)


OBJECTIVES = {
    "categorical_hinge": categorical_hinge,
    "logcosh": logcosh,
    "mean_absolute_percentage_error": mean_absolute_percentage_error,
    "mape": mean_absolute_percentage_error,
    "mean_squared_logarithmic_error": mean_squared_logarithmic_error,
    "msle": mean_squared_logarithmic_error,
    "squared_hinge": squared_hinge,
    "kullback_leibler_divergence": kullback_leibler_divergence,
    "kld": kullback_leibler_divergence,
    "poisson": poisson,
    "cosine_proximity": cosine_proximity,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    "hinge": hinge,
    "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
    "binary_crossentropy": binary_crossentropy,
}


def _before(y: Any, type: str) -> Any:
    """What went into a last node of this type, where the prediction is one."""
    return y.op.inputs[0] if y.op.type == type else None


def _inside(p: Any) -> Any:
    """Probabilities kept off 0 and 1, as Keras keeps them."""
    return tf.clip_by_value(p, 1e-7, 1.0 - 1e-7)


def accuracy(objective: Any) -> Callable[[Any, Any], Any]:
    """The share of right answers, for targets in the form that the objective takes."""
    if objective is sparse_categorical_crossentropy:
        return lambda y, p: _equal(tf.argmax(p, -1), tf.cast(y, tf.int64))
    if objective is categorical_crossentropy or objective == "rows":
        return lambda y, p: _equal(tf.argmax(p, -1), tf.argmax(y, -1))
    return lambda y, p: tf.reduce_mean(_equal(tf.to_int32(tf.floor(p + 0.5)), tf.to_int32(y)), -1)


def _equal(one: Any, other: Any) -> Any:
    return tf.to_float(tf.equal(one, other))
