"""`tf.contrib.distributions`: a few distributions, whose samples and densities are nodes.

The arguments have the names of 0.11 (mu, sigma, p) and those of 1.0 (loc, scale, probs).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.ground.renamed import missing


def _given(what: str, *values: Any) -> Any:
    for value in values:
        if value is not None:
            return tf.convert_to_tensor(value)
    raise TypeError(f"tf.contrib.distributions: {what} is missing.{here()}")


IDLE = ("validate_args", "allow_nan_stats", "dtype", "use_static_graph", "allow_nan")
"""What a distribution would check of its numbers, which is not done here."""


class Distribution:
    """Base: what follows from `log_prob` and `_draw(shape)`."""

    batch: Any

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: Any = None) -> Any:
        """Samples, with `sample_shape` before the distribution's own shape."""
        own = self.batch.get_shape()
        shape = [int(n) for n in np.ravel(sample_shape)]
        dims = own.as_list() if own.is_fully_defined() else tf.shape(self.batch)
        full = [*shape, *dims] if isinstance(dims, list) else tf.concat(0, [shape, dims])
        return self._draw(full if shape or not isinstance(dims, list) else dims, seed)

    def sample_n(self, n: int, seed: int | None = None, name: Any = None) -> Any:
        """`n` samples along a new first axis."""
        return self.sample([n], seed)

    def _draw(self, shape: Any, seed: Any) -> Any:
        raise NotImplementedError

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """The logarithm of the density, or of the probability, at a value."""
        raise NotImplementedError

    log_pdf = log_pmf = property(lambda self: self.log_prob)

    def prob(self, value: Any, name: Any = None) -> Any:
        """The density, or the probability."""
        return tf.exp(self.log_prob(value))

    pdf = pmf = prob


class Normal(Distribution):
    """The normal distribution of mean mu (loc) and deviation sigma (scale)."""

    def __init__(
        self, mu: Any = None, sigma: Any = None, name: Any = None, loc: Any = None,
        scale: Any = None, **more: Any,
    ) -> None:  # fmt: skip
        only("Normal", more, *IDLE)
        self.mu, self.sigma = _given("mu", mu, loc), _given("sigma", sigma, scale)
        self.loc, self.scale = self.mu, self.sigma
        self.batch = self.mu + 0 * self.sigma

    def _draw(self, shape: Any, seed: Any) -> Any:
        return self.mu + self.sigma * tf.random_normal(shape, dtype=self.mu.dtype, seed=seed)

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """-(x - mu)^2 / (2 sigma^2) - log(sigma) - log(2 pi) / 2."""
        z = (value - self.mu) / self.sigma
        return -0.5 * z * z - tf.log(self.sigma) - 0.5 * math.log(2 * math.pi)

    def entropy(self, name: Any = None) -> Any:
        """log(sigma) + log(2 pi e) / 2."""
        return 0 * self.mu + tf.log(self.sigma) + 0.5 * math.log(2 * math.pi * math.e)

    def mean(self, name: Any = None) -> Any:
        """mu."""
        return self.batch

    def stddev(self, name: Any = None) -> Any:
        """sigma."""
        return 0 * self.mu + self.sigma

    std = stddev

    def cdf(self, value: Any, name: Any = None) -> Any:
        """The probability to be below a value."""
        return 0.5 * (1 + tf.erf((value - self.mu) / (self.sigma * math.sqrt(2))))


class MultivariateNormalDiag(Normal):
    """Independent normal numbers along the last axis, as one vector."""

    def __init__(
        self, mu: Any = None, diag_stdev: Any = None, name: Any = None, loc: Any = None,
        scale_diag: Any = None, **more: Any,
    ) -> None:  # fmt: skip
        only("MultivariateNormalDiag", more, *IDLE)
        super().__init__(mu, diag_stdev, loc=loc, scale=scale_diag)

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """The sum of the components' log densities."""
        return tf.reduce_sum(super().log_prob(value), -1)

    def entropy(self, name: Any = None) -> Any:
        """The sum of the components' entropies."""
        return tf.reduce_sum(super().entropy(), -1)


