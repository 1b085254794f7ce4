"""Exercise 11.1: the program of a gradient by hand, one line for each rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Inputs, Misconception

BY_HAND = (*ENGINE, "source", "compile")
"""What would write the program by itself."""


def sizes(rng: np.random.Generator) -> list[Inputs]:
    """More rows than columns, and the other way round."""
    shapes = [(1, 1), (3, 2), (2, 4), (5, 3)]
    return [(rng.normal(size=m), rng.normal(size=(n, m)), rng.normal(size=n)) for n, m in shapes]


def gradient(w: Any, x: Any, y: Any) -> Any:
    """The solution of 11.1."""
    h = np.tanh(x @ w)
    return ((1 - h**2) * (2 * (h - y) / y.size)) @ x


def without_slope(w: Any, x: Any, y: Any) -> Any:
    """The line of tanh is missing."""
    return (2 * (np.tanh(x @ w) - y) / y.size) @ x


def slope_before(w: Any, x: Any, y: Any) -> Any:
    """The slope of tanh with its argument instead of its result."""
    z = x @ w
    return ((1 - z**2) * (2 * (np.tanh(z) - y) / y.size)) @ x


def slope_without_square(w: Any, x: Any, y: Any) -> Any:
    """1 - h."""
    h = np.tanh(x @ w)
    return ((1 - h) * (2 * (h - y) / y.size)) @ x


def divided_by_columns(w: Any, x: Any, y: Any) -> Any:
    """The mean over the wrong number."""
    return gradient(w, x, y) * y.size / w.size


WRITTEN = Exercise(
    "11.1",
    "The program of a gradient",
    "One line for each rule, from the last to the first",
    solution=gradient,
    inputs=sizes,
    forbids=BY_HAND,
    hints=(
        "Write the forward lines first, and below them one line for each rule, from the last "
        "operation to the first.",
        "mean and square give the adjoint of h; tanh's rule takes it to x @ w; the product's to w.",
    ),
    misconceptions=(
        Misconception(
            "the mean as a sum",
            lambda w, x, y: gradient(w, x, y) * y.size,
            "By how much does the mean move, when one of its n elements moves by 1?",
            "the program of section 1 of np.mean instead of np.sum",
        ),
        Misconception(
            "the mean over the columns",
            divided_by_columns,
            "The mean is over the elements of (h - y)². How many are they?",
        ),
        Misconception(
            "the line of tanh is missing",
            without_slope,
            "Between h and x @ w stands an operation. Which line of your program is its rule?",
            "the edge at tanh in ad.draw(np.tanh, 0.5)",
        ),
        Misconception(
            "tanh's slope at its argument",
            slope_before,
            "tanh's slope is 1 - h². Is h the argument of tanh, or its result?",
            "the edge at tanh in ad.draw(np.tanh, 0.5)",
        ),
        Misconception(
            "tanh's slope without the square",
            slope_without_square,
            "What is the slope of tanh far out on the left, where h is -1?",
            "the edge at tanh in ad.draw(np.tanh, 0.5)",
        ),
        Misconception(
            "the square's 2 is missing",
            lambda w, x, y: gradient(w, x, y) / 2,
            "What is the derivative of (h - y)² by h?",
        ),
        Misconception(
            "the adjoint of x @ w, not of w",
            lambda w, x, y: (1 - np.tanh(x @ w) ** 2) * (2 * (np.tanh(x @ w) - y) / y.size),
            "Your result has an element for each row. What has w an element for, and which rule is "
            "still missing?",
            "the line of d_W2 in section 1",
        ),
    ),
)
