"""Order statistics: sorting, quantiles, medians, unique values.

Sorting permutes, so away from ties it is linear; elements that are equal share equally, as they
do in `max`.
"""

import math

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, constant, primitive
from autodiff.core.language.kinks import Kinks
from autodiff.core.language.op import case
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import (
    along,
    axes_of,
    cast,
    dtype_of,
    is_complex,
    laid_as,
    lanes,
    ndim_of,
    ordered_as,
    refuse,
    refuse_out,
    refuse_traced,
    shape_of,
)  # fmt: skip

TIED = np.array([2.0, 1.0, 2.0, 3.0, 1.0, 2.0])


def _groups(x, axis):
    """For each element the number of its group of equal ones, and the groups' sizes.

    None where no two elements along the axis are equal.
    """
    moved = np.moveaxis(x, axis, -1)
    order = np.argsort(moved, axis=-1, kind="stable")
    ordered = np.take_along_axis(moved, order, -1)
    fresh = np.ones(ordered.shape, bool)
    fresh[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if fresh.all():
        return None
    numbers = (np.cumsum(fresh) - 1).reshape(fresh.shape)
    back = np.empty_like(numbers)
    np.put_along_axis(back, order, numbers, -1)
    return np.moveaxis(back, -1, axis), np.bincount(numbers.ravel())


def shared(t, x, axis):
    """t averaged over the elements of x that are equal along the axis."""
    groups = _groups(x, axis)
    if groups is None:
        return t
    numbers, sizes = groups
    return (scatter(t, numbers, sizes.shape) / sizes)[numbers]


def _equals(ans, x, axis=-1, **_):
    """Which elements are equal to another one along the axis."""
    groups = _groups(ground(x), axis)
    if groups is None:
        return np.zeros(shape_of(x), bool)
    numbers, sizes = groups
    return sizes[numbers] > 1


TIES = Kinks(
    "equal elements change places", "shared equally among ties", _equals,
    lambda ans, x, axis=-1, **_: x - shared(x, ground(x), axis), tie=True,
)  # fmt: skip


def _inverse(order, axis):
    """The permutation that undoes another."""
    back = np.empty_like(order)
    places = np.arange(order.shape[axis]).reshape([-1] + [1] * (order.ndim - 1 - axis % order.ndim))
    np.put_along_axis(back, order, np.broadcast_to(places, order.shape), axis)
    return back


def _permutation(ans, x, axis, is_sorted):
    """Where each element of ans came from: both sorted, matched, and unsorted again."""
    source = np.argsort(x, axis=axis, kind="stable")
    if is_sorted:
        return source
    target = _inverse(np.argsort(ans, axis=axis, kind="stable"), axis)
    return np.take_along_axis(source, target, axis)


def _has_ties(ans, axis, is_sorted):
    """Whether some elements may be equal, by the sorted result where there is one."""
    if not is_sorted:
        return True
    last = np.moveaxis(ans, axis, -1)
    return bool(np.any(last[..., 1:] == last[..., :-1]))


def _rearranged_jvp(tangents, ans, x, axis=-1, kth=None):
    ans, x, t = ground(ans), ground(x), tangents[0]
    if _has_ties(ans, axis, kth is None):
        t = shared(t, x, axis)
    return np.take_along_axis(t, _permutation(ans, x, axis, kth is None), axis)


def _rearranged_vjp(index, ct, ans, x, axis=-1, kth=None):
    ans, x = ground(ans), ground(x)
    back = _inverse(_permutation(ans, x, axis, kth is None), axis)
    ct = np.take_along_axis(ct, back, axis)
    return shared(ct, x, axis) if _has_ties(ans, axis, kth is None) else ct


def _bind_sort(a, axis=-1, kind=None, *, stable=None):
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    return (a,), {"axis": axis}


def _bind_partition(a, kth, axis=-1, kind="introselect"):
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    return (a,), {"axis": axis, "kth": kth}


WHY = "a permutation that depends on the values"

sort = primitive(
    np.sort, _rearranged_jvp, _rearranged_vjp, why=WHY, binder=_bind_sort, keywords=("axis",),
    kinks=TIES,
    cases=(
        case((5,)), case((3, 4)), case((3, 4), axis=0), case((2, 3), axis=None),
        case((2, 3, 2), axis=1),
    ),
)  # fmt: skip
partition = primitive(
    lambda a, axis, kth: np.partition(a, kth, axis), _rearranged_jvp, _rearranged_vjp, why=WHY,
    public=np.partition, binder=_bind_partition, keywords=("axis", "kth"),
    kinks=TIES,
    cases=(case((7,), kth=3), case((3, 4), kth=1, axis=0), case((2, 5), kth=(1, 3))),
)  # fmt: skip


@composite(np.sort_complex)
def sort_complex(a):
    """The values sorted by real part, then imaginary part, as complex numbers."""
    return np.sort(a if is_complex(a) else cast(a, complex))


# -- quantiles ------------------------------------------------------------------------------


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


# -- unique values --------------------------------------------------------------------------


def _occurrences(x):
    _, inverse, counts = np.unique(ground(x), return_inverse=True, return_counts=True)
    return inverse.reshape(shape_of(x)), counts


def _unique_jvp(tangents, ans, x):
    inverse, counts = _occurrences(x)
    return scatter(tangents[0], inverse, counts.shape) / counts


def _unique_vjp(index, ct, ans, x):
    inverse, counts = _occurrences(x)
    return (ct / counts)[inverse]


unique_values = primitive(
    np.unique, _unique_jvp, _unique_vjp, why="as many results as there are different values",
    kinks=Kinks(
        "equal elements are one value", "shared equally among ties",
        lambda ans, x: np.reshape(_equals(ans, np.ravel(x)), shape_of(x)),
        lambda ans, x: x - np.reshape(shared(np.ravel(x), np.ravel(ground(x)), 0), shape_of(x)),
        tie=True,
    ),
    cases=(case((4,)), case((2, 3))),
)  # fmt: skip


@composite(np.unique)
def unique(
    ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True
):
    """The different values in order, with their places and counts where asked for."""
    if axis is not None or not equal_nan:
        refuse("np.unique with axis= or equal_nan=False")
    values = apply(unique_values, (ar,))
    wanted = [return_index, return_inverse, return_counts]
    if not any(wanted):
        return values
    _, *extra = np.unique(ground(ar), *wanted)
    return (values, *extra)


for _choice in (
    np.argsort, np.argpartition, np.searchsorted, np.nonzero, np.flatnonzero,
    np.argwhere, np.digitize, np.isin, np.diag_indices_from,
    np.tril_indices_from, np.triu_indices_from, np.linalg.matrix_rank,
):  # fmt: skip
    constant(_choice)


@composite(np.lexsort)
def lexsort(keys, axis=-1):
    """The order of the last key, ties by the key before it: works on the values."""
    return np.lexsort([ground(key) for key in keys], axis)


@composite(np.union1d)
def union1d(ar1, ar2):
    """The different values of both arguments, in order."""
    return unique(np.concatenate([np.reshape(ar1, -1), np.reshape(ar2, -1)]))
