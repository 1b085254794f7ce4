"""Schedules: an attribute of the optimizer that changes as training goes on."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.chainer.training.extension import Extension


class ExponentialShift(Extension):
    """The attribute times `rate` at each trigger, from `init` on, not beyond `target`."""

    invoke_before_training = True

    def __init__(
        self, attr: str, rate: float, init: Any = None, target: Any = None, optimizer: Any = None
    ) -> None:
        self._attr, self._rate, self._init = attr, rate, init
        self._target, self._optimizer, self._t = target, optimizer, 0

    def __call__(self, trainer: Any) -> None:
        """Set the attribute for the steps to come."""
        optimizer = self._optimizer or trainer.updater.get_optimizer("main")
        if self._init is None:
            self._init = getattr(optimizer, self._attr)
        value = self._init * self._rate**self._t
        if self._target is not None:
            within = min if self._rate > 1 else max
            value = within(value, self._target)
        self._t += 1
        setattr(optimizer, self._attr, value)


class LinearShift(Extension):
    """The attribute from one value to another between two times."""

    invoke_before_training = True

    def __init__(self, attr: str, value_range: Any, time_range: Any, optimizer: Any = None) -> None:
        self._attr, self._values, self._times = attr, value_range, time_range
        self._optimizer, self._t = optimizer, 0

    def __call__(self, trainer: Any) -> None:
        """Set the attribute for the steps to come."""
        optimizer = self._optimizer or trainer.updater.get_optimizer("main")
        (a, b), (start, end) = self._values, self._times
        part = min(max((self._t - start) / (end - start), 0.0), 1.0)
        setattr(optimizer, self._attr, a + part * (b - a))
        self._t += 1
