"""What training reports: a confusion matrix, a log file; and a check of gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autodiff.frontends.torch.tensor import Tensor


class ConfusionMatrix:
    """How often each class was taken for each other."""

    def __init__(self, classes: Any) -> None:
        count = classes if isinstance(classes, int | float) else len(list(classes))
        self.mat = np.zeros((int(count), int(count)), int)

    def add(self, prediction: Any, target: Any) -> None:
        """A vector of scores and a class (from 1), or scores of a class."""
        guess = (
            int(np.argmax(prediction.a)) if isinstance(prediction, Tensor) else int(prediction) - 1
        )
        wanted = int(np.argmax(target.a)) if isinstance(target, Tensor) else int(target) - 1
        self.mat[wanted, guess] += 1

    def batchAdd(self, predictions: Tensor, targets: Tensor) -> None:
        """Rows of scores and their classes."""
        for row, target in zip(predictions.a, targets.a, strict=True):
            self.mat[int(target) - 1, int(np.argmax(row))] += 1

    def zero(self) -> None:
        """Start anew."""
        self.mat[...] = 0

    def updateValids(self) -> None:
        """The values are always up to date."""

    @property
    def totalValid(self) -> float:
        """The share that is right."""
        return float(np.trace(self.mat) / max(self.mat.sum(), 1))

    def __repr__(self) -> str:
        return f"ConfusionMatrix:\n{self.mat}\n + global correct: {self.totalValid:.2%}"


class Logger:
    """A file of numbers in columns."""

    def __init__(self, filename: Any) -> None:
        self.path = Path(str(filename))
        self.names: list[str] = []
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")

    def add(self, values: Any) -> None:
        """One more line."""
        items = dict(values.items())
        with self.path.open("a") as file:
            if not self.names:
                self.names = list(items)
                print("\t".join(self.names), file=file)
            print("\t".join(f"{items[name]:.4e}" for name in self.names), file=file)

    def style(self, styles: Any) -> None:
        """How curves look; pictures are not drawn here."""

    def plot(self, *options: Any) -> None:
        """Pictures are not drawn here: the numbers are in the file."""


def checkgrad(feval: Any, x: Tensor, eps: float = 1e-7) -> tuple[float, Tensor, Tensor]:
    """The relative distance of the gradient from finite differences, and both."""
    _, gradient = feval(x)
    own = gradient.clone()
    numeric = np.zeros_like(own.a)
    for place in range(x.a.size):
        old = x.a[place]
        values = []
        for step in (eps, -eps):
            x.a[place] = old + step
            values.append(feval(x)[0])
        x.a[place] = old
        numeric[place] = (values[0] - values[1]) / (2 * eps)
    away = np.linalg.norm(own.a - numeric) / np.linalg.norm(own.a + numeric)
    return float(away), own, Tensor.of(numeric)
