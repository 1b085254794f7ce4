"""The optimizers, each by its update formula.

The definitions are those of PyTorch; each docstring says where TensorFlow 0.11 differed, and
with which arguments it is that.  `g` is the gradient, all operations are element by element.
Adam and its kin stand in `moments`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array
from autodiff.optim.optimizer import Optimizer, Rate


@dataclass(frozen=True, slots=True)
class GradientDescent(Optimizer):
    """p <- p - rate g  (Cauchy, 1847).

    >>> optimizer = GradientDescent(0.1)
    >>> optimizer.update({"w": 1.0}, {"w": 2.0}, optimizer.init({"w": 1.0}))
    ({'w': 0.8}, State(step=1, slots={}))
    """

    learning_rate: Rate = 0.01

    def rule(self, p: Array, g: Array, rate: Array, t: Any) -> tuple[Array, ...]:
        """Straight downhill."""
        return (p - rate * g,)


@dataclass(frozen=True, slots=True)
class Momentum(Optimizer):
    """m <- momentum m + g;  p <- p - rate m, with Nesterov p <- p - rate (g + momentum m).

    PyTorch's SGD and TensorFlow's Momentum are the same.  In the form of Polyak (1964) and
    Sutskever et al. (2013), m <- momentum m - rate g; p <- p + m, the rate stands inside the
    velocity: the same numbers while the rate is constant, others under a schedule.  `inside=True`
    is that form, which Keras and Theano's recipes have.

    >>> optimizer, p = Momentum(0.1, 0.5, nesterov=True), 1.0
    >>> state = optimizer.init(p)
    >>> for _ in range(2):
    ...     p, state = optimizer.update(p, 1.0, state)
    >>> print(f"{p:.3f}")  # 1 - 0.1 (1 + 0.5) - 0.1 (1 + 0.5 * 1.5)
    0.675
    """

    learning_rate: Rate = 0.01
    momentum: float = 0.9
    nesterov: bool = False
    inside: bool = False

    @property
    def slots(self) -> dict[str, Any]:
        """The velocity, at rest."""
        return {"momentum": 0.0}

    def rule(self, p: Array, g: Array, rate: Array, t: Any, m: Array) -> tuple[Array, ...]:
        """A step along the velocity, with Nesterov along where it will be."""
        if self.inside:
            m = self.momentum * m - rate * g
            return p + (self.momentum * m - rate * g if self.nesterov else m), m
        m = self.momentum * m + g
        return p - rate * (g + self.momentum * m if self.nesterov else m), m


@dataclass(frozen=True, slots=True)
class Adagrad(Optimizer):
    """a <- a + g^2;  p <- p - rate g / (sqrt(a) + epsilon)  (Duchi, Hazan & Singer, 2011).

    TensorFlow 0.11: `initial=0.1, epsilon=0.0`.  Without epsilon and from 0, a gradient that is
    exactly 0 at the first step divides 0 by 0.

    >>> optimizer = Adagrad(1.0, epsilon=0.0)
    >>> p, state = optimizer.update(1.0, 4.0, optimizer.init(1.0))  # the sign of g, at first
    >>> print(p, state.slots)
    0.0 {'accumulator': np.float64(16.0)}
    """

    learning_rate: Rate = 0.01
    initial: float = 0.0
    epsilon: float = 1e-10

    @property
    def slots(self) -> dict[str, Any]:
        """The sum of squares so far."""
        return {"accumulator": self.initial}

    def rule(self, p: Array, g: Array, rate: Array, t: Any, a: Array) -> tuple[Array, ...]:
        """The more a parameter has moved, the smaller its steps."""
        a = a + g * g
        return p - rate * g / (np.sqrt(a) + self.epsilon), a


@dataclass(frozen=True, slots=True)
class Adadelta(Optimizer):
    """a <- rho a + (1 - rho) g^2;  d = g sqrt(u + epsilon) / sqrt(a + epsilon);
    u <- rho u + (1 - rho) d^2;  p <- p - rate d  (Zeiler, arXiv:1212.5701, algorithm 1).

    Zeiler has no rate (1.0) and rho = 0.95.  TensorFlow 0.11 has the same formula with a rate of
    0.001, rho = 0.95 and epsilon = 1e-8.

    >>> optimizer = Adadelta(rho=0.5, epsilon=0.25)
    >>> p, _ = optimizer.update(1.0, 2.0, optimizer.init(1.0))
    >>> print(f"{p:.4f}")  # 1 - 2 sqrt(0.25 / 2.25)
    0.3333
    """

    learning_rate: Rate = 1.0
    rho: float = 0.9
    epsilon: float = 1e-6

    @property
    def slots(self) -> dict[str, Any]:
        """The running means of the squares of the gradient and of the update."""
        return {"accumulator": 0.0, "accumulator_of_updates": 0.0}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, a: Array, u: Array
    ) -> tuple[Array, ...]:
        """A step in the units of the parameter: its own size is the rate."""
        a = self.rho * a + (1 - self.rho) * g * g
        d = g * np.sqrt(u + self.epsilon) / np.sqrt(a + self.epsilon)
        return p - rate * d, a, self.rho * u + (1 - self.rho) * d * d


@dataclass(frozen=True, slots=True)
class RMSProp(Optimizer):
    """a <- decay a + (1 - decay) g^2;  m <- momentum m + rate g / (sqrt(a) + epsilon);
    p <- p - m  (Tieleman & Hinton, Coursera lecture 6.5, 2012).

    `centered` takes the square of the running mean of g off a: a variance (Graves,
    arXiv:1308.0850, equations 38-45).  TensorFlow 0.11: `initial=1.0, inside=True`, with
    epsilon under the root, sqrt(a + epsilon), and decay = 0.9, epsilon = 1e-10; `centered` came
    with 1.0.  PyTorch keeps the rate out of m, which differs under a schedule only.

    >>> optimizer = RMSProp(0.1, decay=0.75, epsilon=0.0)
    >>> p, _ = optimizer.update(1.0, 4.0, optimizer.init(1.0))
    >>> print(p)  # 1 - 0.1 * 4 / sqrt(0.25 * 16)
    0.8
    """

    learning_rate: Rate = 0.01
    decay: float = 0.99
    momentum: float = 0.0
    epsilon: float = 1e-8
    centered: bool = False
    initial: float = 0.0
    inside: bool = False

    @property
    def slots(self) -> dict[str, Any]:
        """The running mean of squares, the velocity, and where centered the running mean."""
        mean = {"mean": 0.0} if self.centered else {}
        return {"rms": self.initial, "momentum": 0.0, **mean}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, a: Array, m: Array, *mean: Array
    ) -> tuple[Array, ...]:
        """Steps of one size, whatever the scale of the gradient."""
        a = self.decay * a + (1 - self.decay) * g * g
        mean = tuple(self.decay * c + (1 - self.decay) * g for c in mean)
        spread = a - mean[0] * mean[0] if mean else a
        root = np.sqrt(spread + self.epsilon) if self.inside else np.sqrt(spread) + self.epsilon
        m = self.momentum * m + rate * g / root
        return p - m, a, m, *mean


@dataclass(frozen=True, slots=True)
class Ftrl(Optimizer):
    """a' = a + g^2;  z <- z + g - (a'^-power - a^-power) p / rate;
    p <- 0 where |z| <= l1, else (sign(z) l1 - z) / (a'^-power / rate + 2 l2)
    (FTRL-Proximal: McMahan et al., "Ad click prediction", KDD 2013, algorithm 1).

    As in TensorFlow 0.11, where `power` is `learning_rate_power`; PyTorch has none.  `l1` makes
    weights exactly 0.  The centre of the first step is 0, not the initial p.  From p = 0 and
    without l1, l2 it is Adagrad.

    >>> optimizer = Ftrl(1.0, l1=5.0)
    >>> print(optimizer.update(1.0, 0.5, optimizer.init(1.0))[0])  # too small to leave 0
    0.0
    """

    learning_rate: Rate = 0.01
    power: float = -0.5
    initial: float = 0.1
    l1: float = 0.0
    l2: float = 0.0

    @property
    def slots(self) -> dict[str, Any]:
        """The sum of squares, and the linear term of the proximal objective."""
        return {"accumulator": self.initial, "linear": 0.0}

    def rule(
        self, p: Array, g: Array, rate: Array, t: Any, a: Array, z: Array
    ) -> tuple[Array, ...]:
        """The minimum of the linear and quadratic models of all steps so far."""
        old, a = a, a + g * g
        z = z + g - (a**-self.power - old**-self.power) / rate * p
        quadratic = a**-self.power / rate + 2 * self.l2
        return np.where(np.abs(z) > self.l1, (np.sign(z) * self.l1 - z) / quadratic, 0.0), a, z
