"""Reading by index, and its transpose: adding into zeros."""

import math
import operator

import numpy as np

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import composite, linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import (
    cast,
    dtype_of,
    laid_as,
    ndim_of,
    one_axis,
    ordered_as,
    refuse_out,
    refuse_traced,
    shape_of,
)  # fmt: skip

_SIMPLE = {int, slice, type(None), type(Ellipsis), bool, np.bool_, np.int64, np.int32, np.intp}


def _repeats(index):
    """Whether an index may read an element twice: only with arrays of integers or lists."""
    if index.__class__ is tuple:
        return not (_SIMPLE.issuperset(map(type, index)) or not any(map(_may_repeat, index)))
    return index.__class__ not in _SIMPLE and _may_repeat(index)


def _may_repeat(part):
    if isinstance(part, np.ndarray):
        return part.dtype != bool
    return not isinstance(part, int | slice | None | type(Ellipsis) | np.integer | np.bool_)


def _flat_places(index, shape):
    """Places in the flattened array, for an index by arrays of integers; else None.

    `np.bincount` adds there several times faster than `np.add.at`.
    """
    if isinstance(index, np.ndarray) and index.dtype.kind in "iu" and len(shape):
        width = math.prod(shape[1:])
        rows = np.where(index < 0, index + shape[0], index)
        return rows if width == 1 else rows[..., None] * width + np.arange(width)
    if (
        isinstance(index, tuple)
        and len(index) == len(shape) > 0
        and all(isinstance(p, np.ndarray) and p.dtype.kind in "iu" for p in index)
    ):
        return np.ravel_multi_index(np.broadcast_arrays(*index), shape, mode="wrap")
    return None


def _scatter(ct, index, shape):
    ct = np.asarray(ct)
    places = _flat_places(index, shape) if ct.dtype == np.float64 else None
    if places is not None:
        sums = np.bincount(places.ravel(), ct.ravel(), math.prod(shape))
        return sums.reshape(shape)
    zeros = np.zeros(shape, ct.dtype)
    if _repeats(index):
        np.add.at(zeros, index, ct)
    else:
        zeros[index] = ct
    return zeros


scatter_op = linear(
    _scatter, lambda ct, x, index, shape: ct[index], name="scatter",
    label="{} at [{index}] of zeros{shape}", keywords=("index", "shape"), cases=(),
)  # fmt: skip


def _add_read(total, ct, params):
    """The cotangent of elements that were read, added in place to that of the whole array."""
    index = params["index"]
    if not _repeats(index):
        total[index] += ct
    elif np.size(ct) * 8 < total.size:
        np.add.at(total, index, ct)
    else:
        total += _scatter(ct, index, total.shape)


def scatter(values, index, shape):
    """Zeros of `shape` with `values` added at `index` (repeated places add up)."""
    return apply(scatter_op, (values,), {"index": index, "shape": shape})


getitem = linear(
    lambda x, index: x[index],
    lambda ct, x, index: scatter(ct, index, shape_of(x)),
    name="getitem", public=operator.getitem, label="{}[{index}]", keywords=("index",), cases=(),
    add_vjp=_add_read,
)  # fmt: skip

INDICES = (
    ((4,), 1), ((4,), slice(None, None, -1)), ((3, 4), (slice(None), 2)),
    ((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))), ((3, 4), np.array([2, 2, 0])),
    ((3, 4), np.array([[True, False, True, False]] * 3)), ((3, 4), (Ellipsis, None, 1)),
    ((3, 4), (None, slice(1, 3), np.array([0, 3]))),
)  # fmt: skip
"""Shapes and indices that indexing is tested on."""


@composite(np.take)
def take(a, indices, axis=None, out=None, mode="raise"):
    """Elements along an axis, by indexing."""
    refuse_out("take", out)
    refuse_traced("take", indices=indices)
    if axis is None or ndim_of(a) == 0:
        a, axis = np.reshape(a, -1), 0 if axis is None else axis
    axis = one_axis(axis, ndim_of(a))
    indices = np.asarray(indices)
    if mode != "raise":
        n = shape_of(a)[axis]
        indices = indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)
    found = a[(slice(None),) * axis + (indices[()],)]
    if indices.ndim:
        return laid_as(found)
    return np.copy(found, order="C") if ndim_of(found) else found  # one slice would be a view


def _grid(indices, axis, ndim, shape):
    """The full index of a `take_along_axis`."""
    axis = one_axis(axis, ndim)
    lengths = tuple(1 if a == axis else n for a, n in enumerate(shape))
    grid = list(np.ogrid[tuple(slice(n) for n in lengths)])
    grid[axis] = indices
    return tuple(grid)


def _bind_along(arr, indices, axis=-1):
    refuse_traced("take_along_axis", indices=indices)
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    return (arr,), {"indices": indices, "axis": axis}


