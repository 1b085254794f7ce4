"""`TensorArray`: values of one shape that a loop writes one after the other, and may read.

It is one tensor, the values written so far along a new first axis, so that it can be a loop
variable and be differentiated as any other.  Writing makes a new one, whose node copies the old.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.declaring.staging import constant_value, is_int, stage_code
from autodiff.frontends.tensorflow.graph.inputs import constant, convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.shapes import merged


class TensorArray:
    """An array of `size` tensors (more, if `dynamic_size`), each written once.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     squares = tf.TensorArray(tf.float32, 3)
    ...     body = lambda i, ta: (i + 1, ta.write(i, tf.to_float(i * i)))
    ...     _, squares = tf.while_loop(lambda i, ta: i < 3, body, (0, squares))
    ...     sess.run(squares.stack())
    array([0., 1., 4.], dtype=float32)
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = 0,
        dynamic_size: bool = False,
        clear_after_read: bool = True,
        tensor_array_name: str | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        name: str | None = None,
        handle: Any = None,
        flow: Tensor | None = None,
    ) -> None:
        only("TensorArray", {"handle": handle})
        self.dtype = as_dtype(dtype)
        self.dynamic_size = dynamic_size or size is None
        self._size = 0 if size is None else size
        self.element: Any = None
        self.flow: Tensor = self._empty() if flow is None else flow

    def _empty(self) -> Tensor:
        """What is there before the first value: an array whose shape nobody knows yet."""
        start = constant(np.zeros(0, self.dtype))
        start.dims = None
        return start

    def _with(self, flow: Tensor, element: Any = None) -> TensorArray:
        new = TensorArray(self.dtype, self._size, self.dynamic_size, flow=flow)
        new.element = element if self.element is None else self.element
        return new

    def like(self, flow: Tensor) -> TensorArray:
        """The same array with another content, for a round of a loop."""
        return self._with(flow, self.element)

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with `value` at `index`."""
        value = convert_to_tensor(value, self.dtype)
        if self.element is not None and value.dims is not None:
            try:
                merged(self.element, value.dims)
            except ValueError as error:
                raise ValueError(f"TensorArray.write: {error}.{here()}") from None
        flow = stage_code(
            _write, self.flow, value, name=name, type="TensorArrayWrite", dims=None,
            dtype=self.dtype, index=index, size=self._size, grows=self.dynamic_size,
        )  # fmt: skip
        return self._with(flow, value.dims)

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The value at `index`."""
        return stage_code(
            _read, self.flow, name=name, type="TensorArrayRead", dims=self.element, index=index
        )

    def stack(self, name: str | None = None) -> Tensor:
        """All values along a new first axis (0.11: `pack`)."""
        size = constant_value(self._size)
        length = int(size) if is_int(size) and not self.dynamic_size else None
        dims = None if self.element is None else (length, *self.element)
        return stage_code(
            lambda x: np.positive(x), self.flow, name=name, type="TensorArrayPack", dims=dims
        )

    pack = stack

    def concat(self, name: str | None = None) -> Tensor:
        """The values joined along their first axis."""
        dims = None if not self.element else (None, *self.element[1:])
        return stage_code(
            lambda x: np.reshape(x, (-1, *np.shape(x)[2:])), self.flow, name=name,
            type="TensorArrayConcat", dims=dims,
        )  # fmt: skip

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The values at some indices, along a new first axis."""
        return stage_code(lambda x, at: x[at], self.flow, name=name, type="Gather", at=indices)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array whose values are the elements of a tensor (0.11: `unpack`)."""
        value = convert_to_tensor(value, self.dtype)
        return self._with(value, None if value.dims is None else value.dims[1:])

    unpack = unstack

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array whose values are parts of a tensor, all of one length."""
        value = convert_to_tensor(value, self.dtype)
        parts = stage_code(
            lambda x, n: np.reshape(x, (len(np.ravel(n)), -1, *np.shape(x)[1:])), value,
            name=name, type="TensorArraySplit", dims=None, n=lengths,
        )  # fmt: skip
        return self._with(parts)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with value[k] at indices[k]."""
        found = self
        for place, index in enumerate(np.ravel(constant_value(indices)).tolist()):
            found = found.write(index, convert_to_tensor(value)[place])
        return found

    def size(self, name: str | None = None) -> Any:
        """How many values there are."""
        if not self.dynamic_size:
            return convert_to_tensor(self._size)
        return stage_code(
            lambda x: np.int32(np.shape(x)[0]), self.flow, name=name, type="TensorArraySize",
            dims=(), dtype=np.dtype(np.int32),
        )  # fmt: skip

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> Any:
        """Refuses: derivatives go through the array by themselves."""
        raise NotImplementedError(
            "TensorArray.grad is how TensorFlow differentiates loops; here tf.gradients goes "
            f"through the array by itself.{here()}"
        )

    def __repr__(self) -> str:
        return f"<tf.TensorArray dtype={self.dtype}>"


def _write(old: Any, value: Any, index: Any, size: Any, grows: bool) -> Any:
    index, size = int(index), int(size)
    if not len(old) and np.ndim(old) == 1:
        old = np.zeros((size, *np.shape(value)), _dtype(value))
    if grows and index >= len(old):
        more = np.zeros((index + 1 - len(old), *np.shape(value)), _dtype(value))
        old = np.concatenate([old, more])
    if not 0 <= index < len(old):
        raise IndexError(f"TensorArray of size {len(old)} has no place {index}")
    return np.concatenate([old[:index], np.expand_dims(value, 0), old[index + 1 :]])


def _dtype(value: Any) -> Any:
    """The dtype of a value that may be traced."""
    return value.dtype if hasattr(value, "dtype") else np.result_type(value)


def _read(x: Any, index: Any) -> Any:
    if not 0 <= int(index) < len(x):
        raise IndexError(f"TensorArray of size {len(x)} has no place {int(index)}")
    return x[int(index)]
