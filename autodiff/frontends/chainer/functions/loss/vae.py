"""Losses of variational autoencoders: sums over all elements, not means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.frontends.chainer.function import called
from autodiff.frontends.chainer.variable import Variable
from autodiff.ops.networks import nn


def bernoulli_nll(x: Any, y: Any) -> Variable:
    """-log p(x) for bits of log-odds y, summed."""
    return called(lambda x, y: np.sum(nn.softplus(y) - x * y), x, y)


def gaussian_nll(x: Any, mean: Any, ln_var: Any) -> Variable:
    """-log of the normal density, summed."""

    def run(x: Any, m: Any, v: Any) -> Any:
        power = (x - m) * (x - m) * np.exp(-v)
        return np.sum(0.5 * (v + power + math.log(2 * math.pi)))

    return called(run, x, mean, ln_var)


def gaussian_kl_divergence(mean: Any, ln_var: Any) -> Variable:
    """The divergence from the standard normal distribution, summed."""
    return called(lambda m, v: 0.5 * np.sum(m * m + np.exp(v) - v - 1), mean, ln_var)
