"""Functions of each element that have a number of their own, given or learned."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.layers.base import Layer


class LeakyReLU(Layer):
    """x for x > 0, else alpha x."""

    supports_masking = True

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, x: Any) -> Any:
        """relu(x) - alpha relu(-x)."""
        return tf.nn.relu(x) - self.alpha * tf.nn.relu(-x)


class PReLU(Layer):
    """x for x > 0, else a learned multiple of it, one for each feature."""

    supports_masking = True

    def __init__(self, init: Any = "zero", shared_axes: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init, self.shared = init, shared_axes or []

    def build(self, shape: list[int | None]) -> None:
        """The slopes."""
        size = [1 if i in self.shared else n for i, n in enumerate(shape[1:], 1)]
        self.alphas = self.add_weight("alphas", size, self.init)

    def call(self, x: Any) -> Any:
        """relu(x) - alphas relu(-x)."""
        return tf.nn.relu(x) - self.alphas * tf.nn.relu(-x)


class ELU(Layer):
    """x for x > 0, else alpha (exp(x) - 1)."""

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, x: Any) -> Any:
        """elu, its negative part scaled."""
        return tf.select(x > 0, x, self.alpha * tf.nn.elu(x))


class ThresholdedReLU(Layer):
    """x above theta, else 0."""

    supports_masking = True

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = float(theta)

    def call(self, x: Any) -> Any:
        """x where it is above theta."""
        return x * tf.cast(x > self.theta, x.dtype)
