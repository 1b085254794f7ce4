"""`Compiled`: a container with losses, metrics, and the step that moves its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.engine.container import Container
from autodiff.frontends.keras.ground.choices import chosen
from autodiff.frontends.keras.ground.objectives import (
    OBJECTIVES,
    accuracy,
    sparse_categorical_crossentropy,
)
from autodiff.frontends.keras.ground.session import floatx
from autodiff.frontends.keras.metrics import METRICS
from autodiff.frontends.keras.optimizers import get as get_optimizer


class Compiled(Container):
    """`compile` adds to the graph what fitting and measuring run."""

    def compile(
        self,
        optimizer: Any,
        loss: Any = None,
        metrics: Sequence[Any] | None = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        **more: Any,
    ) -> None:
        """Add the loss, the metrics (`"accuracy"`) and the update of the weights to the graph.

        With several outputs there is a loss for each, and their weighted sum; an output whose loss
        is None has none, nor targets.  `add_loss` adds what is none of an output.
        """
        only("compile", more)
        if sample_weight_mode is not None:
            raise ValueError(f"sample_weight_mode is not supported.{here()}")
        self.optimizer = get_optimizer(optimizer)
        self.compiled = {
            "optimizer": self.optimizer, "loss": loss, "metrics": metrics,
            "loss_weights": loss_weights,
        }  # fmt: skip
        names = self._output_names()
        given = _each(loss, names)
        objectives = [o if o is None else chosen("the loss", o, OBJECTIVES) for o in given]
        if not any(objectives) and not self.losses:
            raise ValueError(f"compile needs a loss, or model.add_loss(...) before it.{here()}")
        shares = [1.0] * len(names) if loss_weights is None else _each(loss_weights, names, 1.0)
        self.aimed = [i for i, o in enumerate(objectives) if o is not None]
        names, shares = [names[i] for i in self.aimed], [shares[i] for i in self.aimed]
        objectives = [objectives[i] for i in self.aimed]
        outputs = [self.outputs[i] for i in self.aimed]
        with self.graph.as_default(), tf.name_scope("training"):
            self.optimizer.prepare()
            self.targets, parts = [], []
            self.sample_weights = tf.placeholder_with_default(
                np.ones(1, floatx()), [None], name="sample_weights"
            )
            counted = tf.reduce_mean(
                tf.cast(tf.not_equal(self.sample_weights, 0.0), tf.as_dtype(floatx()))
            )
            for output, objective in zip(outputs, objectives, strict=True):
                target = _target(output, objective)
                self.targets.append(target)
                parts.append(self._part(objective(target, output), output, counted))
            strange = set(metrics) - set(names) if isinstance(metrics, dict) else set()
            if strange:
                raise ValueError(f"metrics of {sorted(strange)}; the outputs are {names}.{here()}")
            measured = self._measures(names, objectives, outputs, parts, metrics or ())
            shared = zip(parts, shares, strict=True)
            every = [p if w == 1.0 else p * float(w) for p, w in shared] + self.losses
            self.total = tf.add_n(every) if len(every) > 1 else every[0]
            self._measured = [self.total, *measured]
            self._fitted = self.trainable_weights
            self._step: Any = None
            self._slots: list[Any] = []

    def _part(self, terms: Any, output: Any, counted: Any) -> Any:
        """The loss of one output: the weighted mean over the examples that count."""
        terms = self._counted(terms, output)
        rank = len(terms.get_shape())
        if rank > 1:
            terms = tf.reduce_mean(terms, list(range(1, rank)))
        return tf.reduce_mean(terms * self.sample_weights / counted) if rank else terms

    def _measures(
        self, names: list[str], objectives: Any, outputs: Any, parts: Any, metrics: Sequence[Any]
    ) -> list[Any]:
        """What is shown beside the whole loss, and its names: losses of outputs, and metrics."""
        self.metrics_names, found = ["loss"], []
        several = len(names) > 1
        columns = zip(names, objectives, parts, self.targets, outputs, strict=True)
        for name, objective, part, target, output in columns:
            if several:
                self.metrics_names.append(f"{name}_loss")
                found.append(part)
            for metric in _of_output(metrics, name):
                own, measure = self._metric(metric, objective, output)
                self.metrics_names.append(f"{name}_{own}" if several else own)
                found.append(tf.reduce_mean(self._counted(measure(target, output), output)))
        return found

    def _counted(self, terms: Any, output: Any) -> Any:
        """A term for each step, without those that the output's mask leaves out."""
        mask = self.backend.masks.get(output)
        if mask is None or not len(terms.get_shape()):
            return terms
        kept = tf.cast(mask, terms.dtype)
        return terms * kept / tf.reduce_mean(kept)

    def _metric(self, metric: Any, objective: Any, output: Any) -> tuple[str, Any]:
        if metric in ("accuracy", "acc"):
            wide = output.get_shape().as_list()[-1] != 1
            from_rows = wide and objective not in (
                OBJECTIVES["binary_crossentropy"], sparse_categorical_crossentropy,
            )  # fmt: skip
            return "acc", accuracy("rows" if from_rows else objective)
        if isinstance(metric, str):
            if metric not in METRICS:
                known = ", ".join(["accuracy", *METRICS])
                raise ValueError(f"the metric {metric!r} is none of {known}.{here()}")
            return METRICS[metric].__name__, METRICS[metric]
        return getattr(metric, "__name__", "metric"), metric

    def _output_names(self) -> list[str]:
        return [
            self.backend.made_by[o][0].name if o in self.backend.made_by else "output"
            for o in self.outputs
        ]

    def _train_step(self) -> Any:
        """The update of the weights, built when it is first needed."""
        if self._step is None:
            before = set(self.graph.get_collection("variables"))
            with self.graph.as_default(), tf.name_scope("training"):
                step = self.optimizer.updates(self.total, self._fitted)
                made = self.graph.get_collection("variables")
                self._slots = [self.optimizer.lr, *(v for v in made if v not in before)]
                with tf.control_dependencies([step]):
                    held = [w.assign(limit(w.read_value())) for w, limit in self.constraints]
                self._step = tf.group(step, *self.updates, *self.state_updates, *held)
        return self._step

    def kept_by_the_optimizer(self) -> list[Any]:
        """The variables that it keeps for each weight, once there was a step."""
        return [] if self.optimizer is None else self._slots

    def restart_optimizer(self, values: Sequence[Any]) -> None:
        """Go on with the values of `kept_by_the_optimizer`."""
        self._train_step()
        self.backend.run([])
        for variable, value in zip(self._slots, values, strict=True):
            variable.load(value, self.backend.session)

    def set_lr(self, value: float) -> None:
        """Set the learning rate of the optimizer."""
        self._need_compiled()
        self._train_step()
        self.backend.run([])
        self.optimizer.lr.load(value, self.backend.session)

    def _need_compiled(self) -> None:
        if self.optimizer is None:
            raise RuntimeError(
                "the model is not compiled: write model.compile(optimizer, loss) first, e.g. "
                f'model.compile("adam", "categorical_crossentropy").{here()}'
            )


def _each(given: Any, names: list[str], default: Any = None) -> list[Any]:
    """One for each output: from a dictionary by its name, from a list, or the same for all."""
    if not isinstance(given, list | dict):
        return [given] * len(names)
    if isinstance(given, list):
        return given
    return [given[n] if default is None else given.get(n, default) for n in names]


def _of_output(metrics: Any, name: str) -> Sequence[Any]:
    """The metrics of one output: all, or in a dictionary those of its name."""
    own = metrics.get(name, ()) if isinstance(metrics, dict) else metrics
    return [own] if isinstance(own, str) or callable(own) else own


def _target(output: Any, objective: Any) -> Any:
    """A place for the targets of an output: of its shape, or for class numbers without an axis.

    For a loss of one's own, which may read anything from its targets, they have as many axes.
    """
    dims = output.get_shape().as_list()
    if objective not in OBJECTIVES.values():
        dims[1:] = [None] * (len(dims) - 1)
    if objective is sparse_categorical_crossentropy:
        return tf.placeholder(tf.int32, dims[:-1], name="target")
    return tf.placeholder(tf.as_dtype(floatx()), dims, name="target")
