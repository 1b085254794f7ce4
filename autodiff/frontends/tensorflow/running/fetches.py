"""What a run is asked for: tensors and operations in nested structures, and the values likewise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices, IndexedSlicesValue
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor, SparseTensorValue
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.graph.waiting import refuse_inside
from autodiff.frontends.tensorflow.ground.errors import GraphError


def collect(graph: Graph, fetches: Any, wanted: list[Tensor | Operation]) -> Any:
    """Append what nested fetches ask for; None for a single one, else the structure."""
    if isinstance(fetches, IndexedSlices):
        parts = [fetches.values, fetches.indices, fetches.dense_shape]
        wanted += [part for part in parts if part is not None]
        return _slices, [None] * (2 if parts[2] is None else 3)
    if isinstance(fetches, SparseTensor):
        wanted += fetches.parts()
        return SparseTensorValue._make, [None] * 3
    if isinstance(fetches, Tensor | Operation):
        if fetches.graph is not graph:
            refuse_inside(fetches)
            raise GraphError(
                f"{fetches.name} is not a node of this session's graph. A session runs the "
                "graph that was the default when it was made; write "
                f"tf.Session(graph={fetches.name.partition(':')[0]}.graph).{here()}"
            )
        wanted.append(fetches)
        return None
    if isinstance(fetches, str):
        return collect(graph, graph.as_graph_element(fetches), wanted)
    if isinstance(fetches, Mapping):
        return dict, {k: collect(graph, v, wanted) for k, v in fetches.items()}
    if isinstance(fetches, list | tuple):
        make = getattr(fetches, "_make", type(fetches))
        return make, [collect(graph, part, wanted) for part in fetches]
    raise TypeError(
        f"sess.run fetches tensors, operations and names, but got {fetches!r:.60}"
        f"{_why_not(fetches)}.{here()}"
    )


def _why_not(fetch: Any) -> str:
    if fetch is None:
        return ", perhaps a gradient that does not exist"
    if isinstance(fetch, np.ndarray | float | int):
        return ", a value already: it was computed before (by an earlier sess.run?)"
    if hasattr(fetch, "minimize"):
        return "; run the operation that its minimize(loss) returns"
    return ""


def _slices(parts: list[Any]) -> IndexedSlicesValue:
    return IndexedSlicesValue(*parts, *[None] * (3 - len(parts)))


def rebuild(shape: Any, found: Any) -> Any:
    """The values in the structure of the fetches."""
    make, parts = shape
    if make is dict:
        return {k: next(found) if s is None else rebuild(s, found) for k, s in parts.items()}
    return make([next(found) if part is None else rebuild(part, found) for part in parts])


def owned(value: Any) -> Any:
    """A result that nobody else holds: a copy of what the session, a feed or a view shares."""
    if value.__class__ is np.ndarray:
        if value.ndim == 0:
            return value[()]
        if value.base is not None or not value.flags.writeable:
            return value.copy()
    return value
