"""Exercise 9.3: a gradient checker, scored by the bugs that it finds and the rules it spares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception
from autodiff.course.helpers.planted import RULES, Function, Pullback, verdicts

Sides = Callable[[float, float], tuple[float, float]]


def _errors(
    f: Function,
    vjp: Pullback,
    x: np.ndarray,
    *,
    step: float = 1e-6,
    scaled: bool = True,
    ones: bool = False,
    sides: Sides = lambda left, right: (left, right),
    relative: bool = True,
) -> np.ndarray:
    """By how much each claimed slope is outside of the slopes on both sides."""
    y = f(x)
    ct = np.ones_like(y) if ones else np.random.default_rng(0).normal(size=y.shape)
    found, errors = vjp(ct, x), np.zeros_like(x)
    for i in np.ndindex(x.shape):
        h = step * max(1.0, abs(x[i])) if scaled else step
        t = np.zeros_like(x)
        t[i] = h
        left, right = np.sum(ct * (y - f(x - t))) / h, np.sum(ct * (f(x + t) - y)) / h
        low, high = sorted(sides(left, right))
        outside = max(low - found[i], found[i] - high, 0.0)
        size = max(abs(low), abs(high), abs(found[i])) if relative else 1.0
        errors[i] = outside / size if size else 0.0
    return errors


def _within(f: Function, vjp: Pullback, x: np.ndarray, **options: Any) -> bool:
    return bool(np.all(_errors(f, vjp, x, **options) <= 1e-4))


def _middle(left: float, right: float) -> tuple[float, float]:
    return (left + right) / 2, (left + right) / 2


def _all_ones(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, ones=True)


def _central_only(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, sides=_middle)


def _absolute(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, relative=False)


def _absolute_and_central(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, relative=False, sides=_middle)


def _fixed_step(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, scaled=False)


def _fixed_and_central(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, scaled=False, sides=_middle)


def _tiny_step(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return _within(f, vjp, x, step=1e-15)


def _first_only(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return bool(_errors(f, vjp, x)[0] <= 1e-4)


def _mean_error(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return bool(np.mean(_errors(f, vjp, x)) <= 1e-4)


def _kinks_skipped(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    y = f(x)
    ct = np.random.default_rng(0).normal(size=y.shape)
    errors = _errors(f, vjp, x)
    for i in np.ndindex(x.shape):
        h = 1e-6 * max(1.0, abs(x[i]))
        t = np.zeros_like(x)
        t[i] = h
        left, right = np.sum(ct * (y - f(x - t))), np.sum(ct * (f(x + t) - y))
        if abs(left - right) > 1e-3 * max(abs(left), abs(right)):
            errors[i] = 0.0
    return bool(np.all(errors <= 1e-4))


def _yes(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    return True


def _naive(f: Function, vjp: Pullback, x: np.ndarray) -> bool:
    found, y, numeric = vjp(np.ones_like(f(x)), x), f(x), np.zeros_like(x)
    for i in np.ndindex(x.shape):
        t = np.zeros_like(x)
        t[i] = 1e-4
        numeric[i] = np.sum(f(x + t) - y) / 1e-4
    return bool(np.sum(abs(found - numeric)) < 0.01)


def _verdict(answer: Answer, rule: str) -> str:
    (own,) = [own for own in RULES if own.name == rule]
    return verdicts(answer, [own])[rule]


CHECKER = Exercise(
    number="9.3",
    title="A gradient checker that catches five bugs",
    shows="a test is worth what it can tell apart",
    solution=_within,
    inputs=lambda rng: [(rule.name,) for rule in RULES],
    observe=_verdict,
    forbids=ENGINE,
    hints=(
        "For each element of x: the slopes of sum(ct * f) on its left and on its right, by "
        "difference quotients. Is the claimed slope between the two, or nearly?",
        "Draw ct from np.random.default_rng(0). Take h = 1e-6 * max(1, |x[i]|). Let a claimed "
        "slope lie outside of the two by at most 1e-4 of the largest of the three. Every element "
        "must pass.",
    ),
    misconceptions=(
        Misconception(
            "a cotangent of ones",
            _all_ones,
            "roll(x) moves the elements around. If all cotangents are 1, can you see where they "
            "went?",
            "section 3",
        ),
        Misconception(
            "no word about kinks",
            _central_only,
            "At 0 a relu has the slope 0 on its left and 1 on its right. What does a central "
            "difference say there, and is somebody who says 0 wrong?",
            "section 4",
        ),
        Misconception(
            "absolute errors",
            _absolute,
            "Every slope of sin(x) / 10,000,000 is below your tolerance, the wrong ones too. What "
            "should 'small' be measured by?",
            "section 2",
        ),
        Misconception(
            "absolute errors, and no word about kinks",
            _absolute_and_central,
            "Which two numbers do you compare at the kink of a relu? And by what do you measure "
            "their difference, if all slopes are near 1e-7, or near 1e14?",
            "sections 2 and 4",
        ),
        Misconception(
            "the same step at every x",
            _fixed_step,
            "At x = 10,000,000 the cube is 1e21. How many digits of f(x+h) - f(x) are left with "
            "your h?",
            "exercise 9.1",
        ),
        Misconception(
            "the same step at every x, and no word about kinks",
            _fixed_and_central,
            "Your checker rejects two right rules. What is special about the point of each: one is "
            "very large, the other is 0?",
            "sections 2 and 4",
        ),
        Misconception(
            "a step so small that only rounding is left",
            _tiny_step,
            "Your checker says no to all ten. How large is the rounding error of f, divided by "
            "your h, and what would it say to a rule that is right?",
            "the left half of the V curve, section 1",
        ),
        Misconception(
            "only the first element is checked",
            _first_only,
            "The wrong slope is number 37. Which ones do you look at?",
        ),
        Misconception(
            "a small error in one place is let pass",
            _mean_error,
            "One slope of fifty is off by 0.2 %. How much is that of the mean error? And what is "
            "the smallest error of one element at which your checker says no?",
        ),
        Misconception(
            "kinks are skipped",
            _kinks_skipped,
            "At a kink your checker accepts any slope, 2 too. Which slopes could a reasonable "
            "person claim for relu at 0?",
            "section 4",
        ),
        Misconception(
            "the naive checker",
            _naive,
            "It tells 5 of 10 apart. How many would a checker that always says yes?",
            "the table of section 2",
        ),
        Misconception(
            "yes to everything",
            _yes,
            "Has anybody ever seen your checker say no?",
        ),
    ),
)
