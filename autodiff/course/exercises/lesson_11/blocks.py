"""Exercise 11.3: the lines of a program fused, all of them for a block before the next block."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception, parts_of
from autodiff.course.exercises.lesson_11.programs import BY_HAND


def blocks(x: Any, size: int) -> Any:
    """The solution of 11.3."""
    total, slopes = 0.0, np.empty_like(x)
    for start in range(0, len(x), size):
        block = slice(start, start + size)
        h = np.tanh(x[block])
        total += np.sum(h**2)
        slopes[block] = 2 * h * (1 - h**2) / len(x)
    return total / len(x), slopes


def whole_blocks(x: Any, size: int) -> Any:
    """The last block is lost where it is shorter."""
    n = len(x) // size * size
    value, slopes = blocks(x[:n], size) if n else (0.0, np.empty(0))
    found = np.zeros_like(x)
    found[:n] = slopes * (n / len(x))
    return value * n / len(x), found


def mean_of_means(x: Any, size: int) -> Any:
    """Each block counts as much as any other."""
    means = [np.mean(np.tanh(x[s : s + size]) ** 2) for s in range(0, len(x), size)]
    return float(np.mean(means)), blocks(x, size)[1]


def by_block(x: Any, size: int) -> Any:
    """The gradient of each block's own mean."""
    value, slopes = blocks(x, size)
    for start in range(0, len(x), size):
        block = slice(start, start + size)
        slopes[block] *= len(x) / len(x[block])
    return value, slopes


def last_block_only(x: Any, size: int) -> Any:
    """The total is set, not added to."""
    start = (len(x) - 1) // size * size
    return float(np.sum(np.tanh(x[start:]) ** 2)) / len(x), blocks(x, size)[1]


FUSED = Exercise(
    "11.3",
    "Fuse it",
    "All lines for a block, before the next block",
    solution=blocks,
    inputs=lambda rng: [
        (rng.normal(size=n), size) for n, size in ((4, 2), (5, 2), (7, 3), (6, 6), (3, 8), (20, 6))
    ],
    observe=lambda answer, x, size: parts_of(answer(x, size), "the value", "the gradient"),
    forbids=BY_HAND,
    hints=(
        "`for start in range(0, len(x), size)`: in it stands the whole program, for "
        "x[start : start + size].",
        "Add up a sum, and divide it by the length of *x* at the end; a slice may reach over the "
        "end of x.",
    ),
    misconceptions=(
        Misconception(
            "the last, shorter block is lost",
            whole_blocks,
            "Of seven elements in blocks of three: which element does your loop never reach?",
        ),
        Misconception(
            "the mean of the blocks' means",
            mean_of_means,
            "Blocks of 3, 3 and 1 elements: does the last element count as much as each other?",
        ),
        Misconception(
            "the gradient of each block's mean",
            by_block,
            "In the value each element is divided by the length of x. By what does your gradient "
            "divide?",
        ),
        Misconception(
            "only the last block's sum",
            last_block_only,
            "What is in your total before the second block, and what after it?",
        ),
        Misconception(
            "the sum in place of the mean",
            lambda x, size: (blocks(x, size)[0] * len(x), blocks(x, size)[1] * len(x)),
            "The task has a mean. Where do you divide by the number of elements?",
        ),
        Misconception(
            "tanh's slope is missing",
            lambda x, size: (blocks(x, size)[0], 2 * np.tanh(x) / len(x)),
            "Between h² and x stand two operations. Which of them has no line in your gradient?",
            "the edge at tanh in ad.draw(np.tanh, 0.5)",
        ),
    ),
)
