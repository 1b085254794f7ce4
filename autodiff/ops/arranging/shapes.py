"""Rearranging: the same numbers in another shape or order.  All of it is linear."""

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced, window_classes
from autodiff.core.language.kinds import composite, constant, linear
from autodiff.core.language.op import case
from autodiff.core.values.ledger import Computed
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import (
    dtype_of,
    flags_of,
    ndim_of,
    one_axis,
    refuse,
    shape_of,
    size_of,
)  # fmt: skip


def _order(x, order):
    """ "C" or "F": how NumPy reads x by this order ("A": as it lies in memory)."""
    if order in ("C", "F"):
        return order
    flags = flags_of(x)
    if order == "K" and not (flags.c_contiguous or flags.f_contiguous):
        refuse("np.ravel with order='K' of an array with gaps", 'Say order="C" or order="F".')
    return "F" if flags.fnc else "C"


def _bind_reshape(a, /, shape=None, order="C", *, newshape=None, copy=None):
    order = _order(a, order)
    params = {"shape": newshape if shape is None else shape}
    return (a,), params if order == "C" else params | {"order": order}


def _bind_ravel(a, order="C"):
    order = _order(a, order)
    return (a,), {} if order == "C" else {"order": order}


def _reshape_back(ct, x, shape=None, order="C"):
    return ct.reshape(shape_of(x)) if order == "C" else np.reshape(ct, shape_of(x), order=order)


def _reshape(a, shape, order="C"):
    return a.reshape(shape) if order == "C" else np.reshape(a, shape, order=order)


reshape = linear(
    _reshape, _reshape_back, binder=_bind_reshape,
    name="reshape", public=np.reshape, keywords=("shape", "order"),
    cases=(
        case((2, 3), shape=(3, 2)), case((2, 3), shape=-1), case((), shape=(1, 1)),
        case((2, 3), shape=6, order="F"),
    ),
)  # fmt: skip
ravel = linear(
    np.ravel, _reshape_back, binder=_bind_ravel, keywords=("order",),
    cases=(case((2, 3)), case((2, 3), order="F")),
)  # fmt: skip


def _transpose_back(ct, x, axes=None):
    if axes is None:
        return ct.T
    return np.transpose(ct, tuple(int(i) for i in np.argsort(np.mod(axes, len(axes)))))


transpose = linear(
    lambda a, axes=None: a.T if axes is None else np.transpose(a, axes),
    _transpose_back,
    name="transpose",
    public=np.transpose,
    keywords=("axes",),
    label="{}ᵀ",
    also=(np.permute_dims,),
    cases=(case((2, 3)), case((2, 3, 4), axes=(2, 0, 1)), case((2, 3, 4), axes=(-1, 0, 1))),
)
swapaxes = linear(
    np.swapaxes,
    lambda ct, x, axis1, axis2: np.swapaxes(ct, axis1, axis2),
    keywords=("axis1", "axis2"),
    cases=(case((2, 3, 4), axis1=0, axis2=-1),),
)
moveaxis = linear(
    np.moveaxis,
    lambda ct, x, source, destination: np.moveaxis(ct, destination, source),
    keywords=("source", "destination"),
    cases=(
        case((2, 3, 4), source=0, destination=-1),
        case((2, 3, 4), source=(0, 1), destination=(1, 2)),
    ),
)
expand_dims = linear(
    np.expand_dims,
    lambda ct, x, axis: np.reshape(ct, shape_of(x)),
    keywords=("axis",),
    cases=(case((2, 3), axis=1), case((2, 3), axis=(0, -1)), case((), axis=0)),
)
squeeze = linear(
    np.squeeze,
    lambda ct, x, axis=None: np.reshape(ct, shape_of(x)),
    keywords=("axis",),
    cases=(case((1, 3, 1)), case((1, 3, 1), axis=0)),
)
flip = linear(
    np.flip,
    lambda ct, x, axis=None: np.flip(ct, axis),
    keywords=("axis",),
    cases=(case((2, 3)), case((2, 3), axis=1), case((2, 3, 2), axis=(0, 2))),
)
roll = linear(
    np.roll,
    lambda ct, x, shift, axis=None: np.roll(ct, np.negative(shift), axis),
    keywords=("shift", "axis"),
    cases=(case((5,), shift=2), case((2, 3), shift=1), case((2, 3), shift=(1, -1), axis=(0, 1))),
)


def _broadcast_transpose(ct, x, shape):
    own = shape_of(x)
    total = np.sum(ct, axis=tuple(range(len(shape_of(ct)) - len(own))))
    ones = tuple(a for a, n in enumerate(own) if n == 1 and shape_of(total)[a] != 1)
    return np.sum(total, axis=ones, keepdims=True) if ones else total


broadcast_to = linear(
    np.broadcast_to,
    _broadcast_transpose,
    keywords=("shape",),
    cases=(case((3,), shape=(2, 3)), case((2, 1), shape=(4, 2, 3)), case((), shape=(2,))),
)


def _tile_transpose(ct, x, reps):
    own = shape_of(x)
    reps = tuple(np.atleast_1d(reps).tolist())
    ndim = max(len(own), len(reps))
    own = (1,) * (ndim - len(own)) + own
    reps = (1,) * (ndim - len(reps)) + reps
    split = np.reshape(ct, tuple(n for pair in zip(reps, own, strict=True) for n in pair))
    return np.reshape(np.sum(split, axis=tuple(range(0, 2 * ndim, 2))), shape_of(x))


