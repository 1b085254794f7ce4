"""Learning rates by the number of updates."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here


class LRScheduler:
    """Base; the optimizer sets `base_lr`."""

    base_lr = 0.01

    def __call__(self, num_update: int) -> float:
        """The rate."""
        raise NotImplementedError


class FactorScheduler(LRScheduler):
    """The rate times `factor` after every `step` updates.

    >>> rate = FactorScheduler(2, 0.5)
    >>> rate.base_lr = 1.0
    >>> [rate(n) for n in range(1, 7)]
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(self, step: int, factor: float = 1, stop_factor_lr: float = 1e-8) -> None:
        if step < 1 or factor > 1:
            raise ValueError(f"a step is at least 1, and a factor at most 1.{here()}")
        self.step, self.factor, self.stop, self.count = step, factor, stop_factor_lr, 0

    def __call__(self, num_update: int) -> float:
        """The rate."""
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr = max(self.base_lr * self.factor, self.stop)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """The rate times `factor` after each of the listed numbers of updates."""

    def __init__(self, step: Any, factor: float = 1) -> None:
        if factor > 1:
            raise ValueError(f"a factor is at most 1.{here()}")
        self.step, self.factor, self.place = list(step), factor, 0

    def __call__(self, num_update: int) -> float:
        """The rate."""
        while self.place < len(self.step) and num_update > self.step[self.place]:
            self.place += 1
            self.base_lr *= self.factor
        return self.base_lr
