"""Joining and splitting along an axis, in either order of the arguments.

0.11 has the axis first, 1.0 last; which is meant, the arguments tell: an axis is one integer and
the values are a list.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def concat(
    concat_dim: Any = None, values: Any = None, name: str = "concat", axis: Any = None
) -> Any:
    """The values joined along an axis: concat(axis, values), or concat(values, axis) as in 1.0."""
    first = constant_value(concat_dim)
    if axis is not None:
        values, along = (values if concat_dim is None else concat_dim), axis
    elif isinstance(first, list | tuple):
        values, along = concat_dim, values
    elif isinstance(concat_dim, Tensor) and is_int(constant_value(values)):  # one alone, in 1.0
        values, along = [concat_dim], values
    else:
        along = concat_dim
    values = [values] if isinstance(values, Tensor) else values
    values, along = tensors(values, "tf.concat"), constant_value(along)
    if isinstance(along, np.ndarray | np.generic) and np.ndim(along) == 0:
        along = along.item()
    if not is_int(along):
        raise TypeError(
            f"tf.concat needs the axis as a number, and got {along!r:.40}: write tf.concat(1, "
            f"[a, b]), or tf.concat([a, b], 1).{here()}"
        )
    if len(values) == 1:
        return stage("positive", values[0], name=name, type="Identity")
    return stage("concatenate", *values, name=name, type="Concat", axis=int(along))


def concat_v2(values: Any, axis: Any, name: str = "concat_v2") -> Any:
    """0.12's name for `concat` with the axis last."""
    return concat(axis, values, name)


def pack(values: Any, axis: int = 0, name: str = "pack") -> Any:
    """Tensors of one shape along a new axis (1.0: `stack`)."""
    if isinstance(values, Tensor):
        return values
    return stage("stack", *tensors(values, "tf.pack"), name=name, type="Pack", axis=axis)


@scoped("unpack")
def unpack(value: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The slices along an axis, as a list (1.0: `unstack`); the inverse of `pack`.

    `num` is their number, where the length of the axis is known only while running.
    """
    value = tensor(value)
    length = _length("tf.unpack", value, axis, num)
    before = (slice(None),) * (axis if axis >= 0 else axis % rank_of(value, "tf.unpack"))
    return [value[(*before, i)] for i in range(length)]


@scoped("split")
def split(
    split_dim: Any = None,
    num_split: Any = None,
    value: Any = None,
    axis: Any = None,
    num_or_size_splits: Any = None,
    num: Any = None,
) -> list[Any]:
    """Parts along an axis: split(axis, number, value), or split(value, number_or_sizes, axis).

    The length of the axis may be known only while running: equal parts are cut then.
    """
    parts = num_split if num_or_size_splits is None else num_or_size_splits
    if axis is not None or num_or_size_splits is not None or not is_int(constant_value(split_dim)):
        own = split_dim if value is None or split_dim is not None else value
        along = axis if axis is not None else 0 if value is None or value is own else value
    else:
        own, along = value, split_dim
    along, parts = constant_value(along), constant_value(parts)
    if own is None or not is_int(along) or isinstance(parts, Tensor) or parts is None:
        raise TypeError(
            "tf.split takes (axis, number, value), or (value, number or sizes, axis), the axis "
            f"and the number as integers: write tf.split(1, 2, x) for two parts along axis 1."
            f"{here()}"
        )
    own = tensor(own)
    rank = rank_of(own, "tf.split")
    return _parts(own, along % rank, int(parts) if is_int(parts) else np.ravel(parts).tolist())


def _parts(value: Any, axis: int, parts: int | Sequence[int]) -> list[Any]:
    dims = dims_of(value)
    length, before = dims[axis], (slice(None),) * axis
    if isinstance(parts, int):
        if length is None:
            return [
                stage_code(_cut, value, type="Split", dims=dims, axis=axis, count=parts, place=i)
                for i in range(parts)
            ]
        if length % parts:
            raise ValueError(
                f"tf.split: axis {axis} has length {length}, which is not divisible into "
                f"{parts} equal parts.{here()}"
            )
        parts = [length // parts] * parts
    elif length is not None and -1 in parts:
        parts = [length - sum(n for n in parts if n != -1) if n == -1 else n for n in parts]
    if length is not None and sum(parts) != length:
        raise ValueError(
            f"tf.split: the sizes {list(parts)} add up to {sum(parts)}, and axis {axis} has "
            f"length {length}.{here()}"
        )
    ends = np.cumsum([0, *parts]).tolist()
    return [
        stage("getitem", value, index=(*before, slice(*ends[i : i + 2]))) for i in range(len(parts))
    ]


def _cut(x: Any, axis: int, count: int, place: int) -> Any:
    length = np.shape(x)[axis]
    if length % count:
        raise ValueError(f"axis {axis} has length {length}, which is not divisible into {count}")
    each = length // count
    return x[(slice(None),) * axis + (slice(place * each, (place + 1) * each),)]


def _length(what: str, value: Any, axis: int, num: int | None = None) -> int:
    dims = dims_of(value)
    length = None if dims is None else dims[axis]
    if length is None and num is not None:
        return int(num)
    if length is None:
        raise ValueError(
            f"{what}: the length of axis {axis} of {value.name} is not known while the graph is "
            f"built. Write {what}(x, num=...), or give the placeholder a shape.{here()}"
        )
    if num not in (None, length):
        raise ValueError(f"{what}: num is {num}, and axis {axis} has length {length}.{here()}")
    return length
