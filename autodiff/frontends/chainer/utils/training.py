"""`IteratorProgressUtility`: how far a loop that is written by hand has come."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.common.options import only


class IteratorProgressUtility:
    """Counts the calls of a training loop: `while progress.in_progress: ...; progress()`."""

    def __init__(self, iterator: Any, training_length: Any = None, **options: Any) -> None:
        only("ProgressBar", options, "update_interval", "bar_length", "out")
        self.iterator = iterator
        self.length, self.unit = training_length or (1, "epoch")
        self.iteration = 0

    @property
    def in_progress(self) -> bool:
        """Whether there is more to do."""
        done = self.iterator.epoch if self.unit == "epoch" else self.iteration
        return bool(done < self.length)

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last batch ended an epoch."""
        return bool(self.iterator.is_new_epoch)

    def __call__(self) -> bool:
        """Count a step; whether it is time to say something."""
        self.iteration += 1
        return False
