"""Optimizers: they divide gradients by the batch's size, clip, decay, and move the parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import optim
from autodiff.frontends.common.options import only
from autodiff.frontends.neon.backends.backend import NervanaObject


class Schedule(NervanaObject):
    """A rate by epochs: `change` times it (or one of a list) after each of `step_config`."""

    def __init__(self, step_config: Any = None, change: Any = 1.0) -> None:
        self.steps, self.change = step_config, change

    def get_learning_rate(self, learning_rate: float, epoch: int) -> float:
        """The rate of an epoch."""
        if self.steps is None:
            return learning_rate
        if isinstance(self.steps, int):
            return learning_rate * self.change ** (epoch // self.steps)
        passed = [i for i, step in enumerate(self.steps) if epoch >= step]
        if isinstance(self.change, list):
            return self.change[passed[-1]] if passed else learning_rate
        return learning_rate * self.change ** len(passed)


class Optimizer(NervanaObject):
    """Base: `optimize(layers, epoch)`."""

    learning_rate = 0.01
    wdecay = 0.0
    clip_value: Any = None
    clip_norm: Any = None

    def optimize(self, layer_list: Any, epoch: int) -> None:
        """Move all parameters."""
        groups = [p for layer in layer_list for p in layer.params()]
        scale = 1.0
        if self.clip_norm:
            norm = np.sqrt(sum(float(np.sum(g.array**2)) for _, g, _ in groups)) / self.be.bsz
            scale = self.clip_norm / max(norm, self.clip_norm)
        for param, gradient, states in groups:
            g = scale * gradient.array / self.be.bsz
            if self.clip_value:
                g = np.clip(g, -self.clip_value, self.clip_value)
            param.array[...] = self.moved(param.array, g, states, epoch)

    def moved(self, w: Any, g: Any, states: list[Any], epoch: int) -> Any:
        """The next value of a parameter."""
        raise NotImplementedError


class GradientDescentMomentum(Optimizer):
    """v = momentum v - rate (g + wdecay W); W += v; with nesterov W += momentum v - rate g."""

    def __init__(
        self, learning_rate: float, momentum_coef: float, stochastic_round: Any = False,
        wdecay: float = 0.0, gradient_clip_norm: Any = None, gradient_clip_value: Any = None,
        name: Any = None, schedule: Any = None, nesterov: bool = False,
    ) -> None:  # fmt: skip
        self.learning_rate, self.momentum = learning_rate, momentum_coef
        self.wdecay, self.nesterov = wdecay, nesterov
        self.clip_norm, self.clip_value = gradient_clip_norm, gradient_clip_value
        self.schedule = schedule or Schedule()

    def moved(self, w: Any, g: Any, states: list[Any], epoch: int) -> Any:
        """A step along the velocity."""
        if not states:
            states.append(np.zeros_like(w))
        rate = self.schedule.get_learning_rate(self.learning_rate, epoch)
        g = g + self.wdecay * w
        states[0][...] = self.momentum * states[0] - rate * g
        return w + (self.momentum * states[0] - rate * g if self.nesterov else states[0])


class _ByRule(Optimizer):
    """A step of one of `autodiff.optim`."""

    def __init__(self, rule: Any, **options: Any) -> None:
        only(type(self).__name__, options, "gradient_clip_norm", "gradient_clip_value", "schedule",
             "name")  # fmt: skip
        self.rule = rule
        self.clip_norm = options.get("gradient_clip_norm")
        self.clip_value = options.get("gradient_clip_value")
        self.schedule = options.get("schedule") or Schedule()

    def moved(self, w: Any, g: Any, states: list[Any], epoch: int) -> Any:
        """One step of the rule."""
        if not states:
            states.append(0)
            states += [np.full_like(w, start) for start in self.rule.slots.values()]
        states[0] += 1
        rate = self.schedule.get_learning_rate(self.rule.learning_rate, epoch)
        new, *slots = self.rule.rule(w, g, rate, states[0], *states[1:])
        states[1:] = slots
        return new


class Adam(_ByRule):
    """Adam, epsilon beside the root of v itself."""

    def __init__(
        self, stochastic_round: Any = False, learning_rate: float = 0.001, beta_1: float = 0.9,
        beta_2: float = 0.999, epsilon: float = 1e-8, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(optim.Adam(learning_rate, beta_1, beta_2, epsilon, hat=True), **options)


class Adadelta(_ByRule):
    """Adadelta: decay 0.95, epsilon 1e-6."""

    def __init__(
        self, stochastic_round: Any = False, decay: float = 0.95, epsilon: float = 1e-6, **o: Any
    ) -> None:
        super().__init__(optim.Adadelta(1.0, decay, epsilon), **o)


class RMSProp(Optimizer):
    """s = decay s + (1 - decay) g^2; W -= rate g / (sqrt(s + epsilon) + epsilon)."""

    def __init__(
        self, stochastic_round: Any = False, decay_rate: float = 0.95, learning_rate: float = 2e-3,
        epsilon: float = 1e-6, gradient_clip_norm: Any = None, gradient_clip_value: Any = None,
        name: Any = None, schedule: Any = None,
    ) -> None:  # fmt: skip
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay_rate, epsilon
        self.clip_norm, self.clip_value = gradient_clip_norm, gradient_clip_value
        self.schedule = schedule or Schedule()

    def moved(self, w: Any, g: Any, states: list[Any], epoch: int) -> Any:
        """In units of the running size."""
        if not states:
            states.append(np.zeros_like(w))
        rate = self.schedule.get_learning_rate(self.learning_rate, epoch)
        states[0][...] = self.squares(states[0], g)
        return w - rate * g / (np.sqrt(states[0] + self.epsilon) + self.tail())

    def squares(self, s: Any, g: Any) -> Any:
        """The running mean of squares."""
        return self.decay * s + (1 - self.decay) * g * g

    def tail(self) -> float:
        """What is added beside the root."""
        return self.epsilon


class Adagrad(RMSProp):
    """s += g^2; W -= rate g / sqrt(s + epsilon)."""

    def __init__(self, stochastic_round: Any = False, learning_rate: float = 0.01,
                 epsilon: float = 1e-6, **options: Any) -> None:  # fmt: skip
        super().__init__(learning_rate=learning_rate, epsilon=epsilon, **options)

    def squares(self, s: Any, g: Any) -> Any:
        """The sum of squares."""
        return s + g * g

    def tail(self) -> float:
        """Nothing."""
        return 0.0


class MultiOptimizer(Optimizer):
    """An optimizer by the name of a layer, and a `default`."""

    def __init__(self, optimizer_mapping: Any, name: Any = None) -> None:
        self.mapping = optimizer_mapping

    def optimize(self, layer_list: Any, epoch: int) -> None:
        """Each layer by its own."""
        for layer in layer_list:
            keys = (layer.name, type(layer).__name__, "default")
            own = next(self.mapping[k] for k in keys if k in self.mapping)
            own.optimize([layer], epoch)
