"""Exercise 8.3: what is wrong with a network, read from its values and adjoints layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception


def _finite(values: Any, adjoints: Any) -> bool:
    return all(np.isfinite(array).all() for array in [*values, *adjoints])


def size(array: Any) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(array))))


def _word(first: float, last: float) -> str:
    if first < last / 1000:
        return "vanishing"
    return "exploding" if first > 1000 * last else "healthy"


def _dead(values: Any) -> bool:
    return any(np.all(h == 0) for h in values)


def _ends(values: Any, adjoints: Any) -> tuple[Any, Any]:
    return adjoints[0], adjoints[-1]


def _diagnosis(
    *,
    finite: Callable[[Any, Any], bool] = _finite,
    dead: Callable[[Any], bool] = _dead,
    ends: Callable[[Any, Any], tuple[Any, Any]] = _ends,
    measure: Callable[[Any], float] = size,
) -> Callable[[Any, Any], str]:
    """The diagnosis; a misconception exchanges one of its pieces."""

    def diagnose(values: Any, adjoints: Any) -> str:
        if not finite(values, adjoints):
            return "not finite"
        if dead(values):
            return "dead"
        first, last = ends(values, adjoints)
        with np.errstate(all="ignore"):
            return _word(measure(first), measure(last))

    return diagnose


def _dead_first(values: Any, adjoints: Any) -> str:
    return "dead" if _dead(values) else _diagnosis()(values, adjoints)


def _patients(rng: np.random.Generator) -> list[tuple[list[Any], list[Any]]]:
    def layers(pattern: Any, *factors: float) -> list[Any]:
        return [f * np.round(rng.uniform(1, 2, (2, 2)), 1) * pattern for f in factors]

    active, positive = np.array([[1.0, 0.0], [0.5, 1.0]]), np.array([[1.0, 0.5], [0.5, 1.0]])
    balanced = np.array([[1.0, -1.0], [-1.0, 1.0]])
    values, adjoints = layers(active, 1, 1, 1), layers(positive, 1, 1, 1)
    broken, infinite = layers(positive, 1, 1, 1), layers(active, 1, 1, 1)
    broken[0][1, 0], infinite[2][0, 0] = np.nan, np.inf
    return [
        (values, adjoints),
        (values, layers(positive, 1e-6, 1e-3, 1)),
        (values, layers(positive, 1e6, 1e3, 1)),
        ([values[0], np.zeros((2, 2)), values[2]], adjoints),
        (values, broken),
        (infinite, adjoints),
        (layers(active, 1e-4, 1e-1, 1e2), adjoints),
        (layers(positive, 1, 1, 1), [3 * balanced, 2 * balanced, adjoints[2]]),
        *_odd_patients(values, adjoints),
    ]


def _odd_patients(values: Any, adjoints: Any) -> list[tuple[list[Any], list[Any]]]:
    """Layers of other widths and other spreads, in which each other measure says another word."""
    wide, spiky = np.full((2, 300), 2e-4), np.zeros((2, 300))
    spiky[0, 0] = 0.03
    peak = np.zeros((2, 300))
    peak[0, 0] = 0.02
    sick, infinite = np.array([[np.nan, 1.0], [1.0, 1.0]]), np.array([[np.inf, 1.0], [1.0, 1.0]])
    one = np.ones((2, 2))
    return [
        (values, [wide, one, one]),  # its norm is that of a healthy one
        (values, [spiky, one, one]),  # its mean of absolute values is that of a vanishing one
        (values, [peak, one, one]),  # its largest is that of a healthy one
        (values, [1e-2 * one, one, one]),  # its mean square too
        (values, [1e-4 * one, 1e-4 * one, 1e-4 * one]),  # small, but as large as the last
        (values, [one, one, 1e4 * one]),  # only the last one is larger
        (values, [one, one, 1e-4 * one]),  # only the last one is smaller
        ([values[0], -one, values[2]], [one, one, one]),  # negative, and alive
        ([values[0], np.zeros((2, 2)), values[2]], [sick, one, one]),  # two illnesses at once
        (values, [one, infinite, one]),
    ]


DIAGNOSE = Exercise(
    number="8.3",
    title="What is wrong with this network?",
    shows="health is read from the adjoints, layer by layer",
    solution=_diagnosis(),
    inputs=_patients,
    hints=(
        "Take the five words in their order, and return the first that applies.",
        "np.isfinite and np.all do the first two. For the others you need two sizes: of "
        "adjoints[0], and of adjoints[-1].",
    ),
    misconceptions=(
        Misconception(
            "first and last layer exchanged",
            _diagnosis(ends=lambda values, adjoints: (adjoints[-1], adjoints[0])),
            "A gradient flows from the loss back. In which layer has it travelled furthest: in "
            "the first, or in the last? Which of the two is small when it vanishes?",
            "section 5: the curves go from layer 1 to layer 10",
        ),
        Misconception(
            "a few zeros count as dead",
            _diagnosis(dead=lambda values: any(np.any(h == 0) for h in values)),
            "How many values of a healthy relu layer are exactly 0?",
            "section 2: what a relu does to half of its inputs",
        ),
        Misconception(
            "the mean in place of the size",
            _diagnosis(measure=lambda a: abs(float(np.mean(a)))),
            "The adjoints 5, -5, 5, -5 have the mean 0. Is that gradient small?",
        ),
        Misconception(
            "the norm in place of the size",
            _diagnosis(measure=lambda a: float(np.linalg.norm(a))),
            "A layer of 300 units has more adjoints than one of 2. Does its norm grow with their "
            "number? And the root of the *mean* square?",
            "the function size of section 5",
        ),
        Misconception(
            "the mean of absolute values",
            _diagnosis(measure=lambda a: float(np.mean(np.abs(a)))),
            "The size is the root of the mean square. One adjoint of 0.03 and 599 of 0: what is "
            "it, and what is the mean of their absolute values?",
            "the function size of section 5",
        ),
        Misconception(
            "the largest adjoint",
            _diagnosis(measure=lambda a: float(np.max(np.abs(a)))),
            "One adjoint of 0.02 and 599 of 0: what is the largest, and what is the root of the "
            "mean square?",
            "the function size of section 5",
        ),
        Misconception(
            "the spread in place of the size",
            _diagnosis(measure=lambda a: float(np.std(a))),
            "All adjoints of a layer are 2. What is their standard deviation, and what is the root "
            "of the mean square?",
            "the function size of section 5",
        ),
        Misconception(
            "the root forgotten",
            _diagnosis(measure=lambda a: float(np.mean(np.square(a)))),
            "If every adjoint is 100 times smaller, how much smaller is the mean of their squares?",
            "the function size of section 5",
        ),
        Misconception(
            "not compared with the last layer",
            _diagnosis(ends=lambda values, adjoints: (adjoints[0], 1.0)),
            "All adjoints are 1e-4, in every layer. Is the gradient lost on its way, or was it "
            "small from the start?",
        ),
        Misconception(
            "dead is asked before not finite",
            _dead_first,
            "The word is the *first* that applies. Which one stands first in the task?",
        ),
        Misconception(
            "only the values are looked at for NaN",
            _diagnosis(finite=lambda values, adjoints: _finite(values, [])),
            "May an adjoint be NaN or infinite while every value is finite?",
        ),
        Misconception(
            "values in place of adjoints",
            _diagnosis(ends=lambda values, adjoints: (values[0], values[-1])),
            "In section 5 every value was 0.5, and the network was ill. What are you measuring?",
            "the two printed lines of section 5",
        ),
        Misconception(
            "NaN is not noticed",
            _diagnosis(finite=lambda values, adjoints: True),
            "What is np.nan == np.nan? And is np.nan < 0.001 true?",
        ),
        Misconception(
            "only the last layer is looked at for dead units",
            _diagnosis(dead=lambda values: bool(np.all(values[-1] == 0))),
            "If the layer in the middle is dead, and the last one is kept alive by its biases, "
            "what do the layers before it receive?",
        ),
    ),
)
