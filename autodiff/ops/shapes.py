"""Rearranging: the same numbers in another shape or order.  All of it is linear."""

import numpy as np

from autodiff.core.kinds import composite, constant, linear
from autodiff.core.op import case
from autodiff.ops.arguments import shape_of


reshape = linear(
    np.reshape,
    lambda ct, x, shape, order="C": np.reshape(ct, shape_of(x), order=order),
    keywords=("shape", "order"),
    cases=(
        case((2, 3), shape=(3, 2)),
        case((2, 3), shape=-1),
        case((), shape=(1, 1)),
        case((2, 3), shape=6, order="F"),
    ),
)
ravel = linear(
    np.ravel,
    lambda ct, x, order="C": np.reshape(ct, shape_of(x), order=order),
    keywords=("order",),
    cases=(case((2, 3)), case((2, 3), order="F")),
)
transpose = linear(
    np.transpose,
    lambda ct, x, axes=None: np.transpose(
        ct, None if axes is None else tuple(int(i) for i in np.argsort(np.mod(axes, len(axes))))
    ),
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
    total = scatter_add(moved, source, (length, *shape_of(moved)[1:]))
    return np.reshape(np.moveaxis(total, 0, along), own)


def scatter_add(ct, index, shape):
    """Zeros of `shape` with `ct` added at `index`: the transpose of indexing."""
    from autodiff.ops.indexing import scatter

    return scatter(ct, index, shape)


repeat = linear(
    np.repeat,
    _repeat_transpose,
    keywords=("repeats", "axis"),
    cases=(
        case((3,), repeats=2),
        case((2, 3), repeats=2, axis=1),
        case((2, 3), repeats=[1, 2], axis=0),
        case((2, 3), repeats=2),
    ),
)


def _pad_bind(array, pad_width, mode="constant", **kwargs):
    if mode == "constant":
        params = {"pad_width": pad_width, "mode": mode}
        return (array,), params | (
            {"constant_values": v} if np.any(v := kwargs.get("constant_values", 0)) else {}
        )
    return (array,), {"pad_width": pad_width, "mode": mode, **kwargs}


def _pad_transpose(ct, x, pad_width, mode="constant", **kwargs):
    own = shape_of(x)
    places = np.pad(np.arange(int(np.prod(own))).reshape(own), pad_width, mode, **kwargs)
    widths = np.broadcast_to(pad_width, (len(own), 2))
    if mode == "constant":
        return ct[tuple(slice(low, low + n) for (low, _), n in zip(widths, own, strict=True))]
    return np.reshape(scatter_add(np.reshape(ct, -1), places.ravel(), (places.max() + 1,)), own)


def _pad_value(x, pad_width, mode="constant", **kwargs):
    return np.pad(x, pad_width, mode, **kwargs)


pad = linear(
    _pad_value,
    _pad_transpose,
    public=np.pad,
    binder=_pad_bind,
    keywords=("pad_width", "mode"),
    cases=(case((3,), pad_width=1), case((2, 3), pad_width=((1, 0), (0, 2)))),
)

# -- joining and splitting ------------------------------------------------------------------


def _bind_sequence(arrays, axis=0):
    return tuple(arrays), {"axis": axis}


def _concatenate_transpose(index, ct, *xs, axis=0):
    if axis is None:
        start = sum(int(np.prod(shape_of(x))) for x in xs[:index])
        own = shape_of(xs[index])
        return np.reshape(ct[start : start + int(np.prod(own))], own)
    start = sum(shape_of(x)[axis] for x in xs[:index])
    piece = slice(start, start + shape_of(xs[index])[axis])
    return ct[(slice(None),) * (axis % len(shape_of(ct))) + (piece,)]


concatenate = linear(
    lambda *xs, axis=0: np.concatenate(xs, axis=axis),
    _concatenate_transpose,
    public=np.concatenate,
    binder=_bind_sequence,
    arity=None,
    keywords=("axis",),
    cases=(case([(2,), (3,)]), case([(2, 3), (2, 1)], axis=-1), case([(2, 3), (4,)], axis=None)),
)
stack = linear(
    lambda *xs, axis=0: np.stack(xs, axis=axis),
    lambda index, ct, *xs, axis=0: np.take(ct, index, axis=axis),
    public=np.stack,
    binder=_bind_sequence,
    arity=None,
    keywords=("axis",),
    cases=(case([(), ()]), case([(2, 3), (2, 3)], axis=1), case([(3,), (3,)], axis=-1)),
)


@composite(np.split)
def split(ary, indices_or_sections, axis=0):
    """Slices of `ary` between the given positions, or so many equal ones."""
    length = shape_of(ary)[axis]
    if np.ndim(indices_or_sections) == 0:
        if length % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
        step = length // indices_or_sections
        cuts = range(step, length, step)
    else:
        cuts = indices_or_sections
    ends = [0, *cuts, length]
    lead = (slice(None),) * (axis % len(shape_of(ary)))
    return [ary[(*lead, slice(a, b))] for a, b in zip(ends, ends[1:], strict=False)]


@composite(np.array_split)
def array_split(ary, indices_or_sections, axis=0):
    """Like split, with sections that need not be equal."""
    if np.ndim(indices_or_sections) == 0:
        length, sections = shape_of(ary)[axis], int(indices_or_sections)
        sizes = [length // sections + (i < length % sections) for i in range(sections)]
        indices_or_sections = np.cumsum(sizes)[:-1].tolist()
    return split(ary, indices_or_sections, axis)


copy = linear(np.copy, lambda ct, x: ct, cases=(case((2, 3)),))


def _astype_transpose(ct, x, dtype):
    return ct


def _bind_astype(x, dtype, **kwargs):
    if np.dtype(dtype).kind not in "fc":
        raise TypeError(
            f"a traced value can't become {np.dtype(dtype)}: it would lose its derivative. Use "
            "ad.stop_gradient(x) if the result may count as a constant."
        )
    return (x,), {"dtype": np.dtype(dtype)}


astype = linear(
    lambda x, dtype: np.asarray(x).astype(dtype)[()],
    _astype_transpose,
    public=np.astype,
    binder=_bind_astype,
    keywords=("dtype",),
    cases=(case((2, 3), np.float64),),
)

for _query in (
    np.shape,
    np.ndim,
    np.size,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
    np.full_like,
    np.result_type,
):
    constant(_query)
