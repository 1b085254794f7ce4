"""Initializers; the fans of a kernel (outputs, inputs, rows, columns) count its area."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.nn import initializers as own

Initializer = Callable[[Any, Any], Any]


def _drawn(
    draw: Callable[[Any, Any], Any], scale: float, ranks: Any, seed: int | None
) -> Initializer:
    """`scale` times what `draw(generator, shape)` gives; with a seed the same in every call."""
    only("an initializer", ranks, output_rank=1, filter_rank=0)

    def make(rng: Any, shape: Any) -> Any:
        return scale * draw(rng if seed is None else np.random.default_rng(seed), shape)

    return make


def _xavier(rng: Any, shape: Any) -> Any:
    limit = math.sqrt(3 / own.fans(shape)[0])
    return rng.uniform(-limit, limit, shape)


def glorot_uniform(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Bound scale sqrt(6 / (inputs + outputs))."""
    return _drawn(own.xavier_uniform, scale, ranks, seed)


def glorot_normal(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Deviation scale sqrt(2 / (inputs + outputs))."""
    return _drawn(own.xavier_normal, scale, ranks, seed)


def xavier(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Bound scale sqrt(3 / inputs)."""
    return _drawn(_xavier, scale, ranks, seed)


def he_uniform(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Bound scale sqrt(6 / inputs)."""
    return _drawn(own.he_uniform, scale, ranks, seed)


def he_normal(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Deviation scale sqrt(2 / inputs)."""
    return _drawn(own.he_normal, scale, ranks, seed)


def normal(scale: float = 1.0, *, seed: int | None = None, **ranks: Any) -> Initializer:
    """Deviation 0.2 scale / sqrt(inputs)."""
    return _drawn(_by_inputs, scale, ranks, seed)


def _by_inputs(rng: np.random.Generator, shape: Any) -> np.ndarray:
    return rng.normal(0, 0.2 / math.sqrt(own.fans(shape)[0]), shape)


def uniform(scale: float = 1.0, *, seed: int | None = None) -> Initializer:
    """Within -scale .. scale."""
    return _drawn(lambda rng, shape: rng.uniform(-1, 1, shape), scale, {}, seed)
