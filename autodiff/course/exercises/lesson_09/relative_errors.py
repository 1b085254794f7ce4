"""Exercise 9.2: a relative error, of numbers of every size and of 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception


def _relative_error(a: float, n: float) -> float:
    larger = max(abs(a), abs(n))
    return abs(a - n) / larger if larger else 0.0


def _absolute(a: float, n: float) -> float:
    return abs(a - n)


def _by_numeric(a: float, n: float) -> float:
    if a == n:
        return 0.0
    return abs(a - n) / abs(n) if n else np.inf


def _signed(a: float, n: float) -> float:
    larger = max(abs(a), abs(n))
    return (a - n) / larger if larger else 0.0


def _larger_with_sign(a: float, n: float) -> float:
    larger = max(a, n)
    return abs(a - n) / larger if larger else 0.0


def _no_zero(a: float, n: float) -> float:
    larger = np.float64(max(abs(a), abs(n)))
    return float(abs(a - n) / larger)


def _sum_of_sizes(a: float, n: float) -> float:
    return abs(a - n) / max(1e-8, abs(a) + abs(n))


def _by_smaller(a: float, n: float) -> float:
    if a == n:
        return 0.0
    return abs(a - n) / min(abs(a), abs(n)) if min(abs(a), abs(n)) else np.inf


def _percent(a: float, n: float) -> float:
    return 100 * _relative_error(a, n)


def _never_below_one(a: float, n: float) -> float:
    return abs(a - n) / max(abs(a), abs(n), 1.0)


def _of_sizes(a: float, n: float) -> float:
    return _relative_error(abs(a), abs(n))


def _a_little_more(a: float, n: float) -> float:
    return abs(a - n) / (max(abs(a), abs(n)) + 1e-12)


def _silently(answer: Answer, a: float, n: float) -> Any:
    with np.errstate(all="ignore"):
        try:
            return answer(a, n)
        except ZeroDivisionError:
            return np.nan


RELATIVE_ERROR = Exercise(
    number="9.2",
    title="A relative error",
    shows="an error is large or small beside the size of what is compared",
    solution=_relative_error,
    inputs=lambda rng: [
        (2.0, 1.0), (1.0, 2.0), (-2.0, -1.0), (1e-9, 2e-9), (0.5, -0.5), (0.5, 0.0), (0.0, 0.0),
        (float(rng.normal()), float(rng.normal())),
    ],
    observe=_silently,
    hints=(
        "How large is the difference of 2 and 1, as a share of the larger one? That of 1e-9 and "
        "2e-9?",
        "Write it with abs and max. Then try (0, 0), which are equal.",
    ),
    misconceptions=(
        Misconception(
            "the absolute error",
            _absolute,
            "1e-9 and 2e-9 differ by a factor of 2. How large is your error for them? Would a "
            "checker notice?",
            "sin(x) / 10,000,000 in section 2",
        ),
        Misconception(
            "divided by one of the two",
            _by_numeric,
            "What if that one is 0, and the other is not? Should it matter which of the two is "
            "called a and which n?",
        ),
        Misconception(
            "the error has a sign",
            _signed,
            "Your error is negative where a is below n. Is it then smaller than every tolerance?",
        ),
        Misconception(
            "the larger one, with its sign",
            _larger_with_sign,
            "Which of -2 and -1 is the larger one, and which has the larger size?",
        ),
        Misconception(
            "divided by the sum of the two sizes",
            _sum_of_sizes,
            "2 and 1 differ by 1. What share is that of the larger one, and what share did you "
            "get?",
        ),
        Misconception(
            "divided by the mean of the two sizes",
            lambda a, n: 2 * _sum_of_sizes(a, n),
            "2 and 1 differ by 1. What share is that of the larger one, and what share did you "
            "get?",
        ),
        Misconception(
            "divided by the first one",
            lambda a, n: abs((a - n) / a) if a else 0.0,
            "What if that one is 0, and the other is not? Should it matter which of the two is "
            "called a and which n?",
        ),
        Misconception(
            "divided by the first one, with its sign",
            lambda a, n: abs(a - n) / a if a else 0.0,
            "Can an error be negative? When is yours? And should it matter which one is called a?",
        ),
        Misconception(
            "divided by the smaller one",
            _by_smaller,
            "Of 1 and 2, which is the larger one? A share of it can't be more than 2: is yours?",
        ),
        Misconception(
            "in percent",
            _percent,
            "The share of 2 and 1 is a half. Which number do you give for it?",
        ),
        Misconception(
            "never less than 1 below",
            _never_below_one,
            "1e-9 and 2e-9 differ by a factor of 2. By what do you divide their difference?",
            "sin(x) / 10,000,000 in section 2",
        ),
        Misconception(
            "the difference of the sizes",
            _of_sizes,
            "0.5 and -0.5 have one size. Are they equal?",
        ),
        Misconception(
            "a small number added below",
            _a_little_more,
            "What you added keeps you from dividing by 0. How large is it beside 1e-9, and beside "
            "a slope of 1e-13?",
        ),
        Misconception(
            "0 compared with 0",
            _no_zero,
            "Are 0 and 0 equal? What is 0 / 0? And is NaN <= 1e-4 true?",
        ),
    ),
)  # fmt: skip
