"""Normalization by neighbouring channels, as Caffe, chainer and mxnet have it on (N, C, H, W)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.ops.ground.arguments import shape_of


def by_neighbours(x: Any, size: int, k: float, alpha: float, beta: float) -> Any:
    """x / (k + alpha * sum of squares of the `size` channels around)^beta.

    (Krizhevsky, Sutskever & Hinton, 2012, section 3.3.)

    >>> by_neighbours(np.ones((1, 3, 1, 1)), 3, 1.0, 1.0, 1.0).ravel().round(3).tolist()
    [0.333, 0.25, 0.333]
    """
    half, channels = size // 2, shape_of(x)[1]
    squares = np.pad(x * x, ((0, 0), (half, half), (0, 0), (0, 0)))
    total = squares[:, :channels]
    for shift in range(1, size):
        total = total + squares[:, shift : shift + channels]
    return x * (k + alpha * total) ** -beta
