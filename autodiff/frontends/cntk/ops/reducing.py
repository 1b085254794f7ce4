"""Sums over static axes, and losses: one number a sample, which a trainer averages."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply as apply_op
from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.graph.functions import Function, apply, as_function
from autodiff.frontends.cntk.ops.elementwise import (
    element_times,
    log,
    minus,
    plus,
    static_axis,
)
from autodiff.frontends.common.conventions import max_of_every_tie, min_of_every_tie
from autodiff.frontends.common.options import only
from autodiff.ops.networks import nn


def _reduced(title: str, code: Any) -> Any:
    def call(x: Any, axis: Any = None, keepdims: bool = True, name: str = "") -> Function:
        only(title, {"keepdims": keepdims}, keepdims=True)
        x = as_function(x)
        rank = len(x.shape)
        axes = tuple(range(-rank, 0)) if axis is None else (static_axis(x, axis),)
        shape = [1 if i - rank in axes else n for i, n in enumerate(x.shape)]
        return apply(title, lambda v: code(v, axes), x, shape=shape, label=name)

    call.__name__ = call.__qualname__ = title
    call.__doc__ = f"{title} over the static axes; they stay with length 1."
    return call


reduce_sum = _reduced("reduce_sum", lambda v, axes: np.sum(v, axis=axes, keepdims=True))
reduce_mean = _reduced("reduce_mean", lambda v, axes: np.mean(v, axis=axes, keepdims=True))
reduce_max = _reduced(
    "reduce_max", lambda v, axes: apply_op(max_of_every_tie, (v,), {"axis": axes, "keepdims": True})
)
reduce_min = _reduced(
    "reduce_min", lambda v, axes: apply_op(min_of_every_tie, (v,), {"axis": axes, "keepdims": True})
)
reduce_prod = _reduced("reduce_prod", lambda v, axes: np.prod(v, axis=axes, keepdims=True))
reduce_log_sum = reduce_log_sum_exp = _reduced(
    "reduce_log_sum", lambda v, axes: nn.logsumexp(v, axis=axes, keepdims=True)
)


def cross_entropy_with_softmax(z: Any, y: Any, axis: int = -1, name: str = "") -> Function:
    """-sum y log softmax(z) of each sample."""
    only("cross_entropy_with_softmax", {"axis": axis}, axis=-1)
    z, y = as_function(z), as_function(y)
    return apply("cross_entropy_with_softmax", _cross_entropy, z, y, shape=(1,), label=name)


def _cross_entropy(z: Any, y: Any) -> Any:
    return -np.sum(y * nn.log_softmax(z), axis=-1, keepdims=True)


def classification_error(z: Any, y: Any, axis: int = -1, topN: int = 1, name: str = "") -> Function:
    """1 where the largest of y is not among the `topN` largest of z."""
    only("classification_error", {"axis": axis}, axis=-1)
    z, y = as_function(z), as_function(y)

    def code(z: Any, y: Any) -> Any:
        best = np.argsort(-ground(z), axis=-1, kind="stable")[..., :topN]
        meant = np.argmax(ground(y), axis=-1)[..., None]
        return np.all(best != meant, axis=-1, keepdims=True) * 1.0

    return apply("classification_error", code, z, y, shape=(1,), label=name)


def squared_error(output: Any, target: Any, name: str = "") -> Function:
    """The sum of squares of each sample."""
    a, b = as_function(output), as_function(target)
    rank = len(a.shape)

    def code(a: Any, b: Any) -> Any:
        away = a - b
        return np.reshape(np.sum(away * away, axis=tuple(range(-rank, 0))), (*np.shape(a)[:2], 1))

    return apply("squared_error", code, a, b, shape=(1,), label=name)


def binary_cross_entropy(output: Any, target: Any, name: str = "") -> Function:
    """-(t log p + (1 - t) log(1 - p)), summed over a sample."""
    p, t = as_function(output), as_function(target)
    both = plus(element_times(t, log(p)), element_times(1 - t, log(1 - p)))
    return reduce_sum(minus(0.0, both), name=name)


__all__ = [
    "binary_cross_entropy", "classification_error", "cross_entropy_with_softmax",
    "reduce_log_sum", "reduce_log_sum_exp", "reduce_max", "reduce_mean", "reduce_min",
    "reduce_prod", "reduce_sum", "squared_error",
]  # fmt: skip
