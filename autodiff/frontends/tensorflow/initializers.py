"""Initializers: functions of (shape, dtype) that make a variable's initial value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.dtypes import float32
from autodiff.frontends.tensorflow.inputs import constant
from autodiff.frontends.tensorflow.random import random_uniform
from autodiff.frontends.tensorflow.tensor import Tensor

Initializer = Callable[..., Tensor]


def constant_initializer(value: Any = 0.0, dtype: Any = float32) -> Initializer:
    """Every element is `value`."""
    default = dtype

    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return constant(value, dtype or default, shape)

    return initializer


def zeros_initializer(shape: Any, dtype: Any = float32, partition_info: Any = None) -> Tensor:
    """Zeros; as in 0.11 the function itself is the initializer, without a call."""
    return constant(0, dtype, shape)


def uniform_unit_scaling_initializer(factor: float = 1.0, seed: int | None = None) -> Initializer:
    """Uniform within +- factor * sqrt(3 / inputs), which keeps the variance of what flows through.

    The inputs are all axes but the last (Sussillo and Abbott, "Random Walk Initialization", 2014).
    """

    def initializer(shape: Any, dtype: Any = float32, partition_info: Any = None) -> Tensor:
        inputs = float(np.prod(shape[:-1])) if len(shape) > 1 else float(max(1, *shape, 1))
        bound = factor * np.sqrt(3.0 / max(inputs, 1.0))
        return random_uniform(shape, -bound, bound, dtype, seed)

    return initializer


def default_initializer(dtype: np.dtype) -> Initializer:
    """What `get_variable` uses where nothing is given: 0 for integers, else uniform."""
    if dtype.kind in "fc":
        return uniform_unit_scaling_initializer()
    return constant_initializer(0, dtype)
