"""Exercise 3.1, a dual number, and the ways in which one goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, FormError, Misconception


class MyDual:
    """The solution of 3.1; the misconceptions change one method each."""

    def __init__(self, primal: Any, tangent: Any = 0.0) -> None:
        self.primal, self.tangent = primal, tangent

    def lift(self, thing: Any) -> Any:
        """A plain number stands still."""
        return thing if isinstance(thing, MyDual) else type(self)(thing, 0.0)

    def __add__(self, other: Any) -> Any:
        other = self.lift(other)
        return type(self)(self.primal + other.primal, self.tangent + other.tangent)

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
        return type(self)(self.primal**k, k * self.primal ** (k - 1) * self.tangent)

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

    def __pow__(self, k: Any) -> Any:
        return type(self)(self.primal**k, k * self.primal ** (k - 1))


class PowerNotLowered(MyDual):
    """Keeps the exponent in the power rule."""

    def __pow__(self, k: Any) -> Any:
        return type(self)(self.primal**k, k * self.primal**k * self.tangent)


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

    def __add__(self, other: Any) -> Any:
        return type(self)(self.primal + self.lift(other).primal, self.tangent)


class SumWithProduct(MyDual):
    """Adds the primals, and multiplies the tangents."""

    def __add__(self, other: Any) -> Any:
        other = self.lift(other)
        return type(self)(self.primal + other.primal, self.tangent * other.tangent)


class PowerLessOne(MyDual):
    """Takes 1 off the power, not off the exponent."""

    def __pow__(self, k: Any) -> Any:
        return type(self)(self.primal**k, k * (self.primal**k - 1) * self.tangent)


EXPRESSIONS: dict[str, Callable[[Any], Any]] = {
    "x + 1": lambda x: x + 1,
    "1 + x": lambda x: 1 + x,
    "x + x": lambda x: x + x,
    "x * 3": lambda x: x * 3,
    "3 * x": lambda x: 3 * x,
    "x * x": lambda x: x * x,
    "x / 2": lambda x: x / 2,
    "1 / x": lambda x: 1 / x,
    "(x + 1) / x": lambda x: (x + 1) / x,
    "x ** 3": lambda x: x**3,
    "x ** -0.5": lambda x: x**-0.5,
    "np.exp(x)": lambda x: np.exp(x),
    "np.log(x)": lambda x: np.log(x),
    "x * np.exp(x) / (2 + np.log(x) ** 2)": lambda x: x * np.exp(x) / (2 + np.log(x) ** 2),
}


def see_dual(answer: Any, expression: str, x: float, dx: float) -> Any:
    """Evaluate an expression on a dual number of the student's class."""
    own = answer(x, dx)
    result = EXPRESSIONS[expression](own)
    if not isinstance(result, answer):
        raise FormError(
            f"{expression} gives a {type(result).__name__}, where a new {answer.__name__} is wanted"
        )
    if (own.primal, own.tangent) != (x, dx):
        raise FormError(f"{expression} changes x itself; return a new {answer.__name__}")
    return {"primal": result.primal, "tangent": result.tangent}


def dual_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """Every expression at simple numbers, the last ones at random ones too."""
    simple = [(text, 2.0, 3.0) for text in EXPRESSIONS]
    drawn = [(t, *rng.uniform(0.5, 2.0, size=2)) for t in list(EXPRESSIONS)[5:]]
    return [*simple, *((t, float(x), float(dx)) for t, x, dx in drawn)]


