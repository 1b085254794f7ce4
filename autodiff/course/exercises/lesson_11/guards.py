"""Exercise 11.2: a guard, without which a program written from one run is wrong in silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception
from autodiff.course.exercises.lesson_11.programs import BY_HAND


def answers(answer: Answer, w: Any) -> Any:
    """What the guarded program says: a gradient, or that it refuses."""
    try:
        return answer(np.array(w))
    except ValueError:
        return "refused with a ValueError"


def guarded(w: Any) -> Any:
    """The solution of 11.2."""
    if not np.sum(w) > 1:
        raise ValueError("this program is for np.sum(w) > 1")
    return 2 * w


def turned_over(w: Any) -> Any:
    """The guard refuses where the program holds."""
    if np.sum(w) > 1:
        raise ValueError
    return 2 * w


def at_the_border(w: Any) -> Any:
    """The border is taken for the other side."""
    if not np.sum(w) >= 1:
        raise ValueError
    return 2 * w


def each_element(w: Any) -> Any:
    """Another question than the function's."""
    if not np.all(w > 1):
        raise ValueError
    return 2 * w


def only_this_point(w: Any) -> Any:
    """Refuses all but the arguments that it was written at."""
    if not np.array_equal(w, [1.0, 2.0]):
        raise ValueError
    return 2 * w


GUARDED = Exercise(
    "11.2",
    "A guard",
    "A program holds where the decision comes out as it did, and refuses elsewhere",
    solution=guarded,
    inputs=lambda rng: [
        (np.array([1.0, 2.0]),),
        (np.array([0.2, 0.3]),),
        (np.array([0.5, 0.5]),),
        (np.array([3.0, -1.0]),),
        (np.array([-2.0, 1.0]),),
        (rng.uniform(0.6, 2.0, 2),),
    ],
    observe=answers,
    forbids=BY_HAND,
    hints=(
        "Ask the question that the function asks, and raise a ValueError where its answer is "
        "another one than at [1, 2].",
        "`if not ...: raise ValueError(...)`, then the one line of the program.",
    ),
    misconceptions=(
        Misconception(
            "no guard",
            lambda w: 2 * w,
            "What does your program say at [0.2, 0.3]? What is the gradient of f there?",
            "section 4",
        ),
        Misconception(
            "the guard turned over",
            turned_over,
            "At [1, 2] the program was written. Does your guard let it pass there?",
        ),
        Misconception(
            "the other way computed as well",
            lambda w: 2 * w if np.sum(w) > 1 else np.ones_like(w),
            "That is the gradient of f, both ways. But the program was written from one run: which "
            "lines has that run made, and how could the program know the others?",
            "print(frozen.body) in section 4",
        ),
        Misconception(
            "the border on the wrong side",
            at_the_border,
            "At [0.5, 0.5] the sum is 1. Which way does f take there?",
        ),
        Misconception(
            "another question than the function's",
            each_element,
            "f asks for the sum of w, which is 2 at [3, -1]. What does your guard ask for?",
        ),
        Misconception(
            "only the point where it was written",
            only_this_point,
            "Is the program wrong at [3, -1]? Which numbers of the first run are in its lines?",
        ),
        Misconception(
            "zeros in place of a refusal",
            lambda w: 2 * w if np.sum(w) > 1 else np.zeros_like(w),
            "Who calls your program at [0.2, 0.3] gets a gradient of zeros. How would they find "
            "out that it is wrong?",
        ),
    ),
)
