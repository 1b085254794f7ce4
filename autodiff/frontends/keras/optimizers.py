"""Optimizers by their names and defaults of Keras 1, over `tf.train`.

`lr` is a variable, so that a callback can change it; with `decay` the rate is
lr / (1 + decay * updates).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf


class Optimizer:
    """A rate, and how to make the optimizer of `tf.train` for it."""

    def __init__(self, lr: float, decay: float, make: Callable[[Any], Any]) -> None:
        self.initial_lr, self.decay, self.make = lr, decay, make
        self.lr: Any = None

    def updates(self, loss: Any, weights: list[Any]) -> Any:
        """The operation that moves the weights."""
        self.lr = tf.Variable(self.initial_lr, trainable=False, name="lr", dtype=tf.float32)
        if not self.decay:
            return self.make(self.lr).minimize(loss, var_list=weights)
        steps = tf.Variable(0, trainable=False, name="iterations")
        rate = tf.train.inverse_time_decay(self.lr, steps, 1, self.decay)
        return self.make(rate).minimize(loss, steps, var_list=weights)


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for."""

    def __init__(
        self, lr: float = 0.01, momentum: float = 0.0, decay: float = 0.0, nesterov: bool = False
    ) -> None:
        def make(rate: Any) -> Any:
            if momentum:
                return tf.train.MomentumOptimizer(rate, momentum, use_nesterov=nesterov)
            return tf.train.GradientDescentOptimizer(rate)

        super().__init__(lr, decay, make)


class RMSprop(Optimizer):
    """Steps of one size, whatever the scale of the gradient."""

    def __init__(
        self, lr: float = 0.001, rho: float = 0.9, epsilon: float = 1e-8, decay: float = 0.0
    ) -> None:
        make = lambda rate: tf.train.RMSPropOptimizer(rate, rho, epsilon=epsilon)  # noqa: E731
        super().__init__(lr, decay, make)


class Adagrad(Optimizer):
    """The more a weight has moved, the smaller its steps."""

    def __init__(self, lr: float = 0.01, decay: float = 0.0) -> None:
        super().__init__(lr, decay, tf.train.AdagradOptimizer)


class Adadelta(Optimizer):
    """Steps in the units of the weight."""

    def __init__(
        self, lr: float = 1.0, rho: float = 0.95, epsilon: float = 1e-8, decay: float = 0.0
    ) -> None:
        make = lambda rate: tf.train.AdadeltaOptimizer(rate, rho, epsilon)  # noqa: E731
        super().__init__(lr, decay, make)


class Adam(Optimizer):
    """Steps along the mean gradient, in units of its size."""

    def __init__(
        self,
        lr: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        make = lambda rate: tf.train.AdamOptimizer(rate, beta_1, beta_2, epsilon)  # noqa: E731
        super().__init__(lr, decay, make)


BY_NAME = {one.__name__.lower(): one for one in (SGD, RMSprop, Adagrad, Adadelta, Adam)}


def by_name(optimizer: Any) -> Optimizer:
    """An optimizer by its name, with the defaults; an object passes through."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, str) and optimizer.lower() in BY_NAME:
        return BY_NAME[optimizer.lower()]()
    raise ValueError(
        f"the optimizer is one of {', '.join(BY_NAME)}, or an object such as Adam(lr=0.001); got "
        f"{optimizer!r:.60}.{here()}"
    )
