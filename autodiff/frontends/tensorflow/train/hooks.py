"""Hooks: what a monitored session calls around each run, and asks for beside the program's fetches.

>>> class Losses(SessionRunHook):
...     def before_run(self, run_context):
...         return SessionRunArgs("loss:0")
...     def after_run(self, run_context, run_values):
...         print(run_values.results)
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.platform.logging import info
from autodiff.frontends.tensorflow.summary.nodes import merge_all_summaries
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter
from autodiff.frontends.tensorflow.variables.variables import GraphKeys


class SessionRunHook:
    """What a monitored session calls before and after it runs; all methods may stay as they are."""

    def begin(self) -> None:
        """Before the session is made; nodes may still be added."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """When the session is ready."""

    def before_run(self, run_context: Any) -> Any:
        """Before each run; `SessionRunArgs` asks for fetches of the hook's own."""

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """After each run, with `results` of what the hook asked for."""

    def end(self, session: Any) -> None:
        """At the end."""


def SessionRunArgs(fetches: Any, feed_dict: Any = None, options: Any = None) -> Any:
    """What a hook wants run beside the program's own fetches."""
    return SimpleNamespace(fetches=fetches, feed_dict=feed_dict or {})


class StopAtStepHook(SessionRunHook):
    """Stops after `num_steps` steps, or at the step `last_step` of the graph's global step."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if (num_steps is None) == (last_step is None):
            raise ValueError("StopAtStepHook takes num_steps or last_step, one of the two")
        self.num_steps, self.last_step = num_steps, last_step

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Count from where the session begins."""
        self._step = step_of(session.graph)
        if self._step is None:
            raise RuntimeError(
                "StopAtStepHook counts the graph's global step, and there is none: make one, "
                'step = tf.Variable(0, trainable=False, name="global_step"), and give it to '
                "minimize(loss, global_step=step)"
            )
        if self.num_steps is not None:
            self.last_step = int(session.run(self._step)) + self.num_steps

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ask to stop where the step is reached."""
        if int(run_context.session.run(self._step)) >= (self.last_step or 0):
            run_context.request_stop()


class LoggingTensorHook(SessionRunHook):
    """Reports the values of `tensors`, a list or a dictionary by label, at every n-th run.

    `formatter` makes the line of the dictionary of values; `tf.logging` shows it from INFO on.
    """

    def __init__(
        self,
        tensors: Any,
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Any = None,
    ) -> None:
        only("LoggingTensorHook", {"every_n_secs": every_n_secs, "at_end": at_end})
        if not every_n_iter or every_n_iter < 1:
            raise ValueError("LoggingTensorHook takes every_n_iter, at least 1")
        named = isinstance(tensors, dict)
        self.tensors = dict(tensors) if named else {getattr(t, "name", t): t for t in tensors}
        self.every, self.runs, self.formatter = every_n_iter, 0, formatter

    def before_run(self, run_context: Any) -> Any:
        """Ask for the values where they are due."""
        due = self.runs % self.every == 0
        self.runs += 1
        return SessionRunArgs(self.tensors) if due else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Report them."""
        found = run_values.results
        if isinstance(found, dict):
            plain = ", ".join(f"{label} = {value}" for label, value in found.items())
            info(self.formatter(found) if self.formatter else plain)


class SummarySaverHook(SessionRunHook):
    """Writes the summaries of the graph at every `save_steps`-th run, the first included."""

    def __init__(
        self,
        save_steps: int = 100,
        output_dir: str | None = None,
        summary_writer: Any = None,
        summary_op: Any = None,
        scaffold: Any = None,
    ) -> None:
        summary_op = getattr(scaffold, "summary_op", None) if summary_op is None else summary_op
        if output_dir is None and summary_writer is None:
            raise ValueError("SummarySaverHook takes output_dir or summary_writer")
        self.save_steps, self.runs = save_steps, 0
        self._writer, self._folder, self._summary = summary_writer, output_dir, summary_op

    def begin(self) -> None:
        """Merge what the graph has."""
        self._summary = merge_all_summaries() if self._summary is None else self._summary

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Open the file."""
        if self._writer is None and self._summary is not None:
            self._writer = SummaryWriter(str(self._folder), session.graph)
        self._step = step_of(session.graph)

    def before_run(self, run_context: Any) -> Any:
        """Ask for the summaries where they are due."""
        due = self._summary is not None and self.runs % self.save_steps == 0
        self.runs += 1
        return SessionRunArgs(self._summary) if due else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write what came."""
        if not isinstance(run_values.results, list):
            step = self.runs if self._step is None else run_context.session.run(self._step)
            self._writer.add_summary(run_values.results, step)

    def end(self, session: Any) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()


def step_of(graph: Any) -> Any:
    """The global step of a graph, None where it has none."""
    steps = graph.get_collection(GraphKeys.GLOBAL_STEP)
    named = graph.by_name.get("global_step")
    return steps[0] if steps else named.value if named is not None else None
