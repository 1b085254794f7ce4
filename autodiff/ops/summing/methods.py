"""The methods of ufuncs that make new arrays: reduce, accumulate, outer, reduceat."""

import functools

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.registry import registry
from autodiff.ops.ground.arguments import (
    NO,
    along,
    axes_of,
    cast,
    dtype_of,
    laid_as,
    ndim_of,
    one_axis,
    refuse,
    refuse_traced,
    shape_of,
)

DIRECT = {
    np.add: (np.sum, np.cumsum),
    np.multiply: (np.prod, np.cumprod),
    np.maximum: (np.max, None),
    np.minimum: (np.min, None),
    np.logical_and: (np.all, None),
    np.logical_or: (np.any, None),
}
"""Ufuncs whose reduction and running reduction NumPy has under names of their own."""

OTHERS = (
    np.subtract, np.divide, np.power, np.float_power, np.remainder, np.fmod, np.floor_divide,
    np.fmax, np.fmin, np.hypot, np.logaddexp, np.logaddexp2, np.arctan2, np.copysign, np.heaviside,
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_xor,
)  # fmt: skip


def _refuse_out(ufunc, method, out):
    if isinstance(out, tuple) and all(o is None for o in out):
        out = None
    if out is not None:
        refuse(f"np.{ufunc.__name__}.{method}(..., out=...)", "Leave `out` away.")


def reduce(ufunc, array, axis=0, dtype=None, out=None, keepdims=False, initial=NO, where=True):
    """ufunc of all elements along axes, one after the other."""
    _refuse_out(ufunc, "reduce", out)
    refuse_traced(f"{ufunc.__name__}.reduce", where=where)
    direct = DIRECT.get(ufunc)
    array = cast(array, dtype)
    if direct is not None:
        more = {} if initial is NO else {"initial": initial}
        more = more if where is True else more | {"where": where}
        return direct[0](array, axis=axis, keepdims=keepdims, **more)
    if where is not True:
        refuse(f"np.{ufunc.__name__}.reduce with where=")
    if ndim_of(array) == 0 and axis in (0, -1, None):  # of a number, as NumPy has it
        return array if initial is NO or initial is None else ufunc(initial, array)
    found, axes = array, sorted(axes_of(axis, ndim_of(array)))
    if initial is not NO and initial is not None and axes:
        first = tuple(1 if a == axes[-1] else n for a, n in enumerate(shape_of(array)))
        found = np.concatenate([np.full(first, initial, dtype_of(array)), array], axis=axes[-1])
        if len(axes) > 1:
            refuse(f"np.{ufunc.__name__}.reduce over several axes with initial=")
    for a in reversed(axes):
        found = _fold(ufunc, found, a)[-1]
    return np.expand_dims(found, tuple(axes)) if keepdims else found


def _fold(ufunc, array, axis):
    """The running results along an axis, as a list."""
    n, ndim = shape_of(array)[axis], ndim_of(array)
    if n == 0:
        refuse(f"np.{ufunc.__name__}.reduce of no elements")
    running = [array[along(axis, ndim, 0)]]
    for i in range(1, n):
        running.append(ufunc(running[-1], array[along(axis, ndim, i)]))
    return running


def accumulate(ufunc, array, axis=0, dtype=None, out=None):
    """The running results of `reduce`."""
    _refuse_out(ufunc, "accumulate", out)
    array = cast(array, dtype)
    direct = DIRECT.get(ufunc, (None, None))[1]
    if direct is not None:
        return direct(array, axis=axis)
    axis = one_axis(axis, ndim_of(array))
    return laid_as(np.stack(_fold(ufunc, array, axis), axis=axis), array)


def outer(ufunc, a, b, **kwargs):
    """ufunc of every pair of an element of a and one of b."""
    if kwargs:
        refuse(f"np.{ufunc.__name__}.outer with {', '.join(kwargs)}")
    a, b = (x if is_traced(x) else np.asarray(x) for x in (a, b))
    return ufunc(np.reshape(a, shape_of(a) + (1,) * ndim_of(b)), b)


def reduceat(ufunc, array, indices, axis=0, dtype=None, out=None):
    """The reductions of the slices between the given places."""
    _refuse_out(ufunc, "reduceat", out)
    array = cast(array, dtype)
    ndim = ndim_of(array)
    axis = one_axis(axis, ndim)
    starts = [int(i) for i in np.asarray(ground(indices))]
    n = shape_of(array)[axis]
    if any(not 0 <= i < n for i in starts):
        raise IndexError(f"index {max(starts)} out-of-bounds in {ufunc.__name__}.reduceat [0, {n})")
    parts = []
    for start, stop in zip(starts, [*starts[1:], n], strict=True):
        if start < stop:
            piece = array[along(axis, ndim, slice(start, stop))]
            parts.append(reduce(ufunc, piece, axis))
        else:
            parts.append(array[along(axis, ndim, start)])
    return np.stack(parts, axis=axis)


for _ufunc in (*DIRECT, *OTHERS):
    for _method in (reduce, accumulate, outer, reduceat):
        registry.composites[_ufunc, _method.__name__] = functools.partial(_method, _ufunc)
