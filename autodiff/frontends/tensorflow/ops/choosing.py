"""Choosing elements: slices, rows by number, one-hot rows, by a condition."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import node, scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    dtype_of,
    rank_of,
    stage,
    stage_code,
    unknown,
)
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """`size[i]` elements from `begin[i]` along each axis; -1 means all that are left."""
    if has_tensor((begin, size)):
        dims = dims_of(input_)
        rank = None if dims is None else len(dims)
        return stage_code(
            _slice, input_, name=name, type="Slice", dims=_sizes(size, rank), begin=begin, size=size
        )
    index = _index(list(np.ravel(begin)), list(np.ravel(size)))
    found = stage("getitem", input_, name=name, type="Slice", index=index)
    if isinstance(found, Tensor):
        found.set_shape(_sizes(size, len(index)))
    return found


def _sizes(size: Any, rank: int | None) -> Any:
    """What the sizes tell of the result; -1 and tensors leave a length open."""
    sizes = constant_value(size)
    if isinstance(sizes, Tensor):
        return unknown(rank)
    ints = [constant_value(n) for n in sizes]
    return tuple(int(n) if not isinstance(n, Tensor) and n >= 0 else None for n in ints)


def _index(begin: Any, size: Any) -> tuple[builtins.slice, ...]:
    return tuple(
        builtins.slice(int(low), None if n == -1 else int(low + n))
        for low, n in zip(begin, size, strict=True)
    )


def _slice(x: Any, begin: Any, size: Any) -> Any:
    return x[_index(np.ravel(begin), np.ravel(size))]


def gather(
    params: Any, indices: Any, validate_indices: bool | None = None, name: str | None = None
) -> Any:
    """The rows params[indices]; a row taken several times gets the sum of their cotangents."""
    if not isinstance(indices, Tensor):
        indices = np.asarray(indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"the numbers of rows are integers, and got {indices.dtype}. Give the placeholder the "
            f"dtype tf.int32, or write tf.to_int32(x).{here()}"
        )
    found = stage("getitem", params, name=name, type="Gather", index=indices)
    if isinstance(params, Tensor):
        found.node.note["rows"] = indices
    return found


@node("GatherNd")
def gather_nd(params: Any, indices: Any) -> Any:
    """The elements or slices at the multi-indices in the last axis of `indices`."""
    return params[tuple(np.moveaxis(np.asarray(indices), -1, 0))]


def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask") -> Any:
    """The elements or rows where the mask is True; how many is known only while running."""
    mask = mask if isinstance(mask, Tensor) else np.asarray(mask, bool)
    own, chosen = dims_of(tensor), dims_of(mask)
    if own is None or chosen is None:
        dims = None
    else:
        count = None if isinstance(mask, Tensor) else int(mask.sum())
        dims = (count, *own[len(chosen) :])
    return stage("getitem", tensor, name=name, type="BooleanMask", dims=dims, index=mask)


@scoped("one_hot")
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = 1.0,
    off_value: Any = 0.0,
    axis: int | None = None,
    dtype: Any = None,
) -> Any:
    """A new axis of length `depth` (the last, or `axis`), `on_value` at each index."""
    if dtype_of(indices).kind not in "iu":
        raise TypeError(
            f"tf.one_hot takes integer labels, and got {dtype_of(indices)}. Write "
            f"tf.cast(labels, tf.int32), or give the placeholder the dtype tf.int32.{here()}"
        )
    wanted = as_dtype(dtype or dtype_of(on_value))
    on, off = np.array(on_value, wanted), np.array(off_value, wanted)
    axis, depth = -1 if axis is None else axis, constant_value(depth)
    at = stage("expand_dims", indices, axis=axis)
    places = np.arange(depth, dtype=dtype_of(indices))
    if axis != -1:
        places = places.reshape(-1, *(1,) * (rank_of(indices, "tf.one_hot") - axis))
    return stage("where", stage("equal", at, places), on, off, type="OneHot")


def select(condition: Any, t: Any, e: Any, name: str | None = None) -> Any:
    """t where the condition holds, e elsewhere; a vector of conditions chooses whole rows."""
    dims, own = dims_of(condition), dims_of(t)
    if dims is not None and own is not None and len(dims) == 1 and len(own) > 1:
        condition = stage("reshape", condition, shape=(-1, *(1,) * (len(own) - 1)))
    return stage("where", condition, t, e, name=name, type="Select")


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """The indices where a condition holds, one row each; with x and y the same as `select`."""
    if x is None and y is None:
        return stage_code(np.argwhere, condition, name=name, type="Where")
    if x is None or y is None:
        raise ValueError(f"tf.where takes both x and y, or neither.{here()}")
    return select(condition, x, y, name)
