"""What is computed from a tensor and leaves it as it is: sums, extremes, `+ - * /`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.torch.indices import axis_of


class Numbers:
    """The methods of a tensor that give numbers, or a tensor of their own."""

    a: Any
    of: Callable[..., Any]

    def dot(self, other: Any) -> Any:
        """The sum of products."""
        return np.vdot(self.a, other.a)

    def norm(self, p: Any = 2, dimension: int | None = None) -> Any:
        """(sum |x|^p)^(1/p)."""
        axis = None if dimension is None else axis_of(dimension, self)
        keep = axis is not None
        found = np.sum(np.abs(self.a) ** p, axis=axis, keepdims=keep) ** (1 / p)
        return self.of(found) if keep else found

    def sum(self, dimension: int | None = None) -> Any:
        """The sum of all, or along a dimension, which stays with length 1."""
        return _along(np.sum, self, dimension)

    def mean(self, dimension: int | None = None) -> Any:
        """The mean."""
        return _along(np.mean, self, dimension)

    def std(self, dimension: int | None = None) -> Any:
        """The deviation, divided by n - 1."""
        return _along(lambda a, **k: np.std(a, ddof=1, **k), self, dimension)

    def max(self, dimension: int | None = None) -> Any:
        """The largest; along a dimension also where, from 1."""
        return _extreme(np.max, np.argmax, self, dimension)

    def min(self, dimension: int | None = None) -> Any:
        """The smallest; along a dimension also where, from 1."""
        return _extreme(np.min, np.argmin, self, dimension)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Numbers):
            found = self.a @ other.a
            return self.of(found) if np.ndim(found) else found
        return self.of(self.a * other)

    def __rmul__(self, other: Any) -> Any:
        return self.of(other * self.a)

    def __truediv__(self, other: Any) -> Any:
        return self.of(self.a / (other.a if isinstance(other, Numbers) else other))

    def __add__(self, other: Any) -> Any:
        return self.of(self.a + (other.a if isinstance(other, Numbers) else other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self.of(self.a - (other.a if isinstance(other, Numbers) else other))

    def __rsub__(self, other: Any) -> Any:
        return self.of(other - self.a)

    def __neg__(self) -> Any:
        return self.of(-self.a)


def _along(function: Any, tensor: Any, dimension: int | None) -> Any:
    if dimension is None:
        return function(tensor.a)
    return tensor.of(function(tensor.a, axis=axis_of(dimension, tensor), keepdims=True))


def _extreme(value: Any, place: Any, tensor: Any, dimension: int | None) -> Any:
    if dimension is None:
        return value(tensor.a)
    axis = axis_of(dimension, tensor)
    where = np.expand_dims(place(tensor.a, axis=axis) + 1, axis)
    return tensor.of(value(tensor.a, axis=axis, keepdims=True)), tensor.of(where)
