"""A user's function of elements: a small graph that is run for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.frontends.tensorflow.data.elements import Elements
from autodiff.frontends.tensorflow.declaring.staging import tensor
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor, placeholder
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.running.session import Session

Row = tuple[Any, ...]
"""An element as its parts in order."""


def staged(elements: Elements, function: Any) -> tuple[Any, list[Tensor], Graph]:
    """What a function answers at an element in a graph of its own; the element's parts there."""
    graph = Graph()
    with graph.as_default():
        parts = zip(elements.dtypes, elements.dims, strict=True)
        inputs = [placeholder(dtype, dims) for dtype, dims in parts]
        element = nest.pack_sequence_as(elements.structure, inputs)
        found = function(*element) if isinstance(element, tuple) else function(element)
    return found, inputs, graph


def values_of(
    outputs: list[Tensor], inputs: list[Tensor], graph: Graph
) -> Callable[[Row], list[Any]]:
    """The function from the parts of an element to the values of tensors."""
    session = Session(graph=graph)
    return lambda row: list(session.run(outputs, dict(zip(inputs, row, strict=True))))


def traced(elements: Elements, function: Any) -> tuple[Callable[[Row], list[Any]], Any]:
    """A function of elements that gives tensors: as one of rows, and its answer's structure."""
    found, inputs, graph = staged(elements, function)
    with graph.as_default():
        structure = as_tensors(found)
        outputs = [convert_to_tensor(part) for part in nest.flatten(structure)]
    return values_of(outputs, inputs, graph), nest.pack_sequence_as(structure, outputs)


def as_tensors(value: Any) -> Any:
    """A structure of tuples and dictionaries; a list is one tensor."""
    if isinstance(value, dict):
        return {key: as_tensors(part) for key, part in value.items()}
    if isinstance(value, tuple):
        parts = [as_tensors(part) for part in value]
        return value._make(parts) if hasattr(value, "_make") else tuple(parts)
    return tensor(value)
