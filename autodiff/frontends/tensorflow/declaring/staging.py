"""How a `tf.` name becomes nodes: one op of the registry, or a few under one name scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.inputs import graph_of as graph_of_tensors
from autodiff.frontends.tensorflow.graph.recorded import has_tensor, leaves
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array

INFERRED: Any = object()
"""The mark for a static shape that the graph shall find out itself."""


def graph_of(*args: Any) -> Graph:
    """The graph of the first tensor anywhere among the arguments, else the default graph."""
    return graph_of_tensors(leaves(args))


def stage(
    op: str | Op,
    *args: Any,
    name: str | None = None,
    type: str | None = None,
    dims: Any = INFERRED,
    **params: Any,
) -> Any:
    """One op of the registry as one node, by TensorFlow's name for it.

    `dims` is the result's static shape, where that is known better than by trying the op out.
    """
    op = registry[op] if isinstance(op, str) else op
    infos = None if dims is INFERRED else [(dims, dtype_of(args[0]))]
    graph = graph_of(args, params)
    if infos and has_tensor(params):
        return graph.stage_call(op, _arrays(args), params, name, type, infos)
    return graph.stage(op, args, params, name, type, infos)


def stage_code(
    function: Callable[..., Any],
    *args: Any,
    name: str | None = None,
    type: str,
    dims: Any = INFERRED,
    dtype: Any = None,
    **params: Any,
) -> Any:
    """One node that runs a function over arrays, whose derivative the engine records.

    What is given by position is made an array, so that the function never sees a list.
    `dims` and `dtype` (by default that of the first argument) are those of the result.
    """
    arrays = _arrays(args)
    infos = None if dims is INFERRED else [(dims, dtype or dtype_of(arrays[0]))]
    return graph_of(arrays, params).stage_call(function, arrays, params, name, type, infos)


def _arrays(args: Any) -> list[Any]:
    return [convert_to_tensor(a) if has_tensor(a) else tensor(a) for a in args]


@contextmanager
def scope(name: str | None, default: str, *args: Any) -> Iterator[str]:
    """Nodes of one `tf.` call under one scope; it is yielded as the name for its last node."""
    with graph_of(args).names.scope(name or default) as path:
        yield path


def tensor(value: Any, dtype: Any = None) -> Any:
    """A tensor or variable as it is, a pack of a list of them, else an array in its own dtype."""
    value = packed(value)
    return value if isinstance(value, Tensor) else as_array(value, dtype)


def packed(value: Any) -> Any:
    """A list with tensors in it as one tensor; anything else as it is."""
    listed = isinstance(value, list | tuple) and has_tensor(value)
    return convert_to_tensor(value) if listed else value


def tensors(values: Any, what: str) -> list[Any]:
    """A list of values; one tensor alone is refused, since a graph can't take it apart."""
    if isinstance(values, Tensor):
        raise TypeError(
            f"{what} takes a list of tensors, and got {values.name} alone: write "
            f"[{values.name.partition(':')[0]}].{here()}"
        )
    return list(values)


def dims_of(x: Any) -> tuple[int | None, ...] | None:
    """The static shape: None for an unknown length, None alone for an unknown rank."""
    return x.dims if isinstance(x, Tensor) else np.shape(x)


def rank_of(x: Any, what: str, instead: str = "Give the placeholder a shape.") -> int:
    """The number of axes, where the function can't be built without it."""
    dims = dims_of(x)
    if dims is None:
        raise ValueError(f"{what} needs to know the number of axes of {x.name}. {instead}{here()}")
    return len(dims)


def dtype_of(x: Any) -> np.dtype:
    """The dtype of a tensor, or the natural one of a value."""
    return x.dtype if isinstance(x, Tensor) else as_array(x).dtype


def unknown(rank: int | None) -> tuple[None, ...] | None:
    """The static shape of which only the number of axes is known, or nothing at all."""
    return None if rank is None else (None,) * rank


def constant_value(x: Any) -> Any:
    """The value of a tensor that is a constant, anything else as it is."""
    return x.node.note.get("constant", x) if isinstance(x, Tensor) else x


def known(shape: Any) -> tuple[int | None, ...] | None:
    """What a shape argument (`shape_list`) tells about the result: None for tensors in it."""
    if isinstance(shape, Tensor):
        if shape.node.op is registry["stack"] and shape.dims and len(shape.dims) == 1:
            return known([constant_value(n) for n in shape.node.primals])
        if shape.node.note.get("type") == "Shape":
            return shape.node.inputs[0].value.dims
        return unknown(shape.dims[0]) if shape.dims else None
    return tuple(n if is_int(n) and n >= 0 else None for n in shape)


def is_int(value: Any) -> bool:
    """Whether a value is one plain integer."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def shape_list(shape: Any) -> Any:
    """A shape argument as a tuple of ints (and tensors); a tensor of a shape stays one."""
    shape = constant_value(shape)
    if isinstance(shape, Tensor):
        return shape
    if is_int(shape):
        return (int(shape),)
    return tuple(n if isinstance(n, Tensor) else int(n) for n in map(constant_value, shape))
