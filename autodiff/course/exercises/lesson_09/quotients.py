"""Exercise 9.1: a difference quotient with nine digits, judged by where it looks and how far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception

Function = Callable[[float], float]


def cube(x: float) -> float:
    """x³, which needs a large step at a large x."""
    return x**3


SLOPES: dict[Any, Function] = {np.exp: np.exp, np.sin: np.cos, cube: lambda x: 3 * x**2}
SMALLEST, LARGEST = 1e-6, 5e-5
"""The steps, relative to max(1, |x|), with which a central difference has nine digits."""

PLACE, SIZE, DIGITS = "the place of the points", "the size of the step", "the count of right digits"
"""What is looked at, as it is called in a message."""
BOTH = "on both sides of x"


def _central(f: Function, x: float, h: float) -> float:
    return (f(x + h) - f(x - h)) / (2 * h)


def _quotient(f: Function, x: float) -> float:
    return _central(f, x, 1e-5 * max(1.0, abs(x)))


def _one_sided(f: Function, x: float) -> float:
    h = 1e-5 * max(1.0, abs(x))
    return (f(x + h) - f(x)) / h


def _fixed_step(f: Function, x: float) -> float:
    return _central(f, x, 1e-5)


def _tiny_step(f: Function, x: float) -> float:
    return _central(f, x, 1e-12 * max(1.0, abs(x)))


def _large_step(f: Function, x: float) -> float:
    return _central(f, x, 1e-2 * max(1.0, abs(x)))


def _not_halved(f: Function, x: float) -> float:
    return 2 * _quotient(f, x)


def _share_of_x(f: Function, x: float) -> float:
    return _central(f, x, 1e-5 * abs(x))


def _signed_share(f: Function, x: float) -> float:
    return _central(f, x, 1e-5 * max(1.0, x))


def _tried(answer: Answer, f: Function, x: float) -> dict[str, str]:
    """Where the answer calls f, how large its steps are, and how many digits are right.

    The size of the step is judged only where digits are missing for no other reason: a stencil of
    more points may well take a larger one.
    """
    offsets: list[complex] = []

    def watched(point: Any) -> Any:
        offsets.append(complex(point - x))
        return f(point)

    with np.errstate(all="ignore"):
        try:
            found = float(answer(watched, x))
        except ZeroDivisionError:
            found = np.nan
    exact = float(SLOPES[f](x))
    good = abs(found - exact) <= 1e-9 * abs(exact)
    size, place = "about right", _place(offsets)
    if not good and place == BOTH:
        step = max(map(abs, offsets), default=0.0) / max(1.0, abs(x))
        size = "too small" if step < SMALLEST else "too large" if step > LARGEST else size
    digits = "nine or more" if good else "fewer than nine"
    return {PLACE: place, SIZE: size, DIGITS: digits}


def _place(offsets: list[complex]) -> str:
    if any(own.imag for own in offsets):
        return "off the real line"
    sides = {np.sign(own.real) for own in offsets}
    return BOTH if {-1.0, 1.0} <= sides else "on one side of x"


QUOTIENT = Exercise(
    number="9.1",
    title="A difference quotient with nine digits",
    shows="a step has a best size, which grows with x",
    solution=_quotient,
    inputs=lambda rng: [
        (np.sin, 1.0), (np.exp, float(rng.uniform(1, 2))), (np.exp, 0.0),
        (cube, 1e7), (cube, float(-1e7 * rng.uniform(1, 2))),
    ],
    observe=_tried,
    forbids=ENGINE,
    hints=(
        "Take f a little to the right and a little to the left of x, and divide by the distance "
        "of the two points.",
        "Read the best h for x = 1 off the V curve. For x = 10,000,000, what is the next number "
        "that a float can hold, and how does it compare with your h?",
    ),
    misconceptions=(
        Misconception(
            "one side only",
            _one_sided,
            "On the V curve, how does the error of the one-sided quotient fall with h, and how "
            "that of the other one?",
            "the two curves of section 1",
        ),
        Misconception(
            "the same step at every x",
            _fixed_step,
            "The floats near 10,000,000 are 2e-9 apart, and f there is 1e21. How many digits of "
            "f(x+h) - f(x-h) are left with your h?",
        ),
        Misconception(
            "the smaller the better",
            _tiny_step,
            "Where on the V curve is your h: to the left of the valley, or in it? What grows "
            "there?",
            "the left half of the V curve, section 1",
        ),
        Misconception(
            "the step is too large",
            _large_step,
            "Where on the V curve is your h: to the right of the valley, or in it?",
            "the right half of the V curve, section 1",
        ),
        Misconception(
            "divided by h, where the points are 2h apart",
            _not_halved,
            "Your slope of sin at 1 is about 1.08, and cos 1 is 0.54. How far apart are your two "
            "points?",
        ),
        Misconception(
            "the step grows on one side of 0 only",
            _signed_share,
            "What is your h at x = 10,000,000, and at x = -10,000,000?",
        ),
        Misconception(
            "the step is 0 at x = 0",
            _share_of_x,
            "What is your h at x = 0?",
        ),
    ),
)  # fmt: skip
