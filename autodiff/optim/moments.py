"""Adam and its kin: a step along the mean gradient, in units of its size.

The definitions are those of PyTorch; each docstring says where TensorFlow 0.11 differed, and
with which arguments it is that.  `g` is the gradient, all operations are element by element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array
from autodiff.optim.optimizer import Optimizer, Rate


@dataclass(frozen=True, slots=True)
class Adam(Optimizer):
    """m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
    p <- p - rate mhat / (sqrt(vhat) + epsilon), with mhat = m / (1 - beta1^t) and
    vhat = v / (1 - beta2^t)  (Kingma & Ba, arXiv:1412.6980, algorithm 1).

    TensorFlow 0.11: `hat=True`, which adds epsilon to sqrt(v) in place of sqrt(vhat), the
    "epsilon hat" of the paper's section 2: a larger epsilon in the first steps.

    >>> optimizer = Adam(0.1)
    >>> p, _ = optimizer.update(1.0, 2.0, optimizer.init(1.0))
    >>> print(f"{p:.6f}")  # the first step has the size of the rate
    0.900000
    """

    learning_rate: Rate = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    hat: bool = False

    @property
    def slots(self) -> dict[str, Any]:
        """The running first and second moment."""
        return {"m": 0.0, "v": 0.0}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, m: Array, v: Array
    ) -> tuple[Array, ...]:
        """A step along the mean gradient, in units of its size."""
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g * g
        correction = (1 - self.beta2**t) ** 0.5
        epsilon = self.epsilon if self.hat else self.epsilon * correction
        return p - rate * correction / (1 - self.beta1**t) * m / (np.sqrt(v) + epsilon), m, v


@dataclass(frozen=True, slots=True)
class Adamax(Optimizer):
    """m <- beta1 m + (1 - beta1) g;  u <- max(beta2 u, |g|);
    p <- p - rate / (1 - beta1^t) m / (u + epsilon)  (Kingma & Ba, section 7.1, with Keras 1's
    epsilon against u = 0).

    >>> optimizer = Adamax(0.1)
    >>> p, _ = optimizer.update(1.0, 2.0, optimizer.init(1.0))
    >>> print(f"{p:.6f}")
    0.900000
    """

    learning_rate: Rate = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    @property
    def slots(self) -> dict[str, Any]:
        """The running mean of the gradient, and the largest that was seen lately."""
        return {"m": 0.0, "u": 0.0}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, m: Array, u: Array
    ) -> tuple[Array, ...]:
        """A step along the mean gradient, in units of the largest one."""
        m = self.beta1 * m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * u, np.abs(g))
        return p - rate / (1 - self.beta1**t) * m / (u + self.epsilon), m, u


@dataclass(frozen=True, slots=True)
class Nadam(Optimizer):
    """Adam whose mean gradient looks one step ahead, as Nesterov's momentum does (Dozat,
    "Incorporating Nesterov momentum into Adam", 2016), beta1 warming up:
    mu_t = beta1 (1 - 0.96^(t decay) / 2), c_t = mu_1 ... mu_t,
    p <- p - rate ((1 - mu_t) g / (1 - c_t) + mu_(t+1) m / (1 - c_(t+1))) / (sqrt(vhat) + epsilon).

    >>> optimizer = Nadam(0.1)
    >>> p, _ = optimizer.update(1.0, 2.0, optimizer.init(1.0))
    >>> print(f"{p:.3f}")
    0.894
    """

    learning_rate: Rate = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.004

    @property
    def slots(self) -> dict[str, Any]:
        """The running first and second moment, and the product of the momenta so far."""
        return {"m": 0.0, "v": 0.0, "product": 1.0}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, m: Array, v: Array, product: Array
    ) -> tuple[Array, ...]:
        """A step along where the mean gradient will be, in units of its size."""
        now, then = (self.beta1 * (1 - 0.5 * 0.96 ** (i * self.decay)) for i in (t, t + 1))
        product = product * now
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g * g
        ahead = (1 - now) * g / (1 - product) + then * m / (1 - product * then)
        spread = np.sqrt(v / (1 - self.beta2**t)) + self.epsilon
        return p - rate * ahead / spread, m, v, product
