"""Ready-made models: linear, deep, and both together; for numbers and for classes.

The linear part is trained by Ftrl, the deep one by Adagrad, unless an optimizer is given, by name
or as it is.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.common.shared import bound
from autodiff.frontends.tensorflow.estimator.estimator import Estimator
from autodiff.frontends.tensorflow.estimator.heads import Head, Regression, classification
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec
from autodiff.frontends.tensorflow.feature_column import input_layer, linear_model

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


# -- the six models: what is computed, and what its numbers mean --------------------------------

Given = SimpleNamespace
"""The arguments of a model, by name."""
REQUIRED = inspect.Parameter.empty
IDLE = ("partitioner", "input_layer_partitioner")
CLASSES = {"n_classes": 2, "weight_column": None, "label_vocabulary": None}
NUMBERS = {"label_dimension": 1, "weight_column": None}


def _classes(given: Given) -> Head:
    return classification(given.n_classes, given.weight_column, given.label_vocabulary)


def _numbers(given: Given) -> Head:
    return Regression(given.weight_column, None, given.label_dimension)


def _linear(given: Given) -> list[Part]:
    return [Linear(given.feature_columns, given.optimizer)]


def _deep(given: Given) -> list[Part]:
    activation = given.activation_fn or tf.nn.relu
    columns, hidden = given.feature_columns, given.hidden_units
    return [Deep(columns, given.optimizer, hidden, activation, given.dropout)]


def _both(given: Given) -> list[Part]:
    deep = Deep(
        given.dnn_feature_columns or (), given.dnn_optimizer, given.dnn_hidden_units or (),
        given.dnn_activation_fn or tf.nn.relu, given.dnn_dropout,
    )  # fmt: skip
    return [deep, Linear(given.linear_feature_columns or (), given.linear_optimizer, 0.005)]


def _models(
    name: str,
    how: str,
    first: Mapping[str, Any],
    last: Mapping[str, Any],
    parts: Callable[[Given], Sequence[Part]],
) -> tuple[Any, Any]:
    """The classifier and the regressor of a kind; those of the head stand between its arguments."""
    return (
        _model(
            f"{name}Classifier", f"Classes by {how}.", {**first, **CLASSES, **last}, _classes, parts
        ),
        _model(
            f"{name}Regressor", f"Numbers by {how}.", {**first, **NUMBERS, **last}, _numbers, parts
        ),
    )


def _model(
    name: str,
    doc: str,
    arguments: Mapping[str, Any],
    head: Callable[[Given], Head],
    parts: Callable[[Given], Sequence[Part]],
) -> Any:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter(key, kind, default=value) for key, value in arguments.items()]
    whole = inspect.Signature([*own, inspect.Parameter("more", inspect.Parameter.VAR_KEYWORD)])

    def begin(self: Any, *args: Any, **named: Any) -> None:
        given = Given(**bound(whole, name, args, named))
        only(name, given.more, *IDLE)
        Canned.__init__(self, head(given), parts(given), given.model_dir, given.config)

    return type(name, (Canned,), {"__init__": begin, "__doc__": doc, "__signature__": whole})


LinearClassifier, LinearRegressor = _models(
    "Linear",
    "a weighted sum of the columns",
    {"feature_columns": REQUIRED, "model_dir": None},
    {"optimizer": "Ftrl", "config": None},
    _linear,
)
DNNClassifier, DNNRegressor = _models(
    "DNN",
    "a network with hidden layers",
    {"hidden_units": REQUIRED, "feature_columns": REQUIRED, "model_dir": None},
    {
        "optimizer": "Adagrad", "activation_fn": None, "dropout": None,
        "input_layer_partitioner": None, "config": None,
    },
    _deep,
)  # fmt: skip
DNNLinearCombinedClassifier, DNNLinearCombinedRegressor = _models(
    "DNNLinearCombined",
    'a weighted sum and a network together ("wide and deep")',
    {
        "model_dir": None, "linear_feature_columns": None, "linear_optimizer": "Ftrl",
        "dnn_feature_columns": None, "dnn_optimizer": "Adagrad", "dnn_hidden_units": None,
        "dnn_activation_fn": None, "dnn_dropout": None,
    },
    {"input_layer_partitioner": None, "config": None},
    _both,
)  # fmt: skip
