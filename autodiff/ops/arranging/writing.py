"""Functions that change an array in place, on a traced array; on a plain one they are refused.

`core.values.inplace` gives the change NumPy's meaning, views included.
"""

import numpy as np

from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite
from autodiff.core.language.registry import registry
from autodiff.core.values.calls import takes_traced
from autodiff.core.values.inplace import as_written_in_turn, assign, flags_of, update
from autodiff.core.values.lists import of_lists
from autodiff.ops.arranging.indexing import _grid, scatter
from autodiff.ops.ground.arguments import ndim_of, refuse, shape_of, size_of, without_ones


def target_of(array, name):
    """The array to be changed; a plain one can't take traced values."""
    if not takes_traced(array):
        raise DetachError(
            f"np.{name} would write traced values into a plain array, which loses the derivative. "
            "Write y = np.array(y, float) before it, inside of the function (in the eager style "
            f"inside of `with ad.Tape():`): what is made there can be filled.{here()}"
        )
    return array


def _cycled(values, places):
    """values[place % n] for every place, the values flattened."""
    flat = np.reshape(of_lists(values), -1)
    return flat[places % size_of(flat)]


@composite(np.copyto)
def copyto(dst, src, casting="same_kind", where=True):
    """dst[where] = src[where]."""
    target = target_of(dst, "copyto")
    if src is dst:  # without a look at the mask, as NumPy has it
        return
    if where is True:
        assign(target, ..., src)
        return
    shape = shape_of(target)
    mask = np.broadcast_to(ground(where), shape)
    assign(target, mask, np.broadcast_to(without_ones(src, len(shape)), shape)[mask])


@composite(np.fill_diagonal)
def fill_diagonal(a, val, wrap=False):
    """The main diagonal set to a number, or to the values of an array, over and over."""
    target = target_of(a, "fill_diagonal")
    shape = shape_of(target)
    if len(shape) < 2:
        raise ValueError("array must be at least 2-d")
    if len(shape) == 2:
        end = None if wrap else shape[1] * shape[1]
        spots = np.arange(shape[0] * shape[1])[: end : shape[1] + 1]
    else:
        if len(set(shape)) > 1:
            raise ValueError("All dimensions of input must be of equal length")
        spots = np.ravel_multi_index((np.arange(shape[0]),) * len(shape), shape)
    values = of_lists(val)
    if size_of(values):  # of no values NumPy takes none
        values = as_written_in_turn(target, spots, values)
        assign(target, np.unravel_index(spots, shape), values)


@composite(np.put)
def put(a, ind, v, mode="raise"):
    """a.flat[ind] = v, the values over and over."""
    target = target_of(a, "put")
    ind = np.ravel(np.asarray(ground(ind), None if np.size(ground(ind)) else int))
    n = size_of(target)
    if mode == "clip":
        ind = np.clip(ind, 0, n - 1)
    elif mode == "raise" and np.any((ind < -n) | (ind >= n)):
        raise IndexError(f"np.put got an index outside of an array of {n} elements")
    if size_of(v) and ind.size:
        values = _cycled(v, np.arange(ind.size))
        if ndim_of(target):
            assign(target, np.unravel_index(ind % n, shape_of(target)), values)
        else:
            assign(target, (), values[-1])


@composite(np.put_along_axis)
def put_along_axis(arr, indices, values, axis):
    """The inverse of take_along_axis: elements along an axis set by their places."""
    target = target_of(arr, "put_along_axis")
    indices = np.asarray(ground(indices))
    shape = shape_of(target)
    if axis is None:
        places = np.unravel_index(indices, shape)
    else:
        places = _grid(indices, axis, len(shape), shape)
    assign(target, places, values)


@composite(np.place)
def place(arr, mask, vals):
    """arr[mask] = vals, the values over and over."""
    target = target_of(arr, "place")
    mask = np.reshape(np.asarray(ground(mask), bool), shape_of(target))
    values, spots = of_lists(vals), np.flatnonzero(mask)
    if not size_of(values):
        if spots.size:
            raise ValueError("np.place has places to fill, and no values for them.")
        return
    in_turn = all(flags_of(one).c_contiguous for one in (target, values))  # else NumPy copies one
    values = np.reshape(values, -1)
    if in_turn:
        values = as_written_in_turn(target, spots, values)
    else:
        values = _cycled(values, np.arange(spots.size))
    assign(target, mask, values)


@composite(np.putmask)
def putmask(a, mask, values):
    """a[mask] = values[mask], the values over and over along the flattened array."""
    target = target_of(a, "putmask")
    mask = np.reshape(np.asarray(ground(mask), bool), shape_of(target))
    if size_of(values):
        assign(target, mask, _cycled(values, np.flatnonzero(mask)))


# -- ufunc.at -------------------------------------------------------------------------------


def _index(index):
    """An index whose lists are arrays, slices and the like as they are."""
    if isinstance(index, tuple):
        return tuple(map(_index, index))
    return np.asarray(index) if isinstance(index, list) else ground(index)


def at(ufunc, array, indices, values=None):
    """array[indices] = ufunc(array[indices], values), repeated places one after the other."""
    target = target_of(array, f"{ufunc.__name__}.at")
    shape = shape_of(target)
    index = _index(ground(indices))
    places = np.arange(size_of(target)).reshape(shape)[index]
    if ufunc.__name__ in ("add", "subtract"):
        values = np.broadcast_to(of_lists(values), places.shape)
        spread = scatter(values * 1.0, places, (size_of(target),))
        update(target, ufunc, np.reshape(spread, shape), "+" if ufunc.__name__ == "add" else "-")
        return
    if np.unique(places).size != places.size:
        refuse(
            f"np.{ufunc.__name__}.at with repeated places",
            "Use one call for each occurrence, or np.add.at of logarithms.",
        )
    own = target[index]
    assign(target, index, ufunc(own) if values is None else ufunc(own, values))


def _at(ufunc):
    def code(*args):
        at(ufunc, *args)

    code.__doc__ = f"`np.{ufunc.__name__}.at` on a traced array."
    registry.composites[ufunc, "at"] = code


for _ufunc in (
    np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.power, np.negative,
    np.exp, np.log, np.sqrt, np.square, np.absolute, np.sin, np.cos, np.reciprocal,
):  # fmt: skip
    _at(_ufunc)
