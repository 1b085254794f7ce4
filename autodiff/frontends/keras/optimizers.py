"""Optimizers by their names, defaults and formulas of Keras 1, over the rules of `autodiff.optim`.

Keras 1 has formulas of its own, whatever runs below it: accumulators start at 0, epsilon stands
outside of the root, and the rate stands inside of the velocity.  `lr` is a variable, so that a
callback can change it; with `decay` the rate is lr / (1 + decay * updates).  Gradients are clipped
by `clipnorm` (all together) and `clipvalue` (each element) before.
"""

from __future__ import annotations

from typing import Any

from autodiff import optim
from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.given import Given
from autodiff.frontends.keras.ground.session import floatx


class Optimizer(Given):
    """A rule of `autodiff.optim` with a rate that can be set; `rule` ignores its own rate."""

    def __init__(
        self,
        rule: optim.Optimizer,
        lr: float,
        decay: float = 0.0,
        clipnorm: float = 0.0,
        clipvalue: float = 0.0,
    ) -> None:
        self.rule, self.initial_lr, self.decay = rule, lr, decay
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.lr: Any = None

    def prepare(self) -> None:
        """The variable `lr` of the default graph, which K.get_value and K.set_value take."""
        if self.lr is None or self.lr.graph is not tf.get_default_graph():
            dtype = tf.as_dtype(floatx())
            self.lr = tf.Variable(self.initial_lr, trainable=False, name="lr", dtype=dtype)

    def updates(self, loss: Any, weights: list[Any]) -> Any:
        """The operation that moves the weights."""
        self.prepare()
        rate, steps = self.lr, None
        if self.decay:
            steps = tf.Variable(0, trainable=False, name="iterations")
            rate = tf.train.inverse_time_decay(self.lr, steps, 1, self.decay)
        own = tf.train.Optimizer(self.rule, rate, type(self).__name__)
        own.counts_steps = isinstance(self.rule, optim.Adam | optim.Adamax | optim.Nadam)
        pairs = own.compute_gradients(loss, weights)
        used = [(g.dense, w) for g, w in pairs if g is not None]
        slopes = self._clipped([g for g, _ in used])
        return own.apply_gradients(list(zip(slopes, [w for _, w in used], strict=True)), steps)

    def _clipped(self, slopes: list[Any]) -> list[Any]:
        if self.clipnorm > 0:
            norm = tf.global_norm(slopes)
            slopes = [tf.select(norm >= self.clipnorm, g * self.clipnorm / norm, g) for g in slopes]
        if self.clipvalue > 0:
            slopes = [tf.clip_by_value(g, -self.clipvalue, self.clipvalue) for g in slopes]
        return slopes


class SGD(Optimizer):
    """m <- momentum m - lr g; p <- p + m, with Nesterov p <- p + momentum m - lr g."""

    def __init__(
        self,
        lr: float = 0.01,
        momentum: float = 0.0,
        decay: float = 0.0,
        nesterov: bool = False,
        **clip: float,
    ) -> None:
        rule: optim.Optimizer = optim.GradientDescent()
        if momentum:
            rule = optim.Momentum(momentum=momentum, nesterov=nesterov, inside=True)
        super().__init__(rule, lr, decay, **clip)


class RMSprop(Optimizer):
    """a <- rho a + (1 - rho) g^2; p <- p - lr g / (sqrt(a) + epsilon)."""

    def __init__(
        self,
        lr: float = 0.001,
        rho: float = 0.9,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **clip: float,
    ) -> None:
        super().__init__(optim.RMSProp(decay=rho, epsilon=epsilon), lr, decay, **clip)


class Adagrad(Optimizer):
    """a <- a + g^2; p <- p - lr g / (sqrt(a) + epsilon)."""

    def __init__(
        self, lr: float = 0.01, epsilon: float = 1e-8, decay: float = 0.0, **clip: float
    ) -> None:
        super().__init__(optim.Adagrad(epsilon=epsilon), lr, decay, **clip)


class Adadelta(Optimizer):
    """Steps in the units of the weight; see `optim.Adadelta`."""

    def __init__(
        self,
        lr: float = 1.0,
        rho: float = 0.95,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **clip: float,
    ) -> None:
        super().__init__(optim.Adadelta(rho=rho, epsilon=epsilon), lr, decay, **clip)


class Adam(Optimizer):
    """Steps along the mean gradient, in units of its size; see `optim.Adam`, `hat=True`."""

    def __init__(
        self,
        lr: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **clip: float,
    ) -> None:
        rule = optim.Adam(beta1=beta_1, beta2=beta_2, epsilon=epsilon, hat=True)
        super().__init__(rule, lr, decay, **clip)


class Adamax(Optimizer):
    """Steps in units of the largest gradient lately; see `optim.Adamax`."""

    def __init__(
        self,
        lr: float = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **clip: float,
    ) -> None:
        rule = optim.Adamax(beta1=beta_1, beta2=beta_2, epsilon=epsilon)
        super().__init__(rule, lr, decay, **clip)


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead; see `optim.Nadam`."""

    def __init__(
        self,
        lr: float = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        schedule_decay: float = 0.004,
        **clip: float,
    ) -> None:
        rule = optim.Nadam(beta1=beta_1, beta2=beta_2, epsilon=epsilon, decay=schedule_decay)
        super().__init__(rule, lr, **clip)


BY_NAME = {
    one.__name__.lower(): one for one in (SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam)
}
sgd, rmsprop, adagrad, adadelta = SGD, RMSprop, Adagrad, Adadelta
adam, adamax, nadam = Adam, Adamax, Nadam
"""The lower-case names that Keras keeps beside the classes."""


def get(optimizer: Any) -> Optimizer:
    """An optimizer by its name, with the defaults; an object passes through."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, str) and optimizer.lower() in BY_NAME:
        return BY_NAME[optimizer.lower()]()
    raise ValueError(
        f"the optimizer is one of {', '.join(BY_NAME)}, or an object such as Adam(lr=0.001); got "
        f"{optimizer!r:.60}.{here()}"
    )
