"""`Blob`: data and diff, two arrays of one shape that every pass writes again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here

generator: list[np.random.Generator] = [np.random.default_rng(0)]
_dtype: list[Any] = [np.float32]


def set_dtype(dtype: Any) -> None:
    """The dtype of nets made from now on: float32, as Caffe's Python has it, or float64."""
    _dtype[0] = dtype


class Blob:
    """Numbers between layers, or parameters: assign into `data[...]`, not `data`."""

    def __init__(self, shape: Any = ()) -> None:
        self._data = np.zeros(tuple(shape), _dtype[0])
        self._diff = np.zeros_like(self._data)

    data = property(lambda self: self._data)
    diff = property(lambda self: self._diff)
    count = property(lambda self: self._data.size)
    num = property(lambda self: self._data.shape[0])
    channels = property(lambda self: self._data.shape[1])
    height = property(lambda self: self._data.shape[2])
    width = property(lambda self: self._data.shape[3])

    @property
    def shape(self) -> Any:
        """The shape."""
        return self._data.shape

    def reshape(self, *shape: int) -> None:
        """Another shape, with new arrays where it differs."""
        if tuple(shape) != self._data.shape:
            self._data = np.zeros(shape, self._data.dtype)
            self._diff = np.zeros_like(self._data)

    def put(self, value: Any) -> None:
        """Write data, in the same array where the shape is the same."""
        self.reshape(*np.shape(value))
        self._data[...] = value


def fill(blob: Blob, filler: Any) -> None:
    """Fill a parameter as its filler says."""
    shape, draw = blob.shape, generator[0]
    size = math.prod(shape)
    fan_in, fan_out = size / shape[0], size / (shape[1] if len(shape) > 1 else 1)
    n = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "AVERAGE": (fan_in + fan_out) / 2}
    by = list(n)[filler.variance_norm]
    if filler.type == "constant":
        value: Any = np.full(shape, filler.value)
    elif filler.type == "uniform":
        value = draw.uniform(filler.min, filler.max, shape)
    elif filler.type == "gaussian":
        value = draw.normal(filler.mean, filler.std, shape)
        if filler.sparse >= 0:
            value = value * (draw.random(shape) < filler.sparse / shape[0])
    elif filler.type == "xavier":
        limit = math.sqrt(3 / n[by])
        value = draw.uniform(-limit, limit, shape)
    elif filler.type == "msra":
        value = draw.normal(0, math.sqrt(2 / n[by]), shape)
    elif filler.type == "positive_unitball":
        value = draw.random(shape)
        value = value / value.reshape(shape[0], -1).sum(1).reshape(-1, *[1] * (len(shape) - 1))
    elif filler.type == "bilinear":
        value = np.broadcast_to(_tent(shape), shape)
    else:
        raise ValueError(
            f"Unknown filler name: {filler.type!r} is not among constant, uniform, gaussian, "
            f"xavier, msra, positive_unitball, bilinear.{here()}"
        )
    blob.data[...] = value


def _tent(shape: Any) -> Any:
    """A window that falls to its edges: by a deconvolution of stride k / 2 it interpolates."""
    if len(shape) != 4 or shape[2] != shape[3]:
        raise ValueError(f"the bilinear filler is for square windows, not {shape}.{here()}")
    half = math.ceil(shape[3] / 2)
    middle = (shape[3] - 1) / (2 * half)
    side = 1 - np.abs(np.arange(shape[3]) / half - middle)
    return side[:, None] * side
