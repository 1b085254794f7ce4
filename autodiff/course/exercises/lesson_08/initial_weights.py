"""Exercise 8.4: weights that let a gradient through many layers, neither smaller nor larger.

An answer is judged by what it does: sixteen layers multiply an adjoint, and its size is measured.
"""

from __future__ import annotations

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception
from autodiff.course.exercises.lesson_08.diagnosis import size

DEPTH = 16


def _weight_std(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope**2))))


def _multiplies(answer: Answer, n: int, slope: float) -> dict[str, float]:
    """By how much a layer multiplies the size of the adjoint, measured over a deep network."""
    rng, std = np.random.default_rng(n), float(answer(n, slope))
    adjoint = rng.normal(size=(64, n))
    start = size(adjoint)
    for _ in range(DEPTH):
        slopes = np.where(rng.random((64, n)) < 0.5, 1.0, slope)
        adjoint = (adjoint * slopes) @ (std * rng.normal(size=(n, n))).T
    each = (size(adjoint) / start) ** (1 / DEPTH)
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
