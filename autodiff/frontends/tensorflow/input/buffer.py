"""The state of a queue: elements that threads hand over, with room for so many and no more.

Every wait ends: by an element, by closing, by cancelling, by the failure of who should fill the
queue, or, where nothing that runs could ever end it, by an error that says what was forgotten.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.frontends.tensorflow.ground.errors import (
    CancelledError,
    FailedPreconditionError,
    OutOfRangeError,
)

Element = tuple[Any, ...]
POLL, GRACE, PATIENCE = 0.05, 1.0, 10.0
"""Seconds: between looks, before a forgotten start is told, before a long wait is."""


class WaitingWarning(AutodiffWarning):
    """A queue has been waited on for long."""


class Buffer:
    """A bounded queue: first in, first out, or in random order with `keep` held back to shuffle.

    A `repeatable` order is drawn from the `keep + 1` elements that came first, where other threads
    fill the queue: how far these have come when one is taken is chance.

    `who_fills` is asked while an empty queue is waited on; it returns what to tell when nothing
    will ever fill it, else None.
    """

    def __init__(
        self,
        name: str,
        capacity: int,
        keep: int = 0,
        rng: np.random.Generator | None = None,
        who_fills: Callable[[], str | None] = lambda: None,
        repeatable: bool = False,
    ) -> None:
        self.name, self.capacity, self.keep, self.rng = name, capacity, keep, rng
        self.who_fills, self.repeatable = who_fills, repeatable
        self.closed = False
        self._elements: list[Element] = []
        self._fillers: set[int] = set()
        self._failure: BaseException | None = None
        self._cancelled = False
        self._changed = threading.Condition()
        self._one_taker = threading.Lock()

    def __len__(self) -> int:
        return len(self._elements)

    def put(self, elements: Sequence[Element]) -> None:
        """Add elements, waiting for room; `CancelledError` once the queue is closed.

        What waited already when the queue was closed still goes in, unless it is cancelled.
        """
        with self._changed:
            if self.closed:
                raise CancelledError(f"the queue {self.name!r} is closed: it takes no element.")
            for element in elements:
                self._wait(lambda: len(self._elements) < self.capacity, self._why_full)
                if self._cancelled:
                    raise CancelledError(f"adding to the queue {self.name!r} was cancelled.")
                self._elements.append(element)
                self._fillers.add(threading.get_ident())
                self._changed.notify_all()

    def take(self, count: int, at_least: int | None = None) -> list[Element]:
        """Remove `count` elements, waiting for them.

        Of a closed queue the last ones suffice where there are `at_least` so many; with fewer
        they stay in it, and `OutOfRangeError` says that the end is reached.
        """
        least = count if at_least is None else at_least
        with self._one_taker, self._changed:
            taken: list[Element] = []
            try:
                while len(taken) < count:
                    self._wait(lambda: len(self._elements) > self.keep, self._why_empty)
                    if not self._elements:
                        break
                    taken.append(self._elements.pop(self._choose()))
                    self._changed.notify_all()
                if len(taken) < least:
                    raise OutOfRangeError(
                        f"the queue {self.name!r} is closed and has insufficient elements "
                        f"(requested {least}, current size {len(taken)})."
                    )
            except BaseException:
                self._elements[:0] = taken
                raise
            return taken

    def close(self, cancel: bool = False, failure: BaseException | None = None) -> None:
        """Accept no more elements; `cancel` also ends the waits of those who would add some.

        With a failure, whoever takes from the queue gets that error instead of an element.
        """
        with self._changed:
            self.closed = True
            self._cancelled = self._cancelled or cancel
            self._failure = self._failure or failure
            self._changed.notify_all()

    def release(self) -> None:
        """The session ends: nothing comes or goes any more, and no one waits."""
        self.close(cancel=True)

    def _choose(self) -> int:
        """The place of the next element to go."""
        if self.rng is None:
            return 0
        among = len(self._elements)
        if self.repeatable and self.keep and self._fillers != {threading.get_ident()}:
            among = min(among, self.keep + 1)
        return int(self.rng.integers(among))

    def _wait(self, ready: Callable[[], bool], why_stuck: Callable[[], str | None]) -> None:
        """Until it is ready, or the queue is closed (and what waits may then decide)."""
        start, told = time.monotonic(), False
        filling = why_stuck == self._why_full
        while True:
            if self._failure is not None and not filling:
                raise self._failure
            if ready() or (self._cancelled if filling else self.closed):
                return
            waited = time.monotonic() - start
            if (waited > GRACE or _alone()) and (reason := why_stuck()):
                raise FailedPreconditionError(reason)
            if waited > PATIENCE and not told:
                told = True
                state = f"{len(self._elements)} of {self.capacity} elements"
                warnings.warn(
                    f"still waiting for the queue {self.name!r} ({state}).",
                    WaitingWarning,
                    stacklevel=4,
                )
            self._changed.wait(POLL)

    def _why_empty(self) -> str | None:
        known = self.who_fills()
        if known:
            return f"the queue {self.name!r} is empty, and {known}"
        if _alone():
            return (
                f"the queue {self.name!r} has too few elements ({len(self._elements)}), and no "
                "other thread runs that could add one: run its enqueue op first, or close it."
            )
        return None

    def _why_full(self) -> str | None:
        if _alone():
            return (
                f"the queue {self.name!r} is full ({self.capacity} elements), and no other thread "
                "runs that could take one: run its dequeue op first, or give it more capacity."
            )
        return None


def _alone() -> bool:
    return threading.active_count() == 1
