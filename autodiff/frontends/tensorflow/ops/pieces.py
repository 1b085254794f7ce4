"""Taking apart and putting together by numbers: unique values, partitions, sequences."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import node, scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    dtype_of,
    is_int,
    stage_code,
    tensor,
    tensors,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.shapes import TensorShape, as_dims, broadcast


class Unique(NamedTuple):
    """What `unique` gives."""

    y: Any
    idx: Any


class UniqueWithCounts(NamedTuple):
    """What `unique_with_counts` gives."""

    y: Any
    idx: Any
    count: Any


def _unique(x: Any, kind: Any = np.int32) -> tuple[Any, Any, Any]:
    """The values in the order in which they first occur: NumPy sorts them."""
    values, first, place, counts = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return values[order], rank[place.reshape(-1)].astype(kind), counts[order].astype(kind)


def _vector(what: str, x: Any) -> Any:
    x = tensor(x)
    dims = dims_of(x)
    if dims is not None and len(dims) != 1:
        raise ValueError(f"{what} takes a vector, and got shape {dims}.{here()}")
    return x


def unique(x: Any, out_idx: Any = np.int32, name: str | None = None) -> Unique:
    """The values of a vector in the order in which they come, and which of them each element is."""
    x, found = _vector("tf.unique", x), lambda x: _unique(x, as_dtype(out_idx))[:2]
    return Unique(*stage_code(found, x, name=name, type="Unique"))


def unique_with_counts(
    x: Any, out_idx: Any = np.int32, name: str | None = None
) -> UniqueWithCounts:
    """`unique`, and how often each value comes."""
    x, found = _vector("tf.unique_with_counts", x), lambda x: _unique(x, as_dtype(out_idx))
    return UniqueWithCounts(*stage_code(found, x, name=name, type="UniqueWithCounts"))


class Difference(NamedTuple):
    """What `setdiff1d` gives."""

    out: Any
    idx: Any


def setdiff1d(
    x: Any, y: Any, index_dtype: Any = np.int32, name: str | None = None, out_idx: Any = None
) -> Difference:
    """The values of x that are not in y, in their order, and where they stood."""

    def left(x: Any, y: Any) -> Any:
        kept = ~np.isin(x, y)
        return x[kept], np.flatnonzero(kept).astype(as_dtype(out_idx or index_dtype))

    return Difference(*stage_code(left, x, y, name=name, type="ListDiff"))


listdiff = list_diff = setdiff1d


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Any]:
    """The rows of `data` by number: part i holds those whose number is i, in their order."""
    data, numbers = tensor(data), tensor(partitions)
    own, at = dims_of(data), dims_of(numbers)
    dims = None if own is None or at is None else (None, *own[len(at) :])
    return [
        stage_code(
            lambda x, which, i: x[np.asarray(which) == i], data, name=name,
            type="DynamicPartition", dims=dims, which=numbers, i=place,
        )
        for place in range(num_partitions)
    ]  # fmt: skip


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    """The inverse of `dynamic_partition`: row indices[k][i] of the result is data[k][i]."""
    places, parts = tensors(indices, "tf.dynamic_stitch"), tensors(data, "tf.dynamic_stitch")
    own, at = dims_of(parts[0]), dims_of(places[0])
    known = [constant_value(where) for where in places]
    computed = any(isinstance(where, Tensor) for where in known)
    length = None if computed else max(int(np.max(w, initial=-1)) for w in known) + 1
    dims = None if own is None or at is None else (length, *own[len(at) :])
    return stage_code(_stitch, *parts, *places, name=name, type="DynamicStitch", dims=dims)


def _stitch(*given: Any) -> Any:
    """The parts are the first half of what is given, the places of their rows the second."""
    count = len(given) // 2
    wheres = [np.asarray(where) for where in given[count:]]
    rows = [
        np.reshape(part, (-1, *np.shape(part)[where.ndim :]))
        for where, part in zip(wheres, given[:count], strict=True)
    ]
    flat, stacked = np.concatenate([w.ravel() for w in wheres]), np.concatenate(rows)
    last = np.zeros(int(flat.max(initial=-1)) + 1, int)
    last[flat] = np.arange(len(flat))
    return stacked[last]


@scoped("SequenceMask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = bool) -> Any:
    """mask[..., j] says whether j < lengths[...]; `maxlen` is by default the largest length."""
    lengths, most = tensor(lengths), constant_value(maxlen)
    own = dims_of(lengths)
    dims = None if own is None else (*own, int(most) if is_int(most) else None)

    def mask(lengths: Any, most: Any) -> Any:
        size = int(np.max(lengths, initial=0) if most is None else most)
        return (np.arange(size) < np.asarray(lengths)[..., None]).astype(as_dtype(dtype))

    return stage_code(
        mask, lengths, type="SequenceMask", dims=dims, dtype=as_dtype(dtype), most=most
    )


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_dim: int | None = None,
    batch_dim: int = 0,
    name: str | None = None,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
) -> Any:
    """Row i of the batch with its first seq_lengths[i] elements along `seq_dim` backwards."""
    along = seq_axis if seq_dim is None else seq_dim
    batch = batch_dim if batch_axis is None else batch_axis
    if along is None:
        raise ValueError(f"tf.reverse_sequence needs seq_dim, the axis to go along.{here()}")

    def turn(x: Any, lengths: Any) -> Any:
        size = np.shape(x)[along]
        place = np.arange(size)
        order = np.where(place < np.asarray(lengths)[:, None], -1 - place, 0)
        order = np.where(order < 0, np.asarray(lengths)[:, None] + order, place)
        rows = np.moveaxis(x, (batch, along), (0, 1))
        found = rows[np.arange(len(order))[:, None], order]
        return np.moveaxis(found, (0, 1), (batch, along))

    return stage_code(
        turn, input, name=name, type="ReverseSequence", dims=dims_of(tensor(input)),
        lengths=seq_lengths,
    )  # fmt: skip


@node("InvertPermutation")
def invert_permutation(x: Any) -> Any:
    """The permutation that undoes another one."""
    return np.argsort(x).astype(x.dtype)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    dtype: Any = np.int32,
    name: str | None = None,
    weights: Any = None,
) -> Any:
    """How often a true class (row) was predicted as a class (column)."""

    def count(labels: Any, predictions: Any, weights: Any = None) -> Any:
        size = num_classes or int(max(np.max(labels), np.max(predictions))) + 1
        found = np.zeros((size, size), as_dtype(dtype))
        np.add.at(found, (labels, predictions), 1 if weights is None else weights)
        return found

    dims = (num_classes, num_classes)
    return stage_code(
        count, labels, predictions, name=name, type="ConfusionMatrix", dims=dims,
        dtype=as_dtype(dtype), weights=weights,
    )  # fmt: skip


@node("Bincount")
def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None) -> Any:
    """How often each of 0, 1, 2, ... occurs."""
    found = np.bincount(np.ravel(arr), weights, 0 if minlength is None else int(minlength))
    found = found if maxlength is None else found[: int(maxlength)]
    return found.astype(np.int32 if weights is None else np.asarray(weights).dtype)


def count_nonzero(
    input_tensor: Any,
    axis: Any = None,
    keep_dims: bool = False,
    dtype: Any = np.int64,
    name: str | None = None,
    reduction_indices: Any = None,
) -> Any:
    """How many elements are not zero, over all axes or some."""
    axes = reduction_indices if axis is None else axis
    axes = tuple(axes) if np.ndim(axes) else axes

    def count(x: Any) -> Any:
        return np.count_nonzero(x, axes, keepdims=keep_dims).astype(as_dtype(dtype))

    return stage_code(lambda x: np.asarray(count(x)), input_tensor, name=name, type="CountNonzero")


def strided_slice(
    input_: Any, begin: Any, end: Any, strides: Any = None, name: str | None = None, **masks: int
) -> Any:
    """input_[begin[0]:end[0]:strides[0], ...]; bits of the masks change single axes.

    `begin_mask` and `end_mask` leave an end open, `shrink_axis_mask` takes one element.
    """
    unknown = set(masks) - {"begin_mask", "end_mask", "shrink_axis_mask"}
    if any(masks[name] for name in unknown):
        raise ValueError(f"tf.strided_slice: {', '.join(unknown)} is not supported.{here()}")

    def cut(x: Any, begin: Any, end: Any, strides: Any) -> Any:
        index: list[Any] = []
        for i, (low, high) in enumerate(zip(np.ravel(begin), np.ravel(end), strict=True)):
            if masks.get("shrink_axis_mask", 0) >> i & 1:
                index.append(int(low))
                continue
            step = 1 if strides is None else int(np.ravel(strides)[i])
            low_open = masks.get("begin_mask", 0) >> i & 1
            high_open = masks.get("end_mask", 0) >> i & 1
            index.append(
                slice(None if low_open else int(low), None if high_open else int(high), step)
            )
        return x[tuple(index)]

    return stage_code(
        cut, input_, name=name, type="StridedSlice", begin=begin, end=end, strides=strides
    )


def is_numeric_tensor(x: Any) -> bool:
    """Whether this is a tensor of numbers."""
    return isinstance(x, Tensor) and dtype_of(x).kind in "iufc"


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape of an elementwise result of two static shapes."""
    return TensorShape(broadcast([as_dims(shape_x), as_dims(shape_y)]))
