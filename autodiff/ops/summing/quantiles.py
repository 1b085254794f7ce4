"""Quantiles and medians: what stands at a rank of the sorted values, or between two of them."""

import math

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite
from autodiff.ops.ground.arguments import (
    along,
    axes_of,
    cast,
    dtype_of,
    laid_as,
    lanes,
    ndim_of,
    ordered_as,
    refuse,
    refuse_out,
    refuse_traced,
    shape_of,
)  # fmt: skip


def _positions(counts, q, method):
    """The rank of each quantile, between 0 and n - 1, for lanes of n elements.

    The quantile of 0, 1, ..., n - 1 is that rank by definition, for every method of NumPy.
    """
    sizes, lane = np.unique(counts, return_inverse=True)
    ranks = [np.quantile(np.arange(float(max(n, 1))), q, method=method) for n in sizes]
    return np.stack(ranks)[lane.reshape(np.shape(counts))]


def _quantile(a, q, axis, method, keepdims, name, skip_nan=False):
    one = np.zeros(1, dtype_of(a))
    middle = name.endswith("median")  # also of complex numbers, which have no other quantiles
    dtype = np.median(one).dtype if middle else np.quantile(one, q, method=method).dtype
    ndim = ndim_of(a)
    axes = axes_of(axis, ndim)
    n = math.prod(shape_of(a)[axis] for axis in axes)
    if n == 0:
        refuse(f"np.{name} of an empty array")
    if 0 in shape_of(a):
        return np.quantile(ground(a), q, axis, method=method, keepdims=keepdims)
    flat = lanes(a, axes)
    missing = np.isnan(ground(flat))
    counts = n - missing.sum(-1) if skip_nan else np.full(missing.shape[:-1], n)
    positions = _positions(counts, q, method)
    low = np.floor(positions).astype(int)
    high = np.minimum(low + 1, np.maximum(counts - 1, 0).reshape(counts.shape + (1,) * np.ndim(q)))
    part = positions - low
    ordered = np.sort(flat, axis=-1)
    shape = (*counts.shape, -1)
    found = np.take_along_axis(ordered, low.reshape(shape), -1)
    if np.any(part):
        upper = np.take_along_axis(ordered, high.reshape(shape), -1)
        part = part.reshape(shape)
        found = np.where(part == 0, found, _between(found, upper, part, middle))
    empty = (counts == 0) if skip_nan else missing.any(-1)
    if empty.any():
        found = np.where(empty[..., None], np.nan, found)
    shape = (*counts.shape, *np.shape(q))
    found = np.reshape(found, shape) if shape else found[0]
    outer = tuple(range(np.ndim(q)))
    found = np.moveaxis(found, tuple(range(len(counts.shape), ndim_of(found))), outer)
    if keepdims:
        found = np.expand_dims(found, tuple(len(outer) + axis for axis in axes))
    found = cast(found, dtype)
    if middle and not skip_nan and len(axes) == 1:  # the mean of slices, which lies as they do
        kept = ground(a)[along(axes[0], ndim, slice(0, 1) if keepdims else 0)]
        return ordered_as(found, kept)
    return found if skip_nan else laid_as(found)


def _between(low, high, part, middle):
    """The value at a part of the way, rounded as NumPy does: equal neighbours give their value."""
    if middle:
        return low * (1 - part) + high * part
    step = high - low
    return np.where(part < 0.5, low + step * part, high - step * (1 - part))


def _hundredth(q, a):
    """Percents as parts of 1, with NumPy's dtype."""
    dtype = dtype_of(a)
    return np.true_divide(q, dtype.type(100) if dtype.kind == "f" else 100)


@composite(np.quantile)
def quantile(
    a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False
):  # fmt: skip
    """The q-quantiles: between the two nearest order statistics, by any of NumPy's methods."""
    refuse_out("quantile", out)
    refuse_traced("quantile", q=q)
    return _quantile(a, q, axis, method, keepdims, "quantile")


@composite(np.percentile)
def percentile(
    a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False
):  # fmt: skip
    """The q/100-quantiles."""
    refuse_out("percentile", out)
    refuse_traced("percentile", q=q)
    return _quantile(a, _hundredth(q, a), axis, method, keepdims, "percentile")


@composite(np.median)
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle value, or the mean of the two middle ones."""
    refuse_out("median", out)
    return _quantile(a, 0.5, axis, "linear", keepdims, "median")


@composite(np.nanquantile)
def nanquantile(
    a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False
):  # fmt: skip
    """The q-quantiles of what is not NaN."""
    refuse_out("nanquantile", out)
    refuse_traced("nanquantile", q=q)
    return _quantile(a, q, axis, method, keepdims, "nanquantile", skip_nan=True)


@composite(np.nanpercentile)
def nanpercentile(
    a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False
):  # fmt: skip
    """The q/100-quantiles of what is not NaN."""
    refuse_out("nanpercentile", out)
    refuse_traced("nanpercentile", q=q)
    return _quantile(a, _hundredth(q, a), axis, method, keepdims, "nanpercentile", skip_nan=True)


@composite(np.nanmedian)
def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The median of what is not NaN."""
    refuse_out("nanmedian", out)
    return _quantile(a, 0.5, axis, "linear", keepdims, "nanmedian", skip_nan=True)
