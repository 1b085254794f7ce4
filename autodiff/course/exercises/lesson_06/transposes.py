"""Exercise 6.3: the transpose of a linear op, which is not its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception


def _diff_transpose(ct: Any) -> Any:
    return np.concatenate([[0.0], ct]) - np.concatenate([ct, [0.0]])


def _inverse(ct: Any) -> Any:
    return np.concatenate([[0.0], np.cumsum(ct)])


def _same_op(ct: Any) -> Any:
    return np.diff(ct)


def _negative(ct: Any) -> Any:
    return -_diff_transpose(ct)


def _ends_dropped(ct: Any) -> Any:
    return np.concatenate([[0.0], -np.diff(ct), [0.0]])


def _plus(ct: Any) -> Any:
    return np.concatenate([[0.0], ct]) + np.concatenate([ct, [0.0]])


def _negative_op(ct: Any) -> Any:
    return -np.diff(ct)


def _running_sum(ct: Any) -> Any:
    return np.cumsum(ct)


def _padded(ct: Any) -> Any:
    return np.concatenate([ct, [0.0]])


TRANSPOSE = Exercise(
    number="6.3",
    title="The transpose of np.diff",
    shows="a transpose gives back what each input received; it does not undo the op",
    solution=_diff_transpose,
    inputs=lambda rng: [(np.array([1.0]),), (np.array([1.0, 10.0]),), (rng.normal(size=5),)],
    hints=(
        "np.diff(x)[0] is x[1] - x[0]. If only ct[0] is 1 and the others are 0, which cotangents "
        "do x[0] and x[1] get?",
        "Write the matrix of np.diff for 3 numbers: 2 rows, 3 columns. Turn it over, and multiply.",
    ),
    misconceptions=(
        Misconception(
            "the inverse in place of the transpose",
            _inverse,
            "A running sum undoes a difference. Write down the matrix of np.diff for 3 numbers, "
            "and turn it over: does that one undo it?",
            "section 3: cumsum, its transpose, and np.diff",
        ),
        Misconception(
            "the op itself",
            _same_op,
            "np.diff takes n numbers and gives n - 1. How many must its transpose take, and give?",
        ),
        Misconception(
            "the sign",
            _negative,
            "np.diff(x)[0] is x[1] - x[0]. When x[0] grows, does it grow or fall?",
        ),
        Misconception(
            "the first and the last are forgotten",
            _ends_dropped,
            "Each x in the middle is in two differences. In how many is the first one: in none?",
        ),
        Misconception(
            "both with a plus",
            _plus,
            "x[1] stands in x[1] - x[0] and in x[2] - x[1]. With which sign in each?",
        ),
        Misconception(
            "minus the op itself",
            _negative_op,
            "The middle is right. np.diff takes n numbers and gives n - 1; how many must its "
            "transpose give?",
        ),
        Misconception(
            "a running sum",
            _running_sum,
            "A running sum undoes a difference. Is the transpose of a matrix what undoes it? And "
            "how many numbers are asked for?",
            "section 3: cumsum, its transpose, and np.diff",
        ),
        Misconception(
            "filled up with a 0",
            _padded,
            "The shape is right. In which differences does x[1] stand, and with which signs?",
        ),
    ),
)
