"""Exercise 3.1: a dual number of one's own, tried one operation at a time.

The student hands in a class. What is compared is what its instances do in expressions, from
`x + 1` to a formula, so the first that differs names the method to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff.course.exercises.lesson_03.dual_numbers as duals
from autodiff.course.exercise import ENGINE, Exercise, FormError, Misconception

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
    solution=duals.MyDual,
    inputs=dual_inputs,
    observe=see_dual,
    forbids=ENGINE,
    hints=(
        "Start with __init__ (keep both numbers) and __add__; then run the check, which tries "
        "x + 1 first. Every method returns a new MyDual; the other operand may be a plain number.",
        "Write each operation as (u + du·ε) and (v + dv·ε), multiply out, and put ε² = 0. For the "
        "quotient: (u/v)·v = u, so its tangent q' satisfies q'·v + (u/v)·dv = du.",
    ),
    misconceptions=(
        Misconception(
            "dropped cross term",
            duals.DroppedCrossTerm,
            "In x * x both operands move. How many shares does the tangent of the product get?",
            "ad.step(lambda x: x * x, 3.0, sweeps='dual'): steps 3 and 4, one share an operand",
        ),
        Misconception(
            "product of the tangents",
            duals.ProductOfTangents,
            "3 stands still, so its tangent is 0. What does your rule make of x * 3, and how fast "
            "does it move really?",
            "ad.draw(lambda x: x * 3, 2.0, mode='forward'): the number on the edge",
        ),
        Misconception(
            "the other tangent left out of the sum",
            duals.SumOfPrimals,
            "In x + x both operands move. How fast does their sum move?",
            "ad.draw(lambda x: x + x, 2.0, mode='forward'): two arrows",
        ),
        Misconception(
            "tangents multiplied in the sum",
            duals.SumWithProduct,
            "1 stands still, so its tangent is 0. How fast does x + 1 move, and what does your sum "
            "say?",
            "ad.draw(lambda x: x + 1, 2.0, mode='forward', constants='all')",
        ),
        Misconception(
            "quotient sign",
            duals.QuotientSign,
            "If x grows, does x / 2 grow or shrink? What sign does your tangent have?",
            "ad.draw(lambda u, v: u / v, 2.0, 4.0): the signs of the two partials",
        ),
        Misconception(
            "quotient without the square",
            duals.QuotientNotSquared,
            "x / 2 moves half as fast as x. Which power of 2 must stand below its tangent, once "
            "du·v is written above?",
            "ad.draw(lambda u, v: u / v, 2.0, 4.0): the formulas of the two partials",
        ),
        Misconception(
            "plain numbers taken for dual ones",
            duals.NoLift,
            "In x + 1 the other operand is the number 1. Has it a primal and a tangent, and which "
            "ones should it have?",
            "section 2 of the lesson: lift",
        ),
        Misconception(
            "no operators for a number on the left",
            duals.NoReflected,
            "x * 3 works. In 3 * x, whose method does Python ask first, and whom does it ask next?",
            "section 2 of the lesson: the third of the three failures",
        ),
        Misconception(
            "no quotient for a number on the left",
            duals.NoReflectedQuotient,
            "x / 2 works, and so does 2 * x. Which method does Python look for in 2 / x?",
            "section 2 of the lesson: the third of the three failures",
        ),
        Misconception(
            "a number does not scale the tangent",
            duals.NumberLeavesTangent,
            "When x moves at speed 3, how fast does x * 3 move?",
            "ad.draw(lambda x: x * 3, 2.0, mode='forward'): what is multiplied on the edge",
        ),
        Misconception(
            "2 / x answered with x / 2",
            duals.ReflectedQuotient,
            "In __rtruediv__(self, other), which of the two stands on the left of the stroke?",
            "the primal: 1 / 2 is 0.5, and 2 / 1 is 2",
        ),
        Misconception(
            "constants get tangent 1",
            duals.MovingConstants,
            "How fast does the number 3 move when x moves?",
            "ad.draw(lambda x: x + 3, 2.0, mode='forward', constants='all'): the box of 3",
        ),
        Misconception(
            "power rule without the incoming tangent",
            duals.PowerWithoutChain,
            "Your tangent of x ** 3 is the same for dx = 1 and dx = 3. Should it be?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): what is multiplied on the edge",
        ),
        Misconception(
            "power rule with the exponent kept",
            duals.PowerNotLowered,
            "x ** 3 is x * x * x. What does your product give for its tangent, and how many "
            "factors x are left in it?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): the formula on the edge",
        ),
        Misconception(
            "1 taken off the power",
            duals.PowerLessOne,
            "In which order does Python work off `x ** k - 1`? From what is 1 to be taken?",
            "ad.draw(lambda x: x**3, 2.0, mode='forward'): the formula on the edge",
        ),
        Misconception(
            "quotient of the tangents",
            duals.QuotientOfTangents,
            "2 stands still, so its tangent is 0. What does your rule make of x / 2, and how fast "
            "does it move really?",
            "ad.draw(lambda x: x / 2, 2.0, mode='forward'): the number on the edge",
        ),
        Misconception(
            "the input for the slope of exp",
            duals.ExpByInput,
            "What is the slope of exp at x? Which of your two numbers is it: what goes "
            "into exp, or what comes out?",
        ),
        Misconception(
            "exp and log without the incoming tangent",
            duals.FunctionsWithoutChain,
            "exp gets a number that moves at speed dx. Where does dx go in your rule?",
            "ad.draw(lambda x: np.exp(2 * x), 1.0, mode='forward'): the edge into exp",
        ),
    ),
)
