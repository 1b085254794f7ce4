"""Monitored sessions: ready when they are made, and hooks see every run.

`MonitoredTrainingSession` also saves; `MonitoredSession` takes from a `ChiefSessionCreator` how the
session becomes ready; `SingularMonitoredSession` is both in one call.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.ground.errors import OutOfRangeError
from autodiff.frontends.tensorflow.train.hooks import (
    SessionRunArgs,
    SessionRunHook,
    SummarySaverHook,
)
from autodiff.frontends.tensorflow.train.supervised import Supervisor

Hooks = Iterable[SessionRunHook] | None


class ChiefSessionCreator:
    """How a session becomes ready: initialized, or restored from a checkpoint.

    `checkpoint_filename_with_path` is one checkpoint, `checkpoint_dir` a folder with some.
    """

    def __init__(
        self,
        scaffold: Any = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        only("ChiefSessionCreator", {"scaffold": scaffold})
        self.folder, self.path = checkpoint_dir, checkpoint_filename_with_path

    def supervise(self, save_seconds: float = 0) -> Supervisor:
        """The graph's nodes for initializing and saving."""
        supervisor = Supervisor(
            logdir=self.folder,
            save_model_secs=save_seconds,
            summary_op=None,
            summary_writer=None,  # a hook writes the summaries
            init_fn=(lambda sess: supervisor.saver.restore(sess, self.path)) if self.path else None,
        )
        return supervisor


class MonitoredSession:
    """A session that is initialized or restored, and calls `hooks` around each run.

    The end of the data (`OutOfRangeError`) and `StopIteration` end its block.
    """

    def __init__(
        self, session_creator: ChiefSessionCreator | None = None, hooks: Hooks = None, **more: Any
    ) -> None:
        only("MonitoredSession", more, "stop_grace_period_secs")
        self._begin(session_creator or ChiefSessionCreator(), [*(hooks or ())], 0)

    def _begin(
        self, creator: ChiefSessionCreator, hooks: list[SessionRunHook], save_seconds: float
    ) -> None:
        self._hooks = hooks
        for hook in hooks:
            hook.begin()
        self._supervisor = creator.supervise(save_seconds)
        self.session = self._supervisor.prepare_or_wait_for_session()
        self.graph = self.session.graph
        for hook in hooks:
            hook.after_create_session(self.session, self._supervisor.coord)

    def run(self, fetches: Any, feed_dict: Any = None, **more: Any) -> Any:
        """`session.run`, with what the hooks ask for, and the hooks around it."""
        only("MonitoredSession.run", more)
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

    def __enter__(self) -> MonitoredSession:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        ended = isinstance(error, OutOfRangeError | StopIteration)
        if error is None or ended:
            self.close()
        else:  # what failed is neither saved nor told to hooks
            self.session.close()
            self._supervisor.stop()
        return ended


class SingularMonitoredSession(MonitoredSession):
    """A monitored session for one machine: what a creator takes is given to it directly."""

    def __init__(
        self,
        hooks: Hooks = None,
        scaffold: Any = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        path = checkpoint_filename_with_path
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, path)
        super().__init__(creator, hooks)

    def raw_session(self) -> Any:
        """The session without the hooks."""
        return self.session


class MonitoredTrainingSession(MonitoredSession):
    """A monitored session that saves, and writes the summaries, in `checkpoint_dir`."""

    def __init__(
        self,
        master: str = "",
        is_chief: bool = True,
        checkpoint_dir: str | None = None,
        scaffold: Any = None,
        hooks: Hooks = None,
        chief_only_hooks: Hooks = None,
        save_checkpoint_secs: float | None = 600,
        save_summaries_steps: int | None = 100,
        config: Any = None,
        **more: Any,
    ) -> None:
        idle = ("stop_grace_period_secs", "log_step_count_steps", "max_wait_secs")
        only("MonitoredTrainingSession", {"scaffold": scaffold, **more}, *idle)
        own = [*(hooks or ()), *(chief_only_hooks or ())]
        if checkpoint_dir and save_summaries_steps:
            own.append(SummarySaverHook(save_summaries_steps, checkpoint_dir))
        creator = ChiefSessionCreator(checkpoint_dir=checkpoint_dir)
        self._begin(creator, own, save_checkpoint_secs or 0)
