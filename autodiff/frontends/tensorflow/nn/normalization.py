"""Normalization: moments, batches, lengths, and neighbouring channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.declaring.declare import node, scoped
from autodiff.frontends.tensorflow.declaring.staging import dtype_of, tensor
from autodiff.frontends.tensorflow.ops.arrays import cast, ones_like, shape, squeeze, to_float
from autodiff.frontends.tensorflow.ops.choosing import gather
from autodiff.frontends.tensorflow.ops.math import equal, maximum, rsqrt, square, squared_difference
from autodiff.frontends.tensorflow.ops.reductions import reduce_mean, reduce_prod, reduce_sum


@scoped("moments")
def moments(x: Any, axes: Any, shift: Any = None, keep_dims: bool = False) -> tuple[Any, Any]:
    """The mean and the (biased) variance over some axes.

    `shift` was a guess of the mean, against rounding; the two passes made here need none.
    """
    axes = [int(a) for a in np.ravel(axes)]
    mean = reduce_mean(x, axes, keep_dims=True)
    variance = reduce_mean(squared_difference(x, mean), axes, keep_dims=True)
    if keep_dims:
        return mean, variance
    return squeeze(mean, axes), squeeze(variance, axes)


@scoped("sufficient_statistics")
def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keep_dims: bool = False
) -> tuple[Any, Any, Any, Any]:
    """How many values there are, their sum, the sum of their squares, and `shift`.

    With a `shift` the sums are those of x - shift.
    """
    x = tensor(x)
    axes = [int(a) for a in np.ravel(axes)]
    count = reduce_prod(cast(gather(shape(x), axes), x.dtype))
    away = x if shift is None else x - shift
    sums = [reduce_sum(v, axes, keep_dims=keep_dims) for v in (away, square(away))]
    return count, sums[0], sums[1], shift


@scoped("normalize")
def normalize_moments(counts: Any, mean_ss: Any, variance_ss: Any, shift: Any) -> tuple[Any, Any]:
    """The mean and the variance, of what `sufficient_statistics` gives."""
    away = mean_ss / counts
    mean = away if shift is None else away + shift
    return mean, variance_ss / counts - square(away)


@scoped("weighted_moments")
def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keep_dims: bool = False
) -> tuple[Any, Any]:
    """The mean and the variance over some axes, where each value counts as often as it weighs."""
    x = tensor(x)
    axes = [int(a) for a in np.ravel(axes)]
    weights = cast(tensor(frequency_weights), x.dtype)
    share = weights * ones_like(x)
    total = reduce_sum(share, axes, keep_dims=True)
    mean = reduce_sum(x * share, axes, keep_dims=True) / total
    variance = reduce_sum(squared_difference(x, mean) * share, axes, keep_dims=True) / total
    if keep_dims:
        return mean, variance
    return squeeze(mean, axes), squeeze(variance, axes)


@scoped("batchnorm")
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; `offset` and `scale` may be None."""
    x, mean, variance = map(tensor, (x, mean, variance))
    factor = rsqrt(variance + variance_epsilon)
    factor = factor if scale is None else factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return x * factor + shift


@scoped("l2_normalize")
def l2_normalize(x: Any, dim: Any, epsilon: float = 1e-12) -> Any:
    """x / sqrt(max(sum(x ** 2), epsilon)), the sum along `dim`."""
    total = reduce_sum(square(x), dim, keep_dims=True)
    return x * rsqrt(maximum(total, epsilon))


@node("LRN")
def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    """x / (bias + alpha s)^beta, with s the sum of squares over neighbouring channels.

    (Krizhevsky, Sutskever & Hinton, 2012, section 3.3.)
    """
    squares = np.pad(input * input, ((0, 0),) * 3 + ((depth_radius, depth_radius),))
    near = np.lib.stride_tricks.sliding_window_view(squares, 2 * depth_radius + 1, axis=-1)
    return input / (bias + alpha * np.sum(near, axis=-1)) ** beta


lrn = local_response_normalization


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The share of elements that are exactly 0, for watching a relu die."""
    zero = np.zeros((), dtype_of(value))
    return reduce_mean(to_float(equal(value, zero)), name=name or "zero_fraction")
