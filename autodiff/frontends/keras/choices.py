"""What Keras calls by a string: activations, initial values, objectives, regularizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.variables import initializers
from autodiff.nn import fans


def chosen(what: str, value: Any, table: dict[str, Any]) -> Any:
    """The entry of a table by its name; a function passes through."""
    if callable(value):
        return value
    if value in table:
        return table[value]
    raise ValueError(
        f"{what} {value!r} is not known; choose from {', '.join(map(str, table))}, "
        f"or give a function.{here()}"
    )


def linear(x: Any) -> Any:
    """x itself."""
    return x


ACTIVATIONS = {
    "linear": linear,
    "relu": tf.nn.relu,
    "elu": tf.nn.elu,
    "sigmoid": tf.sigmoid,
    "softmax": tf.nn.softmax,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "tanh": tf.tanh,
}


def _lecun_uniform(shape: Any, dtype: Any = None) -> Any:
    limit = float(np.sqrt(3 / fans(tuple(shape), channels_last=True)[0]))
    return tf.random_uniform(shape, -limit, limit)


def _normal(numerator: float, of: str) -> Callable[..., Any]:
    def initializer(shape: Any, dtype: Any = None) -> Any:
        inputs, outputs = fans(tuple(shape), channels_last=True)
        n = inputs if of == "inputs" else inputs + outputs
        return tf.random_normal(shape, 0.0, float(np.sqrt(numerator / n)))

    return initializer


INITIAL = {
    "zero": tf.zeros_initializer,
    "one": tf.ones_initializer,
    "uniform": tf.random_uniform_initializer(-0.05, 0.05),
    "normal": tf.random_normal_initializer(0.0, 0.05),
    "lecun_uniform": _lecun_uniform,
    "glorot_uniform": initializers.xavier_initializer(),
    "glorot_normal": _normal(2.0, "both"),
    "he_uniform": initializers.variance_scaling_initializer(2.0, "FAN_IN", uniform=True),
    "he_normal": _normal(2.0, "inputs"),
}
INITIAL |= {"zeros": INITIAL["zero"], "ones": INITIAL["one"]}


# -- objectives: (y_true, y_pred) -> one number for each example ------------------------------


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
    return categorical_crossentropy(tf.one_hot(y_true, classes), y_pred)


def binary_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The mean of -y log p - (1 - y) log(1 - p); of a sigmoid output by its logits."""
    logits = _before(y_pred, "Sigmoid")
    if logits is not None:
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits, y_true), -1)
    p = _inside(y_pred)
    return -tf.reduce_mean(y_true * tf.log(p) + (1.0 - y_true) * tf.log(1.0 - p), -1)


OBJECTIVES = {
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
    if objective is categorical_crossentropy:
        return lambda y, p: _equal(tf.argmax(p, -1), tf.argmax(y, -1))
    return lambda y, p: tf.reduce_mean(_equal(tf.to_int32(tf.floor(p + 0.5)), tf.to_int32(y)), -1)


def _equal(one: Any, other: Any) -> Any:
    return tf.to_float(tf.equal(one, other))


# -- regularizers -----------------------------------------------------------------------------


def l2(l: float = 0.01) -> Callable[[Any], Any]:  # noqa: E741 (Keras calls it so)
    """l sum(w^2), added to the loss."""
    return lambda w: l * tf.reduce_sum(tf.square(w))


def l1(l: float = 0.01) -> Callable[[Any], Any]:  # noqa: E741
    """l sum(|w|), added to the loss."""
    return lambda w: l * tf.reduce_sum(tf.abs(w))


REGULARIZERS = {"l1": l1(), "l2": l2()}
