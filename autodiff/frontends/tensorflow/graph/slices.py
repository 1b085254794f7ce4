"""`IndexedSlices`: a gradient that is zero but for a few rows, kept as those rows.

The derivative of a loss by a table of words touches the rows that were looked up, and no other.
So it is kept as `values`, one row each, and `indices`, which row each belongs to (a row may come
several times: they add up).  An optimizer then moves those rows of the variable and of its slots
and leaves the others alone, which a gradient full of zeros would not: momentum goes on rolling.

Anything else that uses one sees the full array, from a node that is built when it is needed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.language.abstract import dims_text
from autodiff.core.language.dispatch import apply
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.shapes import as_dims, is_full

_BACKWARD = {"role": "backward"}


class IndexedSlicesValue(NamedTuple):
    """What a session answers for an `IndexedSlices`."""

    values: np.ndarray
    indices: np.ndarray
    dense_shape: np.ndarray | None


class IndexedSlices(Tensor):
    """The tensor of shape `dense_shape` whose row indices[i] has values[i], summed; else zeros.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     table = tf.ones([3, 2])
    ...     (slope,) = tf.gradients(tf.reduce_sum(tf.gather(table, [2, 2])), [table])
    ...     print(slope.indices.get_shape(), sess.run(slope + 0.0)[:, 0])
    (2,) [0. 0. 2.]
    """

    __slots__ = ("_dense", "indices", "like", "values")

    def __init__(
        self, values: Any, indices: Any, dense_shape: Any = None, like: Tensor | None = None
    ) -> None:
        self.values = convert_to_tensor(values)
        self.indices = convert_to_tensor(indices)
        self.owner = self.values.owner
        self.dtype = self.values.dtype
        self.like = like
        if like is not None:
            self.dims = like.dims
        else:
            constant = isinstance(dense_shape, Tensor) and dense_shape.node.note.get("constant")
            self.dims = as_dims(constant if isinstance(dense_shape, Tensor) else dense_shape)
        self._dense: Tensor | None = None

    @property
    def dense_shape(self) -> Any:
        """The shape of the full array, as a tensor; None where nobody gave it."""
        if is_full(self.dims):
            return convert_to_tensor(np.array(self.dims, np.int32))
        if self.like is None:
            return None
        return self.owner.stage_call(
            lambda x: np.array(np.shape(x), np.int32), [self.like], {}, None, "Shape"
        )

    @property
    def dense(self) -> Tensor:
        """The full array, by one node."""
        if self._dense is None:
            if self.like is None and not is_full(self.dims):
                raise ValueError("an IndexedSlices without a dense_shape has no full array")
            shape = self.dims if is_full(self.dims) else None
            given = [self.values, self.indices, *([] if shape else [self.like])]

            def spread(values: Any, indices: Any, *like: Any) -> Any:
                params = {"index": np.asarray(indices), "shape": shape or np.shape(like[0])}
                return apply(registry["scatter"], (values,), params)

            infos = [(self.dims, self.dtype)]
            name = f"{self.values.op.name}/dense"
            self._dense = self.owner.stage_call(spread, given, {}, name, "UnsortedSum", infos)
            self._dense.node.note["role"] = "backward"
        return self._dense

    node = property(lambda self: self.dense.node)  # type: ignore[assignment]

    @property
    def op(self) -> Operation:
        """The operation that makes the rows."""
        return self.values.op

    @property
    def name(self) -> str:
        """The name of the rows."""
        return self.values.name

    def operand(self, graph: Any) -> Tensor:
        """What a node that uses this reads: the full array."""
        return self.dense

    def __repr__(self) -> str:
        return (
            f"<tf.IndexedSlices indices={self.indices.name!r} values={self.values.name!r} "
            f"shape={dims_text(self.dims)}>"
        )


def rows_of(graph: Any, like: Tensor, indices: Any, ct: Tensor) -> IndexedSlices | None:
    """The cotangent of `like` in like[indices], one row for each index; None where not known how.

    Indices of any shape become a list of them, and their cotangents rows.
    """
    found = convert_to_tensor(indices)
    if found.dims is None or like.dims is None or None in like.dims[1:]:
        return None
    if len(found.dims) == 1:
        return IndexedSlices(ct, found, like=like)

    def listed(x: Tensor, shape: tuple[int, ...]) -> Tensor:
        return graph.stage(registry["reshape"], (x,), {"shape": shape}, None, None, None, _BACKWARD)

    return IndexedSlices(listed(ct, (-1, *like.dims[1:])), listed(found, (-1,)), like=like)


def joined(slices: list[IndexedSlices]) -> IndexedSlices:
    """The sum of several, which is all of their rows one after the other."""
    first = slices[0]
    if len(slices) == 1:
        return first

    def one(parts: list[Tensor]) -> Tensor:
        op, note = registry["concatenate"], _BACKWARD
        return first.owner.stage(op, parts, {"axis": 0}, None, "ConcatV2", None, note)

    dtype = np.result_type(*(s.indices.dtype for s in slices))
    indices = [s.indices if s.indices.dtype == dtype else s.indices.astype(dtype) for s in slices]
    return IndexedSlices(one([s.values for s in slices]), one(indices), like=first.like)
