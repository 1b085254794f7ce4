"""Layers that add noise while training."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.session import in_train_phase
from autodiff.frontends.keras.layers.base import Layer, one_of


class GaussianNoise(Layer):
    """While training, normal numbers of deviation sigma are added."""

    supports_masking = True

    def __init__(self, sigma: Any = None, stddev: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sigma = one_of("GaussianNoise", sigma=sigma, stddev=stddev)

    def call(self, x: Any) -> Any:
        """x, with noise while training."""
        noise = tf.random_normal(tf.shape(x), 0.0, self.sigma)
        return in_train_phase(x.graph, x + noise, x)


class GaussianDropout(Layer):
    """While training, each element is multiplied by a normal number of mean 1."""

    supports_masking = True

    def __init__(self, p: Any = None, rate: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.p = one_of("GaussianDropout", p=p, rate=rate)

    def call(self, x: Any) -> Any:
        """x, scaled while training."""
        noise = tf.random_normal(tf.shape(x), 1.0, float(np.sqrt(self.p / (1 - self.p))))
        return in_train_phase(x.graph, x * noise, x)
