"""Initial values of parameters, each drawn from an explicit `numpy.random.Generator`.

Every initializer is called `initializer(rng, shape)`, and keeps its settings as keywords;
`functools.partial(normal, deviation=0.1)` has the same form.  Shapes are (inputs, outputs) for
matrices and (outputs, inputs, rows, columns) for the kernels of `conv2d`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Initializer = Callable[[np.random.Generator, Shape], np.ndarray]


def constant(rng: np.random.Generator, shape: Shape, value: Any = 0.0) -> np.ndarray:
    """Every element the same (or `value` broadcast to the shape); nothing is drawn."""
    return np.array(np.broadcast_to(np.asarray(value, float), shape))


def zeros(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All elements 0."""
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All elements 1."""
    return np.ones(shape)


def normal(
    rng: np.random.Generator, shape: Shape, mean: float = 0.0, deviation: float = 1.0
) -> np.ndarray:
    """Independent normal numbers.

    >>> normal(np.random.default_rng(0), (2, 3), deviation=0.1).shape
    (2, 3)
    """
    return rng.normal(mean, deviation, shape)


def truncated_normal(
    rng: np.random.Generator, shape: Shape, mean: float = 0.0, deviation: float = 1.0
) -> np.ndarray:
    """Normal numbers, those beyond two deviations from the mean drawn again.

    What remains has a standard deviation of 0.8796 `deviation`.

    >>> drawn = truncated_normal(np.random.default_rng(0), (10_000,))
    >>> bool(abs(drawn).max() <= 2), round(float(drawn.std()), 2)
    (True, 0.88)
    """
    drawn = rng.standard_normal(shape)
    while np.any(outside := np.abs(drawn) > 2):
        drawn = np.where(outside, rng.standard_normal(shape), drawn)
    return mean + deviation * drawn


def uniform(
    rng: np.random.Generator, shape: Shape, low: float = 0.0, high: float = 1.0
) -> np.ndarray:
    """Independent numbers, equally likely anywhere in low .. high."""
    return rng.uniform(low, high, shape)


def fans(shape: Shape, channels_last: bool = False) -> tuple[float, float]:
    """How many numbers enter and leave one unit: inputs and outputs, times the kernel's area.

    With `channels_last` a kernel is (rows, columns, inputs, outputs), as in TensorFlow.

    >>> fans((64, 32)), fans((8, 3, 5, 5)), fans((5, 5, 3, 8), channels_last=True)
    ((64.0, 32.0), (75.0, 200.0), (75.0, 200.0))
    """
    if len(shape) < 2:
        return float(np.prod(shape)), float(np.prod(shape))
    if len(shape) == 2 or channels_last:
        *kernel, inputs, outputs = shape
    else:
        outputs, inputs, *kernel = shape
    area = float(np.prod(kernel))
    return inputs * area, outputs * area


def xavier_uniform(
    rng: np.random.Generator, shape: Shape, channels_last: bool = False
) -> np.ndarray:
    """Uniform with variance 2 / (inputs + outputs), so |w| <= sqrt(6 / (inputs + outputs)).

    It keeps the size of values and of cotangents through linear layers (Glorot & Bengio, 2010,
    equation 16); `glorot_uniform` is the same function.
    """
    limit = np.sqrt(6 / sum(fans(shape, channels_last)))
    return rng.uniform(-limit, limit, shape)


def xavier_normal(
    rng: np.random.Generator, shape: Shape, channels_last: bool = False
) -> np.ndarray:
    """Normal with variance 2 / (inputs + outputs) (Glorot & Bengio, 2010, equation 12)."""
    return rng.normal(0.0, np.sqrt(2 / sum(fans(shape, channels_last))), shape)


def he_normal(rng: np.random.Generator, shape: Shape, channels_last: bool = False) -> np.ndarray:
    """Normal with variance 2 / inputs, for layers before a relu (He et al., 2015, equation 10).

    >>> w = he_normal(np.random.default_rng(0), (200, 500))
    >>> round(float(w.var() * 200), 2)
    2.0
    """
    return rng.normal(0.0, np.sqrt(2 / fans(shape, channels_last)[0]), shape)


def he_uniform(rng: np.random.Generator, shape: Shape, channels_last: bool = False) -> np.ndarray:
    """Uniform with variance 2 / inputs, so |w| <= sqrt(6 / inputs)."""
    limit = np.sqrt(6 / fans(shape, channels_last)[0])
    return rng.uniform(-limit, limit, shape)


glorot_uniform, glorot_normal = xavier_uniform, xavier_normal
