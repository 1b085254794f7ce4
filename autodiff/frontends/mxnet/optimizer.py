"""Optimizers: `updater(index, gradient, weight)` changes a weight.

Gradients of loss layers are sums over the batch: `rescale_grad` divides them, and `Module` sets it
to 1 / batch_size.  Only parameters whose names end in _weight or _gamma decay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import optim
from autodiff.core.ground.locations import here
from autodiff.frontends.mxnet.arrays import NDArray


class Optimizer:
    """Base: learning rate, weight decay, clipping, and how often each weight was updated."""

    def __init__(
        self, rescale_grad: float = 1.0, param_idx2name: Any = None, wd: float = 0.0,
        clip_gradient: Any = None, learning_rate: float = 0.01, lr_scheduler: Any = None,
        sym: Any = None, begin_num_update: int = 0, **options: Any,
    ) -> None:  # fmt: skip
        if options:
            raise TypeError(f"{type(self).__name__} has no option {next(iter(options))!r}.{here()}")
        self.rescale_grad, self.wd, self.clip_gradient = rescale_grad, wd, clip_gradient
        self.lr, self.lr_scheduler = learning_rate, lr_scheduler
        if lr_scheduler is not None:
            lr_scheduler.base_lr = learning_rate
        self.idx2name = dict(param_idx2name or {})
        self.num_update = begin_num_update
        self.counts: dict[Any, int] = {}
        notes = {node.name: node.note for node in sym.nodes if node.op is None} if sym else {}
        self.lr_mult, self.wd_mult = (
            {name: float(note[word]) for name, note in notes.items() if note.get(word) is not None}
            for word in ("lr_mult", "wd_mult")
        )

    def set_lr_mult(self, args_lr_mult: dict[Any, float]) -> None:
        """Factors of the rate by the names of parameters; 0 leaves one as it is."""
        self.lr_mult |= args_lr_mult

    def set_wd_mult(self, args_wd_mult: dict[Any, float]) -> None:
        """Factors of the weight decay by the names of parameters."""
        self.wd_mult |= args_wd_mult

    def rate(self, index: Any) -> float:
        """The rate of now, for a parameter."""
        whole = self.lr_scheduler(self.num_update) if self.lr_scheduler else self.lr
        return whole * self.lr_mult.get(self.idx2name.get(index, index), 1.0)

    def decay(self, index: Any) -> float:
        """The weight decay of a parameter, by its name."""
        name = self.idx2name.get(index, index)
        named = isinstance(name, str) and not name.endswith(("_weight", "_gamma"))
        return self.wd * self.wd_mult.get(name, 0.0 if named else 1.0)

    def count(self, index: Any) -> int:
        """Count an update of a parameter; the first is number 1."""
        self.counts[index] = self.counts.get(index, 0) + 1
        self.num_update = max(self.num_update, self.counts[index])
        return self.counts[index]

    def scaled(self, grad: Any) -> Any:
        """The gradient, rescaled and clipped."""
        g = grad.value * self.rescale_grad
        c = self.clip_gradient
        return g if c is None else np.clip(g, -c, c)

    def create_state(self, index: Any, weight: Any) -> Any:
        """The state of a weight."""
        return None

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Change a weight."""
        raise NotImplementedError


class SGD(Optimizer):
    """v = momentum v - rate (g + wd W); W += v: the rate stands inside the velocity."""

    def __init__(self, momentum: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.momentum = momentum

    def create_state(self, index: Any, weight: Any) -> Any:
        """At rest; None without momentum."""
        return NDArray(np.zeros_like(weight.value)) if self.momentum else None

    def velocity(self, weight: Any, state: Any) -> Any:
        """The state, slowed down."""
        if state is None:
            if self.momentum:
                raise ValueError(
                    f"momentum={self.momentum} needs a state: make it once, state = "
                    f"optimizer.create_state(index, weight), and give it to each update.{here()}"
                )
            return np.zeros_like(weight.value)
        state.a[...] *= self.momentum
        return state.a

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """One step."""
        rate = self.rate(index)
        self.count(index)
        velocity = self.velocity(weight, state)
        velocity -= rate * (self.scaled(grad) + self.decay(index) * weight.value)
        weight.a[...] += velocity


class NAG(SGD):
    """v = momentum v + g + wd W; W -= rate (g + wd W + momentum v)."""

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """One step."""
        rate = self.rate(index)
        self.count(index)
        g = self.scaled(grad) + self.decay(index) * weight.value
        velocity = self.velocity(weight, state)
        velocity += g
        weight.a[...] -= rate * (g + self.momentum * velocity)


class _ByRule(Optimizer):
    """A step of one of `autodiff.optim`."""

    def rule(self) -> Any:
        """Which one."""
        raise NotImplementedError

    def create_state(self, index: Any, weight: Any) -> Any:
        """The slots of the rule."""
        starts = self.rule().slots.values()
        return [NDArray(np.full_like(weight.value, start)) for start in starts]

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """One step."""
        rate = self.rate(index)
        t = self.count(index)
        g = self.scaled(grad) + self.decay(index) * weight.value
        new, *slots = self.rule().rule(weight.value, g, rate, t, *[slot.value for slot in state])
        weight.a[...] = new
        for slot, value in zip(state, slots, strict=True):
            slot.a[...] = value


class Adam(_ByRule):
    """Adam, rate 0.001, epsilon beside the root of v itself."""

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999,
        epsilon: float = 1e-8, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate=learning_rate, **options)
        self.betas = (beta1, beta2, epsilon)

    def rule(self) -> Any:
        """Adam."""
        return optim.Adam(self.lr, *self.betas, hat=True)


