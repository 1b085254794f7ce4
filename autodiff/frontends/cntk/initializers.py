"""Initializers; the fans of a kernel (outputs, inputs, rows, columns) count its area."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autodiff.frontends.common.options import only
from autodiff.nn import initializers as own

Initializer = Callable[[Any, Any], Any]


def glorot_uniform(scale: float = 1.0, **options: Any) -> Initializer:
    """Bound scale sqrt(6 / (inputs + outputs))."""
    only("glorot_uniform", options, "seed", output_rank=1, filter_rank=0)
    return lambda rng, shape: scale * own.xavier_uniform(rng, shape)


def glorot_normal(scale: float = 1.0, **options: Any) -> Initializer:
    """Deviation scale sqrt(2 / (inputs + outputs))."""
    only("glorot_normal", options, "seed", output_rank=1, filter_rank=0)
    return lambda rng, shape: scale * own.xavier_normal(rng, shape)


def xavier(scale: float = 1.0, **options: Any) -> Initializer:
    """Bound scale sqrt(3 / inputs)."""
    only("xavier", options, "seed", output_rank=1, filter_rank=0)

    def draw(rng: Any, shape: Any) -> Any:
        limit = scale * math.sqrt(3 / own.fans(shape)[0])
        return rng.uniform(-limit, limit, shape)

    return draw


def he_uniform(scale: float = 1.0, **options: Any) -> Initializer:
    """Bound scale sqrt(6 / inputs)."""
    only("he_uniform", options, "seed", output_rank=1, filter_rank=0)
    return lambda rng, shape: scale * own.he_uniform(rng, shape)


def he_normal(scale: float = 1.0, **options: Any) -> Initializer:
    """Deviation scale sqrt(2 / inputs)."""
    only("he_normal", options, "seed", output_rank=1, filter_rank=0)
    return lambda rng, shape: scale * own.he_normal(rng, shape)


def normal(scale: float = 1.0, **options: Any) -> Initializer:
    """Deviation 0.2 scale / sqrt(inputs)."""
    only("normal", options, "seed", output_rank=1, filter_rank=0)
    return lambda rng, shape: rng.normal(0, 0.2 * scale / math.sqrt(own.fans(shape)[0]), shape)


def uniform(scale: float = 1.0, **options: Any) -> Initializer:
    """Within -scale .. scale."""
    only("uniform", options, "seed")
    return lambda rng, shape: rng.uniform(-scale, scale, shape)
