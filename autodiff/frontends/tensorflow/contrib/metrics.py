"""`tf.contrib.metrics`: accuracy of one batch, and the measures over many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.renamed import missing


def accuracy(predictions: Any, labels: Any, weights: Any = None) -> Any:
    """How often the prediction is the label, in this batch."""
    predictions = tf.convert_to_tensor(predictions)
    right = tf.cast(tf.equal(predictions, tf.cast(labels, predictions.dtype)), np.float32)
    if weights is None:
        return tf.reduce_mean(right)
    return tf.reduce_sum(right * weights) / tf.reduce_sum(tf.ones_like(right) * weights)


def streaming_mean(values: Any, *more: Any, **named: Any) -> Any:
    """`tf.metrics.mean`."""
    return tf.metrics.mean(values, *more, **named)


def _turned(name: str) -> Callable[..., Any]:
    def streaming(predictions: Any, labels: Any, *more: Any, **named: Any) -> Any:
        return getattr(tf.metrics, name)(labels, predictions, *more, **named)

    streaming.__name__ = f"streaming_{name}"
    streaming.__doc__ = f"`tf.metrics.{name}` with the first two arguments the other way round."
    return streaming


streaming_accuracy = _turned("accuracy")
streaming_auc = _turned("auc")
streaming_false_positives = _turned("false_positives")
streaming_mean_absolute_error = _turned("mean_absolute_error")
streaming_mean_squared_error = _turned("mean_squared_error")
streaming_precision = _turned("precision")
streaming_recall = _turned("recall")
streaming_root_mean_squared_error = _turned("root_mean_squared_error")


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.metrics", name, globals())
