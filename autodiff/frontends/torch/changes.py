"""What changes a tensor in place, and returns it: `t.mul(2).add(1)`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here

generator: list[np.random.Generator] = [np.random.default_rng(0)]
"""The source of random numbers, which `manualSeed` starts anew."""


class Changes:
    """The methods of a tensor that write into its storage, the array `a`."""

    a: Any

    def resize(self, *sizes: Any) -> Any:
        """Another shape; the numbers stay where there is room."""
        shape = _sizes(sizes)
        if shape != self.a.shape:
            old = self.a.reshape(-1)
            self.a = np.resize(old, shape) if old.size else np.zeros(shape, self.a.dtype)
        return self

    def resizeAs(self, other: Any) -> Any:
        """The shape of another."""
        return self.resize(*other.a.shape)

    def copy(self, other: Any) -> Any:
        """Take another's numbers."""
        self.a[...] = other.a.reshape(self.a.shape)
        return self

    def fill(self, value: Any) -> Any:
        """One number everywhere."""
        self.a[...] = value
        return self

    def zero(self) -> Any:
        """Zeros."""
        return self.fill(0)

    def uniform(self, low: Any = 0.0, high: Any = 1.0) -> Any:
        """Draw anew, equally likely within bounds."""
        self.a[...] = generator[0].uniform(low, high, self.a.shape)
        return self

    def normal(self, mean: Any = 0.0, deviation: Any = 1.0) -> Any:
        """Draw anew, normal."""
        self.a[...] = generator[0].normal(mean, deviation, self.a.shape)
        return self

    def bernoulli(self, p: Any = 0.5) -> Any:
        """Draw anew, 1 with probability p."""
        self.a[...] = generator[0].random(self.a.shape) < p
        return self

    def add(self, *terms: Any) -> Any:
        """self += number, tensor, or number * tensor."""
        self.a += _term(terms)
        return self

    def csub(self, *terms: Any) -> Any:
        """self -= the same."""
        self.a -= _term(terms)
        return self

    def mul(self, value: Any) -> Any:
        """self *= number."""
        self.a *= value
        return self

    def div(self, value: Any) -> Any:
        """self /= number."""
        self.a /= value
        return self

    def cmul(self, *factors: Any) -> Any:
        """Element by element; of two factors their product."""
        self.a[...] = (factors[0].a if len(factors) > 1 else self.a) * factors[-1].a
        return self

    def cdiv(self, *parts: Any) -> Any:
        """Element by element; of two their quotient."""
        self.a[...] = (parts[0].a if len(parts) > 1 else self.a) / parts[-1].a
        return self

    def addcmul(self, *given: Any) -> Any:
        """self += value * x * y."""
        *value, x, y = given
        self.a += (value[-1] if value and not hasattr(value[-1], "a") else 1) * x.a * y.a
        return self

    def addcdiv(self, *given: Any) -> Any:
        """self += value * x / y."""
        *value, x, y = given
        self.a += (value[-1] if value and not hasattr(value[-1], "a") else 1) * x.a / y.a
        return self

    def addmv(self, *given: Any) -> Any:
        """self += value * matrix @ vector."""
        *value, m, v = given
        self.a += (value[-1] if value else 1) * (m.a @ v.a)
        return self

    def addmm(self, *given: Any) -> Any:
        """self += value * matrix @ matrix."""
        *value, m, n = given
        self.a += (value[-1] if value else 1) * (m.a @ n.a)
        return self

    def addr(self, *given: Any) -> Any:
        """self += value * outer product."""
        *value, x, y = given
        self.a += (value[-1] if value else 1) * np.outer(x.a, y.a)
        return self

    def apply(self, function: Any) -> Any:
        """self[i] = function(self[i])."""
        flat = self.a.reshape(-1)
        for place, value in enumerate(flat):
            new = function(value)
            if new is not None:
                flat[place] = new
        self.a[...] = flat.reshape(self.a.shape)
        return self


def _sizes(sizes: Any) -> tuple[int, ...]:
    given = sizes[0] if len(sizes) == 1 and not isinstance(sizes[0], int | float) else sizes
    return tuple(int(n) for n in given)


def _term(terms: Any) -> Any:
    values = [t.a if hasattr(t, "a") else t for t in terms]
    if len(values) > 2:
        raise TypeError(f"add takes a number, a tensor, or both.{here()}")
    return values[0] if len(values) == 1 else values[0] * values[1]
