"""Joining, inserting, deleting and padding: each result is some of the arguments."""

import itertools

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, linear
from autodiff.core.language.op import case
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import (
    along,
    cast,
    dtype_of,
    laid_as,
    ndim_of,
    one_axis,
    refuse,
    refuse_traced,
    shape_of,
    size_of,
    without_ones,
)  # fmt: skip


def _bind_sequence(arrays, axis=0):
    return tuple(arrays), {"axis": axis}


def _concatenate_transpose(index, ct, *xs, axis=0):
    own = shape_of(xs[index])
    if axis is None:
        start = sum(size_of(x) for x in xs[:index])
        return np.reshape(ct[start : start + size_of(xs[index])], own)
    start = sum(shape_of(x)[axis] for x in xs[:index])
    return ct[along(axis, len(own), slice(start, start + own[axis]))]


def _concatenate_pulled(ct, ans, xs, params):
    """The parts of a cotangent in one pass: asked one by one they would be quadratic in number."""
    axis = params.get("axis", 0)
    lengths = [size_of(x) if axis is None else shape_of(x)[axis] for x in xs]
    ends = itertools.accumulate(lengths)
    where = () if axis is None else along(axis, ndim_of(ct))
    parts = [ct[(*where, slice(end - n, end))] for n, end in zip(lengths, ends)]
    return [np.reshape(p, shape_of(x)) for p, x in zip(parts, xs)] if axis is None else parts


def _stack_pulled(ct, ans, xs, params):
    axis = one_axis(params.get("axis", 0), ndim_of(ct))
    return list(np.moveaxis(ct, axis, 0) if axis else ct)


concatenate = linear(
    lambda *xs, axis=0: np.concatenate(xs, axis=axis),
    _concatenate_transpose,
    public=np.concatenate, binder=_bind_sequence, arity=None, keywords=("axis",),
    joint_vjp=_concatenate_pulled,
    cases=(case([(2,), (3,)]), case([(2, 3), (2, 1)], axis=-1), case([(2, 3), (4,)], axis=None)),
)  # fmt: skip
stack = linear(
    lambda *xs, axis=0: np.stack(xs, axis=axis),
    lambda index, ct, *xs, axis=0: ct[along(axis, ndim_of(ct), index)],
    public=np.stack, binder=_bind_sequence, arity=None, keywords=("axis",), joint_vjp=_stack_pulled,
    cases=(case([(), ()]), case([(2, 3), (2, 3)], axis=1), case([(3,), (3,)], axis=-1)),
)  # fmt: skip


def _as_list(found):
    return list(found) if isinstance(found, tuple) else [found]


@composite(np.vstack)
def vstack(tup):
    """The arguments below one another."""
    return np.concatenate(_as_list(np.atleast_2d(*tup)), axis=0)


@composite(np.hstack)
def hstack(tup):
    """The arguments beside one another."""
    parts = _as_list(np.atleast_1d(*tup))
    return np.concatenate(parts, axis=0 if ndim_of(parts[0]) == 1 else 1)


@composite(np.dstack)
def dstack(tup):
    """The arguments behind one another."""
    return np.concatenate(_as_list(np.atleast_3d(*tup)), axis=2)


@composite(np.column_stack)
def column_stack(tup):
    """The arguments as columns."""
    return np.concatenate(
        [np.reshape(x, (-1, 1)) if ndim_of(x) < 2 else x for x in tup], axis=1
    )  # fmt: skip


@composite(np.append)
def append(arr, values, axis=None):
    """arr, then values."""
    if axis is None:
        arr, values, axis = np.reshape(arr, -1), np.reshape(values, -1), 0
    return np.concatenate([arr, values], axis=axis)


@composite(np.block, result="array")
def block(arrays):
    """Blocks of nested lists put together, the innermost lists along the last axis."""
    depth, leaf = 0, arrays
    while isinstance(leaf, list):
        depth, leaf = depth + 1, leaf[0]

    def widest(part):
        return max(map(widest, part)) if isinstance(part, list) else ndim_of(part)

    ndim = max(depth, widest(arrays))

    def build(part, level):
        if not isinstance(part, list):
            return np.reshape(part, (1,) * (ndim - ndim_of(part)) + shape_of(part))
        return np.concatenate([build(p, level + 1) for p in part], axis=ndim - depth + level)

    return build(arrays, 0)


# -- inserting and deleting -----------------------------------------------------------------


def _places(obj, length):
    """What `insert` and `delete` are told, as a number or an array of integers."""
    if isinstance(obj, slice):
        return np.arange(length)[obj]
    obj = np.asarray(ground(obj))
    return np.flatnonzero(obj) if obj.dtype == bool else obj


