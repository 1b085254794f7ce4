"""Initial values, written into an array in place, from NumPy's global generator as chainer did."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    area = math.prod(shape[2:])
    return shape[1] * area, shape[0] * area


class Normal:
    """Normal numbers of deviation `scale`."""

    def __init__(self, scale: float = 0.05, dtype: Any = None) -> None:
        self.scale, self.dtype = scale, dtype

    def deviation(self, shape: tuple[int, ...]) -> float:
        """The deviation for an array of a shape."""
        return self.scale

    def __call__(self, array: Any) -> None:
        """Fill the array."""
        array[...] = np.random.normal(0, self.deviation(array.shape), array.shape)


class LeCunNormal(Normal):
    """Deviation scale sqrt(1 / inputs)."""

    def __init__(self, scale: float = 1.0, dtype: Any = None) -> None:
        self.scale, self.dtype = scale, dtype

    def deviation(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(1 / inputs)."""
        return self.scale * math.sqrt(1 / _fans(shape)[0])


class HeNormal(LeCunNormal):
    """Deviation scale sqrt(2 / inputs)."""

    def deviation(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(2 / inputs)."""
        return self.scale * math.sqrt(2 / _fans(shape)[0])


class GlorotNormal(LeCunNormal):
    """Deviation scale sqrt(2 / (inputs + outputs))."""

    def deviation(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(2 / (inputs + outputs))."""
        return self.scale * math.sqrt(2 / sum(_fans(shape)))


class Uniform:
    """Equally likely within -scale .. scale."""

    def __init__(self, scale: float = 0.05, dtype: Any = None) -> None:
        self.scale, self.dtype = scale, dtype

    def limit(self, shape: tuple[int, ...]) -> float:
        """The bound for an array of a shape."""
        return self.scale

    def __call__(self, array: Any) -> None:
        """Fill the array."""
        limit = self.limit(array.shape)
        array[...] = np.random.uniform(-limit, limit, array.shape)


class GlorotUniform(Uniform):
    """Bound scale sqrt(6 / (inputs + outputs))."""

    def __init__(self, scale: float = 1.0, dtype: Any = None) -> None:
        self.scale, self.dtype = scale, dtype

    def limit(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(6 / (inputs + outputs))."""
        return self.scale * math.sqrt(6 / sum(_fans(shape)))


class LeCunUniform(GlorotUniform):
    """Bound scale sqrt(3 / inputs)."""

    def limit(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(3 / inputs)."""
        return self.scale * math.sqrt(3 / _fans(shape)[0])


class HeUniform(GlorotUniform):
    """Bound scale sqrt(6 / inputs)."""

    def limit(self, shape: tuple[int, ...]) -> float:
        """scale sqrt(6 / inputs)."""
        return self.scale * math.sqrt(6 / _fans(shape)[0])


class Constant:
    """One value everywhere."""

    def __init__(self, fill_value: Any, dtype: Any = None) -> None:
        self.fill_value, self.dtype = fill_value, dtype

    def __call__(self, array: Any) -> None:
        """Fill the array."""
        array[...] = self.fill_value


class Zero(Constant):
    """Zeros."""

    def __init__(self, dtype: Any = None) -> None:
        super().__init__(0, dtype)


class One(Constant):
    """Ones."""

    def __init__(self, dtype: Any = None) -> None:
        super().__init__(1, dtype)


class Scaled:
    """What another initializer draws, times a number."""

    def __init__(self, initializer: Any, scale: float) -> None:
        self.initializer, self.scale = initializer, scale
        self.dtype = getattr(initializer, "dtype", None)

    def __call__(self, array: Any) -> None:
        """Fill the array."""
        self.initializer(array)
        array *= self.scale


def initializer_of(initializer: Any, scale: float = 1.0) -> Any:
    """What fills an array: None is the default N(0, 1 / inputs), numbers and arrays are copied.

    All of them are multiplied by `scale`.
    """
    if initializer is None:
        return HeNormal(scale / math.sqrt(2))
    if np.isscalar(initializer) or isinstance(initializer, np.ndarray):
        return Constant(initializer * scale)
    return initializer if scale == 1 else Scaled(initializer, scale)


_get_initializer = initializer_of
