"""`mx.random`: arrays of random numbers, and their seed."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff.frontends.mxnet.nd as nd
from autodiff.frontends.mxnet.generating import generator


def seed(seed_state: int) -> None:
    """Start the random numbers anew."""
    generator[0] = np.random.default_rng(int(seed_state))


def _drawn(values: Any, out: Any) -> Any:
    if out is None:
        return nd.array(values)
    out[:] = values
    return out


def uniform(
    low: float = 0.0,
    high: float = 1.0,
    shape: Any = (1,),
    ctx: Any = None,
    out: Any = None,
    **o: Any,
) -> Any:  # fmt: skip
    """Numbers within low .. high."""
    shape = shape if out is None else out.shape
    return _drawn(generator[0].uniform(low, high, shape), out)


def normal(
    loc: float = 0.0,
    scale: float = 1.0,
    shape: Any = (1,),
    ctx: Any = None,
    out: Any = None,
    **o: Any,
) -> Any:  # fmt: skip
    """Normal numbers."""
    shape = shape if out is None else out.shape
    return _drawn(generator[0].normal(loc, scale, shape), out)


nd.random_uniform, nd.random_normal = uniform, normal  # type: ignore[attr-defined]
nd.uniform, nd.normal = uniform, normal  # type: ignore[attr-defined]
