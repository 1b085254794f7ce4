"""What a run is given: values for tensors, each in its tensor's dtype and of its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array
from autodiff.frontends.tensorflow.ground.errors import GraphError, InvalidArgumentError
from autodiff.frontends.tensorflow.ground.shapes import compatible


def feeds(graph: Graph, feed_dict: Mapping[Any, Any]) -> dict[Equation, Any]:
    """The value that each node is fed with."""
    if not isinstance(feed_dict, Mapping):
        raise TypeError(
            f"feed_dict is a dict, {{tensor: value}}; got {feed_dict!r:.60}. Several fetches "
            f"stand in a list: sess.run([a, b]).{here()}"
        )
    fed = {}
    for thing, value in _single(feed_dict):
        tensor = graph.as_graph_element(thing) if isinstance(thing, str) else thing
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"the keys of feed_dict are tensors, but one is {thing!r:.60}"
                f"{' (a tensor has the name x:0)' if isinstance(thing, str) else ''}.{here()}"
            )
        if tensor.owner is not graph:
            raise GraphError(
                f"{tensor.name} of the feed is not a node of this session's graph.{here()}"
            )
        fed[tensor.node] = _fed(tensor, value)
    return fed


def _single(feed_dict: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """The feeds, a sparse tensor's as the three that it is, a state's part by part."""
    for thing, value in feed_dict.items():
        if isinstance(thing, tuple):
            if not isinstance(value, list | tuple) or len(value) != len(thing):
                raise ValueError(
                    f"the feed of {thing!r:.60} is a structure of {len(thing)} values like "
                    f"it; got {value!r:.60}.{here()}"
                )
            for part, own in zip(thing, value, strict=True):
                yield from _single({part: own})
            continue
        if not isinstance(thing, SparseTensor):
            yield thing, value
            continue
        if not isinstance(value, list | tuple) or len(value) != 3:
            raise TypeError(
                f"the feed of the sparse tensor {thing.name} is a tf.SparseTensorValue("
                f"indices, values, dense_shape); got {value!r:.60}.{here()}"
            )
        for part, own in zip(thing.parts(), value, strict=True):
            if "constant" not in part.node.note:
                yield part, own


def _fed(tensor: Tensor, value: Any) -> Any:
    """A feed in the tensor's dtype, its shape checked; a read-only view of an array."""
    if isinstance(value, Tensor):
        raise TypeError(
            f"the feed of {tensor.name} is the tensor {value.name}; a feed is a value. Write "
            f"sess.run({value.name.partition(':')[0]}) first.{here()}"
        )
    try:
        array = as_array(value, tensor.dtype, f"the feed of {tensor.name}")
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{error}{here()}") from None
    if not compatible(array.shape, tensor.dims):
        raise InvalidArgumentError(
            f"the feed of {tensor.name} has shape {array.shape}, but the tensor has shape "
            f"{dims_text(tensor.dims)}.{_reshape_hint(array, tensor)}{here()}"
        )
    if array.ndim == 0:
        return array[()]
    view = array.view()
    view.flags.writeable = False
    return view


def _reshape_hint(array: np.ndarray, tensor: Tensor) -> str:
    dims = tensor.dims
    if dims is not None and array.ndim == len(dims) - 1 and compatible(array.shape, dims[1:]):
        return " One example is fed where a batch is expected: write x[None]."
    return ""
