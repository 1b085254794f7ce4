"""Heads: what the numbers at the end of a ready-made model mean, its loss, and its measures.

The loss of a batch is the *sum* over its examples, as in 1.3 and 1.4; `average_loss` is the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec, ModeKeys
from autodiff.frontends.tensorflow.ground.dtypes import string


@dataclass(frozen=True)
class Head:
    """What models of all kinds share: a weight for each example, and the words for classes."""

    weight_column: Any = None
    label_vocabulary: tuple[Any, ...] | None = None
    size: int = 1

    classes = property(lambda self: max(self.size, 2))

    def spec(
        self,
        features: Mapping[str, Any],
        mode: str,
        labels: Any,
        logits: Any,
        train: Callable[[Any], Any],
        mean_loss: bool = False,
    ) -> EstimatorSpec:
        """What a model function gives; `mean_loss` as `tf.contrib.learn` took it."""
        predictions = self.predictions(logits)
        if mode == ModeKeys.PREDICT:
            return EstimatorSpec(mode, predictions)
        labels = tf.convert_to_tensor(labels)
        if labels.dims is not None and len(labels.dims) == 1:
            labels = tf.expand_dims(labels, 1)
        labels = self.known(labels)
        each = self.losses(labels, logits)
        weights = self._weights(features)
        loss = tf.reduce_sum(each * weights)
        if mean_loss:
            loss = loss / tf.reduce_sum(tf.ones_like(each) * weights)
        if mode == ModeKeys.TRAIN:
            return EstimatorSpec(mode, predictions, loss, train(loss))
        measures = self.measures(labels, predictions, weights)
        measures["average_loss"] = tf.metrics.mean(each, weights)
        return EstimatorSpec(mode, predictions, loss, eval_metric_ops=measures)

    def _weights(self, features: Mapping[str, Any]) -> Any:
        column = self.weight_column
        if column is None:
            return 1.0
        key = column if isinstance(column, str) else column.key
        return tf.reshape(tf.cast(features[key], np.float32), [-1, 1])

    def known(self, labels: Any) -> Any:
        """The labels as numbers: the places of words in the vocabulary."""
        if self.label_vocabulary is None:
            return labels
        words = [w if isinstance(w, bytes) else str(w).encode() for w in self.label_vocabulary]

        def place(values: np.ndarray) -> np.ndarray:
            texts = [v if isinstance(v, bytes) else str(v).encode() for v in np.ravel(values)]
            for text in texts:
                if text not in words:
                    raise ValueError(f"the label {text!r} is not in the vocabulary {words}.")
            return np.array([words.index(t) for t in texts], np.int64).reshape(np.shape(values))

        return stage_code(
            place, labels, type="LabelLookup", dims=labels.dims, dtype=np.dtype(np.int64)
        )

    def words(self, ids: Any) -> Any:
        """The classes as text, in bytes."""
        known = self.label_vocabulary
        words = range(self.classes) if known is None else known
        texts = np.array([w if isinstance(w, bytes) else str(w).encode() for w in words], object)
        return stage_code(lambda i: texts[i], ids, type="ClassNames", dims=ids.dims, dtype=string)

    def predictions(self, logits: Any) -> dict[str, Any]:
        """What is predicted, by name."""
        raise NotImplementedError

    def losses(self, labels: Any, logits: Any) -> Any:
        """The loss of each example (batch, 1), or of each number."""
        raise NotImplementedError

    def measures(self, labels: Any, predictions: Any, weights: Any) -> dict[str, Any]:
        """What evaluation measures beside the loss."""
        raise NotImplementedError


class Regression(Head):
    """Numbers, by the square of the distance."""

    def predictions(self, logits: Any) -> dict[str, Any]:
        """The numbers themselves."""
        return {"predictions": logits}

    def losses(self, labels: Any, logits: Any) -> Any:
        """(label - number)^2."""
        if labels.dims is not None and labels.dims[-1] not in (self.size, None):
            raise ValueError(
                f"labels of shape {labels.dims} for {self.size} numbers an example; the argument "
                f"label_dimension says how many.{here()}"
            )
        return tf.square(tf.cast(labels, np.float32) - logits)

    def measures(self, labels: Any, predictions: Any, weights: Any) -> dict[str, Any]:
        """Nothing more."""
        return {}


class Binary(Head):
    """One of two classes, by one number whose sigmoid is the chance of the second."""

    def predictions(self, logits: Any) -> dict[str, Any]:
        """The number, the chances, and the class."""
        logistic = tf.sigmoid(logits)
        both = tf.concat(1, [tf.zeros_like(logits), logits])
        ids = tf.reshape(tf.argmax(both, 1), [-1, 1])
        return {
            "logits": logits, "logistic": logistic, "probabilities": tf.nn.softmax(both),
            "class_ids": ids, "classes": self.words(ids),
        }  # fmt: skip

    def losses(self, labels: Any, logits: Any) -> Any:
        """The cross entropy."""
        return tf.nn.sigmoid_cross_entropy_with_logits(
            labels=tf.cast(labels, np.float32), logits=logits
        )

    def measures(self, labels: Any, predictions: Any, weights: Any) -> dict[str, Any]:
        """How often it is right, and the areas under its curves."""
        m, chance, ids = tf.metrics, predictions["logistic"], predictions["class_ids"]
        mean, update = m.mean(tf.cast(labels, np.float32), weights)
        base = (tf.maximum(mean, 1 - mean), tf.maximum(update, 1 - update))
        return {
            "accuracy": m.accuracy(labels, ids, weights), "label/mean": (mean, update),
            "accuracy_baseline": base, "prediction/mean": m.mean(chance, weights),
            "auc": m.auc(labels, chance, weights),
            "auc_precision_recall": m.auc(
                labels, chance, weights, curve="PR", summation_method="careful_interpolation"
            ),
        }  # fmt: skip


class Several(Head):
    """One of more than two classes, by a softmax."""

    def predictions(self, logits: Any) -> dict[str, Any]:
        """The numbers, the chances, and the class."""
        ids = tf.expand_dims(tf.argmax(logits, 1), 1)
        return {
            "logits": logits, "probabilities": tf.nn.softmax(logits), "class_ids": ids,
            "classes": self.words(ids),
        }  # fmt: skip

    def losses(self, labels: Any, logits: Any) -> Any:
        """The cross entropy."""
        if labels.dtype.kind not in "iu":
            raise ValueError(f"labels of classes are integers, not of {labels.dtype}.{here()}")
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.reshape(labels, [-1]), logits=logits
        )
        return tf.expand_dims(each, 1)

    def measures(self, labels: Any, predictions: Any, weights: Any) -> dict[str, Any]:
        """How often it is right."""
        return {"accuracy": tf.metrics.accuracy(labels, predictions["class_ids"], weights)}


def classification(n_classes: int, weight_column: Any, label_vocabulary: Any) -> Head:
    """The head for so many classes."""
    words = None if label_vocabulary is None else tuple(label_vocabulary)
    if n_classes < 2 or (words and len(words) != n_classes):
        raise ValueError(f"n_classes={n_classes} with {words or 'no vocabulary'}.{here()}")
    return (
        Binary(weight_column, words) if n_classes == 2 else Several(weight_column, words, n_classes)
    )
