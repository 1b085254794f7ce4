"""Joining and splitting along an axis, with the axis first, as 0.11 has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    is_int,
    rank_of,
    stage,
    stage_code,
    tensor,
    tensors,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def concat(concat_dim: Any, values: Any, name: str = "concat") -> Any:
    """The values joined along the axis `concat_dim`, which comes first (1.0: last)."""
    if not is_int(concat_dim) and (isinstance(concat_dim, list | tuple) or is_int(values)):
        raise TypeError(
            "tf.concat takes the axis first, as in TensorFlow 0.11: write tf.concat(1, [a, b]). "
            f"The order tf.concat(values, axis) came with 1.0.{here()}"
        )
    values, concat_dim = tensors(values, "tf.concat"), constant_value(concat_dim)
    if len(values) == 1:
        return stage("positive", values[0], name=name, type="Identity")
    if isinstance(concat_dim, Tensor):
        raise TypeError(f"tf.concat needs the axis as a number, not a tensor.{here()}")
    return stage("concatenate", *values, name=name, type="Concat", axis=int(concat_dim))


def pack(values: Any, axis: int = 0, name: str = "pack") -> Any:
    """Tensors of one shape along a new axis (1.0: `stack`)."""
    return stage("stack", *tensors(values, "tf.pack"), name=name, type="Pack", axis=axis)


@scoped("unpack")
def unpack(value: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The slices along an axis, as a list (1.0: `unstack`); the inverse of `pack`."""
    length = _length("tf.unpack", value, axis, num)
    before = (slice(None),) * (axis if axis >= 0 else axis % rank_of(value, "tf.unpack"))
    return [value[(*before, i)] for i in range(length)]


@scoped("split")
def split(split_dim: Any, num_split: Any, value: Any) -> list[Any]:
    """`num_split` equal parts along the axis `split_dim` (1.0: split(value, num, axis)).

    The length of the axis may be known only while running: the parts are cut then.
    """
    if not is_int(split_dim) or not is_int(num_split):
        raise TypeError(
            "tf.split takes (split_dim, num_split, value), as in TensorFlow 0.11: write "
            "tf.split(1, 2, x) for two parts along axis 1. The order split(value, num, axis) "
            f"came with 1.0.{here()}"
        )
    value = tensor(value)
    dims = dims_of(value)
    axis = split_dim % (len(dims) if dims else rank_of(value, "tf.split"))
    length = dims_of(value)[axis]
    if length is None:
        own = dims_of(value)
        return [
            stage_code(_cut, value, type="Split", dims=own, axis=axis, count=num_split, place=i)
            for i in range(num_split)
        ]
    if length % num_split:
        raise ValueError(
            f"tf.split: axis {split_dim} has length {length}, which is not divisible into "
            f"{num_split} equal parts.{here()}"
        )
    each = length // num_split
    before = (slice(None),) * axis
    return [_part(value, (*before, slice(i * each, (i + 1) * each))) for i in range(num_split)]


def _cut(x: Any, axis: int, count: int, place: int) -> Any:
    length = np.shape(x)[axis]
    if length % count:
        raise ValueError(f"axis {axis} has length {length}, which is not divisible into {count}")
    each = length // count
    return x[(slice(None),) * axis + (slice(place * each, (place + 1) * each),)]


def _part(value: Any, index: Any) -> Any:
    return stage("getitem", value, index=index)


def _length(what: str, value: Any, axis: int, num: int | None = None) -> int:
    if num is not None:
        return int(num)
    dims = dims_of(value)
    length = None if dims is None else dims[axis]
    if length is None:
        raise ValueError(
            f"{what}: the length of axis {axis} of {value.name} is not known while the graph is "
            f"built. Give the placeholder a shape, or x.set_shape([...]).{here()}"
        )
    return length
