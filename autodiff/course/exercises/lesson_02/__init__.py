"""Lesson 2, Traces: the list of steps, the partials of a step, and slopes that are measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import (
    ENGINE,
    Answer,
    Exercise,
    FormError,
    Misconception,
)
from autodiff.course.exercises.lesson_02.measuring import CHOOSE, MEASURE
from autodiff.course.helpers.handmade import run

# -- 2.1: a trace by hand --------------------------------------------------------------------------


def run_trace(answer: Answer, x: float, y: float) -> dict[str, Any]:
    """What the rows compute; their names do not count, nor their order where it is free."""
    values = list(run(answer(), {"x": x, "y": y}).values())
    return {
        "the last row": values[-1] if values else None,
        "the number of rows": len(values),
    }


TRACE = Exercise(
    "2.1",
    "Write the trace",
    "A program is a list of elementary steps on values that exist already",
    solution=lambda: ["v1 = x * y", "v2 = sin(x)", "v3 = v1 + v2", "v4 = v3 * v1"],
    inputs=lambda rng: [(2.0, 3.0), *map(tuple, rng.uniform(0.5, 2.0, (3, 2)))],
    observe=run_trace,
    hints=(
        "What must the computer know before it can multiply the two brackets? Begin there.",
        "The last row is a product. Of which two values? Write the rows that make those, above it.",
    ),
    misconceptions=(
        Misconception(
            "two steps in a row",
            lambda: ["v1 = x * y + sin(x)", "v2 = x * y", "v3 = v1 * v2"],
            "How many signs and functions stand in your row? Which derivative rule would it need?",
            "the boxes of ad.draw(f, 2.0, 5.0): one sign each",
        ),
        Misconception(
            "used before it exists",
            lambda: ["v4 = v3 * v1", "v3 = v1 + v2", "v2 = sin(x)", "v1 = x * y"],
            "The computer goes through your rows from above. What does it know when it is there?",
            "the forward sweep of ad.step(f, 2.0, 5.0)",
        ),
        Misconception(
            "computed twice",
            lambda: ["v1 = x * y", "v2 = sin(x)", "v3 = v1 + v2", "v4 = x * y", "v5 = v3 * v4"],
            "Do two of your rows hold the same number, for every x and y?",
            "the value column of your rows at x = 2, y = 3",
        ),
        Misconception(
            "the other input",
            lambda: ["v1 = x * y", "v2 = sin(y)", "v3 = v1 + v2", "v4 = v3 * v1"],
            "Of which input is the sine taken?",
        ),
        Misconception(
            "the last step left out",
            lambda: ["v1 = x * y", "v2 = sin(x)", "v3 = v1 + v2"],
            "What does the last row of a trace hold, and what does yours?",
        ),
        Misconception(
            "the function itself in place of its rows",
            lambda: "(x * y + sin(x)) * (x * y)",
            "A trace is a list. What are its entries, and how many are there?",
        ),
    ),
)

# -- 2.2: local partials ---------------------------------------------------------------------------

Rule = Callable[[float, float], tuple[float, ...]]

RULES: dict[str, Rule] = {
    "x + y": lambda x, y: (1.0, 1.0),
    "x - y": lambda x, y: (1.0, -1.0),
    "x * y": lambda x, y: (y, x),
    "x / y": lambda x, y: (1 / y, -x / y**2),
    "sin(x)": lambda x, y: (np.cos(x),),
    "exp(x)": lambda x, y: (np.exp(x),),
    "log(x)": lambda x, y: (1 / x,),
    "tanh(x)": lambda x, y: (1 - np.tanh(x) ** 2,),
}
VALUES: dict[str, Callable[[float], float]] = {
    "sin(x)": np.sin,
    "exp(x)": np.exp,
    "log(x)": np.log,
    "tanh(x)": np.tanh,
}


def partials(**wrong: Rule) -> Callable[[str, float, float], tuple[float, ...]]:
    """The right partials, some rules exchanged; `product=...` stands for "x * y"."""
    words = {"sum": "x + y", "difference": "x - y", "product": "x * y", "quotient": "x / y"}
    own = {words.get(name, f"{name}(x)"): rule for name, rule in wrong.items()}
    return lambda op, x, y: (RULES | own)[op](x, y)


def swapped(op: str, x: float, y: float) -> tuple[float, ...]:
    """By y first, then by x."""
    return RULES[op](x, y)[::-1]


def at_the_output(op: str, x: float, y: float) -> tuple[float, ...]:
    """The slope of a function at its result."""
    return RULES[op](VALUES[op](x), y) if op in VALUES else RULES[op](x, y)


BY = ("by x", "by y")


def by_operand(answer: Answer, op: str, x: float, y: float) -> dict[str, Any] | None:
    """The partials by name; a single one may come without its tuple."""
    found = answer(op, x, y)
    if found is None:
        return None
    found = list(found) if isinstance(found, tuple | list) else list(np.atleast_1d(found))
    operands = len(RULES[op](x, y))
    if len(found) != operands:
        raise FormError(
            f"{op} has {operands} operand{'s' if operands > 1 else ''}, so {operands} "
            f"partial{'s' if operands > 1 else ''}; this returns {len(found)}"
        )
    return dict(zip(BY, found, strict=False))


PARTIALS = Exercise(
    "2.2",
    "Local partials of eight operations",
    "The derivative of an operation by an operand, at its operands",
    solution=partials(),
    inputs=lambda rng: [
        *((op, 2.0, 3.0) for op in RULES),
        *((op, *map(float, rng.uniform(0.6, 1.9, 2))) for op in RULES),
    ],
    observe=by_operand,
    forbids=ENGINE,
    hints=(
        "Take one operation at a time: move x a little while y stands still, then the other way "
        "round.",
        "x - y: one of the two signs is a minus. x / y is x times 1/y; what is the derivative of "
        "1/y? Then sin, exp, log and tanh, each at x.",
    ),
    misconceptions=(
        Misconception(
            "the operands swapped everywhere",
            swapped,
            "Which of your two numbers says what happens when x moves and y stands still?",
            "the two arrows into x * y in ad.draw(f, 2.0, 5.0)",
        ),
        Misconception(
            "the product's partials swapped",
            partials(product=lambda x, y: (x, y)),
            "A field is 2 wide and 3 long. Make it 1 wider: by how much does the area grow?",
            "the arrow ∂v4/∂x in ad.draw(f, 2.0, 5.0)",
        ),
        Misconception(
            "the difference without its minus",
            partials(difference=lambda x, y: (1.0, 1.0)),
            "If y grows, does x - y grow?",
            "the last arrow in ad.draw(f, 2.0, 5.0)",
        ),
        Misconception(
            "the quotient without its minus",
            partials(quotient=lambda x, y: (1 / y, x / y**2)),
            "More guests, one cake: what happens to a piece?",
            "print(ad.draw(lambda x, y: x / y, 2.0, 3.0))",
        ),
        Misconception(
            "the quotient with y once",
            partials(quotient=lambda x, y: (1 / y, -x / y)),
            "What is the derivative of 1/y, and can you check it with y = 10 and y = 11?",
            "print(ad.draw(lambda x, y: x / y, 2.0, 3.0))",
        ),
        Misconception(
            "slopes at the output",
            at_the_output,
            "The slope of sin is asked at x. Where have you taken it?",
            "the number beside cos(y) in ad.draw(f, 2.0, 5.0)",
        ),
        Misconception(
            "the quotient's second partial without x",
            partials(quotient=lambda x, y: (1 / y, -1 / y**2)),
            "x / y is x times 1/y. When y moves, does it matter how large x is?",
            "print(ad.draw(lambda x, y: x / y, 2.0, 3.0))",
        ),
        Misconception(
            "the quotient's first partial upside down",
            partials(quotient=lambda x, y: (y, -x / y**2)),
            "Half a cake for each: x / 2. How much more does each get if the cake is 1 larger?",
            "print(ad.draw(lambda x, y: x / y, 2.0, 3.0))",
        ),
        Misconception(
            "the sum with its operands",
            partials(sum=lambda x, y: (x, y)),
            "If x grows by 1, by how much does x + y grow? Does it matter how large x is?",
            "print(ad.draw(lambda x, y: x + y, 2.0, 3.0))",
        ),
        Misconception(
            "the slope 1 for exp",
            partials(exp=lambda x, y: (1.0,)),
            "exp has the slope 1 at 0. Is it as steep at 2, where it is 7.4?",
            "print(ad.draw(np.exp, 2.0))",
        ),
        Misconception(
            "log with log",
            partials(log=lambda x, y: (np.log(x),)),
            "exp is its own derivative. Is log? How steep is it at 1, where it is 0?",
            "print(ad.draw(np.log, 2.0))",
        ),
        Misconception(
            "tanh without its square",
            partials(tanh=lambda x, y: (1 - np.tanh(x),)),
            "How steep is tanh far to the left, where it is -1? What does your formula say there?",
            "print(ad.draw(np.tanh, 2.0))",
        ),
        Misconception(
            "tanh with its input for its output",
            partials(tanh=lambda x, y: (1 - x**2,)),
            "In `1 - ans**2`, what is ans? How steep is tanh at 2?",
            "print(ad.draw(np.tanh, 2.0))",
        ),
        Misconception(
            "the power rule for exp",
            partials(exp=lambda x, y: (x * np.exp(x - 1),)),
            "In x**3 the base moves. What moves in exp(x)?",
            "print(ad.draw(np.exp, 2.0))",
        ),
        Misconception(
            "the wrong sign of cos",
            partials(sin=lambda x, y: (-np.cos(x),)),
            "Near 0, does sin rise or fall?",
            "the arrow into sin(y) in ad.draw(f, 2.0, 5.0)",
        ),
    ),
)

EXERCISES = (TRACE, PARTIALS, MEASURE, CHOOSE)
