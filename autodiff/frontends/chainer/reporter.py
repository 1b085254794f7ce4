"""Reporting: links say what they measured, by the name under which someone observes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.frontends.chainer.variable import array_of

_open: list[Reporter] = []


class Reporter:
    """Collects values under names: `with reporter: report({"loss": x}, link)`."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self.observation: dict[str, Any] = {}

    def __enter__(self) -> Reporter:
        _open.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        _open.pop()

    @contextmanager
    def scope(self, observation: dict[str, Any]) -> Iterator[None]:
        """Collect into a dictionary inside the block."""
        with self:
            old, self.observation = self.observation, observation
            try:
                yield
            finally:
                self.observation = old

    def add_observer(self, name: str, observer: Any) -> None:
        """Give an object a name."""
        self._names[id(observer)] = name

    def add_observers(self, prefix: str, observers: Any) -> None:
        """Give several objects names under a prefix."""
        for name, observer in observers:
            self._names[id(observer)] = prefix + name

    def report(self, values: dict[str, Any], observer: Any = None) -> None:
        """Take values; those of an unknown observer are a KeyError."""
        if observer is None:
            self.observation.update(values)
            return
        if id(observer) not in self._names:
            raise KeyError(f"{type(observer).__name__} is not registered to the reporter.")
        name = self._names[id(observer)]
        self.observation.update({f"{name}/{key}": value for key, value in values.items()})


def get_current_reporter() -> Reporter:
    """The innermost reporter in use."""
    return _open[-1]


def report(values: dict[str, Any], observer: Any = None) -> None:
    """Report to the innermost reporter; without one nothing happens."""
    if _open:
        _open[-1].report(values, observer)


@contextmanager
def report_scope(observation: dict[str, Any]) -> Iterator[None]:
    """Collect into a dictionary inside the block."""
    current = _open[-1]
    old, current.observation = current.observation, observation
    try:
        yield
    finally:
        current.observation = old


class Summary:
    """Mean and deviation of the values so far."""

    def __init__(self) -> None:
        self._sum, self._squares, self._count = 0.0, 0.0, 0

    def add(self, value: Any) -> None:
        """One more value."""
        self._sum += value
        self._squares += value * value
        self._count += 1

    def compute_mean(self) -> Any:
        """The mean."""
        return self._sum / self._count

    def make_statistics(self) -> tuple[Any, Any]:
        """Mean and deviation."""
        mean = self.compute_mean()
        return mean, np.sqrt(self._squares / self._count - mean * mean)


class DictSummary:
    """A summary for each name."""

    def __init__(self) -> None:
        self._summaries: dict[str, Summary] = defaultdict(Summary)

    def add(self, d: dict[str, Any]) -> None:
        """Take the numbers among the values."""
        for name, value in d.items():
            array = array_of(value)
            if np.ndim(array) == 0 and np.asarray(array).dtype.kind in "fiu":
                self._summaries[name].add(np.asarray(array)[()])

    def compute_mean(self) -> dict[str, Any]:
        """The mean under each name."""
        return {name: summary.compute_mean() for name, summary in self._summaries.items()}
