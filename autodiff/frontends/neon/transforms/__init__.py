"""Activations, costs and metrics.

`bprop` of an activation takes its *output*.  Softmax's is 1, and Logistic's with `shortcut`: right
only under the cross-entropy whose gradient has it already, and silently wrong under another cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.neon.backends.backend import NervanaObject, OpTreeNode, Tensor
from autodiff.ops.networks import nn


class Transform(NervanaObject):
    """Base: `fprop(x)` and `bprop(y)` over arrays (features, batch).

    A program's own one has `__call__(x)` over the backend's tensors in place of `fprop`.
    """

    def __init__(self, name: Any = None) -> None:
        self.name = name

    def __call__(self, x: Any) -> Any:
        """The values."""
        return self.fprop(x)

    def fprop(self, x: Any) -> Any:
        """The values."""
        return x

    def bprop(self, y: Any) -> Any:
        """The derivative, from the values."""
        return np.ones_like(y)


def values_of(transform: Transform, x: Any) -> Any:
    """The values of an activation as an array; its own `__call__` gets a tensor."""
    own = type(transform).__call__ is not Transform.__call__
    return evaluated(transform(Tensor(x))) if own else transform.fprop(x)


def evaluated(found: Any) -> Any:
    """An array, of an op-tree too; numbers stay."""
    if isinstance(found, OpTreeNode):
        return found.value()
    return getattr(found, "array", found)


class Identity(Transform):
    """x."""


class Rectlin(Transform):
    """max(x, 0), and slope min(x, 0)."""

    def __init__(self, slope: float = 0, name: Any = None) -> None:
        self.slope = slope

    def fprop(self, x: Any) -> Any:
        """The values."""
        return np.where(x > 0, x, self.slope * x)

    def bprop(self, y: Any) -> Any:
        """1 above 0, `slope` below, 0 at 0."""
        return np.where(y > 0, 1.0, np.where(y < 0, self.slope, 0.0))


class Rectlinclip(Rectlin):
    """The same, cut at `xcut`."""

    def __init__(self, slope: float = 0, xcut: float = 20.0) -> None:
        self.slope, self.xcut = slope, xcut

    def fprop(self, x: Any) -> Any:
        """The values."""
        return np.minimum(super().fprop(x), self.xcut)

    def bprop(self, y: Any) -> Any:
        """0 at the cut."""
        return super().bprop(y) * (y < self.xcut)


class Explin(Rectlin):
    """x, and alpha (exp(x) - 1) below 0."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fprop(self, x: Any) -> Any:
        """The values."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def bprop(self, y: Any) -> Any:
        """1, and y + alpha below 0."""
        return np.where(y > 0, 1.0, y + self.alpha)


class Tanh(Transform):
    """tanh."""

    def fprop(self, x: Any) -> Any:
        """The values."""
        return np.tanh(x)

    def bprop(self, y: Any) -> Any:
        """1 - y^2."""
        return 1 - y * y


class Logistic(Transform):
    """1 / (1 + exp(-x)); with `shortcut` its derivative is left to CrossEntropyBinary."""

    def __init__(self, shortcut: bool = False, name: Any = None) -> None:
        self.shortcut = shortcut

    def fprop(self, x: Any) -> Any:
        """The values."""
        return nn.sigmoid(x)

    def bprop(self, y: Any) -> Any:
        """y (1 - y), or 1."""
        return np.ones_like(y) if self.shortcut else y * (1 - y)


class Softmax(Transform):
    """exp(x) over its sum, of each column; its derivative is left to CrossEntropyMulti."""

    def fprop(self, x: Any) -> Any:
        """The values."""
        return nn.softmax(x, axis=0)


class Cost(NervanaObject):
    """Base: `__call__(y, t)` one number a column, `bprop(y, t)` its derivative."""

    def _same(self, y: Any, t: Any) -> None:
        if np.shape(y) != np.shape(t):
            raise ValueError(
                f"CrossEntropy requires network output shape to match targets. Network output "
                f"shape was {np.shape(y)} and targets shape was {np.shape(t)}.{here()}"
            )


class CrossEntropyMulti(Cost):
    """-sum t log y of each column, for Softmax: its derivative is scale (y - t)."""

    def __init__(self, scale: float = 1, usebits: bool = False) -> None:
        self.scale, self.factor = scale, (1 / np.log(2) if usebits else 1.0)

    def __call__(self, y: Any, t: Any) -> Any:
        """One number a column."""
        self._same(y, t)
        return -self.factor * np.sum(t * np.log(np.maximum(y, np.exp(-50.0))), 0, keepdims=True)

    def bprop(self, y: Any, t: Any) -> Any:
        """scale (y - t), the softmax's derivative in it."""
        return self.factor * self.scale * (y - t)


class CrossEntropyBinary(CrossEntropyMulti):
    """-sum t log y + (1 - t) log(1 - y), for Logistic(shortcut=True)."""

    def __init__(self, scale: float = 1) -> None:
        super().__init__(scale)

    def __call__(self, y: Any, t: Any) -> Any:
        """One number a column."""
        self._same(y, t)
        return -np.sum(t * _safelog(y) + (1 - t) * _safelog(1 - y), 0, keepdims=True)


def _safelog(v: Any) -> Any:
    return np.log(np.maximum(v, np.exp(-50.0)))


class SumSquared(Cost):
    """Half the sum of squares of each column."""

    def __call__(self, y: Any, t: Any) -> Any:
        """One number a column."""
        return 0.5 * np.sum((y - t) ** 2, 0, keepdims=True)

    def bprop(self, y: Any, t: Any) -> Any:
        """y - t."""
        return y - t


class MeanSquared(Cost):
    """Half the mean of squares of each column."""

    def __call__(self, y: Any, t: Any) -> Any:
        """One number a column."""
        return 0.5 * np.mean((y - t) ** 2, 0, keepdims=True)

    def bprop(self, y: Any, t: Any) -> Any:
        """(y - t) / features."""
        return (y - t) / len(y)


class Metric(NervanaObject):
    """Base: the mean over columns."""


class Misclassification(Metric):
    """The share of columns whose largest element is elsewhere than the target's."""

    def __call__(self, y: Any, t: Any, calcrange: Any = slice(None)) -> Any:
        """The share, of a range of columns."""
        return np.mean((y.argmax(0) != t.argmax(0))[calcrange])


class Accuracy(Metric):
    """1 - misclassification."""

    def __call__(self, y: Any, t: Any, calcrange: Any = slice(None)) -> Any:
        """The share, of a range of columns."""
        return np.mean((y.argmax(0) == t.argmax(0))[calcrange])
