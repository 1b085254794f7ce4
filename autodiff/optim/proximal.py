"""Optimizers that take a step, and then the best point near it for a penalty of the weights.

The penalty l1 |p| + l2 p^2 / 2 is not followed downhill, which would never reach exactly 0: the
step goes down the loss alone, and the point that is nearest to where it ends, the penalty
counted, is known by a formula (Singer and Duchi, "Efficient learning using forward-backward
splitting", NIPS 2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array
from autodiff.optim.optimizer import Optimizer, Rate


def shrunk(p: Array, rate: Array, l1: float, l2: float) -> Array:
    """The q with the least (q - p)^2 / (2 rate) + l1 |q| + l2 q^2 / 2.

    >>> shrunk(np.array([0.3, -2.0]), 0.5, 1.0, 2.0).tolist()
    [0.0, -0.75]
    """
    return np.sign(p) * np.maximum(np.abs(p) - rate * l1, 0.0) / (1 + rate * l2)


@dataclass(frozen=True, slots=True)
class ProximalGradientDescent(Optimizer):
    """p <- shrunk(p - rate g, rate).

    >>> optimizer = ProximalGradientDescent(0.5, l1=1.0)
    >>> print(optimizer.update(1.0, 0.5, optimizer.init(1.0))[0])  # 1 - 0.5 * 0.5, less 0.5
    0.25
    """

    learning_rate: Rate = 0.01
    l1: float = 0.0
    l2: float = 0.0

    def rule(self, p: Array, g: Array, rate: Array, t: Any) -> tuple[Array, ...]:
        """Straight downhill, then towards 0."""
        return (shrunk(p - rate * g, rate, self.l1, self.l2),)


@dataclass(frozen=True, slots=True)
class ProximalAdagrad(Optimizer):
    """a <- a + g^2;  r = rate / sqrt(a);  p <- shrunk(p - r g, r), with a rate for each weight.

    >>> optimizer = ProximalAdagrad(1.0, initial=0.0, l1=0.5)
    >>> print(optimizer.update(2.0, 4.0, optimizer.init(2.0))[0])  # 2 - 4 / 4, less 0.5 / 4
    0.875
    """

    learning_rate: Rate = 0.01
    initial: float = 0.1
    l1: float = 0.0
    l2: float = 0.0

    @property
    def slots(self) -> dict[str, Any]:
        """The sum of squares so far."""
        return {"accumulator": self.initial}

    def rule(self, p: Array, g: Array, rate: Array, t: Any, a: Array) -> tuple[Array, ...]:
        """The more a parameter has moved, the smaller its steps and its penalty."""
        a = a + g * g
        own = rate / np.sqrt(a)
        return shrunk(p - own * g, own, self.l1, self.l2), a
