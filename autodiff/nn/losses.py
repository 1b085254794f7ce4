"""Losses: one number for how far predictions are from targets, the mean over all elements.

`softmax_cross_entropy` takes logits and labels and is the mean over the batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import Array
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.nn import sigmoid_cross_entropy_terms, softmax_cross_entropy


def mean_squared_error(prediction: Array, target: Array) -> Any:
    """mean((prediction - target)^2).

    The shapes must be equal: (N, 1) and (N,) would broadcast to (N, N), a loss that trains to
    the mean of the targets and looks like learning.  Raises ShapeError where they are not.

    >>> print(mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    away = _difference("mean_squared_error", prediction, target)
    return np.mean(away * away)


def mean_absolute_error(prediction: Array, target: Array) -> Any:
    """mean(|prediction - target|); its slope where they are equal is 0.

    >>> print(mean_absolute_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    1.0
    """
    return np.mean(np.abs(_difference("mean_absolute_error", prediction, target)))


def sigmoid_cross_entropy(logits: Array, targets: Array) -> Any:
    """mean of -z log(sigma(x)) - (1 - z) log(1 - sigma(x)), for independent yes/no questions.

    Computed as max(x, 0) - x z + log(1 + exp(-|x|)), which neither overflows nor loses digits.

    >>> print(f"{sigmoid_cross_entropy(np.zeros(3), np.array([0.0, 1.0, 1.0])):.4f}")  # log 2
    0.6931
    >>> print(sigmoid_cross_entropy(np.array([1000.0]), np.array([0.0])))
    1000.0
    """
    _same_shape("sigmoid_cross_entropy", logits, targets)
    return np.mean(sigmoid_cross_entropy_terms(logits, targets))


def hinge(logits: Array, targets: Array) -> Any:
    """mean(max(0, 1 - (2 z - 1) x)), for targets z of 0 and 1: nothing is paid beyond a margin.

    >>> print(hinge(np.array([2.0, 0.5]), np.array([1.0, 0.0])))
    0.75
    """
    _same_shape("hinge", logits, targets)
    return np.mean(np.maximum(1 - (2 * targets - 1) * logits, 0.0))


def l2_loss(x: Array) -> Any:
    """sum(x^2) / 2, whose gradient is x: weight decay.

    >>> print(l2_loss(np.array([3.0, 4.0])))
    12.5
    """
    return np.sum(x * x) / 2


def _difference(what: str, prediction: Array, target: Array) -> Array:
    _same_shape(what, prediction, target)
    return prediction - target


def _same_shape(what: str, one: Array, other: Array) -> None:
    if shape_of(one) != shape_of(other):
        raise ShapeError(
            f"{what}: the predictions have shape {shape_of(one)} and the targets "
            f"{shape_of(other)}; they must be equal, so that nothing is broadcast. "
            f"Write np.reshape(target, np.shape(prediction)), or index one of them.{here()}"
        )


__all__ = [
    "hinge",
    "l2_loss",
    "mean_absolute_error",
    "mean_squared_error",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
]
