"""Layers: dataclasses that hold their parameters and are called on a batch.

A layer, and a model of layers, is a container of arrays like any other, so it is differentiated
and updated as a whole:

    gradient = ad.grad(loss)(model, x, labels)      # a model of gradients
    model, state = optimizer.update(model, gradient, state)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import Array
from autodiff.nn.initializers import Initializer, he_normal, normal
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn as ops


@dataclass(frozen=True, slots=True)
class Dense:
    """x W + b, for x of shape (..., inputs), W (inputs, outputs), b (outputs,).

    >>> layer = Dense.init(np.random.default_rng(0), 3, 2)
    >>> layer(np.ones((4, 3))).shape
    (4, 2)
    """

    W: Array
    b: Array

    @classmethod
    def init(
        cls,
        rng: np.random.Generator,
        inputs: int,
        outputs: int,
        initializer: Initializer = he_normal,
    ) -> Self:
        """Drawn weights, and biases of 0."""
        return cls(initializer(rng, (inputs, outputs)), np.zeros(outputs))

    def __call__(self, x: Array) -> Array:
        """The affine map of each row."""
        _fits("Dense", x, -1, shape_of(self.W)[0])
        return x @ self.W + self.b


@dataclass(frozen=True, slots=True)
class Conv2D:
    """`conv2d` with a bias: images (N, C, H, W) to (N, O, rows, columns).

    >>> layer = Conv2D.init(np.random.default_rng(0), 1, 8, kernel=3, padding=1)
    >>> layer(np.ones((4, 1, 8, 8))).shape
    (4, 8, 8, 8)
    """

    W: Array
    b: Array
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] = 0

    @classmethod
    def init(
        cls,
        rng: np.random.Generator,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        initializer: Initializer = he_normal,
    ) -> Self:
        """Drawn weights of shape (outputs, inputs, kernel, kernel), and biases of 0."""
        rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
        weights = initializer(rng, (outputs, inputs, rows, columns))
        return cls(weights, np.zeros(outputs), stride, padding)

    def __call__(self, x: Array) -> Array:
        """The cross-correlation with each kernel, plus its bias."""
        return ops.conv2d(x, self.W, self.stride, self.padding) + self.b[:, None, None]


@dataclass(frozen=True, slots=True)
class Embedding:
    """One learned vector for each integer 0 .. count - 1.

    >>> Embedding.init(np.random.default_rng(0), 5, 3)(np.array([[0, 4]])).shape
    (1, 2, 3)
    """

    table: Array

    @classmethod
    def init(
        cls, rng: np.random.Generator, count: int, size: int, initializer: Initializer = normal
    ) -> Self:
        """A drawn table of shape (count, size)."""
        return cls(initializer(rng, (count, size)))

    def __call__(self, indices: Any) -> Array:
        """The rows of the table."""
        return ops.embedding(self.table, indices)


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """`layer_norm` over the last axis, with a learned scale and shift.

    >>> LayerNorm.init(2)(np.array([[1.0, 3.0]])).round(3)
    array([[-1.,  1.]])
    """

    scale: Array
    shift: Array

    @classmethod
    def init(cls, features: int) -> Self:
        """Scale 1, shift 0."""
        return cls(np.ones(features), np.zeros(features))

    def __call__(self, x: Array) -> Array:
        """Each example by its own mean and deviation."""
        _fits("LayerNorm", x, -1, shape_of(self.scale)[0])
        return ops.layer_norm(x, self.scale, self.shift)


@dataclass(frozen=True, slots=True)
class BatchNorm:
    """`batch_norm` with a learned scale and shift for each channel, of (N, C) or (N, C, H, W).

    In training it is called on the batch alone; for inference give the running moments, which
    are kept beside the model, since they are measured and not learned:

    >>> layer, x = BatchNorm.init(1), np.array([[1.0], [3.0]])
    >>> running = moving_average((np.zeros(1), np.ones(1)), moments(x), decay=0.5)
    >>> running
    (array([1.]), array([1.]))
    >>> layer(x).round(3).tolist(), layer(x, running).round(3).tolist()
    ([[-1.0], [1.0]], [[0.0], [2.0]])
    """

    scale: Array
    shift: Array

    @classmethod
    def init(cls, channels: int) -> Self:
        """Scale 1, shift 0."""
        return cls(np.ones(channels), np.zeros(channels))

    def __call__(self, x: Array, running: tuple[Array, Array] | None = None) -> Array:
        """By the moments of the batch, or by the running (mean, variance) given."""
        mean, variance = running or (None, None)
        return ops.batch_norm(x, self.scale, self.shift, mean=mean, variance=variance)


def moments(x: Array) -> tuple[Array, Array]:
    """The mean and (biased) variance of each channel of (N, C) or (N, C, H, W)."""
    axes = (0, *range(2, len(shape_of(x))))
    return np.mean(x, axis=axes), np.var(x, axis=axes)


def moving_average(
    old: tuple[Array, ...], new: tuple[Array, ...], decay: float = 0.99
) -> tuple[Array, ...]:
    """decay old + (1 - decay) new, for each pair."""
    return tuple(decay * a + (1 - decay) * b for a, b in zip(old, new, strict=True))


@dataclass(frozen=True, slots=True)
class Sequential:
    """Layers and functions, one after the other.

    >>> rng = np.random.default_rng(0)
    >>> model = Sequential((Dense.init(rng, 64, 32), ops.relu, Dense.init(rng, 32, 10)))
    >>> model(np.ones((5, 64))).shape
    (5, 10)
    """

    layers: tuple[Callable[[Array], Array], ...]

    def __call__(self, x: Array) -> Array:
        """The composition of the layers, the first one first."""
        for layer in self.layers:
            x = layer(x)
        return x


def flatten(x: Array) -> Array:
    """Each example as one row: (N, ...) to (N, features)."""
    return np.reshape(x, (shape_of(x)[0], -1))


def _fits(layer: str, x: Array, axis: int, wanted: int) -> None:
    shape = shape_of(x)
    if not shape or shape[axis] != wanted:
        raise ShapeError(
            f"this {layer} takes {wanted} features, along the last axis; got shape {shape}.{here()}"
        )