def _along_transpose(ct, x, indices, axis):
    shape = shape_of(x)
    wide = tuple(1 if a == axis % len(shape) else n for a, n in enumerate(shape))
    axis = one_axis(axis, len(shape))
    full = np.broadcast_shapes(
        wide, tuple(1 if a == axis else n for a, n in enumerate(np.shape(indices)))
    )
    grid = _grid(np.asarray(indices), axis, len(shape), full)
    return scatter(ct, grid, shape)


take_along_axis = linear(
    np.take_along_axis, _along_transpose, binder=_bind_along, keywords=("indices", "axis"),
    cases=(
        case((3, 4), indices=np.array([[0, 0], [3, 1], [2, 2]]), axis=1),
        case((3, 4), indices=np.array([[2, 0, 1, 1]]), axis=0),
        case((5,), indices=np.array([4, 0, 4]), axis=0),
        case((2, 3), indices=np.array([5, 0, 0]), axis=None),
        case((3, 4), indices=np.array([[0, 2]]), axis=1),
    ),
)  # fmt: skip


@composite(np.compress)
def compress(condition, a, axis=None, out=None):
    """The slices where a 1-d condition holds."""
    refuse_out("compress", out)
    return take(a, np.flatnonzero(np.asarray(ground(condition))), axis=axis)


@composite(np.extract)
def extract(condition, arr):
    """The elements where a condition holds, in one dimension."""
    return np.reshape(arr, -1)[np.flatnonzero(np.ravel(ground(condition)))]


@composite(np.choose)
def choose(a, choices, out=None, mode="raise"):
    """choices[a[i]][i]: one of several arrays, element by element."""
    refuse_out("choose", out)
    which = np.asarray(ground(a))
    shape = np.broadcast_shapes(which.shape, *(shape_of(c) for c in choices))
    numbers = (int, float, complex)
    dtype = np.result_type(*(c if c.__class__ in numbers else dtype_of(c) for c in choices))
    stacked = cast(np.stack([np.broadcast_to(c, shape) for c in choices]), dtype)
    n = len(choices)
    if mode != "raise":
        which = which % n if mode == "wrap" else np.clip(which, 0, n - 1)
    elif which.size and not 0 <= which.min() <= which.max() < n:
        raise ValueError(f"np.choose was asked for a choice outside of 0 .. {n - 1}.")
    places = np.ogrid[tuple(slice(n) for n in shape)]
    rows = np.broadcast_to(which, shape).copy()  # an index in C order, for a result in C order
    return stacked[(rows, *places)]


@composite(np.select, result="array")
def select(condlist, choicelist, default=0):
    """The first choice whose condition holds, element by element."""
    if len(condlist) != len(choicelist):
        raise ValueError("np.select needs as many conditions as choices.")
    found = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        found = np.where(condition, choice, found)
    return laid_as(found)


@composite(np.piecewise, result="array")
def piecewise(x, condlist, funclist, *args, **kwargs):
    """Each function (or number) on the part of x where its condition holds; the last one wins."""
    shape = shape_of(x)
    conditions = np.asarray(ground(condlist), bool)
    if np.ndim(condlist) == len(shape) or (len(shape) == 0 and conditions.ndim == 0):
        conditions = conditions[None]
    conditions = list(np.broadcast_to(conditions, (len(conditions), *shape)))
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.any(conditions, axis=0))
    elif len(funclist) != len(conditions):
        raise ValueError(
            f"np.piecewise with {len(conditions)} conditions needs {len(conditions)} or "
            f"{len(conditions) + 1} functions, got {len(funclist)}."
        )
    owner = np.full(shape, -1)
    for number, condition in enumerate(conditions):
        owner[condition] = number
    flat, found = np.reshape(x, -1), np.zeros(int(np.prod(shape)), dtype_of(x))
    for number, function in enumerate(funclist):
        places = np.flatnonzero(owner == number)
        if places.size == 0:
            continue
        part = function(flat[places], *args, **kwargs) if callable(function) else function
        part = np.broadcast_to(part, places.shape)
        found = found + scatter(part, places, found.shape)
    if not is_traced(found):  # only numbers were chosen: flat, but of x nevertheless
        found = np.where(np.zeros(found.shape, bool), flat, found)
    return ordered_as(np.reshape(cast(found, dtype_of(x)), shape), x)


@composite(np.ix_, result="view")
def ix_(*args):
    """An open mesh of the arguments: each with axes of length 1 for the others."""
    ndim = len(args)
    for x in args:
        if ndim_of(x) != 1:
            raise ValueError("np.ix_ takes arrays of one dimension.")
    return tuple(
        np.reshape(x, (1,) * place + (-1,) + (1,) * (ndim - place - 1))
        for place, x in enumerate(args)
    )
