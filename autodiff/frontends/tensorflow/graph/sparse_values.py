"""`SparseTensor`: three tensors that go together, and the three arrays that they are when run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import current_session
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.shapes import TensorShape


class SparseTensorValue(NamedTuple):
    """A sparse tensor as it is fed and fetched."""

    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray

    @property
    def shape(self) -> np.ndarray:
        """What 0.11 calls `dense_shape`."""
        return self.dense_shape


class SparseTensor:
    """The values[i] at the places indices[i] of an array of `dense_shape` (0.11: `shape`)."""

    def __init__(
        self, indices: Any, values: Any, dense_shape: Any = None, shape: Any = None
    ) -> None:
        self.indices = _whole(indices)
        self.values = convert_to_tensor(values)
        self.dense_shape = _whole(shape if dense_shape is None else dense_shape)

    shape = property(lambda self: self.dense_shape)
    dtype = property(lambda self: self.values.dtype)
    graph = property(lambda self: self.values.graph)
    op = property(lambda self: self.values.op)
    name = property(lambda self: self.values.name)

    def get_shape(self) -> TensorShape:
        """The static shape of the whole."""
        known = self.dense_shape.node.note.get("constant")
        if known is not None:
            return TensorShape(np.asarray(known).tolist())
        rank = self.dense_shape.dims[0] if self.dense_shape.dims else None
        return TensorShape(None if rank is None else [None] * rank)

    def parts(self) -> list[Tensor]:
        """The three tensors."""
        return [self.indices, self.values, self.dense_shape]

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """The three arrays, in the default session if none is given."""
        return current_session(self, session).run(self, feed_dict)

    def __repr__(self) -> str:
        return f"<tf.SparseTensor values={self.name!r} shape={self.get_shape()}>"


def _whole(value: Any) -> Tensor:
    """Indices and shapes are int64."""
    if isinstance(value, Tensor):
        return value if value.dtype == np.int64 else value.astype(np.int64)
    return convert_to_tensor(np.asarray(value, np.int64))
