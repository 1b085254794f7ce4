"""Ready-made models: linear, deep, and both together; for numbers and for classes.

The linear part is trained by Ftrl, the deep one by Adagrad, unless an optimizer is given, by name
or as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.estimator.estimator import Estimator
from autodiff.frontends.tensorflow.estimator.heads import Head, Regression, classification
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec
from autodiff.frontends.tensorflow.feature_column import input_layer, linear_model

IDLE = ("input_layer_partitioner",)
BY_NAME: dict[str, Callable[[float], Any]] = {
    "Adagrad": tf.train.AdagradOptimizer,
    "Adam": tf.train.AdamOptimizer,
    "Ftrl": tf.train.FtrlOptimizer,
    "RMSProp": tf.train.RMSPropOptimizer,
    "SGD": tf.train.GradientDescentOptimizer,
}


def optimizer_of(given: Any, rate: float) -> Any:
    """An optimizer: itself, or made by its name, its class or a function."""
    if isinstance(given, str):
        if given not in BY_NAME:
            raise ValueError(f"the optimizer {given!r} is none of {', '.join(BY_NAME)}.{here()}")
        return BY_NAME[given](rate)
    if isinstance(given, type):
        return given(learning_rate=rate)
    return given if hasattr(given, "minimize") else given()


class Part:
    """A part of a model, in a scope of its own, with the optimizer of its variables."""

    def __init__(self, scope: str, columns: Iterable[Any], optimizer: Any, rate: float) -> None:
        self.scope, self.columns = scope, list(columns)
        self.optimizer, self.rate = optimizer, rate

    def train(self, loss: Any) -> Any:
        """The node of a step; the global step is counted by the caller."""
        own = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, self.scope + "/")
        return optimizer_of(self.optimizer, self.rate).minimize(loss, var_list=own)


class Linear(Part):
    """The weighted sum of the columns."""

    def __init__(self, columns: Iterable[Any], optimizer: Any, most: float = 0.2) -> None:
        own = list(columns)
        super().__init__("linear", own, optimizer, min(most, 1 / math.sqrt(max(len(own), 1))))

    def logits(self, features: Mapping[str, Any], units: int, training: bool) -> Any:
        """The numbers at its end."""
        with tf.variable_scope("linear"):
            return linear_model(features, self.columns, units)


class Deep(Part):
    """A network with hidden layers."""

    def __init__(
        self,
        columns: Iterable[Any],
        optimizer: Any,
        hidden: Sequence[int],
        activation_fn: Any,
        dropout: float | None,
    ) -> None:
        super().__init__("dnn", columns, optimizer, 0.05)
        self.hidden, self.activation, self.dropout = list(hidden), activation_fn, dropout

    def logits(self, features: Mapping[str, Any], units: int, training: bool) -> Any:
        """The numbers at its end."""
        glorot = tf.contrib.layers.xavier_initializer()
        with tf.variable_scope("dnn"):
            with tf.variable_scope("input_from_feature_columns"):
                net = input_layer(features, self.columns)
            for place, size in enumerate(self.hidden):
                net = tf.layers.dense(
                    net, size, self.activation, kernel_initializer=glorot,
                    name=f"hiddenlayer_{place}",
                )  # fmt: skip
                if self.dropout and training:
                    net = tf.layers.dropout(net, self.dropout, training=True)
            return tf.layers.dense(net, units, kernel_initializer=glorot, name="logits")


class Canned(Estimator):
    """A model of parts, whose numbers add up, under a head."""

    mean_loss = False

    def __init__(self, head: Head, parts: Sequence[Any], model_dir: Any, config: Any) -> None:
        if not any(part.columns for part in parts):
            raise ValueError(f"a model needs feature columns.{here()}")
        used = [part for part in parts if part.columns]

        def model_fn(features: Any, labels: Any, mode: str) -> EstimatorSpec:
            if not isinstance(features, Mapping):  # those of a column without a name
                features = {"": features}
            training = mode == tf.estimator.ModeKeys.TRAIN
            each = [part.logits(features, head.size, training) for part in used]
            logits = tf.add_n(each) if len(each) > 1 else each[0]

            def train(loss: Any) -> Any:
                with tf.control_dependencies([part.train(loss) for part in used]):
                    return tf.assign_add(tf.train.get_global_step(), np.int64(1))

            return head.spec(features, mode, labels, logits, train, self.mean_loss)

        super().__init__(model_fn, model_dir, config)


def _deep(columns: Any, optimizer: Any, hidden: Any, activation_fn: Any, dropout: Any) -> Deep:
    return Deep(columns, optimizer, hidden, activation_fn or tf.nn.relu, dropout)


class LinearClassifier(Canned):
    """Classes by a weighted sum of the columns."""

    def __init__(
        self,
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        **more: Any,
    ) -> None:
        only("LinearClassifier", more, "partitioner")
        head = classification(n_classes, weight_column, label_vocabulary)
        super().__init__(head, [Linear(feature_columns, optimizer)], model_dir, config)


class LinearRegressor(Canned):
    """Numbers by a weighted sum of the columns."""

    def __init__(
        self,
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        **more: Any,
    ) -> None:
        only("LinearRegressor", more, "partitioner")
        head = Regression(weight_column, None, label_dimension)
        super().__init__(head, [Linear(feature_columns, optimizer)], model_dir, config)


class DNNClassifier(Canned):
    """Classes by a network with hidden layers."""

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Any = None,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        **more: Any,
    ) -> None:
        only("DNNClassifier", more)
        head = classification(n_classes, weight_column, label_vocabulary)
        part = _deep(feature_columns, optimizer, hidden_units, activation_fn, dropout)
        super().__init__(head, [part], model_dir, config)


class DNNRegressor(Canned):
    """Numbers by a network with hidden layers."""

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Any = None,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        **more: Any,
    ) -> None:
        only("DNNRegressor", more)
        part = _deep(feature_columns, optimizer, hidden_units, activation_fn, dropout)
        super().__init__(
            Regression(weight_column, None, label_dimension), [part], model_dir, config
        )


def _both(
    linear_feature_columns: Any, linear_optimizer: Any, dnn_feature_columns: Any,
    dnn_optimizer: Any, dnn_hidden_units: Any, dnn_activation_fn: Any, dnn_dropout: Any,
) -> list[Any]:  # fmt: skip
    return [
        _deep(
            dnn_feature_columns or (), dnn_optimizer, dnn_hidden_units or (), dnn_activation_fn,
            dnn_dropout,
        ),
        Linear(linear_feature_columns or (), linear_optimizer, 0.005),
    ]  # fmt: skip


class DNNLinearCombinedClassifier(Canned):
    """Classes by a weighted sum and a network together ("wide and deep")."""

    def __init__(
        self,
        model_dir: str | None = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = None,
        dnn_dropout: float | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        **more: Any,
    ) -> None:
        only("DNNLinearCombinedClassifier", more)
        parts = _both(
            linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout,
        )  # fmt: skip
        head = classification(n_classes, weight_column, label_vocabulary)
        super().__init__(head, parts, model_dir, config)


class DNNLinearCombinedRegressor(Canned):
    """Numbers by a weighted sum and a network together."""

    def __init__(
        self,
        model_dir: str | None = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = None,
        dnn_dropout: float | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        **more: Any,
    ) -> None:
        only("DNNLinearCombinedRegressor", more)
        parts = _both(
            linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout,
        )  # fmt: skip
        super().__init__(Regression(weight_column, None, label_dimension), parts, model_dir, config)
