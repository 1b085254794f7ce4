"""The optimizers, by the rules of `autodiff.optim` where they are the same formula."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import optim
from autodiff.frontends.chainer.optimizer import Optimizer


class _ByRule(Optimizer):
    """An optimizer whose step is that of one of `autodiff.optim`."""

    def rule(self) -> Any:
        """The optimizer of `autodiff.optim` with the settings of now."""
        raise NotImplementedError

    def start(self, param: Any) -> dict[str, Any]:
        """The slots of the rule, filled."""
        slots = self.rule().slots
        return {name: np.full_like(param.data, value) for name, value in slots.items()}

    def moved(self, name: str, param: Any) -> Any:
        """One step of the rule."""
        rule = self.rule()
        state = self.states.setdefault(name, self.start(param))
        p, *slots = rule.rule(param.data, param.grad, rule.learning_rate, self.t, *state.values())
        state.update(zip(state, slots, strict=True))
        return p


class SGD(_ByRule):
    """W -= lr g."""

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr

    def rule(self) -> Any:
        """Gradient descent."""
        return optim.GradientDescent(self.lr)


class MomentumSGD(Optimizer):
    """v = momentum v - lr g; W += v: the rate stands inside the velocity."""

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr, self.momentum = lr, momentum

    def start(self, param: Any) -> dict[str, Any]:
        """At rest."""
        return {"v": np.zeros_like(param.data)}

    def moved(self, name: str, param: Any) -> Any:
        """A step along the velocity."""
        state = self.states.setdefault(name, self.start(param))
        state["v"] = self.momentum * state["v"] - self.lr * param.grad
        return param.data + state["v"]


class NesterovAG(MomentumSGD):
    """v = momentum v - lr g; W += momentum^2 v - (1 + momentum) lr g, as its code has it."""

    def moved(self, name: str, param: Any) -> Any:
        """A step along where the velocity will be."""
        state = self.states.setdefault(name, self.start(param))
        mu = self.momentum
        state["v"] = mu * state["v"] - self.lr * param.grad
        return param.data + mu * mu * state["v"] - (1 + mu) * self.lr * param.grad


class Adam(_ByRule):
    """Adam, epsilon beside the root of v itself."""

    def __init__(
        self, alpha: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps

    def rule(self) -> Any:
        """Adam with epsilon hat."""
        return optim.Adam(self.alpha, self.beta1, self.beta2, self.eps, hat=True)

    @property
    def lr(self) -> float:
        """The rate of the next step, its corrections in it."""
        return self.alpha * (1 - self.beta2**self.t) ** 0.5 / (1 - self.beta1**self.t)


class AdaGrad(_ByRule):
    """h += g^2; W -= lr g / (sqrt(h) + eps)."""

    def __init__(self, lr: float = 0.001, eps: float = 1e-8) -> None:
        self.lr, self.eps = lr, eps

    def rule(self) -> Any:
        """Adagrad."""
        return optim.Adagrad(self.lr, epsilon=self.eps)


class RMSprop(_ByRule):
    """The running mean of squares; epsilon outside of the root."""

    def __init__(self, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8) -> None:
        self.lr, self.alpha, self.eps = lr, alpha, eps

    def rule(self) -> Any:
        """RMSProp without momentum."""
        return optim.RMSProp(self.lr, self.alpha, epsilon=self.eps)


class AdaDelta(_ByRule):
    """Adadelta, without a rate."""

    def __init__(self, rho: float = 0.95, eps: float = 1e-6) -> None:
        self.rho, self.eps = rho, eps

    def rule(self) -> Any:
        """Adadelta at rate 1."""
        return optim.Adadelta(1.0, self.rho, self.eps)
