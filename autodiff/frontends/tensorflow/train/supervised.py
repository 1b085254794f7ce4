"""`Supervisor`, `MonitoredTrainingSession`: what every training program does around its loop.

Both initialize the variables or restore the last checkpoint of a folder, start the queues, save now
and then, and end in order.  What TensorFlow does in threads of their own is done here where the
loop asks `should_stop()`: at one place, in one thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.ground.errors import OutOfRangeError
from autodiff.frontends.tensorflow.ground.options import only
from autodiff.frontends.tensorflow.input.coordinator import Coordinator
from autodiff.frontends.tensorflow.input.runners import start_queue_runners
from autodiff.frontends.tensorflow.running.session import Session
from autodiff.frontends.tensorflow.saving.checkpoint_state import latest_checkpoint
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.summary.nodes import merge_all_summaries
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter
from autodiff.frontends.tensorflow.train.schedules import global_step as read_step
from autodiff.frontends.tensorflow.variables.initialization import (
    initialize_all_variables,
    initialize_local_variables,
)
from autodiff.frontends.tensorflow.variables.variables import GraphKeys

DEFAULT: Any = object()
"""The mark for what the supervisor makes by itself."""


class Supervisor:
    """Sessions that are ready for training, checkpoints in `logdir`, and an ordered end.

        sv = tf.train.Supervisor(logdir="logs")
        with sv.managed_session() as sess:
            while not sv.should_stop():
                sess.run(train_op)

    None for `init_op`, `summary_op` or `saver` means without.
    """

    USE_DEFAULT = DEFAULT

    def __init__(
        self,
        graph: Graph | None = None,
        ready_op: Any = DEFAULT,
        ready_for_local_init_op: Any = DEFAULT,
        is_chief: bool = True,
        init_op: Any = DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = DEFAULT,
        logdir: str | None = None,
        summary_op: Any = DEFAULT,
        saver: Any = DEFAULT,
        global_step: Any = DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: Any = None,
        summary_writer: Any = DEFAULT,
        init_fn: Any = None,
    ) -> None:
        self.graph = graph or get_default_graph()
        self.coord = Coordinator()
        self.logdir, self.is_chief = logdir, is_chief
        self.save_path = os.path.join(logdir, checkpoint_basename) if logdir else None
        self._init_feed, self._init_fn = init_feed_dict, init_fn
        with self.graph.as_default():
            self.init_op = initialize_all_variables() if init_op is DEFAULT else init_op
            given = local_init_op is not DEFAULT
            self.local_init_op = local_init_op if given else initialize_local_variables()
            self.summary_op = merge_all_summaries() if summary_op is DEFAULT else summary_op
            has_variables = bool(self.graph.get_collection(GraphKeys.VARIABLES))
            self.saver = (Saver() if has_variables else None) if saver is DEFAULT else saver
        steps = self.graph.get_collection(GraphKeys.GLOBAL_STEP)
        named = self.graph.by_name.get("global_step")
        found = steps[0] if steps else named.value if named is not None else None
        self.global_step = found if global_step is DEFAULT else global_step
        writer = SummaryWriter(logdir, self.graph) if logdir else None
        self.summary_writer = writer if summary_writer is DEFAULT else summary_writer
        self._every = {self._save: save_model_secs, self._summarize: save_summaries_secs}
        self._last = dict.fromkeys(self._every, time.monotonic())
        self._session: Session | None = None
        self.session_manager = SimpleNamespace(
            prepare_session=lambda *a, **k: self.prepare_or_wait_for_session()
        )

    @contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Session]:
        """A session that is ready; the end of the data ends the block, other errors are raised."""
        try:
            yield self.prepare_or_wait_for_session(master, config, False, start_standard_services)
        except OutOfRangeError:
            pass
        finally:
            self.stop()

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Session:
        """A session whose variables are restored from the last checkpoint, or initialized."""
        sess = self._session = Session(graph=self.graph)
        path = latest_checkpoint(self.logdir) if self.logdir else None
        if path and self.saver is not None:
            self.saver.restore(sess, path)
        elif self.init_op is not None:
            sess.run(self.init_op, self._init_feed)
        if self._init_fn is not None:
            self._init_fn(sess)
        if self.local_init_op is not None:
            sess.run(self.local_init_op)
        if start_standard_services:
            self.start_queue_runners(sess)
        return sess

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list[Any]:
        """Start the threads that fill the queues."""
        with self.graph.as_default():
            return list(start_queue_runners(sess, self.coord))

    def start_standard_services(self, sess: Any) -> list[Any]:
        """Nothing: what is due is done where `should_stop` is asked."""
        return []

    def should_stop(self) -> bool:
        """Whether somebody has asked to stop; what is due is saved now."""
        for act, seconds in self._every.items():
            if seconds and time.monotonic() - self._last[act] >= seconds:
                self._last[act] = time.monotonic()
                act()
        return self.coord.should_stop()

    def request_stop(self, ex: BaseException | None = None) -> None:
        """Ask to stop."""
        self.coord.request_stop(ex)

    def stop(self, threads: Any = None, close_summary_writer: bool = True) -> None:
        """Save, end the threads, close the session."""
        self.coord.request_stop()
        if self._session is not None and not self._session.closed:
            if self._every[self._save]:
                self._save()
            self._session.close()
        self.coord.join(stop_grace_period_secs=2)
        if self.summary_writer is not None and close_summary_writer:
            self.summary_writer.close()

    def summary_computed(self, sess: Any, summary: Any, global_step: Any = None) -> None:
        """Write a summary at the step that the graph counts."""
        if self.summary_writer is None:
            raise RuntimeError("this Supervisor has no logdir to write summaries to")
        if global_step is None and self.global_step is not None:
            global_step = read_step(sess, self.global_step)
        self.summary_writer.add_summary(summary, global_step)

    def _save(self) -> None:
        if self.saver is not None and self.save_path and self._session is not None:
            self.saver.save(self._session, self.save_path, global_step=self.global_step)

    def _summarize(self) -> None:
        if self.summary_op is not None and self.summary_writer and self._session is not None:
            self.summary_computed(self._session, self._session.run(self.summary_op))


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
        (self._step,) = session.graph.get_collection(GraphKeys.GLOBAL_STEP)[:1] or [
            session.graph.get_tensor_by_name("global_step:0")
        ]
        if self.num_steps is not None:
            self.last_step = int(session.run(self._step)) + self.num_steps

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ask to stop where the step is reached."""
        if int(run_context.session.run(self._step)) >= (self.last_step or 0):
            run_context.request_stop()


