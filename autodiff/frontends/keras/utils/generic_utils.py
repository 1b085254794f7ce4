"""A bar for loops of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from tqdm import tqdm


class Progbar:
    """`update(n, [("loss", 0.5)])` moves the bar to n of `target`."""

    def __init__(
        self, target: int, width: int = 30, verbose: int = 1, interval: float = 0.01
    ) -> None:
        self.bar = tqdm(total=target, disable=verbose != 1)

    def update(
        self, current: int, values: Sequence[tuple[str, float]] = (), force: bool = False
    ) -> None:
        """Move to a place, and show numbers."""
        self.bar.set_postfix({name: f"{value:.4f}" for name, value in values})
        self.bar.update(current - self.bar.n)
        if self.bar.total is not None and current >= self.bar.total:
            self.bar.close()

    def add(self, n: int, values: Sequence[tuple[str, float]] = ()) -> None:
        """Move on."""
        self.update(self.bar.n + n, values)
