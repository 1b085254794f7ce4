"""When an extension runs: every so many iterations or epochs."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here


class IntervalTrigger:
    """True every `period` iterations or epochs; fractions of an epoch too."""

    def __init__(self, period: float, unit: str) -> None:
        if unit not in ("epoch", "iteration"):
            raise ValueError(f"a trigger counts 'epoch' or 'iteration', not {unit!r}.{here()}")
        self.period, self.unit = period, unit
        self.passed = 0

    def __call__(self, trainer: Any) -> bool:
        """Whether it is time."""
        updater = trainer.updater
        if self.unit == "iteration":
            return bool(updater.iteration > 0 and updater.iteration % self.period == 0)
        if self.period == int(self.period):
            return bool(updater.is_new_epoch and updater.epoch % self.period == 0)
        before, self.passed = self.passed, int(updater.epoch_detail / self.period)
        return self.passed > before


def get_trigger(trigger: Any) -> Any:
    """A trigger of a pair, a function as it is; None never."""
    if trigger is None:
        return lambda trainer: False
    return trigger if callable(trigger) else IntervalTrigger(*trigger)
