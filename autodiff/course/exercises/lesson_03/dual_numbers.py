"""A dual number, as exercise 3.1 asks for, and the ways in which one goes wrong.

Each wrong one is the right one with a method exchanged, so that it shows one mistake and no other.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class MyDual:
    """The solution of 3.1; the misconceptions change one method each."""

    def __init__(self, primal: Any, tangent: Any = 0.0) -> None:
        self.primal, self.tangent = primal, tangent

    def lift(self, thing: Any) -> Any:
        """A plain number stands still."""
        return thing if isinstance(thing, MyDual) else type(self)(thing, 0.0)

    def __add__(self, other: Any) -> Any:
        other = self.lift(other)
        return type(self)(self.primal + other.primal, self.total(other))

    def total(self, other: Any) -> Any:
        """The tangent of a sum."""
        return self.tangent + other.tangent

    def __mul__(self, other: Any) -> Any:
        other = self.lift(other)
        return type(self)(self.primal * other.primal, self.product(other))

    def product(self, other: Any) -> Any:
        """The tangent of a product."""
        return self.primal * other.tangent + self.tangent * other.primal

    def __truediv__(self, other: Any) -> Any:
        other = self.lift(other)
        return type(self)(self.primal / other.primal, self.quotient(other))

    def quotient(self, other: Any) -> Any:
        """The tangent of a quotient."""
        top = self.tangent * other.primal - self.primal * other.tangent
        return top / other.primal**2

    def __pow__(self, k: Any) -> Any:
        return type(self)(self.primal**k, self.power(k))

    def power(self, k: Any) -> Any:
        """The tangent of a power."""
        return k * self.primal ** (k - 1) * self.tangent

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __rtruediv__(self, other: Any) -> Any:
        return self.lift(other) / self

    def exp(self) -> Any:
        """The exponential function."""
        return type(self)(np.exp(self.primal), np.exp(self.primal) * self.tangent)

    def log(self) -> Any:
        """The natural logarithm."""
        return type(self)(np.log(self.primal), self.tangent / self.primal)


class NoLift(MyDual):
    """Takes every operand for a dual number."""

    def lift(self, thing: Any) -> Any:
        """The operand as it is."""
        return thing


class DroppedCrossTerm(MyDual):
    """Keeps one term of the product rule."""

    def product(self, other: Any) -> Any:
        """Only the left operand moves."""
        return self.tangent * other.primal


class ProductOfTangents(MyDual):
    """Multiplies the tangents."""

    def product(self, other: Any) -> Any:
        """As if (uv)' were u'v'."""
        return self.tangent * other.tangent


class QuotientSign(MyDual):
    """Has the two terms of the quotient rule the wrong way round."""

    def quotient(self, other: Any) -> Any:
        """As u v' - u' v."""
        return -super().quotient(other)


class QuotientNotSquared(MyDual):
    """Divides by v, not by its square."""

    def quotient(self, other: Any) -> Any:
        """As (u' v - u v') / v."""
        return super().quotient(other) * other.primal


class NoReflected(MyDual):
    """Has no operators for a plain number on the left."""

    __radd__ = __rmul__ = __rtruediv__ = None  # type: ignore[assignment]


class NoReflectedQuotient(MyDual):
    """Has them but for the quotient."""

    __rtruediv__ = None  # type: ignore[assignment]


class NumberLeavesTangent(MyDual):
    """Multiplies the primal by a plain number, and leaves the tangent."""

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, MyDual):
            return super().__mul__(other)
        return type(self)(self.primal * other, self.tangent)


class ReflectedQuotient(MyDual):
    """Answers 2 / x with x / 2."""

    def __rtruediv__(self, other: Any) -> Any:
        return self / other


class MovingConstants(MyDual):
    """Lets plain numbers move with x."""

    def lift(self, thing: Any) -> Any:
        """A plain number with tangent 1."""
        return thing if isinstance(thing, MyDual) else type(self)(thing, 1.0)


class PowerWithoutChain(MyDual):
    """Forgets the incoming tangent in the power rule."""

    def power(self, k: Any) -> Any:
        """The slope alone."""
        return k * self.primal ** (k - 1)


class PowerNotLowered(MyDual):
    """Keeps the exponent in the power rule."""

    def power(self, k: Any) -> Any:
        """As if (u**k)' were k u**k u'."""
        return k * self.primal**k * self.tangent


class QuotientOfTangents(MyDual):
    """Divides the tangents."""

    def quotient(self, other: Any) -> Any:
        """As if (u/v)' were u'/v'."""
        return self.tangent / other.tangent


class FunctionsWithoutChain(MyDual):
    """Forgets the incoming tangent in exp and log."""

    def exp(self) -> Any:
        """The slope alone."""
        return type(self)(np.exp(self.primal), np.exp(self.primal))

    def log(self) -> Any:
        """The slope alone."""
        return type(self)(np.log(self.primal), 1 / self.primal)


class ExpByInput(MyDual):
    """Takes x for the slope of exp at x."""

    def exp(self) -> Any:
        """The slope in place of which the input stands."""
        return type(self)(np.exp(self.primal), self.primal * self.tangent)


class SumOfPrimals(MyDual):
    """Adds the primals, and keeps one tangent."""

    def total(self, other: Any) -> Any:
        """Only the left operand moves."""
        return self.tangent


class SumWithProduct(MyDual):
    """Adds the primals, and multiplies the tangents."""

    def total(self, other: Any) -> Any:
        """As if (u + v)' were u'v'."""
        return self.tangent * other.tangent


class PowerLessOne(MyDual):
    """Takes 1 off the power, not off the exponent."""

    def power(self, k: Any) -> Any:
        """As if (u**k)' were k (u**k - 1) u'."""
        return k * (self.primal**k - 1) * self.tangent
