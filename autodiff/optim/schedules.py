"""Schedules: the learning rate as a function of the step, which counts from 0.

Give one as the `learning_rate` of an optimizer, `Adam(exponential_decay(0.1, 100, 0.5))`, or call
it.  Each is one formula in plain NumPy, so the step may be an array or a tensor of a graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.optim.optimizer import Rate, Schedule


def exponential_decay(
    rate: Any, decay_steps: float, decay_rate: Any, staircase: bool = False
) -> Schedule:
    """rate decay_rate^(step / decay_steps); with `staircase` the exponent is rounded down.

    >>> schedule = exponential_decay(0.1, decay_steps=10, decay_rate=0.5)
    >>> print([float(schedule(step)) for step in (0, 10, 20)])
    [0.1, 0.05, 0.025]
    """
    return lambda step: rate * decay_rate ** _periods(step, decay_steps, staircase)


def natural_exp_decay(
    rate: Any, decay_steps: float, decay_rate: Any, staircase: bool = False
) -> Schedule:
    """rate exp(-decay_rate step / decay_steps)."""
    return lambda step: rate * np.exp(-decay_rate * _periods(step, decay_steps, staircase))


def inverse_time_decay(
    rate: Any, decay_steps: float, decay_rate: Any, staircase: bool = False
) -> Schedule:
    """rate / (1 + decay_rate step / decay_steps).

    >>> print(inverse_time_decay(1.0, 10, 1.0)(10))
    0.5
    """
    return lambda step: rate / (1 + decay_rate * _periods(step, decay_steps, staircase))


def polynomial_decay(
    rate: Any, decay_steps: float, end: Any = 0.0001, power: Any = 1.0, cycle: bool = False
) -> Schedule:
    """(rate - end) (1 - step / decay_steps)^power + end, and `end` from decay_steps on.

    With `cycle` it starts again instead, with decay_steps times 1, 2, 3, ... as its length.

    >>> print(polynomial_decay(1.0, 10, end=0.0)(np.array([0, 5, 10, 20])))
    [1.  0.5 0.  0. ]
    """

    def schedule(step: Any) -> Any:
        rounds = np.maximum(np.ceil(step / decay_steps), 1) if cycle else 1
        passed = step if cycle else np.minimum(step, decay_steps)
        return (rate - end) * (1 - passed / (decay_steps * rounds)) ** power + end

    return schedule


def cosine_decay(rate: Any, decay_steps: float) -> Schedule:
    """rate (1 + cos(pi step / decay_steps)) / 2, and 0 from decay_steps on.

    (Loshchilov & Hutter, arXiv:1608.03983, equation 5, without restarts.)
    """
    return lambda step: (
        rate * 0.5 * (1 + np.cos(np.pi * np.minimum(step, decay_steps) / decay_steps))
    )


def piecewise_constant(boundaries: Sequence[float], values: Sequence[Any]) -> Schedule:
    """values[0] up to and including step boundaries[0], then values[1], and so on.

    >>> schedule = piecewise_constant([10, 20], [1.0, 0.1, 0.01])
    >>> print([float(schedule(step)) for step in (0, 10, 11, 99)])
    [1.0, 1.0, 0.1, 0.01]
    """
    if len(values) != len(boundaries) + 1:
        raise ValueError(
            f"{len(boundaries)} boundaries make {len(boundaries) + 1} intervals; "
            f"got {len(values)} values."
        )

    def schedule(step: Any) -> Any:
        rate = values[0]
        for boundary, value in zip(boundaries, values[1:], strict=True):
            rate = np.where(step > boundary, value, rate)[()]
        return rate

    return schedule


def _periods(step: Any, decay_steps: float, staircase: bool) -> Any:
    return np.floor(step / decay_steps) if staircase else step / decay_steps


__all__ = [
    "Rate",
    "Schedule",
    "cosine_decay",
    "exponential_decay",
    "inverse_time_decay",
    "natural_exp_decay",
    "piecewise_constant",
    "polynomial_decay",
]
