"""`tf.contrib.metrics`: accuracy of one batch, and the measures over many."""

from __future__ import annotations

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


def streaming_accuracy(predictions: Any, labels: Any, **more: Any) -> Any:
    """`tf.metrics.accuracy` with the arguments the other way round."""
    return tf.metrics.accuracy(labels, predictions, **more)


def streaming_mean(values: Any, **more: Any) -> Any:
    """`tf.metrics.mean`."""
    return tf.metrics.mean(values, **more)


def streaming_precision(predictions: Any, labels: Any, **more: Any) -> Any:
    """`tf.metrics.precision` with the arguments the other way round."""
    return tf.metrics.precision(labels, predictions, **more)


def streaming_recall(predictions: Any, labels: Any, **more: Any) -> Any:
    """`tf.metrics.recall` with the arguments the other way round."""
    return tf.metrics.recall(labels, predictions, **more)


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.metrics", name, globals())
