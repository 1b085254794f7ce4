"""Criteria: one number for how far an input is from a target, and its gradient.

Means unless `sizeAverage` is false: over the batch for classes, over all elements for numbers.
Classes count from 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.frontends.torch.tensor import Tensor
from autodiff.ops.networks import nn


class Criterion:
    """Base: `forward(input, target)` is a number, `backward(input, target)` its gradient."""

    def __init__(self, sizeAverage: bool = True) -> None:
        self.sizeAverage = sizeAverage
        self.output, self.gradInput = 0.0, Tensor()

    def loss(self, x: Any, t: Any) -> Any:
        """The number, in NumPy."""
        raise NotImplementedError

    def forward(self, input: Tensor, target: Any) -> Any:
        """The number."""
        self.output = float(self.loss(input.a, _target(target)))
        return self.output

    def backward(self, input: Tensor, target: Any) -> Tensor:
        """Its gradient with respect to the input."""
        self.gradInput = Tensor.of(ad.grad(self.loss)(input.a, _target(target)))
        return self.gradInput

    updateOutput, updateGradInput = forward, backward

    def averaged(self, terms: Any, count: int) -> Any:
        """The sum of terms, divided by a count where it averages."""
        return np.sum(terms) / count if self.sizeAverage else np.sum(terms)


def _target(target: Any) -> Any:
    return target.a if isinstance(target, Tensor) else np.asarray(target)


class MSECriterion(Criterion):
    """The mean of squares over all elements."""

    def loss(self, x: Any, t: Any) -> Any:
        """The squares."""
        away = x - np.reshape(t, np.shape(x))
        return self.averaged(away * away, np.size(x))


class AbsCriterion(Criterion):
    """The mean of distances."""

    def loss(self, x: Any, t: Any) -> Any:
        """The distances."""
        return self.averaged(np.abs(x - t), np.size(x))


class SmoothL1Criterion(Criterion):
    """Half squares near 0, distances less 1/2 beyond 1."""

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        away = np.abs(x - t)
        return self.averaged(np.where(away < 1, 0.5 * away * away, away - 0.5), np.size(x))


class BCECriterion(Criterion):
    """Cross-entropy of probabilities; 1e-12 keeps the logarithm from 0."""

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        eps = 1e-12
        return self.averaged(-(t * np.log(x + eps) + (1 - t) * np.log(1 - x + eps)), np.size(x))


class DistKLDivCriterion(Criterion):
    """t (log t - x), x log-probabilities."""

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        logs = np.log(np.where(t > 0, t, 1.0))
        return self.averaged(np.where(t > 0, t * (logs - x), 0.0), np.size(x))


class ClassNLLCriterion(Criterion):
    """-x[class] of log-probabilities, classes 1 .. C, weighted mean over the batch."""

    def __init__(self, weights: Tensor | None = None, sizeAverage: bool = True) -> None:
        super().__init__(sizeAverage)
        self.weights = weights

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        x = x if np.ndim(x) == 2 else x[None]
        places, weight = self.classes(x, t)
        picked = x[np.arange(len(places)), places] * weight
        return -np.sum(picked) / np.sum(weight) if self.sizeAverage else -np.sum(picked)

    def classes(self, x: Any, t: Any) -> Any:
        """Classes from 0, and their weights."""
        places = np.atleast_1d(t).astype(int) - 1
        if places.min() < 0 or places.max() >= np.shape(x)[1]:
            raise ValueError(
                "Assertion `cur_target >= 0 && cur_target < n_classes' failed: classes count from "
                f"1 to {np.shape(x)[1]}, and a target is {places.min() + 1} or {places.max() + 1}."
                f"{here()}"
            )
        return places, np.ones(len(places)) if self.weights is None else self.weights.a[places]


class CrossEntropyCriterion(ClassNLLCriterion):
    """LogSoftMax and ClassNLLCriterion in one."""

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        return super().loss(nn.log_softmax(x, axis=-1), t)


class MultiMarginCriterion(ClassNLLCriterion):
    """The mean over the batch of sum_i max(0, 1 - x[class] + x[i]) / C."""

    def __init__(self) -> None:
        super().__init__()

    def loss(self, x: Any, t: Any) -> Any:
        """The terms."""
        x = x if np.ndim(x) == 2 else x[None]
        places, _ = self.classes(x, t)
        rows = np.arange(len(places))
        over = nn.relu(1 - x[rows, places][:, None] + x)
        others = np.arange(np.shape(x)[1]) != places[:, None]
        return self.averaged(np.where(others, over, 0.0), np.size(x))


__all__ = [
    "AbsCriterion",
    "BCECriterion",
    "ClassNLLCriterion",
    "Criterion",
    "CrossEntropyCriterion",
    "DistKLDivCriterion",
    "MSECriterion",
    "MultiMarginCriterion",
    "SmoothL1Criterion",
]  # fmt: skip