@composite(np.insert)
def insert(arr, obj, values, axis=None):
    """arr with values put in before the given places."""
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    shape = shape_of(arr)
    axis = one_axis(axis, len(shape))
    places = _places(obj, shape[axis])
    values = cast(without_ones(values, len(shape)), dtype_of(arr))
    values = np.reshape(values, (1,) * (len(shape) - ndim_of(values)) + shape_of(values))
    if places.ndim == 0:
        values = np.moveaxis(values, 0, axis)
        count = shape_of(values)[axis]
    else:
        count = places.size if places.size > 1 else shape_of(values)[axis]
    wide = tuple(count if i == axis else n for i, n in enumerate(shape))
    joined = np.concatenate([arr, np.broadcast_to(values, wide)], axis=axis)
    order = np.insert(np.arange(shape[axis]), places, shape[axis] + np.arange(count))
    return laid_as(joined[along(axis, len(shape), order)], arr)


@composite(np.delete)
def delete(arr, obj, axis=None):
    """arr without the given places."""
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    length = shape_of(arr)[axis]
    kept = np.delete(np.arange(length), _places(obj, length))
    found = arr[along(axis, ndim_of(arr), kept)]
    return laid_as(found, arr) if isinstance(obj, int | slice) else found


@composite(np.trim_zeros, result="view")
def trim_zeros(filt, trim="fb", axis=None):
    """Without the zeros at the front and at the back."""
    ndim = ndim_of(filt)
    plain = np.asarray(ground(filt))
    axes = range(ndim) if axis is None else {a % ndim for a in np.atleast_1d(axis)}
    found = np.argwhere(plain)
    index = []
    for a in range(ndim):
        low, high = 0, plain.shape[a]
        if a in axes:
            empty = len(found) == 0
            if "f" in trim.lower():
                low = high if empty else found[:, a].min()
            if "b" in trim.lower():
                high = low if empty else found[:, a].max() + 1
        index.append(slice(int(low), int(high)))
    return filt[tuple(index)]


# -- padding --------------------------------------------------------------------------------

COPIES = ("edge", "reflect", "symmetric", "wrap")
LINEAR = ("linear_ramp", "mean")


def _pad_transpose(ct, x, pad_width, mode="constant"):
    own = shape_of(x)
    if mode == "constant":
        widths = np.broadcast_to(pad_width, (len(own), 2))
        return ct[tuple(slice(low, low + n) for (low, _), n in zip(widths, own, strict=True))]
    size = size_of(x)
    places = np.pad(np.arange(size).reshape(own), pad_width, mode)
    return np.reshape(scatter(np.reshape(ct, -1), places.ravel(), (size,)), own)


pad_op = linear(
    lambda x, pad_width, mode="constant": np.pad(x, pad_width, mode),
    _pad_transpose,
    name="pad", public=np.pad, keywords=("pad_width", "mode"),
    cases=(
        case((3,), pad_width=1), case((2, 3), pad_width=((1, 0), (0, 2))),
        *(case((4, 5), pad_width=((1, 2), (3, 0)), mode=mode) for mode in COPIES),
        case((3,), pad_width=(1, 2), constant_values=2.0),
        case((3, 4), pad_width=((1, 2), (0, 3)), mode="linear_ramp"),
        case((3, 4), pad_width=((1, 2), (0, 3)), mode="mean"),
        case((4,), pad_width=2, mode="reflect", reflect_type="odd"),
    ),
)  # fmt: skip


@composite(np.pad, result="array")
def pad(array, pad_width, mode="constant", **kwargs):
    """The array framed: with constants, with copies of itself, with ramps or means."""
    refuse_traced("pad", **kwargs)
    if isinstance(pad_width, dict):
        axes = {a % ndim_of(array): w for a, w in pad_width.items()}
        pairs = (axes.get(a, (0, 0)) for a in range(ndim_of(array)))
        pad_width = tuple((w, w) if np.ndim(w) == 0 else tuple(w) for w in pairs)
    if mode in ("constant", *COPIES) and kwargs.get("reflect_type", "even") == "even":
        params = {"pad_width": pad_width}
        found = apply(pad_op, (array,), params if mode == "constant" else params | {"mode": mode})
        filling = kwargs.get("constant_values", 0)
        if np.any(filling):
            zeros = np.zeros(shape_of(array), dtype_of(array))
            found = laid_as(found + np.pad(zeros, pad_width, constant_values=filling), array)
        return found
    if mode not in (*LINEAR, *COPIES) or kwargs.get("stat_length") is not None:
        refuse(f"np.pad with mode={mode!r} {kwargs or ''}", "Join np.max(x) and its kin yourself.")
    dtype = dtype_of(array)
    frame = np.pad(np.zeros(shape_of(array), dtype), pad_width, mode, **kwargs)
    own = {} if "end_values" in kwargs else kwargs
    source = array
    for axis, width in enumerate(np.broadcast_to(pad_width, (ndim_of(array), 2)).tolist()):
        spread = np.pad(np.eye(shape_of(array)[axis], dtype=dtype), (width, (0, 0)), mode, **own)
        array = np.moveaxis(np.tensordot(spread, array, (1, axis)), 0, axis)
    return laid_as(array + frame if np.any(frame) else array, source)