class AdaGrad(Optimizer):
    """h += g^2; W -= rate (g / sqrt(h + eps) + wd W): epsilon under the root."""

    def __init__(self, eps: float = 1e-7, **options: Any) -> None:
        super().__init__(**options)
        self.eps = eps

    def create_state(self, index: Any, weight: Any) -> Any:
        """No squares yet."""
        return NDArray(np.zeros_like(weight.value))

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """One step."""
        rate = self.rate(index)
        self.count(index)
        g = self.scaled(grad)
        state.a[...] += g * g
        g = g / np.sqrt(state.value + self.eps)
        weight.a[...] -= rate * (g + self.decay(index) * weight.value)


class RMSProp(_ByRule):
    """Graves' form: centred, with momentum gamma2, epsilon 1e-4 under the root."""

    def __init__(
        self, learning_rate: float = 0.002, gamma1: float = 0.95, gamma2: float = 0.9, **o: Any
    ) -> None:
        super().__init__(learning_rate=learning_rate, **o)
        self.gammas = (gamma1, gamma2)

    def rule(self) -> Any:
        """Centred RMSProp."""
        decay, momentum = self.gammas
        return optim.RMSProp(self.lr, decay, momentum, 1e-4, centered=True, inside=True)


class AdaDelta(_ByRule):
    """Adadelta, without a rate."""

    def __init__(self, rho: float = 0.9, epsilon: float = 1e-5, **options: Any) -> None:
        super().__init__(learning_rate=1.0, **options)
        self.settings = (rho, epsilon)

    def rule(self) -> Any:
        """Adadelta."""
        return optim.Adadelta(1.0, *self.settings)


NAMES = {c.__name__.lower(): c for c in (SGD, NAG, Adam, AdaGrad, RMSProp, AdaDelta)}


def create(name: str, **options: Any) -> Optimizer:
    """An optimizer by name."""
    if str(name).lower() not in NAMES:
        raise ValueError(f"Cannot find optimizer {name}: there are {', '.join(NAMES)}.{here()}")
    return NAMES[name.lower()](**options)


class Updater:
    """An optimizer with the states of all weights."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.states: dict[Any, Any] = {}
        self.saved: dict[str, Any] = {}

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        """Change a weight."""
        if index not in self.states:
            self.states[index] = self.optimizer.create_state(index, weight)
            for place, slot in enumerate(_slots(self.states[index])):
                slot[...] = self.saved.get(f"{index}/{place}", slot)
        self.optimizer.update(index, weight, grad, self.states[index])

    def save(self, fname: str) -> None:
        """The states of all weights into a file, in NumPy's format."""
        arrays = {
            f"{index}/{place}": slot
            for index, state in self.states.items()
            for place, slot in enumerate(_slots(state))
        }
        with open(fname, "wb") as file:
            np.savez(file, **arrays)

    def load(self, fname: str) -> None:
        """The states of a file; a weight takes its own when it is changed for the first time."""
        with np.load(fname) as file:
            self.saved, self.states = dict(file), {}


def _slots(state: Any) -> list[Any]:
    """The arrays of a state: none, one, or a list or tuple of them."""
    slots = [] if state is None else state if isinstance(state, list | tuple) else [state]
    return [slot.a for slot in slots]


def get_updater(optimizer: Optimizer) -> Updater:
    """The updater of an optimizer."""
    return Updater(optimizer)
