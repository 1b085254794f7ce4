"""The estimators of `tf.contrib.learn`, before 1.3: `fit`, `evaluate` and `predict`, of arrays too.

They are those of `tf.estimator`, but that the loss of a batch is the *mean* over its examples, and
that a model function may give `ModelFnOps`, or a tuple (predictions, loss, train_op).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.estimator import canned
from autodiff.frontends.tensorflow.estimator.estimator import Estimator as Later
from autodiff.frontends.tensorflow.estimator.inputs import numpy_input_fn
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec, ModeKeys
from autodiff.frontends.tensorflow.feature_column import numeric_column

SPEED = ("fix_global_step_increment_bug", "input_layer_min_slice_size")
REFUSED = ("gradient_clip_norm", "enable_centered_bias", "_joint_weights", *SPEED)


class ModelFnOps(NamedTuple):
    """What a model function gives."""

    mode: str
    predictions: Any = None
    loss: Any = None
    train_op: Any = None
    eval_metric_ops: Any = None


class MetricSpec(NamedTuple):
    """A measure: a function of (predictions, labels), and which of each it is given."""

    metric_fn: Any
    prediction_key: str | None = None
    label_key: str | None = None
    weight_key: str | None = None


def _measuring(model_fn: Any, metrics: Mapping[str, Any]) -> Any:
    """The model function, with more measures."""

    def build(features: Any, labels: Any, **named: Any) -> EstimatorSpec:
        spec = model_fn(features, labels, **named)
        for name, metric in metrics.items():
            key = metric.prediction_key
            if key == "classes" and "class_ids" in spec.predictions:
                key = "class_ids"
            said = spec.predictions if key is None else spec.predictions[key]
            truth = labels if metric.label_key is None else labels[metric.label_key]
            weights = {"weights": features[metric.weight_key]} if metric.weight_key else {}
            spec.eval_metric_ops[str(name)] = metric.metric_fn(said, truth, **weights)
        return spec

    return build


class Learner:
    """`fit`, `evaluate` and `predict`, of an input function or of arrays x and y."""

    later: Later
    answer: str | None = None
    """Which prediction `predict` gives; None for all."""

    model_dir = property(lambda self: self.later.model_dir)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Any:
        """Train for so many steps, on batches of `batch_size` (default: all examples)."""
        if input_fn is None and steps is None and max_steps is None:
            raise ValueError(f"fit on arrays needs steps, or it has no end.{here()}")
        read = input_fn or _of(x, y, batch_size, None, True)
        self.later.train(read, monitors, steps, max_steps)
        return self

    def partial_fit(self, *args: Any, **named: Any) -> Any:
        """`fit`, which always goes on where it was."""
        return self.fit(*args, **named)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        feed_fn: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
        log_progress: bool = True,
    ) -> dict[str, Any]:
        """The measures over the examples, the loss and the global step."""
        only("evaluate", {"feed_fn": feed_fn}, "log_progress")
        read = input_fn or _of(x, y, batch_size, 1, False)
        measured = copy.copy(self.later)
        measured.model_fn = _measuring(measured.model_fn, metrics or {})
        return measured.evaluate(read, steps, hooks, checkpoint_path, name)

    def predict(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        outputs: Any = None,
        as_iterable: bool = True,
    ) -> Any:
        """The predictions: of arrays an array where they are one, else one after the other."""
        found = self._each(x, input_fn, batch_size, outputs)
        return np.array(list(found)) if self.answer and x is not None else found

    def _each(self, x: Any, input_fn: Any, size: Any, outputs: Any = None) -> Iterator[Any]:
        read = input_fn or _of(x, None, size, 1, False)
        for row in self.later.predict(read, outputs):
            answer = row[self.answer] if self.answer else row
            yield answer[0] if self.answer and np.shape(answer) == (1,) else answer

    def get_variable_names(self) -> list[str]:
        """The names of the saved variables."""
        return self.later.get_variable_names()

    def get_variable_value(self, name: str) -> Any:
        """The saved value of a variable."""
        return self.later.get_variable_value(name)


class Estimator(Learner):
    """A model, as a function `model_fn(features, targets, mode, params)` that builds it."""

    def __init__(
        self, model_fn: Any, model_dir: str | None = None, config: Any = None, params: Any = None,
        **more: Any,
    ) -> None:  # fmt: skip
        only("contrib.learn.Estimator", more)
        wants = inspect.signature(model_fn).parameters

        def build(features: Any, labels: Any, mode: str, params: Any) -> EstimatorSpec:
            known = {"mode": mode, "params": params, "config": config, "model_dir": model_dir}
            named = {k: v for k, v in known.items() if k in wants}
            found = model_fn(features, labels, **named)
            if isinstance(found, tuple) and not isinstance(found, ModelFnOps):
                found = ModelFnOps(mode, *found)
            return EstimatorSpec(
                mode, found.predictions, found.loss, found.train_op, found.eval_metric_ops
            )

        self.later = Later(build, model_dir, config, params)


class _Classes(Learner):
    answer = "class_ids"

    def predict_classes(self, x: Any = None, input_fn: Any = None, **more: Any) -> Any:
        """The classes."""
        return self.predict(x, input_fn, **more)

    def predict_proba(
        self, x: Any = None, input_fn: Any = None, batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:  # fmt: skip
        """The chances of the classes."""
        read = input_fn or _of(x, None, batch_size, 1, False)
        found = (row["probabilities"] for row in self.later.predict(read))
        return found if x is None else np.array(list(found))


class _Numbers(Learner):
    answer = "predictions"

    def predict_scores(self, x: Any = None, input_fn: Any = None, **more: Any) -> Any:
        """The numbers."""
        return self.predict(x, input_fn, **more)


def _ready_made(name: str, later: Any, base: type) -> Any:
    def begin(self: Any, *args: Any, **named: Any) -> None:
        own = {k: v for k, v in named.items() if k not in REFUSED}
        only(name, {k: v for k, v in named.items() if k in REFUSED}, *SPEED)
        if "weight_column_name" in own:
            own["weight_column"] = own.pop("weight_column_name")
        self.later = later(*args, **own)
        self.later.mean_loss = True

    doc = f"`tf.estimator.{name}` as `tf.contrib.learn` had it: its loss is a mean."
    return type(name, (base,), {"__init__": begin, "__doc__": doc})


LinearClassifier = _ready_made("LinearClassifier", canned.LinearClassifier, _Classes)
LinearRegressor = _ready_made("LinearRegressor", canned.LinearRegressor, _Numbers)
DNNClassifier = _ready_made("DNNClassifier", canned.DNNClassifier, _Classes)
DNNRegressor = _ready_made("DNNRegressor", canned.DNNRegressor, _Numbers)
DNNLinearCombinedClassifier = _ready_made(
    "DNNLinearCombinedClassifier", canned.DNNLinearCombinedClassifier, _Classes
)
DNNLinearCombinedRegressor = _ready_made(
    "DNNLinearCombinedRegressor", canned.DNNLinearCombinedRegressor, _Numbers
)


class SKCompat:
    """An estimator in the words of scikit-learn: fit, predict, score of arrays."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def fit(
        self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None, max_steps: Any = None
    ) -> SKCompat:
        """Train on arrays."""
        self._estimator.fit(x, y, steps=steps, batch_size=batch_size, max_steps=max_steps)
        return self

    def score(self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None) -> Any:
        """The measures."""
        return self._estimator.evaluate(x, y, batch_size=batch_size, steps=steps)

    def predict(self, x: Any, batch_size: int = 128, outputs: Any = None) -> Any:
        """The predictions, as an array or a dict of arrays."""
        rows = list(self._estimator.later.predict(_of(x, None, batch_size, 1, False), outputs))
        if rows and isinstance(rows[0], Mapping):
            own = self._estimator.answer
            found = {key: np.array([row[key] for row in rows]) for key in rows[0]}
            return found | ({"classes": found["class_ids"].ravel()} if own == "class_ids" else {})
        return np.array(rows)


def infer_real_valued_columns_from_input(x: Any) -> list[Any]:
    """One column for an array (examples, features), whose name is empty."""
    return [numeric_column("", np.shape(x)[1] if np.ndim(x) > 1 else 1)]


def infer_real_valued_columns_from_input_fn(input_fn: Any) -> list[Any]:
    """The same, of what an input function gives."""
    with tf.Graph().as_default():
        features, _ = input_fn()
    if isinstance(features, Mapping):
        return [numeric_column(k, int((v.dims or (0, 1))[-1] or 1)) for k, v in features.items()]
    return [numeric_column("", int(features.dims[-1]))]


def _of(x: Any, y: Any, size: int | None, rounds: int | None, shuffle: bool) -> Any:
    if x is None:
        raise ValueError(f"give input_fn, or x.{here()}")
    named = x if isinstance(x, Mapping) else np.asarray(x)
    count = len(next(iter(x.values()))) if isinstance(x, Mapping) else len(named)
    read = numpy_input_fn(named, y, size or count, rounds, shuffle)
    return read if y is not None else (lambda: (read(), None))


INFER, TRAIN, EVAL = ModeKeys.PREDICT, ModeKeys.TRAIN, ModeKeys.EVAL