class MonitoredTrainingSession:
    """A session that is initialized or restored, calls `hooks`, and saves to `checkpoint_dir`.

    The end of the data (`OutOfRangeError`) ends its block.
    """

    def __init__(
        self,
        master: str = "",
        is_chief: bool = True,
        checkpoint_dir: str | None = None,
        scaffold: Any = None,
        hooks: Iterable[SessionRunHook] | None = None,
        chief_only_hooks: Iterable[SessionRunHook] | None = None,
        save_checkpoint_secs: float | None = 600,
        save_summaries_steps: int | None = 100,
        config: Any = None,
        **more: Any,
    ) -> None:
        idle = ("stop_grace_period_secs", "log_step_count_steps", "max_wait_secs")
        only("MonitoredTrainingSession", more, *idle)
        self._hooks = [*(hooks or ()), *(chief_only_hooks or ())]
        for hook in self._hooks:
            hook.begin()
        self._supervisor = Supervisor(
            logdir=checkpoint_dir, save_model_secs=save_checkpoint_secs or 0, summary_op=None
        )
        self.session = self._supervisor.prepare_or_wait_for_session()
        self.graph = self.session.graph
        for hook in self._hooks:
            hook.after_create_session(self.session, self._supervisor.coord)

    def run(self, fetches: Any, feed_dict: Any = None, **more: Any) -> Any:
        """`session.run`, with what the hooks ask for, and the hooks around it."""
        only("MonitoredTrainingSession.run", more)
        context = SimpleNamespace(
            session=self.session, request_stop=self._supervisor.request_stop,
            original_args=SessionRunArgs(fetches, feed_dict),
        )  # fmt: skip
        wanted = [hook.before_run(context) for hook in self._hooks]
        feeds = dict(feed_dict or {})
        for asked in wanted:
            feeds |= asked.feed_dict if asked is not None else {}
        others = [[] if asked is None else asked.fetches for asked in wanted]
        found, results = self.session.run([fetches, others], feeds)
        for hook, result in zip(self._hooks, results, strict=True):
            hook.after_run(context, SimpleNamespace(results=result))
        return found

    def should_stop(self) -> bool:
        """Whether a hook, or anybody, has asked to stop."""
        return self._supervisor.should_stop()

    def close(self) -> None:
        """Tell the hooks, save, and end."""
        if not self.session.closed:
            for hook in self._hooks:
                hook.end(self.session)
            self._supervisor.stop()

    def __enter__(self) -> MonitoredTrainingSession:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        self.close()
        return isinstance(error, OutOfRangeError)
