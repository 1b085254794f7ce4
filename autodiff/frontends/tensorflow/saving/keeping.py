"""Which checkpoints are kept: the last n, and one every so many hours."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Keeping:
    """The checkpoints of one saver, oldest first, each with the time (s) when it was saved.

    >>> keeping = Keeping(most=2)
    >>> [keeping.after(path) for path in ("a", "b", "c")][-1]
    ([('b', ...), ('c', ...)], ['a'])
    """

    most: int | None = 5
    every_hours: float = 10_000.0
    kept: list[tuple[str, float]] = field(default_factory=list)
    next_time: float = 0.0

    def __post_init__(self) -> None:
        self.next_time = self.next_time or time.time() + 3600 * self.every_hours

    def copy(self) -> Keeping:
        """The same, to change without changing this one."""
        return replace(self, kept=list(self.kept))

    def after(self, path: str) -> tuple[list[tuple[str, float]], list[str]]:
        """Note a new checkpoint; what is listed now, and which files are to be dropped.

        One that leaves the list stays as a file when `every_hours` have passed since the last
        that stayed.  With `most` None or 0 nothing is dropped.
        """
        self.kept = [entry for entry in self.kept if entry[0] != path] + [(path, time.time())]
        dropped = []
        while self.most and len(self.kept) > self.most:
            oldest, saved = self.kept.pop(0)
            if saved > self.next_time:
                self.next_time += 3600 * self.every_hours
            else:
                dropped.append(oldest)
        return list(self.kept), dropped
