"""`tf.estimator.export`: what a model says it would export; a SavedModel itself is not written."""

from __future__ import annotations

from typing import Any, NamedTuple

from autodiff.core.ground.locations import here


class PredictOutput(NamedTuple):
    """Predictions, as they would be served."""

    outputs: Any


class ClassificationOutput(NamedTuple):
    """Classes with their chances, as they would be served."""

    scores: Any = None
    classes: Any = None


class RegressionOutput(NamedTuple):
    """Numbers, as they would be served."""

    value: Any


class ServingInputReceiver(NamedTuple):
    """What a server would be given."""

    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any = None


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"tf.estimator.export has no {name!r} here: there is no SavedModel, which it is for; a "
        f"trained model is in the checkpoints of model_dir.{here()}"
    )
