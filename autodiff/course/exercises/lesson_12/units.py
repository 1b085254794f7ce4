"""Exercise 12.1: a learning rate in another system's units."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception


def _rate(rate: float, momentum: float, n: int, unit: str) -> float:
    own = rate / (1 - momentum)
    return own / n if unit == "sample" else own


def _gain_forgotten(rate: float, momentum: float, n: int, unit: str) -> float:
    return rate / n if unit == "sample" else rate


def _gain_upside_down(rate: float, momentum: float, n: int, unit: str) -> float:
    return _rate(rate * (1 - momentum) ** 2, momentum, n, unit)


def _multiplied_by_n(rate: float, momentum: float, n: int, unit: str) -> float:
    own = rate / (1 - momentum)
    return own * n if unit == "sample" else own


def _units_exchanged(rate: float, momentum: float, n: int, unit: str) -> float:
    return _rate(rate, momentum, n, "minibatch" if unit == "sample" else "sample")


def _unit_ignored(rate: float, momentum: float, n: int, unit: str) -> float:
    return rate / (1 - momentum)


def _always_by_n(rate: float, momentum: float, n: int, unit: str) -> float:
    return rate / (1 - momentum) / n


def _n_alone(rate: float, momentum: float, n: int, unit: str) -> float:
    return rate / n


def _by_momentum(rate: float, momentum: float, n: int, unit: str) -> float:
    own = rate / momentum if momentum else rate
    return own / n if unit == "sample" else own


def _trained(answer: Answer, rate: float, momentum: float, n: int, unit: str) -> Any:
    """The weight of a CNTK program after three steps at the answer's rate."""
    from autodiff.frontends import cntk

    found = answer(rate, momentum, n, unit)
    w = cntk.parameter(init=np.zeros(1), dtype=np.float64)
    own = cntk.learning_rate_schedule(float(found), getattr(cntk.UnitType, unit))
    learner = cntk.momentum_sgd([w], own, cntk.momentum_schedule(momentum))
    weights = []
    for gradient in (1.0, -0.5, 2.0):  # of the mean; CNTK's is the sum over n rows
        learner.update([np.array([n * gradient])], n)
        weights.append(float(w.value[0]))
    return {"the rate": found, "the weight after three steps": weights}


RATE = Exercise(
    number="12.1",
    title="A rate in another system's units",
    shows="a learning rate is a number with a unit: per row or per batch, inside or outside",
    solution=_rate,
    inputs=lambda rng: [
        (0.1, 0.0, 1, "minibatch"),
        (0.1, 0.0, 20, "sample"),
        (0.1, 0.9, 20, "minibatch"),
        (0.05, 0.5, int(rng.integers(2, 60)), "sample"),
    ],
    observe=_trained,
    hints=(
        "Write both rules down for one step from a velocity of 0. By which number does W move in "
        "Torch's, by which in CNTK's?",
        "In CNTK the first step is (1 - m) times the rate times g; g is the sum over the n rows "
        "for UnitType.sample, and their mean for UnitType.minibatch.",
    ),
    misconceptions=(
        Misconception(
            "the unit gain forgotten",
            _gain_forgotten,
            "With a momentum of 0.9, by which share of the gradient does CNTK's first step go? And "
            "the other system's?",
            "the table of section 6",
        ),
        Misconception(
            "the unit gain the wrong way round",
            _gain_upside_down,
            "CNTK makes a step smaller by the factor 1 - m. Does your rate make it larger again, "
            "or smaller still?",
        ),
        Misconception(
            "multiplied by the rows",
            _multiplied_by_n,
            "The sum over n rows is n times their mean. Does a rate per sample have to be larger "
            "than one per batch, or smaller?",
        ),
        Misconception(
            "the units exchanged",
            _units_exchanged,
            "For which of the two units does CNTK divide by the number of rows itself?",
        ),
        Misconception(
            "the unit ignored",
            _unit_ignored,
            "A rate per sample multiplies the sum over all rows. What becomes of your step when "
            "the batch is twice as large?",
        ),
        Misconception(
            "divided by the rows for both units",
            _always_by_n,
            "With UnitType.minibatch CNTK has divided by n already. Who divides a second time?",
        ),
        Misconception(
            "divided by the rows, and the unit gain forgotten",
            _n_alone,
            "Take UnitType.minibatch and a momentum of 0: which rate gives the same step there?",
        ),
        Misconception(
            "divided by the momentum",
            _by_momentum,
            "What stands in front of the rate in CNTK's rule: m, or 1 - m?",
        ),
    ),
)
