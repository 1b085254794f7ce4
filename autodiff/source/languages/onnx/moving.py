"""Functions that only move elements: `x.T`, `np.roll`, `np.pad`, `x[::2]`, `np.stack`, ...

One idea serves them all: the function itself, applied to the *places* 1, 2, 3, ... of elements,
says which element stands where in its result, and where a zero does.  That is one `Gather`.
The commonest have an operator of their own in ONNX: `Reshape`, `Transpose`, `Expand`, `Slice`,
`Concat`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.records.nodes import Node, changed, leaves

MOVING = frozenset((
    "T", "append", "array", "array_split", "asanyarray", "asarray", "ascontiguousarray",
    "atleast_1d", "atleast_2d", "atleast_3d", "block", "broadcast_arrays", "broadcast_to",
    "column_stack", "compress", "concat", "concatenate", "copy", "delete", "diag", "diagflat",
    "diagonal", "dsplit", "dstack", "expand_dims", "flatten", "flip", "fliplr", "flipud",
    "hsplit", "hstack", "item", "mT", "matrix_transpose", "meshgrid", "moveaxis", "pad",
    "permute_dims", "ravel", "real", "repeat", "reshape", "resize", "roll", "rollaxis", "rot90",
    "sliding_window_view", "split", "squeeze", "stack", "swapaxes", "take", "tile", "transpose",
    "tril", "triu", "unstack", "vsplit", "vstack",
))  # fmt: skip
"""Functions, methods and attributes that move elements and do nothing else."""
TRANSPOSING = ("transpose", "permute_dims", "matrix_transpose", "T", "mT", "swapaxes", "moveaxis")
SEVERAL = {"append": 2, "broadcast_arrays": 99, "meshgrid": 99}
"""How many arguments are moved, where it is more than the first."""
PADDING = ("constant", "edge", "reflect", "symmetric", "wrap")


def moved(exporter: Any, node: Node, name: str) -> Value | list[Value]:
    """The form of a function that moves elements."""
    count = SEVERAL.get(name, 1)
    subjects, rest = node.args[:count], exporter.known(node.args[count:])
    options = exporter.known({k: v for k, v in node.kwargs.items() if k not in ("dtype", "copy")})
    dtype = element_dtype(node.value)
    _check_padding(name, rest, options)
    parts = [exporter.value(leaf, dtype) for leaf in leaves(subjects)]
    if name == "broadcast_to":
        return parts[0].expand(np.shape(node.value))
    if name in TRANSPOSING:
        probe = np.empty(range(2, 2 + parts[0].ndim))
        return parts[0].transpose(
            [n - 2 for n in node.call.function(probe, *rest, **options).shape]
        )
    if name in ("concatenate", "concat") and len(rest) < 2 and not set(options) - {"axis"}:
        axis = options.get("axis", rest[0] if rest else 0)
        if axis is not None:
            return joined(parts, axis)
    start, numbered = 1, []
    for part in parts:
        numbered.append(np.arange(start, start + part.size).reshape(part.shape))
        start += part.size
    turn = iter(numbered)
    places = node.call.function(*changed(subjects, lambda _: next(turn)), *rest, **options)
    if isinstance(places, tuple | list):
        return [picked(parts, np.asarray(one)) for one in places]
    return picked(parts, np.asarray(places))


def _check_padding(name: str, rest: Sequence[Any], options: dict[str, Any]) -> None:
    if name == "pad":
        mode = rest[1] if len(rest) > 1 else options.get("mode", "constant")
        if (
            mode not in PADDING
            or np.any(options.get("constant_values", 0))
            or (options.get("reflect_type") == "odd")
        ):
            raise UnsupportedError(f"np.pad with {mode!r} values has no form in ONNX here.")


def element_dtype(value: Any) -> np.dtype:
    """The dtype of an array, a number or the first of several."""
    if isinstance(value, tuple | list):
        return element_dtype(value[0])
    return np.asarray(value).dtype


def joined(parts: Sequence[Value], axis: int) -> Value:
    """Arrays one after another along an axis."""
    first, axis = parts[0], axis % parts[0].ndim
    if len(parts) == 1:
        return first
    total = sum(part.shape[axis] for part in parts)
    shape = (*first.shape[:axis], total, *first.shape[axis + 1 :])
    return first.graph.op("Concat", *parts, shape=shape, axis=axis)


def picked(parts: Sequence[Value], places: np.ndarray) -> Value:
    """The elements of some arrays that stand at places, counted from 1; 0 is a zero."""
    shape, order = places.shape, places.reshape(-1)
    if len(parts) == 1 and order.size == parts[0].size and _in_order(order):
        return parts[0].reshape(*shape)
    flat = joined([part.reshape(part.size) for part in parts], 0)
    if _in_order(order) and order.size == flat.size:
        return flat.reshape(*shape)
    if np.any(order == 0):
        zero = flat.graph.constant(np.zeros(1, flat.dtype))
        return joined([zero, flat], 0).gather(places, shape)
    return flat.gather(places - 1, shape)


def _in_order(order: np.ndarray) -> bool:
    return bool(np.array_equal(order, np.arange(1, order.size + 1)))


def indexed(exporter: Any, node: Node) -> Value:
    """`x[index]`: slices, rows, or elements at places, which may be computed ones."""
    subject, index = node.args
    x = exporter.value(subject)
    if not exporter.is_live(index):
        index = exporter.known(index)
        own = sliced(x, index)
        if own is not None:
            return own
        return picked([x], np.arange(1, x.size + 1).reshape(x.shape)[index])
    if index.__class__ is Node and np.asarray(index.value).dtype.kind in "iu":
        return x.gather(exporter.value(index))
    return x.reshape(x.size).gather(computed_places(exporter, x.shape, index))


def sliced(x: Value, index: Any) -> Value | None:
    """The form of an index of slices and whole numbers; None for another."""
    index = index if isinstance(index, tuple) else (index,)
    kept = [one for one in index if one is not None and one is not Ellipsis]
    if not all(
        isinstance(one, slice | int | np.integer) and not isinstance(one, bool) for one in kept
    ):
        return None
    if len(kept) > x.ndim:
        return None
    shape = np.broadcast_to(np.zeros(()), x.shape)[index].shape
    place = next((p for p, one in enumerate(index) if one is Ellipsis), len(index))
    before = [one for one in index[:place] if one is not None]
    after = [one for one in index[place + 1 :] if one is not None]
    full = [*before, *[slice(None)] * (x.ndim - len(kept)), *after]
    rows = []
    for axis, (own, n) in enumerate(zip(full, x.shape)):
        own = own if isinstance(own, slice) else slice(int(own) % n, int(own) % n + 1)
        start, stop, step = own.indices(n)
        if (start, stop, step) != (0, n, 1):
            rows.append(
                (axis, start, stop if stop >= 0 else -(2**62), step, len(range(start, stop, step)))
            )
    if not rows:
        return x.reshape(*shape)
    axes, starts, stops, steps, sizes = map(list, zip(*rows))
    cut = list(x.shape)
    for axis, n in zip(axes, sizes):
        cut[axis] = n
    graph = x.graph
    inputs = [graph.whole(numbers) for numbers in (starts, stops, axes, steps)]
    return graph.op("Slice", x, *inputs, shape=tuple(cut)).reshape(*shape)


def computed_places(exporter: Any, shape: tuple[int, ...], index: Any) -> Value:
    """The places, counted in one row, of the elements of an index of which a part is computed."""
    index = index if isinstance(index, tuple) else (index,)
    values = [one.value if one.__class__ is Node else one for one in index]
    if any(np.asarray(one).dtype == bool for one in values if not is_plain(one)):
        raise UnsupportedError(
            "this program chooses elements by a computed mask, so that a shape depends on values. "
            "Write it with np.where."
        )
    rest = len(shape) - sum(one is not None and one is not Ellipsis for one in values)
    arrays = [place for place, one in enumerate(values) if not is_plain(one)]
    wide = np.broadcast_shapes(*[np.shape(values[place]) for place in arrays])
    together = arrays[-1] - arrays[0] + 1 == len(arrays)
    before = [rest if one is Ellipsis else 1 for one in values[: arrays[0]]]
    start = sum(before) if together else 0  # where the axes of the arrays stand in the result
    fixed, computed, axis = np.zeros(shape, np.int64), [], 0
    for own, value in zip(index, values):
        for _ in range(rest if value is Ellipsis else value is not None):
            stride = int(np.prod(shape[axis + 1 :]))
            if exporter.is_live(own):
                computed.append((exporter.value(own, np.int64), shape[axis], stride))
            else:
                fixed += _along(axis, np.arange(shape[axis]) * stride, len(shape))
            axis += 1
    for later in range(axis, len(shape)):
        stride = int(np.prod(shape[later + 1 :]))
        fixed += _along(later, np.arange(shape[later]) * stride, len(shape))
    places = exporter.graph.constant(np.ascontiguousarray(fixed[tuple(values)]))
    behind = (1,) * (places.ndim - start - len(wide))
    for own, n, stride in computed:
        own = (own < 0).where(own + n, own)
        places = places + own.reshape(*own.shape, *behind) * stride
    return places


def is_plain(index: Any) -> bool:
    """Whether a part of an index is a slice, `...` or a new axis."""
    return index is None or index is Ellipsis or isinstance(index, slice)


def _along(axis: int, row: np.ndarray, ndim: int) -> np.ndarray:
    return row.reshape([-1 if own == axis else 1 for own in range(ndim)])
