"""Exercise 3.4: nested derivatives, whose ε must not mix."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from autodiff.course.exercise import Exercise, Misconception, parts_of


def parts(thing: Any, tag: int) -> Any:
    """The solution of 3.4."""
    if getattr(thing, "tag", None) == tag:
        return thing.primal, thing.tangent
    return thing, 0.0


def every_tag_is_mine(thing: Any, tag: int) -> Any:
    """Takes the tangent of whatever has one."""
    return (thing.primal, thing.tangent) if hasattr(thing, "tag") else (thing, 0.0)


def stripped(thing: Any, tag: int) -> Any:
    """Throws the other tag's tangent away."""
    return parts(thing, tag) if getattr(thing, "tag", tag) == tag else (thing.primal, 0.0)


def moving(thing: Any, tag: int) -> Any:
    """Lets everything else move at speed 1."""
    return parts(thing, tag) if getattr(thing, "tag", None) == tag else (thing, 1.0)


def numbers_lost(thing: Any, tag: int) -> Any:
    """Gives 0 and 0 for what has not this tag."""
    return parts(thing, tag) if getattr(thing, "tag", None) == tag else (0.0, 0.0)


def exchanged(thing: Any, tag: int) -> Any:
    """The tangent first, of what has this tag."""
    return parts(thing, tag)[::-1] if getattr(thing, "tag", None) == tag else (thing, 0.0)


def derivative_with(answer: Callable[[Any, int], Any]) -> Callable[[Any, Any], Any]:
    """`derivative(f, x)` by tagged dual numbers that are taken apart by `answer`."""

    class Tagged:
        def __init__(self, primal: Any, tangent: Any, tag: int) -> None:
            self.primal, self.tangent, self.tag = primal, tangent, tag

        def apart(self, other: Any) -> Any:
            tag = max(self.tag, getattr(other, "tag", 0))
            return self.seen(self, tag), self.seen(other, tag), tag

        @staticmethod
        def seen(thing: Any, tag: int) -> Any:
            return tuple(parts_of(answer(thing, tag), "the primal", "the tangent").values())

        def __add__(self, other: Any) -> Any:
            (a, da), (b, db), tag = self.apart(other)
            return Tagged(a + b, da + db, tag)

        def __mul__(self, other: Any) -> Any:
            (a, da), (b, db), tag = self.apart(other)
            return Tagged(a * b, a * db + da * b, tag)

        __radd__, __rmul__ = __add__, __mul__

        def __repr__(self) -> str:
            return f"Tagged({self.primal!r}, {self.tangent!r}, tag={self.tag})"

    tags = itertools.count(1)

    def derivative(f: Any, x: Any) -> Any:
        tag = next(tags)
        result = f(Tagged(x, 1.0, tag))
        return result.tangent if getattr(result, "tag", None) == tag else 0.0

    return derivative


NESTED: dict[str, Callable[[Any, Any], Any]] = {
    "d/dx (x * 3)": lambda d, at: d(lambda x: x * 3, at),
    "d/dx (x * x)": lambda d, at: d(lambda x: x * x, at),
    "d/dx (x * d/dy (x + y))": lambda d, at: d(lambda x: x * d(lambda y: x + y, 1.0), at),
    "d/dx (d/dy (x * y * y) at y = 2)": lambda d, at: d(lambda x: d(lambda y: x * y * y, 2.0), at),
    "d/dx (d/dx (x * x * x))": lambda d, at: d(lambda x: d(lambda y: y * y * y, x), at),
}


def see_nested(answer: Any, program: str, x: float) -> Any:
    """The nested derivative that the student's parts lead to."""
    return NESTED[program](derivative_with(answer), x)


TAGS = Exercise(
    number="3.4",
    title="Keep two ε apart",
    shows="every derivative needs an ε of its own",
    solution=parts,
    inputs=lambda rng: [
        *((program, 1.0) for program in NESTED),
        *((program, float(rng.uniform(1, 3))) for program in NESTED),
    ],
    observe=see_nested,
    hints=(
        "Three kinds of thing can come in: a plain number, a dual number with this tag, and a dual "
        "number with another tag. What are primal and tangent of each, for this tag?",
        "For the inner ε the outer variable is a constant: it stands still, but must stay whole.",
    ),
    misconceptions=(
        Misconception(
            "every ε is mine",
            every_tag_is_mine,
            "The inner derivative asks about y alone. How fast does x move for it?",
            "section 7 of the lesson: the tangent of x + y",
        ),
        Misconception(
            "the other tangent thrown away",
            stripped,
            "The outer derivative comes back later for the tangent of x. Is it still there?",
            "in multiply of the exercise: `a` may itself be a dual number of a smaller tag",
        ),
        Misconception(
            "a plain number is lost",
            numbers_lost,
            "What is the primal of the number 3? What does your answer give for it?",
            "x * 3 of the first input: which of the two factors is 0?",
        ),
        Misconception(
            "primal and tangent exchanged",
            exchanged,
            "Which of the two comes first in the task: the primal or the tangent?",
        ),
        Misconception(
            "constants get tangent 1",
            moving,
            "How fast does the number 3 move when x moves?",
            "section 2 of the lesson: lift",
        ),
    ),
)
