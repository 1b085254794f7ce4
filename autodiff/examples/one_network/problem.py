"""The network that all styles build: its first weights, its batches, its rate; and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Problem:
    """x (rows, inputs) to `classes` by one hidden layer: W1, b1, tanh, W2, b2, softmax.

    >>> Problem.small().W2.shape
    (8, 3)
    """

    W1: Any
    b1: Any
    W2: Any
    b2: Any
    batches: list[tuple[Any, Any]]
    rate: float = 0.5

    @staticmethod
    def small(rows: int = 20, hidden: int = 8, steps: int = 50, seed: int = 0) -> Problem:
        """Six inputs, three classes, and labels that nothing explains."""
        return Problem.random(rows, 6, hidden, 3, steps, seed)

    @staticmethod
    def random(rows: int, inputs: int, hidden: int, classes: int, steps: int, seed: int) -> Problem:
        """A network and batches of random numbers."""
        rng = np.random.default_rng(seed)
        W1, b1 = 0.5 * rng.normal(size=(inputs, hidden)), 0.1 * rng.normal(size=hidden)
        W2, b2 = 0.5 * rng.normal(size=(hidden, classes)), 0.1 * rng.normal(size=classes)
        batches = [
            (rng.normal(size=(rows, inputs)), rng.integers(classes, size=rows))
            for _ in range(steps)
        ]
        return Problem(W1, b1, W2, b2, batches)

    @property
    def rows(self) -> int:
        """Rows of a batch."""
        return len(self.batches[0][0])

    @property
    def inputs(self) -> int:
        """What the first layer is told to expect."""
        return len(self.W1)

    @property
    def hidden(self) -> int:
        """Units of the hidden layer."""
        return len(self.b1)

    @property
    def classes(self) -> int:
        """How many labels there are."""
        return len(self.b2)

    @property
    def params(self) -> list[Any]:
        """Copies of the first weights, in order."""
        return [p.copy() for p in (self.W1, self.b1, self.W2, self.b2)]

    def with_wrong_weight(self) -> Problem:
        """W2 with one row too many: it does not fit the hidden layer."""
        return replace(self, W2=np.concatenate([self.W2, self.W2[:1]]))

    def with_wrong_batch(self) -> Problem:
        """Batches with one column too many."""
        return replace(
            self, batches=[(np.concatenate([x, x[:, :1]], 1), t) for x, t in self.batches]
        )

    def by_hand(self) -> Iterator[float]:
        """The losses of all steps, with the derivative written out."""
        W1, b1, W2, b2 = params = self.params
        for x, t in self.batches:
            h = np.tanh(x @ W1 + b1)
            z = h @ W2 + b2
            z = z - z.max(1, keepdims=True)
            logs = z - np.log(np.exp(z).sum(1, keepdims=True))
            yield -logs[np.arange(len(t)), t].mean()
            dz = (np.exp(logs) - np.eye(self.classes)[t]) / len(t)
            dh = dz @ W2.T * (1 - h * h)
            for p, g in zip(params, (x.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0)), strict=True):
                p -= self.rate * g
