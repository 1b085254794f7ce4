"""What a graph starts from: placeholders, constants, and plain values made into tensors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.kinds import linear
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array, as_dtype
from autodiff.frontends.tensorflow.ground.errors import GraphError
from autodiff.frontends.tensorflow.ground.rerun import made_before, way_here
from autodiff.frontends.tensorflow.ground.shapes import as_dims

identity_op = linear(lambda x: x, lambda ct, x: ct, name="identity", private=True)


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor that is given a value by `feed_dict` in every run that needs it.

    `shape` may leave lengths open (None), or be None altogether.

    >>> from autodiff.frontends import tensorflow as tf
    >>> tf.placeholder("float", [None, 784], name="images").get_shape().as_list()
    [None, 784]
    """
    graph = get_default_graph()
    found, dims = as_dtype(dtype), as_dims(shape)
    wanted = {"placeholder": (name, found, dims, graph.names.current)}
    again = made_before(e for e in graph.equations if e.note.get("placeholder"))
    if again is not None and again.note["placeholder"] == wanted["placeholder"]:
        return again.value
    return graph.add_input("Placeholder", dims, found, name, wanted | {"way": way_here()})


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor that has the value of `input` unless it is fed."""
    value = convert_to_tensor(input)
    infos = [(as_dims(shape), value.dtype)]
    kind = "PlaceholderWithDefault"
    return value.graph.stage(identity_op, (value,), {}, name, kind, infos)


@taking(off="verify_shape")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Tensor:
    """A tensor with a fixed value; with `shape`, one value fills it, or several are arranged.

    Python floats become float32, Python ints int32; arrays keep their dtype.

    >>> constant([1.0, 2.0]).dtype, constant(0, shape=[2, 3]).get_shape().as_list()
    (dtype('float32'), [2, 3])
    """
    try:
        array = as_array(value, dtype, "a constant")
    except TypeError as error:
        raise TypeError(f"{error}{here()}") from None
    if shape is not None:
        dims = as_dims(shape)
        assert dims is not None
        if array.size == 1:
            array = np.full(dims, array.reshape(-1)[0], array.dtype)
        else:
            array = _arranged(array, dims)
    array = array.copy()
    array.flags.writeable = False
    kept = array[()] if array.ndim == 0 and array.dtype != object else array
    note = {"constant": kept, "role": "constant"}
    return get_default_graph().add_input("Const", array.shape, array.dtype, name, note)


def _arranged(array: np.ndarray, dims: Any) -> np.ndarray:
    if array.size != int(np.prod(dims)):
        raise ValueError(
            f"a constant of {array.size} values can't have shape {tuple(dims)}, which needs "
            f"{int(np.prod(dims))}.{here()}"
        )
    return array.reshape(dims)


@taking("preferred_dtype")
def convert_to_tensor(
    value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    """A tensor of a value: the tensor itself, a constant, or a pack of a list with tensors."""
    wanted = None if dtype is None else as_dtype(dtype)
    if isinstance(value, Tensor):
        if wanted is not None and value.dtype != wanted:
            raise GraphError(
                f"{value.name} is of {value.dtype}, and {wanted} is wanted: write "
                f"tf.cast(x, tf.{wanted}).{here()}"
            )
        return value.dense
    if isinstance(value, Operation):
        raise TypeError(f"the operation {value.name} has no value to use.{here()}")
    if _holds_tensors(value):
        return np.stack(convert_alike(*value))
    return constant(value, wanted, name=name or "Const")


def _holds_tensors(value: Any) -> bool:
    """Whether a list, or a list in it, holds tensors."""
    return isinstance(value, list | tuple) and any(
        isinstance(part, Tensor) or _holds_tensors(part) for part in value
    )


def convert_alike(*values: Any) -> list[Tensor]:
    """Values as tensors of one dtype: that of the first tensor among them.

    >>> [t.dtype.name for t in convert_alike(2, constant(1.0))]
    ['float32', 'float32']
    """
    values = tuple(convert_to_tensor(v) if _holds_tensors(v) else v for v in values)
    dtype = next((v.dtype for v in values if isinstance(v, Tensor)), None)
    if dtype is None:
        dtype = np.result_type(*(as_array(v).dtype for v in values))
    return [v if isinstance(v, Tensor) else convert_to_tensor(v, dtype) for v in values]


def graph_of(values: Iterable[Any]) -> Graph:
    """The graph of the first tensor among the values, else the default graph."""
    return next((v.owner for v in values if isinstance(v, Tensor)), None) or get_default_graph()
