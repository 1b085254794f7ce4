"""Learners: rates per sample or per minibatch, and momenta that shrink the gradient (unit gain).

The gradient is the sum over the samples of a minibatch: a rate per sample multiplies it as it is,
one per minibatch is divided by their number.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only


class UnitType(Enum):
    """What a rate is counted by."""

    sample = "sample"
    minibatch = "minibatch"


class Schedule:
    """A rate, or one for each `epoch_size` samples, or pairs (how many of them, rate)."""

    def __init__(self, values: Any, unit: UnitType, epoch_size: Any = None) -> None:
        if not isinstance(values, list) and epoch_size is not None:
            raise ValueError(f"epoch_size can only be used with a list of values.{here()}")
        pairs = values if isinstance(values, list) else [values]
        self.values: list[float] = []
        for value in pairs:
            count, own = value if isinstance(value, tuple) else (1, value)
            self.values += [own] * count
        self.unit, self.epoch_size = unit, epoch_size

    def at(self, samples: int) -> float:
        """The value after so many samples."""
        place = samples // self.epoch_size if self.epoch_size else 0
        return self.values[min(place, len(self.values) - 1)]


def learning_rate_schedule(lr: Any, unit: UnitType, epoch_size: Any = None) -> Schedule:
    """Rates, with their unit: there is no default."""
    return Schedule(lr, unit, epoch_size)


def learning_parameter_schedule(
    schedule: Any, minibatch_size: int | None = None, epoch_size: Any = None
) -> Schedule:
    """The same as 2.2 and later call it: of the mean over a minibatch, or with 1 of each sample."""
    unit = UnitType.sample if minibatch_size == 1 else UnitType.minibatch
    return Schedule(schedule, unit, epoch_size)


def learning_parameter_schedule_per_sample(schedule: Any, epoch_size: Any = None) -> Schedule:
    """A rate of each sample."""
    return Schedule(schedule, UnitType.sample, epoch_size)


def momentum_schedule(momentum: Any, epoch_size: Any = None) -> Schedule:
    """Momenta of a minibatch."""
    return Schedule(momentum, UnitType.minibatch, epoch_size)


def momentum_as_time_constant_schedule(tc: Any, epoch_size: Any = None) -> Schedule:
    """exp(-1 / tc) a sample, so exp(-N / tc) a minibatch of N."""
    values = [math.exp(-1 / t) if t else 0.0 for t in (tc if isinstance(tc, list) else [tc])]
    return Schedule(values if isinstance(tc, list) else values[0], UnitType.sample, epoch_size)


class Learner:
    """Base: changes its parameters by gradients that are sums over N samples."""

    def __init__(
        self, parameters: Any, lr: Any, l2_regularization_weight: float = 0.0,
        gradient_clipping_threshold_per_sample: float = float("inf"),
        gradient_clipping_with_truncation: bool = True, **options: Any,
    ) -> None:  # fmt: skip
        only("learner", options, l1_regularization_weight=0, gaussian_noise_injection_std_dev=0)
        if isinstance(lr, int | float) and type(self).numbers:
            lr = Schedule(lr, UnitType.minibatch)
        if not isinstance(lr, Schedule):
            raise ValueError(f"lr type ({type(lr)}) not supported: learning_rate_schedule.{here()}")
        self.parameters, self.lr = list(parameters), lr
        self.l2, self.clip = l2_regularization_weight, gradient_clipping_threshold_per_sample
        self.truncates = gradient_clipping_with_truncation
        self.samples = self.t = 0
        self.states: dict[Any, list[Any]] = {}

    numbers = False
    """Whether a rate may be a number: from 2.4 on it is one of the mean over a minibatch."""

    def rate(self, count: int) -> float:
        """What the summed gradient is multiplied by."""
        own = self.lr.at(self.samples)
        return own if self.lr.unit is UnitType.sample else own / count

    def update(self, gradients: Any, count: int) -> None:
        """One step."""
        self.t += 1
        for parameter, g in zip(self.parameters, gradients, strict=True):
            g = self.clipped(g, self.clip * count)
            g = g + self.l2 * count * parameter.stored
            state = self.states.setdefault(id(parameter), [np.zeros_like(g), np.zeros_like(g)])
            moved = self.moved(g, state, self.rate(count), count)
            parameter.value = parameter.stored - moved
        self.samples += count

    def clipped(self, g: Any, bound: float) -> Any:
        """A gradient whose elements are within a bound, or, without truncation, its length is."""
        if bound == float("inf"):
            return g
        if self.truncates:
            return np.clip(g, -bound, bound)
        return g * min(1.0, bound / max(float(np.linalg.norm(g)), 1e-300))

    def moved(self, g: Any, state: list[Any], rate: float, count: int) -> Any:
        """What is taken off."""
        return rate * g


def sgd(parameters: Any, lr: Any, **options: Any) -> Learner:
    """W -= rate g."""
    return Learner(parameters, lr, **options)


class Momentum(Learner):
    """s = m s + (1 - m) rate g; W -= s; the factor 1 - m is the unit gain."""

    def __init__(self, parameters: Any, lr: Any, momentum: Any, unit_gain: bool = True,
                 ahead: bool = False, **options: Any) -> None:  # fmt: skip
        super().__init__(parameters, lr, **options)
        given = momentum if isinstance(momentum, Schedule) else momentum_schedule(momentum)
        self.momentum, self.unit_gain, self.ahead = given, unit_gain, ahead

    def factor(self, count: int) -> float:
        """The momentum of a minibatch."""
        own = self.momentum.at(self.samples)
        return own**count if self.momentum.unit is UnitType.sample else own

    def moved(self, g: Any, state: list[Any], rate: float, count: int) -> Any:
        """The velocity; with Nesterov where it will be."""
        m = self.factor(count)
        gain = 1 - m if self.unit_gain else 1.0
        state[0] = m * state[0] + gain * rate * g
        return m * state[0] + gain * rate * g if self.ahead else state[0]


def momentum_sgd(
    parameters: Any, lr: Any, momentum: Any, unit_gain: bool = True, **o: Any
) -> Learner:
    """Momentum, of unit gain unless told."""
    return Momentum(parameters, lr, momentum, unit_gain, **o)


def nesterov(parameters: Any, lr: Any, momentum: Any, unit_gain: bool = True, **o: Any) -> Learner:
    """Momentum with a look ahead."""
    return Momentum(parameters, lr, momentum, unit_gain, ahead=True, **o)


def momentum_schedule_per_sample(momentum: Any, epoch_size: Any = None) -> Schedule:
    """Momenta of a sample."""
    return Schedule(momentum, UnitType.sample, epoch_size)


class Adam(Momentum):
    """Adam, or with `low_memory` FSAdaGrad: a per-sample root capped at 10 times the gradient."""

    def __init__(self, parameters: Any, lr: Any, momentum: Any, unit_gain: bool = True,
                 variance_momentum: Any = None, low_memory: bool = True,
                 **options: Any) -> None:  # fmt: skip
        super().__init__(parameters, lr, momentum, unit_gain, **options)
        self.variance = variance_momentum or momentum_as_time_constant_schedule(720000)
        self.low_memory, self.weight = low_memory, 0.0

    def update(self, gradients: Any, count: int) -> None:
        """One step."""
        v = self.spread(count)
        self.weight = v * self.weight + (1 - v) * count
        super().update(gradients, count)

    def spread(self, count: int) -> float:
        """The momentum of the squares."""
        own = self.variance.at(self.samples)
        return own**count if self.variance.unit is UnitType.sample else own

    def moved(self, g: Any, state: list[Any], rate: float, count: int) -> Any:
        """In units of the gradient's size."""
        m, v = self.factor(count), self.spread(count)
        gain = 1 - m if self.unit_gain else 1.0
        state[1] = v * state[1] + (1 - v) * g * g
        if self.low_memory:
            with np.errstate(divide="ignore"):
                scale = np.minimum(10.0, np.sqrt(self.weight) / np.sqrt(state[1]))
            state[0] = m * state[0] + gain * g * scale
            return rate * state[0]
        state[0] = m * state[0] + gain * g
        correction = np.sqrt(1 - v**self.t) / (1 - m**self.t)
        return rate * correction * state[0] / (np.sqrt(state[1]) + 1e-8)


