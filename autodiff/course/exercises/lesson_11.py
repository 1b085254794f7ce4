"""Exercises 11.1 to 11.3: a gradient's program by hand, a guard, and blocks for the cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Inputs, Misconception, parts_of

BY_HAND = (*ENGINE, "source", "compile")

# -- 11.1: the program of a gradient ---------------------------------------------------------------


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

# -- 11.2: a guard ---------------------------------------------------------------------------------


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

# -- 11.3: blocks ----------------------------------------------------------------------------------


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

EXERCISES = (WRITTEN, GUARDED, FUSED)
