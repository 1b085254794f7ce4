"""`MonitoredTrainingSession`: a supervised session whose hooks see every run."""

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
        only("MonitoredTrainingSession", {"scaffold": scaffold, **more}, *idle)
        self._hooks = [*(hooks or ()), *(chief_only_hooks or ())]
        if checkpoint_dir and save_summaries_steps:
            self._hooks.append(SummarySaverHook(save_summaries_steps, checkpoint_dir))
        for hook in self._hooks:
            hook.begin()
        self._supervisor = Supervisor(
            logdir=checkpoint_dir,
            save_model_secs=save_checkpoint_secs or 0,
            summary_op=None,
            summary_writer=None,  # a hook writes the summaries
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
