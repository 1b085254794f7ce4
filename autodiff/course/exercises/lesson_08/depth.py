"""Exercises 8.3 and 8.4: a gradient's way through many layers, diagnosed and prepared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception

# -- 8.3 a diagnosis ------------------------------------------------------------------------


def _finite(values: Any, adjoints: Any) -> bool:
    return all(np.isfinite(array).all() for array in [*values, *adjoints])


def _size(array: Any) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


def _word(first: float, last: float) -> str:
    if first < last / 1000:
        return "vanishing"
    return "exploding" if first > 1000 * last else "healthy"


def _diagnose(values: Any, adjoints: Any) -> str:
    if not _finite(values, adjoints):
        return "not finite"
    if any(np.all(h == 0) for h in values):
        return "dead"
    return _word(_size(adjoints[0]), _size(adjoints[-1]))


def _upside_down(values: Any, adjoints: Any) -> str:
    return _diagnose(values, adjoints[::-1])


def _any_zero(values: Any, adjoints: Any) -> str:
    if not _finite(values, adjoints):
        return "not finite"
    if any(np.any(h == 0) for h in values):
        return "dead"
    return _diagnose(values, adjoints)


def _by_mean(values: Any, adjoints: Any) -> str:
    word = _diagnose(values, adjoints)
    if word in ("not finite", "dead"):
        return word
    return _word(abs(float(np.mean(adjoints[0]))), abs(float(np.mean(adjoints[-1]))))


def _by_values(values: Any, adjoints: Any) -> str:
    word = _diagnose(values, adjoints)
    if word in ("not finite", "dead"):
        return word
    return _word(_size(values[0]), _size(values[-1]))


def _equal_to_nan(values: Any, adjoints: Any) -> str:
    if any(np.all(h == 0) for h in values):
        return "dead"
    return _word(_size(adjoints[0]), _size(adjoints[-1]))


def _last_layer_only(values: Any, adjoints: Any) -> str:
    if _finite(values, adjoints) and not np.all(values[-1] == 0):
        return _word(_size(adjoints[0]), _size(adjoints[-1]))
    return _diagnose(values, adjoints)


def _norm_of(array: Any) -> float:
    return float(np.linalg.norm(array))


def _measured(size: Any, finite: Any = _finite, first: Any = None) -> Callable[[Any, Any], str]:
    """A diagnosis that measures an adjoint in another way."""

    def diagnose(values: Any, adjoints: Any) -> str:
        if not finite(values, adjoints):
            return "not finite"
        if any(np.all(h == 0) for h in values):
            return "dead"
        with np.errstate(all="ignore"):
            return _word(size(adjoints[0]), 1.0 if first else size(adjoints[-1]))

    return diagnose


def _dead_first(values: Any, adjoints: Any) -> str:
    return "dead" if any(np.all(h == 0) for h in values) else _diagnose(values, adjoints)


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
    solution=_diagnose,
    inputs=_patients,
    hints=(
        "Take the five words in their order, and return the first that applies.",
        "np.isfinite and np.all do the first two. For the others you need two sizes: of "
        "adjoints[0], and of adjoints[-1].",
    ),
    misconceptions=(
        Misconception(
            "first and last layer exchanged",
            _upside_down,
            "A gradient flows from the loss back. In which layer has it travelled furthest: in "
            "the first, or in the last? Which of the two is small when it vanishes?",
            "section 5: the curves go from layer 1 to layer 10",
        ),
        Misconception(
            "a few zeros count as dead",
            _any_zero,
            "How many values of a healthy relu layer are exactly 0?",
            "section 2: what a relu does to half of its inputs",
        ),
        Misconception(
            "the mean in place of the size",
            _by_mean,
            "The adjoints 5, -5, 5, -5 have the mean 0. Is that gradient small?",
        ),
        Misconception(
            "the norm in place of the size",
            _measured(_norm_of),
            "A layer of 300 units has more adjoints than one of 2. Does its norm grow with their "
            "number? And the root of the *mean* square?",
            "the function size of section 5",
        ),
        Misconception(
            "the mean of absolute values",
            _measured(lambda a: float(np.mean(np.abs(a)))),
            "The size is the root of the mean square. One adjoint of 0.03 and 599 of 0: what is "
            "it, and what is the mean of their absolute values?",
            "the function size of section 5",
        ),
        Misconception(
            "the largest adjoint",
            _measured(lambda a: float(np.max(np.abs(a)))),
            "One adjoint of 0.02 and 599 of 0: what is the largest, and what is the root of the "
            "mean square?",
            "the function size of section 5",
        ),
        Misconception(
            "the spread in place of the size",
            _measured(lambda a: float(np.std(a))),
            "All adjoints of a layer are 2. What is their standard deviation, and what is the root "
            "of the mean square?",
            "the function size of section 5",
        ),
        Misconception(
            "the root forgotten",
            _measured(lambda a: float(np.mean(np.square(a)))),
            "If every adjoint is 100 times smaller, how much smaller is the mean of their squares?",
            "the function size of section 5",
        ),
        Misconception(
            "not compared with the last layer",
            _measured(_size, first=True),
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
            _measured(_size, finite=lambda values, adjoints: _finite(values, [])),
            "May an adjoint be NaN or infinite while every value is finite?",
        ),
        Misconception(
            "values in place of adjoints",
            _by_values,
            "In section 5 every value was 0.5, and the network was ill. What are you measuring?",
            "the two printed lines of section 5",
        ),
        Misconception(
            "NaN is not noticed",
            _equal_to_nan,
            "What is np.nan == np.nan? And is np.nan < 0.001 true?",
        ),
        Misconception(
            "only the last layer is looked at for dead units",
            _last_layer_only,
            "If the layer in the middle is dead, and the last one is kept alive by its biases, "
            "what do the layers before it receive?",
        ),
    ),
)

# -- 8.4 initial weights --------------------------------------------------------------------

DEPTH = 16


def _weight_std(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope**2))))


def _multiplies(answer: Answer, n: int, slope: float) -> dict[str, float]:
    """By how much a layer multiplies the size of the adjoint, measured over a deep network."""
    rng, std = np.random.default_rng(n), float(answer(n, slope))
    adjoint = rng.normal(size=(64, n))
    start = _size(adjoint)
    for _ in range(DEPTH):
        slopes = np.where(rng.random((64, n)) < 0.5, 1.0, slope)
        adjoint = (adjoint * slopes) @ (std * rng.normal(size=(n, n))).T
    each = (_size(adjoint) / start) ** (1 / DEPTH)
    return {"the factor of one layer": round(each, 2)}


def _glorot(n: int, slope: float) -> float:
    return float(np.sqrt(1 / n))


def _variance(n: int, slope: float) -> float:
    return 2 / (n * (1 + slope**2))


def _relu_only(n: int, slope: float) -> float:
    return float(np.sqrt(2 / n))


def _slope_unsquared(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope))))


def _slope_squared_outside(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope) ** 2)))


def _without_two(n: int, slope: float) -> float:
    return float(np.sqrt(1 / (n * (1 + slope**2))))


def _two_outside(n: int, slope: float) -> float:
    return float(2 / np.sqrt(n * (1 + slope**2)))


def _upside_down_std(n: int, slope: float) -> float:
    return float(np.sqrt(n * (1 + slope**2) / 2))


def _small(n: int, slope: float) -> float:
    return 0.01


def _unit(n: int, slope: float) -> float:
    return 1.0


WEIGHT_STD = Exercise(
    number="8.4",
    title="Weights that let a gradient through",
    shows="the variance of the weights makes up for what the activation takes",
    solution=_weight_std,
    inputs=lambda rng: [(64, 0.0), (64, 1.0), (64, 0.5), (256, 0.0)],
    observe=_multiplies,
    hints=(
        "Start with slope 1, where nothing is lost: by how much does a product with n × n weights "
        "of variance v multiply the mean square?",
        "Half of the units multiply the square by 1, the other half by slope². What is the mean, "
        "and what must n · v be to make up for it?",
    ),
    misconceptions=(
        Misconception(
            "the activation is forgotten",
            _glorot,
            "For slope 1 your weights are right. What does a relu do to half of the adjoints?",
            "the curve 'relu, std √(1/n)' of section 5",
        ),
        Misconception(
            "the variance in place of the standard deviation",
            _variance,
            "Your number is right for a variance. What do you multiply a standard normal number "
            "by to give it the variance v?",
        ),
        Misconception(
            "right for a relu only",
            _relu_only,
            "With slope 1 there is no kink at all. Does anything then have to be made up for?",
        ),
        Misconception(
            "the slope is not squared",
            _slope_unsquared,
            "An adjoint is multiplied by the slope. By what is its square multiplied?",
        ),
        Misconception(
            "the square of 1 + slope",
            _slope_squared_outside,
            "Half of the units multiply the square by 1, half by slope². What is the mean of 1 and "
            "slope²? Is it (1 + slope)² / 2?",
        ),
        Misconception(
            "the half is forgotten",
            _without_two,
            "Each layer makes the adjoint smaller, for every slope. Which share of the units has "
            "the slope 1, and which the other one?",
        ),
        Misconception(
            "the 2 outside of the root",
            _two_outside,
            "Each layer makes the adjoint 1.4 times larger. Is the 2 a factor of the variance, or "
            "of the standard deviation?",
        ),
        Misconception(
            "upside down",
            _upside_down_std,
            "A sum of more products is larger. Must the weights of a wider layer be larger or "
            "smaller?",
        ),
        Misconception(
            "a fixed small number",
            _small,
            "Does your answer use n? How does the size of a sum of n products grow with n?",
            "the curves 'std 0.01' of section 5",
        ),
        Misconception(
            "standard deviation 1",
            _unit,
            "Each adjoint is a sum of n products. How does the size of such a sum grow with n?",
            "patient B, section 6",
        ),
    ),
)
