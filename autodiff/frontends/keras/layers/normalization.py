"""Batch normalization, with the moments of the batch while training."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.session import in_train_phase
from autodiff.frontends.keras.layers.base import Layer


class BatchNormalization(Layer):
    """Mean 0 and deviation 1 of each feature, along `axis`, then gamma x + beta.

    While training by the moments of the batch, which running averages follow (`momentum`);
    otherwise by those averages.
    """

    supports_masking = True

    def __init__(
        self,
        epsilon: float = 1e-3,
        mode: int = 0,
        axis: int = -1,
        momentum: float = 0.99,
        weights: Any = None,
        beta_init: Any = "zero",
        gamma_init: Any = "one",
        **kwargs: Any,
    ) -> None:
        super().__init__(weights=weights, **kwargs)
        if mode not in (0, 2):
            raise ValueError(f"BatchNormalization: mode={mode} is not supported.{here()}")
        self.axis, self.starts = axis, (gamma_init, beta_init)
        self.epsilon, self.momentum = epsilon, momentum

    def build(self, shape: list[int | None]) -> None:
        """gamma, beta, and the two running averages."""
        size = [shape[self.axis]]
        self.gamma = self.add_weight("gamma", size, self.starts[0])
        self.beta = self.add_weight("beta", size, self.starts[1])
        self.mean = self.add_weight("running_mean", size, "zero", trainable=False)
        self.std = self.add_weight("running_std", size, "one", trainable=False)

    def call(self, x: Any) -> Any:
        """The normalized batch."""
        rank = len(x.get_shape())
        own = self.axis % rank
        mean, variance = tf.nn.moments(x, [i for i in range(rank) if i != own])
        for running, found in ((self.mean, mean), (self.std, variance)):
            moved = self.momentum * running + (1 - self.momentum) * found
            self.updates.append(running.assign(tf.stop_gradient(moved)))
        mean = in_train_phase(x.graph, mean, self.mean)
        variance = in_train_phase(x.graph, variance, self.std)
        rows = [mean, variance, self.beta, self.gamma]
        if own != rank - 1:
            rows = [tf.reshape(one, [-1, *[1] * (rank - 1 - own)]) for one in rows]
        return tf.nn.batch_normalization(x, *rows, self.epsilon)
