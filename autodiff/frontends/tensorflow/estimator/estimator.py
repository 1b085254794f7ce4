"""`Estimator`: a model function, and the three things that are done with it.

Training, evaluation and prediction each build a graph of their own by calling the input function
and the model function; the variables travel between them as checkpoints in `model_dir`.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data import checkpoints
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.contrib import framework
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec, ModeKeys, RunConfig
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.metrics import mean
from autodiff.frontends.tensorflow.ops.random import set_random_seed
from autodiff.frontends.tensorflow.saving.checkpoint_state import latest_checkpoint
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.summary import scalar
from autodiff.frontends.tensorflow.train.hooks import StopAtStepHook
from autodiff.frontends.tensorflow.train.monitored import (
    ChiefSessionCreator,
    MonitoredSession,
    MonitoredTrainingSession,
)
from autodiff.frontends.tensorflow.train.watching import (
    CheckpointSaverHook,
    NanTensorHook,
    StepLoggingHook,
)
from autodiff.frontends.tensorflow.variables.variables import GraphKeys

Hooks = Sequence[Any] | None
Input = Callable[[], Any]


class Estimator:
    """A model, as the function `model_fn(features, labels, mode, params, config)` that builds it.

    Of these arguments the function has those that it wants. `params` is handed on as it is;
    `model_dir` (default: a new temporary folder) holds the checkpoints, so that an estimator of the
    same folder goes on where an earlier one ended.
    """

    def __init__(
        self,
        model_fn: Callable[..., EstimatorSpec],
        model_dir: str | None = None,
        config: RunConfig | None = None,
        params: Mapping[str, Any] | None = None,
        warm_start_from: Any = None,
    ) -> None:
        only("Estimator", {"warm_start_from": warm_start_from})
        if config is not None and config.model_dir and model_dir not in (None, config.model_dir):
            raise ValueError(
                f"model_dir={model_dir!r} and config.model_dir={config.model_dir!r} differ.{here()}"
            )
        config = config or RunConfig()
        self.model_dir = model_dir or config.model_dir or tempfile.mkdtemp()
        self.config = config.replace(model_dir=self.model_dir)
        self.params = params if params is None else dict(params)
        self.model_fn = model_fn
        self._wants = list(inspect.signature(model_fn).parameters)
        if "features" not in self._wants:
            raise ValueError(f"a model function has an argument called features.{here()}")

    # -- what is done with a model ------------------------------------------------------------

    def train(
        self,
        input_fn: Input,
        hooks: Hooks = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Estimator:
        """Train for so many steps, or until the global step is `max_steps`, or the data end."""
        only("Estimator.train", {"saving_listeners": saving_listeners})
        if steps is not None and max_steps is not None:
            raise ValueError(f"train takes steps or max_steps, one of the two.{here()}")
        _positive(steps=steps, max_steps=max_steps)
        if max_steps is not None and self._saved_step() >= max_steps:
            return self
        with self._graph():
            spec = self._build(ModeKeys.TRAIN, *self._inputs(input_fn, ModeKeys.TRAIN))
            step, every = framework.get_global_step(), self.config
            tags = get_default_graph().get_collection(GraphKeys.SUMMARIES)
            if not any(t.op.name == "loss" for t in tags):
                scalar("loss", spec.loss)
            own = [*(hooks or ()), NanTensorHook(spec.loss), *spec.training_hooks]
            if every.log_step_count_steps:
                own.append(StepLoggingHook(spec.loss, step, every.log_step_count_steps))
            if steps is not None or max_steps is not None:
                own.append(StopAtStepHook(steps, max_steps))
            saver = Saver(
                max_to_keep=every.keep_checkpoint_max,
                keep_checkpoint_every_n_hours=every.keep_checkpoint_every_n_hours,
            )
            often = every.save_checkpoints_steps
            seconds = None if often else every.save_checkpoints_secs or 600
            own.append(CheckpointSaverHook(self.model_dir, seconds, often, saver))
            session = MonitoredTrainingSession(
                checkpoint_dir=self.model_dir, hooks=own, save_checkpoint_secs=None,
                save_summaries_steps=every.save_summary_steps,
            )  # fmt: skip
            with session:
                while not session.should_stop():
                    session.run([spec.train_op, spec.loss])
        return self

    def evaluate(
        self,
        input_fn: Input,
        steps: int | None = None,
        hooks: Hooks = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The measures of `eval_metric_ops`, the mean loss of the batches and the global step.

        Over `steps` batches, or all. `name` says which evaluation it is, in logs only.
        """
        _positive(steps=steps)
        path = self._checkpoint(checkpoint_path)
        with self._graph():
            spec = self._build(ModeKeys.EVAL, *self._inputs(input_fn, ModeKeys.EVAL))
            measures = dict(spec.eval_metric_ops)
            measures["loss"] = mean(spec.loss)
            updates = [update for _, update in measures.values()]
            values = {key: value for key, (value, _) in measures.items()}
            values["global_step"] = framework.get_global_step()
            creator = ChiefSessionCreator(checkpoint_filename_with_path=path)
            found: dict[str, Any] = {}
            with MonitoredSession(creator, [*(hooks or ()), *spec.evaluation_hooks]) as session:
                done, more = 0, True
                while more and not session.should_stop() and done != steps:
                    try:
                        session.run(updates)
                        done += 1
                    except EOFError:  # the data have ended
                        more = False
                found = session.session.run(values)
        return dict(sorted(found.items()))

    def predict(
        self,
        input_fn: Input,
        predict_keys: Any = None,
        hooks: Hooks = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """The predictions, one example after the other (or batch after batch).

        What they are is what the model's predictions are: arrays, or dicts of arrays, of which
        `predict_keys` chooses some.
        """
        path = self._checkpoint(checkpoint_path)
        with self._graph():
            features, _ = self._inputs(input_fn, ModeKeys.PREDICT)
            spec = self._build(ModeKeys.PREDICT, features, None)
            wanted = _chosen(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(checkpoint_filename_with_path=path)
            own = [*(hooks or ()), *spec.prediction_hooks]
            session = MonitoredSession(creator, own)
        with session:
            while not session.should_stop():
                batch = session.run(wanted)
                if yield_single_examples:
                    yield from _examples(batch)
                else:
                    yield batch

    # -- what has been learnt -----------------------------------------------------------------

    def latest_checkpoint(self) -> str | None:
        """The path of the newest checkpoint, None before any training."""
        return latest_checkpoint(self.model_dir)

    def get_variable_names(self) -> list[str]:
        """The names of the saved variables."""
        return sorted(self._values())

    def get_variable_value(self, name: str) -> Any:
        """The saved value of a variable, by its name without `:0`."""
        return self._values()[name]

    def export_savedmodel(self, *given: Any, **more: Any) -> None:
        """Refused: a SavedModel is read by TensorFlow Serving, which is not here."""
        raise NotImplementedError(
            f"there is no SavedModel here; the checkpoints are in {self.model_dir}.{here()}"
        )

    export_saved_model = export_savedmodel

    # -- how it is done -----------------------------------------------------------------------

    def _graph(self) -> Any:
        graph = Graph()
        with graph.as_default():
            if self.config.tf_random_seed is not None:
                set_random_seed(self.config.tf_random_seed)
            framework.create_global_step()
        return graph.as_default()

    def _inputs(self, input_fn: Input, mode: str) -> tuple[Any, Any]:
        """The features and the labels of the next batch."""
        wants = inspect.signature(input_fn).parameters
        given = {"mode": mode, "params": self.params, "config": self.config}
        if any(p.kind is p.VAR_KEYWORD for p in wants.values()):
            wants = {}  # a partial function, whose names say nothing
        found = input_fn(**{k: v for k, v in given.items() if k in wants and _free(wants[k])})
        if hasattr(found, "make_one_shot_iterator"):
            found = found.make_one_shot_iterator().get_next()
        if isinstance(found, tuple | list):
            if len(found) != 2:
                raise ValueError(
                    f"an input function gives (features, labels), not {len(found)} things.{here()}"
                )
            return found[0], found[1]
        return found, None

    def _build(self, mode: str, features: Any, labels: Any) -> EstimatorSpec:
        given = {"labels": labels, "mode": mode, "params": self.params, "config": self.config}
        if labels is not None and "labels" not in self._wants:
            raise ValueError(
                f"the input function gives labels, and the model function takes none.{here()}"
            )
        spec = self.model_fn(features, **{k: v for k, v in given.items() if k in self._wants})
        if not isinstance(spec, EstimatorSpec):
            raise ValueError(
                f"a model function gives a tf.estimator.EstimatorSpec, not {type(spec).__name__}."
                f"{here()}"
            )
        return spec

    def _checkpoint(self, path: str | None) -> str:
        found = path or self.latest_checkpoint()
        if found is None:
            raise ValueError(
                f"there is no trained model in {self.model_dir}: call train first.{here()}"
            )
        return found

    def _values(self) -> dict[str, Any]:
        return dict(checkpoints.load(self._checkpoint(None)))

    def _saved_step(self) -> int:
        return int(self._values()["global_step"]) if self.latest_checkpoint() else 0


def _free(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty


def _positive(**counts: int | None) -> None:
    for name, count in counts.items():
        if count is not None and count <= 0:
            raise ValueError(f"{name}={count} is not positive.{here()}")


def _chosen(predictions: Any, keys: Any) -> Any:
    if keys is None:
        return predictions
    if not isinstance(predictions, Mapping):
        raise ValueError(f"predict_keys needs predictions that are a dict.{here()}")
    keys = [keys] if isinstance(keys, str) else list(keys)
    found = {k: v for k, v in predictions.items() if k in keys}
    if not found:
        raise ValueError(f"no prediction is called {keys}; there are {[*predictions]}.{here()}")
    return found


def _examples(batch: Any) -> Iterator[Any]:
    """The examples of a batch, each of the structure of the whole."""
    parts = [np.asarray(part) for part in nest.flatten(batch)]
    lengths = {len(part) if part.ndim else None for part in parts}
    if len(lengths) > 1 or None in lengths:
        raise ValueError(
            f"the predictions of a batch differ in length: {lengths}. Give "
            f"yield_single_examples=False.{here()}"
        )
    for row in zip(*parts):
        yield nest.pack_sequence_as(batch, list(row)) if nest.is_sequence(batch) else row[0]
