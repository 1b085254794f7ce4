"""Hooks that watch training: a loss that is no number, checkpoints by steps, the log's lines."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.platform.logging import error, info
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.train.hooks import SessionRunArgs, SessionRunHook, step_of


class NanLossDuringTrainingError(RuntimeError):
    """The loss is no number any more."""

    def __init__(self) -> None:
        super().__init__("NaN loss during training.")


class NanTensorHook(SessionRunHook):
    """Stops, by default with `NanLossDuringTrainingError`, where a loss is NaN."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self.loss, self.fail = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context: Any) -> Any:
        """Ask for the loss."""
        return SessionRunArgs(self.loss)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Look at it."""
        if np.isnan(run_values.results):
            error("Model diverged with loss = NaN.")
            if self.fail:
                raise NanLossDuringTrainingError
            run_context.request_stop()


class CheckpointSaverHook(SessionRunHook):
    """Saves to a folder every so many steps or seconds, at the beginning and at the end."""

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Any = None,
    ) -> None:
        only("CheckpointSaverHook", {"scaffold": scaffold, "listeners": listeners})
        if (save_secs is None) == (save_steps is None):
            raise ValueError(
                f"CheckpointSaverHook takes save_secs or save_steps, one of the two.{here()}"
            )
        self.seconds, self.steps, self.saver = save_secs, save_steps, saver
        self.path = os.path.join(checkpoint_dir, checkpoint_basename)

    def begin(self) -> None:
        """Make the nodes that save."""
        self.saver = self.saver or Saver()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Save what it begins with."""
        self._step = step_of(session.graph)
        self._save(session)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Save where it is due."""
        session = run_context.session
        late = self.seconds is not None and time.monotonic() - self._time >= self.seconds
        if late or (self.steps and self._now(session) - self._saved >= self.steps):
            self._save(session)

    def end(self, session: Any) -> None:
        """Save what was learnt since."""
        if self._now(session) != self._saved:
            self._save(session)

    def _now(self, session: Any) -> int:
        return int(session.run(self._step))

    def _save(self, session: Any) -> None:
        self._saved, self._time = self._now(session), time.monotonic()
        self.saver.save(session, self.path, global_step=self._saved)


class StepCounterHook(SessionRunHook):
    """Tells how many steps a second there are, every so many steps."""

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        only("StepCounterHook", {"every_n_secs": every_n_secs}, "output_dir", "summary_writer")
        self.every, self.runs = every_n_steps or 100, 0

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Count, and tell."""
        if self.runs % self.every == 0:
            now = time.monotonic()
            if self.runs:
                info(f"global_step/sec: {self.every / (now - self._time):g}")
            self._time = now
        self.runs += 1


class StepLoggingHook(SessionRunHook):
    """Tells the loss and the step, every so many runs."""

    def __init__(self, loss: Any, step: Any, every: int) -> None:
        self.wanted, self.every, self.runs = {"loss": loss, "step": step}, every, 0

    def before_run(self, run_context: Any) -> Any:
        """Ask where it is due."""
        due = self.runs % self.every == 0
        self.runs += 1
        return SessionRunArgs(self.wanted) if due else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Tell."""
        found = run_values.results
        if isinstance(found, dict):
            info(f"loss = {found['loss']:g}, step = {found['step']}")
