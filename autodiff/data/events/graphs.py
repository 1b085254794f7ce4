"""A computation graph as TensorBoard's graph page reads it: a `GraphDef` of named nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.data.events.summaries import protos
from autodiff.data.ground.errors import DataError

Shape = tuple[int | None, ...] | None
"""The sizes of a shape, None where unknown; None for a shape that is not known at all."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its name (`/` makes scopes), its op, and the names of the nodes it reads.

    `inputs` may name one of several outputs, `split:1`; `after` are the control inputs;
    `outputs` has the shape and dtype of each output; `notes` are shown as attributes.
    """

    name: str
    op: str
    inputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    outputs: tuple[tuple[Shape, Any], ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)


def graph_def(nodes: Iterable[Node]) -> Any:
    """The message `GraphDef` of these nodes.

    Raises `DataError` for two nodes of one name, and for an input that is not there.

    >>> made = graph_def([Node("x", "Placeholder"), Node("y", "Log", inputs=("x",))])
    >>> [(node.name, list(node.input)) for node in made.node]
    [('x', []), ('y', ['x'])]
    """
    nodes = list(nodes)
    names = {node.name for node in nodes}
    if len(names) < len(nodes):
        raise DataError("two nodes of the graph have the same name.")
    for node in nodes:
        for source in (*node.inputs, *node.after):
            if source.partition(":")[0] not in names:
                raise DataError(f"the node {node.name!r} reads {source!r}, which is not there.")
    graph = protos("graph_pb2").GraphDef()
    graph.versions.producer = 22
    for node in nodes:
        _add(graph, node)
    return graph


def _add(graph: Any, node: Node) -> None:
    after = [f"^{name}" for name in node.after]
    made = graph.node.add(name=node.name, op=node.op, input=[*node.inputs, *after])
    for shape, dtype in node.outputs:
        made.attr["_output_shapes"].list.shape.append(_shape(shape))
        if dtype is not None:
            made.attr["dtype"].type = _type(dtype)
    for key, value in node.notes.items():
        made.attr[key].s = str(value).encode()


def _shape(shape: Shape) -> Any:
    proto = protos("tensor_shape_pb2").TensorShapeProto
    if shape is None:
        return proto(unknown_rank=True)
    return proto(dim=[proto.Dim(size=-1 if size is None else int(size)) for size in shape])


def _type(dtype: Any) -> int:
    """TensorBoard's number for a NumPy dtype."""
    dtypes = protos("types_pb2").DataType
    kind = np.dtype(dtype)
    name = {"float32": "DT_FLOAT", "float64": "DT_DOUBLE", "object": "DT_STRING"}.get(
        kind.name, f"DT_{kind.name.upper()}"
    )
    number: int = dtypes.Value(name if name in dtypes.keys() else "DT_STRING")  # noqa: SIM118
    return number