DUAL = Exercise(
    number="3.1",
    title="A dual number of your own",
    shows="forward mode carries a tangent through every operation",
    solution=MyDual,
    inputs=dual_inputs,
    observe=see_dual,
    hints=(
        "Start with __init__ (keep both numbers) and __add__; then run the check, which tries "
        "x + 1 first. Every method returns a new MyDual; the other operand may be a plain number.",
        "Write each operation as (u + du·ε) and (v + dv·ε), multiply out, and put ε² = 0. For the "
        "quotient: (u/v)·v = u, so its tangent q' satisfies q'·v + (u/v)·dv = du.",
    ),
    misconceptions=(
        Misconception(
            "dropped cross term",
            DroppedCrossTerm,
            "In x * x both operands move. How many shares does the tangent of the product get?",
            "ad.step(lambda x: x * x, 3.0, sweeps='dual'): steps 3 and 4, one share an operand",
        ),
        Misconception(
            "product of the tangents",
            ProductOfTangents,
            "3 stands still, so its tangent is 0. What does your rule make of x * 3, and how fast "
            "does it move really?",
            "ad.draw(lambda x: x * 3, 2.0, mode='forward'): the number on the edge",
        ),
        Misconception(
            "the other tangent left out of the sum",
            SumOfPrimals,
            "In x + x both operands move. How fast does their sum move?",
            "ad.draw(lambda x: x + x, 2.0, mode='forward'): two arrows",
        ),
        Misconception(
            "tangents multiplied in the sum",
            SumWithProduct,
            "1 stands still, so its tangent is 0. How fast does x + 1 move, and what does your sum "
            "say?",
            "ad.draw(lambda x: x + 1, 2.0, mode='forward', constants='all')",
        ),
        Misconception(
            "quotient sign",
            QuotientSign,
            "If x grows, does x / 2 grow or shrink? What sign does your tangent have?",
            "ad.draw(lambda u, v: u / v, 2.0, 4.0): the signs of the two partials",
        ),
        Misconception(
            "quotient without the square",
            QuotientNotSquared,
            "x / 2 moves half as fast as x. Which power of 2 must stand below its tangent, once "
            "du·v is written above?",
            "ad.draw(lambda u, v: u / v, 2.0, 4.0): the formulas of the two partials",
        ),
        Misconception(
            "plain numbers taken for dual ones",
            NoLift,
            "In x + 1 the other operand is the number 1. Has it a primal and a tangent, and which "
            "ones should it have?",
            "section 2 of the lesson: lift",
        ),
        Misconception(
            "no operators for a number on the left",
            NoReflected,
            "x * 3 works. In 3 * x, whose method does Python ask first, and whom does it ask next?",
            "section 2 of the lesson: the third of the three failures",
        ),
        Misconception(
            "no quotient for a number on the left",
            NoReflectedQuotient,
            "x / 2 works, and so does 2 * x. Which method does Python look for in 2 / x?",
            "section 2 of the lesson: the third of the three failures",
        ),
        Misconception(
            "a number does not scale the tangent",
            NumberLeavesTangent,
            "When x moves at speed 3, how fast does x * 3 move?",
            "ad.draw(lambda x: x * 3, 2.0, mode='forward'): what is multiplied on the edge",
        ),
        Misconception(
            "2 / x answered with x / 2",
            ReflectedQuotient,
            "In __rtruediv__(self, other), which of the two stands on the left of the stroke?",
            "the primal: 1 / 2 is 0.5, and 2 / 1 is 2",
        ),
        Misconception(
            "constants get tangent 1",
            MovingConstants,
            "How fast does the number 3 move when x moves?",
            "ad.draw(lambda x: x + 3, 2.0, mode='forward', constants='all'): the box of 3",
        ),
        Misconception(
            "power rule without the incoming tangent",
            PowerWithoutChain,
            "Your tangent of x ** 3 is the same for dx = 1 and dx = 3. Should it be?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): what is multiplied on the edge",
        ),
        Misconception(
            "power rule with the exponent kept",
            PowerNotLowered,
            "x ** 3 is x * x * x. What does your product give for its tangent, and how many "
            "factors x are left in it?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): the formula on the edge",
        ),
        Misconception(
            "1 taken off the power",
            PowerLessOne,
            "In which order does Python work off `x ** k - 1`? From what is 1 to be taken?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): the formula on the edge",
        ),
        Misconception(
            "quotient of the tangents",
            QuotientOfTangents,
            "2 stands still, so its tangent is 0. What does your rule make of x / 2, and how fast "
            "does it move really?",
            "ad.draw(lambda x: x / 2, 2.0, mode='forward'): the number on the edge",
        ),
        Misconception(
            "the input for the slope of exp",
            ExpByInput,
            "What is the slope of exp at x? Which of your two numbers is it: what goes "
            "into exp, or what comes out?",
        ),
        Misconception(
            "exp and log without the incoming tangent",
            FunctionsWithoutChain,
            "exp gets a number that moves at speed dx. Where does dx go in your rule?",
            "ad.draw(lambda x: np.exp(2 * x), 1.0, mode='forward'): the edge into exp",
        ),
    ),
)
