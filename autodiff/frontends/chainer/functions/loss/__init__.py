"""Losses: one number each.  Means are over the examples that count; labels of -1 do not."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.chainer.checks import expect, labels
from autodiff.frontends.chainer.function import called
from autodiff.frontends.chainer.functions.loss.vae import (
    bernoulli_nll,
    gaussian_kl_divergence,
    gaussian_nll,
)
from autodiff.frontends.chainer.variable import Variable, array_of
from autodiff.frontends.common.options import among, only
from autodiff.ops.networks import nn


def softmax_cross_entropy(
    x: Any, t: Any, use_cudnn: bool = True, normalize: bool = True, **options: Any
) -> Variable:
    """The mean of -log softmax(x)[t] over labels other than -1; not normalized: over the batch."""
    only(
        "F.softmax_cross_entropy",
        options,
        "cache_score",
        "enable_double_backprop",
        ignore_label=-1,
        reduce="mean",
    )
    xs, ts = array_of(x), array_of(t)
    labels("SoftmaxCrossEntropy", ts)
    expect(
        "SoftmaxCrossEntropy", ts.shape == (xs.shape[0], *xs.shape[2:]),
        "t.shape == (x.shape[0], *x.shape[2:])", f"{ts.shape} and {xs.shape}",
    )  # fmt: skip
    counted = ts != -1
    flat = np.where(counted, ts, 0).ravel()
    if flat.size and (flat.min() < 0 or flat.max() >= xs.shape[1]):
        raise IndexError(
            f"label {ts.max()} for {xs.shape[1]} classes 0 .. {xs.shape[1] - 1}.{here()}"
        )
    count = max(int(counted.sum()), 1) if normalize else len(xs)
    weight = (counted.ravel() / count).astype(xs.dtype)

    def run(v: Any) -> Any:
        logs = np.moveaxis(nn.log_softmax(v, axis=1), 1, -1).reshape((-1, xs.shape[1]))
        return -np.sum(logs[np.arange(flat.size), flat] * weight)

    return called(run, x)


def sigmoid_cross_entropy(
    x: Any, t: Any, use_cudnn: bool = True, normalize: bool = True
) -> Variable:
    """The mean cross-entropy of questions with int32 answers 0, 1; -1 does not count."""
    xs, ts = array_of(x), array_of(t)
    labels("SigmoidCrossEntropy", ts)
    counted = ts != -1
    count = max(int(counted.sum()), 1) if normalize else len(xs)
    weight = (counted / count).astype(xs.dtype)
    answers = np.where(counted, ts, 0).astype(xs.dtype)
    return called(lambda v: np.sum(nn.sigmoid_cross_entropy_terms(v, answers) * weight), x)


def mean_squared_error(x0: Any, x1: Any) -> Variable:
    """The mean of squares over all elements."""
    a, b = array_of(x0), array_of(x1)
    wanted = "in_types[0].shape == in_types[1].shape"
    expect("MeanSquaredError", a.shape == b.shape, wanted, f"{a.shape} != {b.shape}")
    return called(lambda x, y: np.mean((x - y) * (x - y)), x0, x1)


def huber_loss(x: Any, t: Any, delta: float) -> Variable:
    """Squares near 0, and lines beyond delta, summed over axis 1."""

    def run(x: Any, t: Any) -> Any:
        away = np.abs(x - t)
        near = 0.5 * away * away
        return np.sum(np.where(away < delta, near, delta * (away - 0.5 * delta)), axis=1)

    return called(run, x, t)


def hinge(x: Any, t: Any, norm: str = "L1") -> Variable:
    """The mean over the batch of max(0, 1 - s x), s = 1 at the label and -1 elsewhere."""
    xs, ts = array_of(x), array_of(t)
    labels("Hinge", ts)
    among("F.hinge: norm", norm, "L1", "L2")
    sign = np.where(np.arange(xs.shape[1]) == ts[:, None], 1.0, -1.0).astype(xs.dtype)

    def run(v: Any) -> Any:
        over = nn.relu(1 - sign * v)
        return np.sum(over if norm == "L1" else over * over) / len(xs)

    return called(run, x)


def accuracy(y: Any, t: Any, ignore_label: Any = None) -> Variable:
    """The share of rows whose largest element is at the label."""
    ys, ts = array_of(y), array_of(t)
    right = ys.argmax(axis=1).reshape(ts.shape) == ts
    counted = np.ones_like(right) if ignore_label is None else ts != ignore_label
    share = (right & counted).sum() / max(counted.sum(), 1)
    return Variable(np.asarray(share, ys.dtype), volatile="auto")


__all__ = [
    "accuracy", "bernoulli_nll", "gaussian_kl_divergence", "gaussian_nll", "hinge", "huber_loss",
    "mean_squared_error", "sigmoid_cross_entropy", "softmax_cross_entropy",
]  # fmt: skip
