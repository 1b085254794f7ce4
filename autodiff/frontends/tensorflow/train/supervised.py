"""`Supervisor`: what every training program does around its loop.

It initializes the variables or restores the last checkpoint of a folder, starts the queues, saves
now and then, and ends in order.  What TensorFlow does in threads of their own is done here where
the loop asks `should_stop()`: at one place, in one thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.ground.errors import OutOfRangeError
from autodiff.frontends.tensorflow.input.coordinator import Coordinator
from autodiff.frontends.tensorflow.input.runners import start_queue_runners
from autodiff.frontends.tensorflow.running.session import Session
from autodiff.frontends.tensorflow.saving.checkpoint_state import latest_checkpoint
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.summary.nodes import merge_all_summaries
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter
from autodiff.frontends.tensorflow.train.hooks import step_of
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
        self.global_step = step_of(self.graph) if global_step is DEFAULT else global_step
        if summary_writer is DEFAULT:
            summary_writer = SummaryWriter(logdir, self.graph) if logdir else None
        self.summary_writer = summary_writer
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