tile = linear(
    np.tile,
    _tile_transpose,
    keywords=("reps",),
    public=np.tile,
    cases=(
        case((3,), reps=2),
        case((2, 3), reps=(2, 1)),
        case((3,), reps=(2, 2)),
        case((), reps=3),
    ),
)


def _repeat_transpose(ct, x, repeats, axis=None):
    flat = np.reshape(ct, -1) if axis is None else ct
    own = shape_of(x)
    length = int(np.prod(own)) if axis is None else own[axis]
    source = np.repeat(np.arange(length), repeats)
    along = 0 if axis is None else axis
    moved = np.moveaxis(flat, along, 0)
    total = scatter(moved, source, (length, *shape_of(moved)[1:]))
    return np.reshape(np.moveaxis(total, 0, along), own)


def _bind_repeat(a, repeats, axis=None):
    params = {"repeats": repeats}
    return (a,), params if axis is None or ndim_of(a) == 0 else params | {"axis": axis}


repeat = linear(
    np.repeat,
    _repeat_transpose,
    binder=_bind_repeat,
    keywords=("repeats", "axis"),
    cases=(
        case((3,), repeats=2),
        case((2, 3), repeats=2, axis=1),
        case((2, 3), repeats=[1, 2], axis=0),
        case((2, 3), repeats=2),
    ),
)


@composite(np.fliplr, result="view")
def fliplr(m):
    """The second axis reversed."""
    return np.flip(m, 1)


@composite(np.flipud, result="view")
def flipud(m):
    """The first axis reversed."""
    return np.flip(m, 0)


@composite(np.rot90, result="view")
def rot90(m, k=1, axes=(0, 1)):
    """The plane of two axes turned by k quarter turns."""
    first, second = (one_axis(a, ndim_of(m)) for a in axes)
    turned = m
    for _ in range(k % 4):
        turned = np.flip(np.swapaxes(turned, first, second), first)
    return turned


@composite(np.matrix_transpose, np.linalg.matrix_transpose, result="view")
def matrix_transpose(x, /):
    """The last two axes swapped."""
    if ndim_of(x) < 2:
        raise ValueError("np.matrix_transpose needs at least two axes.")
    return np.swapaxes(x, -1, -2)


@composite(np.rollaxis, result="view")
def rollaxis(a, axis, start=0):
    """One axis moved to stand before the axis `start`."""
    ndim = ndim_of(a)
    axis = one_axis(axis, ndim)
    start = start + ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@composite(np.broadcast_arrays, result="view")
def broadcast_arrays(*args, subok=False):
    """All arguments in their common shape."""
    shape = np.broadcast_shapes(*(shape_of(x) for x in args))
    return tuple(np.broadcast_to(x, shape) for x in args)


def _at_least(ndim, name):
    """`atleast_1d` and its kin: axes of length 1 are added, for 3 also at the end."""

    def one(x):
        x = x if is_traced(x) else np.asarray(x)
        if x.ndim == 0:
            return np.reshape(x, (1,) * ndim)
        last = ndim == 3 and x.ndim < 3
        new = (None,) * (ndim - x.ndim - last) + (slice(None),) * x.ndim + (None,) * last
        return x[new] if len(new) > x.ndim else x

    def code(*arys):
        return one(arys[0]) if len(arys) == 1 else tuple(one(x) for x in arys)

    code.__doc__ = f"Each argument with at least {ndim} axes."
    return composite(getattr(np, name), result="view")(code)


atleast_1d = _at_least(1, "atleast_1d")
atleast_2d = _at_least(2, "atleast_2d")
atleast_3d = _at_least(3, "atleast_3d")


@composite(np.resize)
def resize(a, new_shape):
    """The elements over and over until the new shape is full."""
    shape = (new_shape,) if np.ndim(new_shape) == 0 else tuple(new_shape)
    size = int(np.prod(shape))
    own = size_of(a)
    if own == 0 or size == 0:
        return np.zeros(shape, dtype_of(a))
    return np.reshape(np.reshape(a, -1)[np.arange(size) % own], shape)


for _blank in (np.zeros_like, np.ones_like, np.empty_like):
    constant(_blank, blank=True)
for _query in (
    np.shape, np.ndim, np.size, np.result_type,
    np.can_cast, np.min_scalar_type, np.common_type,
    np.array2string, np.array_repr, np.array_str,
):  # fmt: skip
    constant(_query)


def _memory(x):
    """An array that lies in memory as x does: of a window, its places in the ledger."""
    if x.__class__ not in window_classes:
        return ground(x)
    if isinstance(x.extent.ledger, Computed):
        refuse("np.shares_memory of a computed view (x.real, x.imag)", "Leave the question out.")
    return x.extent.places


def _shares(function):
    def code(a, b, max_work=None):
        return function(_memory(a), _memory(b), max_work=max_work)

    code.__doc__ = f"np.{function.__name__}: two windows share memory where their places do."
    composite(function)(code)


_shares(np.shares_memory)
_shares(np.may_share_memory)
