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
    otherwise by those averages.  Without `scale` there is no gamma, without `center` no beta.
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
        gamma_regularizer: Any = None,
        beta_regularizer: Any = None,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = None,
        gamma_initializer: Any = None,
        moving_mean_initializer: Any = "zero",
        moving_variance_initializer: Any = "one",
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(weights=weights, **kwargs)
        if isinstance(epsilon, int):  # Keras 2: BatchNormalization(axis, momentum, epsilon)
            axis, epsilon = epsilon, 1e-3 if axis == -1 else axis
            momentum, mode = (mode, 0) if isinstance(mode, float) else (momentum, mode)
        if mode not in (0, 2):
            raise ValueError(f"BatchNormalization: mode={mode} is not supported.{here()}")
        self.axis = axis
        self.starts = {
            "gamma": (gamma_initializer or gamma_init, gamma_regularizer, gamma_constraint),
            "beta": (beta_initializer or beta_init, beta_regularizer, beta_constraint),
        }
        self.used = {"gamma": scale, "beta": center}
        self.running = moving_mean_initializer, moving_variance_initializer
        self.epsilon, self.momentum = epsilon, momentum

    def build(self, shape: list[int | None]) -> None:
        """gamma, beta, and the two running averages."""
        size = [shape[self.axis]]
        self.gamma, self.beta = (
            self.add_weight(name, size, start, penalty, constraint=limit)
            if self.used[name]
            else None
            for name, (start, penalty, limit) in self.starts.items()
        )
        first, second = self.running
        self.mean = self.add_weight("running_mean", size, first, trainable=False)
        self.std = self.add_weight("running_std", size, second, trainable=False)

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
            ones = [1] * (rank - 1 - own)
            rows = [one if one is None else tf.reshape(one, [-1, *ones]) for one in rows]
        return tf.nn.batch_normalization(x, *rows, self.epsilon)
