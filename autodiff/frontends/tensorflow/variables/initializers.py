"""Initializers: functions of (shape, dtype) that make the tensor a variable starts from.

The distributions are those of `autodiff.nn.initializers`; the randomness is a session's, with
graph and op seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.inputs import constant
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ops.random import (
    random_normal,
    random_uniform,
    truncated_normal,
)
from autodiff.nn.initializers import fans

Initializer = Callable[..., Any]


def constant_initializer(value: Any = 0.0, dtype: Any = np.float32) -> Initializer:
    """Every element `value`; a list or array of as many elements is arranged row by row."""
    return _made(lambda shape, kind: constant(value, kind, shape), dtype, "constant")


def _filled(value: float) -> Initializer:
    """0.11 passes the initializer itself, 1.0 calls it first: both work."""

    def initializer(shape: Any = None, dtype: Any = np.float32, partition_info: Any = None) -> Any:
        if shape is None:
            return initializer
        return constant(value, as_dtype(dtype), shape)

    return initializer


zeros_initializer = _filled(0.0)
zeros_initializer.__doc__ = "All zeros."
ones_initializer = _filled(1.0)
ones_initializer.__doc__ = "All ones."


def random_normal_initializer(
    mean: float = 0.0, stddev: float = 1.0, seed: int | None = None, dtype: Any = np.float32
) -> Initializer:
    """Normal numbers."""
    return _made(
        lambda shape, kind: random_normal(shape, mean, stddev, kind, seed), dtype, "random_normal"
    )


def truncated_normal_initializer(
    mean: float = 0.0, stddev: float = 1.0, seed: int | None = None, dtype: Any = np.float32
) -> Initializer:
    """Normal numbers within two standard deviations of the mean."""
    return _made(
        lambda shape, kind: truncated_normal(shape, mean, stddev, kind, seed),
        dtype,
        "truncated_normal",
    )


def random_uniform_initializer(
    minval: float = 0.0, maxval: float = 1.0, seed: int | None = None, dtype: Any = np.float32
) -> Initializer:
    """Numbers in minval .. maxval."""
    return _made(
        lambda shape, kind: random_uniform(shape, minval, maxval, kind, seed),
        dtype,
        "random_uniform",
    )


def uniform_unit_scaling_initializer(
    factor: float = 1.0, seed: int | None = None, dtype: Any = np.float32
) -> Initializer:
    """Uniform in +- sqrt(3 / inputs) * factor, which keeps the variance of a linear layer."""

    def make(shape: Any, kind: Any) -> Any:
        limit = factor * np.sqrt(3 / max(1.0, float(np.prod(shape[:-1]))))
        return random_uniform(shape, -limit, limit, kind, seed)

    return _made(make, dtype, "uniform_unit_scaling")


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = np.float32,
) -> Initializer:
    """Variance factor / n, with n the inputs, the outputs, or their mean ("FAN_AVG").

    By default He's, for layers before a relu (He et al., 2015).  Normal numbers are truncated,
    with 1.3 for the variance that this takes away, as in `tf.contrib.layers`.
    """
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise ValueError(f"mode is FAN_IN, FAN_OUT or FAN_AVG, not {mode!r}.{here()}")

    def make(shape: Any, kind: Any) -> Any:
        inputs, outputs = fans(tuple(shape), channels_last=True)
        n = {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2}[mode]
        if uniform:
            limit = float(np.sqrt(3 * factor / n))
            return random_uniform(shape, -limit, limit, kind, seed)
        return truncated_normal(shape, 0.0, float(np.sqrt(1.3 * factor / n)), kind, seed)

    return _made(make, dtype, "variance_scaling")


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = np.float32
) -> Initializer:
    """Variance 2 / (inputs + outputs) (Glorot & Bengio, 2010)."""
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


xavier_initializer_conv2d = xavier_initializer


def he_initializer(seed: int | None = None, dtype: Any = np.float32) -> Initializer:
    """Variance 2 / inputs, truncated normal: `variance_scaling_initializer()`."""
    return variance_scaling_initializer(seed=seed, dtype=dtype)


def default_initializer(dtype: Any) -> Initializer:
    """What `get_variable` takes where nobody says: uniform unit scaling as in 0.11, 0 for ints."""
    if as_dtype(dtype).kind == "f":
        return uniform_unit_scaling_initializer(dtype=dtype)
    return zeros_initializer


def _made(make: Callable[[Any, Any], Any], default: Any, name: str) -> Initializer:
    def initializer(shape: Any, dtype: Any = default, partition_info: Any = None) -> Any:
        return make([int(n) for n in shape], as_dtype(dtype))

    initializer.__name__ = initializer.__qualname__ = f"{name}_initializer"
    return initializer


CLASSES = (
    constant_initializer, random_normal_initializer, truncated_normal_initializer,
    random_uniform_initializer, uniform_unit_scaling_initializer,
)  # fmt: skip
"""What are classes in TensorFlow: one of them in place of an initializer is called without more."""
