"""Optimizers as objects around a link, and hooks that change gradients before an update."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.chainer.link import Link


class Optimizer:
    """Base: `setup(link)`, `update()` or `update(lossfun, *args)`, `add_hook`."""

    target: Link | None = None
    t = 0
    epoch = 0
    _cleargrads = False

    def setup(self, link: Link) -> None:
        """Take a link, and count from 0."""
        if not isinstance(link, Link):
            raise TypeError(f"optimization target must be a link, not {link!r:.50}.{here()}")
        self.target = link
        self.t = self.epoch = 0
        self.states: dict[str, dict[str, Any]] = {}
        self._hooks: OrderedDict[str, Any] = OrderedDict()

    def use_cleargrads(self, use: bool = True) -> None:
        """Clear gradients before a loss, in place of making them zero."""
        self._cleargrads = use

    def update(self, lossfun: Any = None, *args: Any, **kwds: Any) -> None:
        """One step from the gradients there are; with a loss function from its own."""
        if self.target is None:
            raise AttributeError(
                f"{type(self).__name__}.update before setup: write optimizer.setup(model).{here()}"
            )
        if lossfun is not None:
            loss = lossfun(*args, **kwds)
            if self._cleargrads:
                self.target.cleargrads()
            else:
                self.target.zerograds()
            loss.backward()
            del loss
        self.call_hooks()
        self.t += 1
        for name, param in self.target.namedparams():
            if param.grad is not None:
                param.data[...] = self.moved(name, param)

    def moved(self, name: str, param: Any) -> Any:
        """The next value of a parameter."""
        raise NotImplementedError

    def new_epoch(self) -> None:
        """Count an epoch."""
        self.epoch += 1

    def zero_grads(self) -> None:
        """Make all gradients zero."""
        assert self.target is not None
        self.target.zerograds()

    def clip_grads(self, maxnorm: float) -> None:
        """Scale all gradients down to a common norm: of before 1.5, now a hook."""
        GradientClipping(maxnorm)(self)

    def weight_decay(self, decay: float) -> None:
        """Add `decay` W to the gradients: of before 1.5, now a hook."""
        WeightDecay(decay)(self)

    def compute_grads_norm(self) -> float:
        """The common norm of all gradients."""
        return common_norm(self)[0]

    def add_hook(self, hook: Any, name: str | None = None) -> None:
        """A function of the optimizer, called before each step in the order of adding."""
        if self.target is None:
            raise RuntimeError(f"call optimizer.setup(model) before add_hook.{here()}")
        name = name or getattr(hook, "name", None) or hook.__name__
        if name in self._hooks:
            raise KeyError(f"hook {name} already exists.{here()}")
        self._hooks[name] = hook

    def remove_hook(self, name: str) -> None:
        """Take a hook away."""
        del self._hooks[name]

    def call_hooks(self) -> None:
        """Run the hooks."""
        for hook in self._hooks.values():
            hook(self)

    def serialize(self, serializer: Any) -> None:
        """Save or load counters and states."""
        self.t = serializer("t", self.t)
        self.epoch = serializer("epoch", self.epoch)
        assert self.target is not None
        for name, param in self.target.namedparams():
            state = self.states.setdefault(name, self.start(param))
            for key in state:
                state[key] = serializer[name[1:].replace("/", "_")](key, state[key])

    def start(self, param: Any) -> dict[str, Any]:
        """The state of a parameter before the first step."""
        return {}


GradientMethod = Optimizer


class WeightDecay:
    """g += rate W, of all parameters, biases too."""

    name = "WeightDecay"

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, opt: Any) -> None:
        """Change the gradients."""
        for param in opt.target.params():
            param.grad = param.grad + param.dtype.type(self.rate) * param.data


class Lasso:
    """g += rate sign(W)."""

    name = "Lasso"

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, opt: Any) -> None:
        """Change the gradients."""
        for param in opt.target.params():
            param.grad = param.grad + param.dtype.type(self.rate) * np.sign(param.data)


def common_norm(opt: Any) -> tuple[float, list[Any]]:
    """The norm of all gradients as one vector, and the parameters that have one."""
    params = [p for p in opt.target.params() if p.grad is not None]
    return float(np.sqrt(sum(float(np.vdot(p.grad, p.grad)) for p in params))), params


class GradientClipping:
    """All gradients scaled down where their common norm is above a threshold."""

    name = "GradientClipping"

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def __call__(self, opt: Any) -> None:
        """Change the gradients."""
        norm, grads = common_norm(opt)
        rate = self.threshold / norm if norm else 1.0
        if rate < 1:
            for param in grads:
                param.grad = param.grad * param.dtype.type(rate)
