"""`keras.metrics`: what is measured beside the loss, by name; `"accuracy"` fits the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autodiff.frontends.keras.ground.objectives as objectives
from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.objectives import OBJECTIVES

mean_squared_error = mse = objectives.mean_squared_error
mean_absolute_error = mae = objectives.mean_absolute_error
categorical_crossentropy = objectives.categorical_crossentropy
binary_crossentropy = objectives.binary_crossentropy


def binary_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of yes/no answers that are right."""
    return objectives.accuracy(objectives.binary_crossentropy)(y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of right classes, for one-hot targets."""
    return objectives.accuracy(objectives.categorical_crossentropy)(y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of right classes, for class numbers."""
    return objectives.accuracy(objectives.sparse_categorical_crossentropy)(y_true, y_pred)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """How often the class is among the k largest."""
    return tf.to_float(tf.nn.in_top_k(y_pred, tf.argmax(y_true, -1), k))


METRICS: dict[str, Callable[..., Any]] = {
    **OBJECTIVES,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
}


def get(identifier: Any) -> Any:
    """A metric by its name; a function passes through."""
    if not callable(identifier) and identifier not in METRICS:
        raise ValueError(f"the metric {identifier!r} is none of {', '.join(METRICS)}.{here()}")
    return identifier if callable(identifier) else METRICS[identifier]