class Uniform(Distribution):
    """Numbers in a (low) .. b (high), all as likely."""

    def __init__(
        self, a: Any = None, b: Any = None, name: Any = None, low: Any = None, high: Any = None,
        **more: Any,
    ) -> None:  # fmt: skip
        only("Uniform", more, *IDLE)
        self.a, self.b = _given("a", a, low, 0.0), _given("b", b, high, 1.0)
        self.batch = self.a + 0 * self.b

    def _draw(self, shape: Any, seed: Any) -> Any:
        return self.a + (self.b - self.a) * tf.random_uniform(shape, seed=seed)

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """-log(b - a) inside, -inf outside."""
        inside = tf.logical_and(value >= self.a, value < self.b)
        height = -tf.log(self.b - self.a) + 0 * value
        return tf.where(inside, height, 0 * value - np.inf)

    def entropy(self, name: Any = None) -> Any:
        """log(b - a)."""
        return tf.log(self.b - self.a)


class Bernoulli(Distribution):
    """1 with probability p (probs), else 0; or by its logits."""

    def __init__(
        self,
        logits: Any = None,
        p: Any = None,
        dtype: Any = np.int32,
        probs: Any = None,
        **more: Any,
    ) -> None:
        only("Bernoulli", more, *IDLE)
        self.dtype = dtype
        if logits is not None:
            self.logits = tf.convert_to_tensor(logits)
            self.p = tf.sigmoid(self.logits)
        else:
            self.p = _given("p", p, probs)
            self.logits = tf.log(self.p) - tf.log1p(-self.p)
        self.batch = self.probs = self.p

    def _draw(self, shape: Any, seed: Any) -> Any:
        return tf.cast(tf.random_uniform(shape, seed=seed) < self.p, self.dtype)

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """log p of a 1, log(1 - p) of a 0."""
        own = tf.cast(value, self.logits.dtype)
        return -tf.nn.sigmoid_cross_entropy_with_logits(logits=self.logits + 0 * own, labels=own)

    def entropy(self, name: Any = None) -> Any:
        """-p log p - (1 - p) log(1 - p)."""
        return tf.nn.softplus(-self.logits) + (1 - self.p) * self.logits

    def mean(self, name: Any = None) -> Any:
        """p."""
        return self.p


class Categorical(Distribution):
    """A class by its logits, along the last axis."""

    def __init__(self, logits: Any = None, probs: Any = None, p: Any = None, **more: Any) -> None:
        only("Categorical", more, *IDLE)
        own = probs if p is None else p
        self.logits = tf.log(own) if logits is None else tf.convert_to_tensor(logits)
        self.batch = self.logits[..., 0]

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: Any = None) -> Any:
        """Classes, int32."""
        count = [int(n) for n in np.ravel(sample_shape)]
        rank = len(self.logits.dims)
        rows = self.logits if rank == 2 else tf.reshape(self.logits, [-1, self.logits.dims[-1]])
        drawn = tf.to_int32(tf.multinomial(rows, int(np.prod(count)) if count else 1, seed))
        if rank == 1:
            return tf.reshape(drawn, count)
        return tf.reshape(tf.transpose(drawn), [*count, -1]) if count else drawn[:, 0]

    def log_prob(self, value: Any, name: Any = None) -> Any:
        """The logarithm of a class's probability."""
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(self.logits, value)

    def entropy(self, name: Any = None) -> Any:
        """-sum p log p."""
        logs = tf.nn.log_softmax(self.logits)
        return -tf.reduce_sum(tf.exp(logs) * logs, -1)


def kl(dist_a: Any, dist_b: Any, **more: Any) -> Any:
    """The Kullback-Leibler divergence of two normal distributions."""
    only("kl", more, *IDLE)
    if not isinstance(dist_a, Normal) or not isinstance(dist_b, Normal):
        raise NotImplementedError(f"kl is known of two Normal distributions only.{here()}")
    ratio = tf.square(dist_a.sigma / dist_b.sigma)
    shift = tf.square((dist_a.mu - dist_b.mu) / dist_b.sigma)
    return 0.5 * (ratio + shift - 1 - tf.log(ratio))


kl_divergence = kl


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.distributions", name, globals())