def adam_sgd(parameters: Any, lr: Any, momentum: Any, **options: Any) -> Learner:
    """FSAdaGrad, unless `low_memory=False` asks for Adam."""
    return Adam(parameters, lr, momentum, **options)


class LaterAdam(Adam):
    """Adam by its names of 2.0, which takes numbers as rates."""

    numbers = True


def adam(parameters: Any, lr: Any, momentum: Any, **options: Any) -> Learner:
    """Adam, as 2.0 and later call it."""
    return LaterAdam(parameters, lr, momentum, low_memory=False, **options)


def fsadagrad(parameters: Any, lr: Any, momentum: Any, **options: Any) -> Learner:
    """FSAdaGrad, as 2.0 and later call it."""
    return LaterAdam(parameters, lr, momentum, low_memory=True, **options)


class AdaDelta(Learner):
    """W -= rate d, d = g sqrt((U + e) / (S + e)), S and U means of g^2 and d^2 (Zeiler, 2012)."""

    numbers = True

    def __init__(
        self, parameters: Any, lr: Any = 1.0, rho: float = 0.95, epsilon: float = 1e-8, **o: Any
    ) -> None:
        super().__init__(parameters, lr, **o)
        self.rho, self.epsilon = rho, epsilon

    def moved(self, g: Any, state: list[Any], rate: float, count: int) -> Any:
        """In units of the steps so far."""
        state[0] = self.rho * state[0] + (1 - self.rho) * g * g
        d = g * np.sqrt((state[1] + self.epsilon) / (state[0] + self.epsilon))
        state[1] = self.rho * state[1] + (1 - self.rho) * d * d
        return rate * d


adadelta = AdaDelta
