"""Linear algebra, of which ONNX has no operators that onnxruntime runs in float64: by elimination.

A matrix of n rows is solved for in n steps, each some ten nodes: the largest number left in a
column is its pivot (as in LAPACK), its row is exchanged, and what stands above and below it goes.
Of a singular matrix the results are infinite or NaN, where NumPy raises an error.  What goes by
iteration (eigenvalues, singular values, least squares) has no form.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.records.nodes import Node

LARGEST = 32
"""Matrices of more rows would make too long a model."""


def refuse_large(n: int, name: str) -> None:
    """Raise for a matrix that would take too many nodes."""
    if n > LARGEST:
        raise UnsupportedError(
            f"{name} of {n} rows would be an ONNX model of {10 * n} nodes; up to {LARGEST} rows "
            "are written out."
        )


def eliminated(left: Value, right: Value | None) -> tuple[Value | None, list[Value], list[Value]]:
    """Right divided by left, the pivots, and for each whether its row stood at its place."""
    graph, n = left.graph, left.shape[-1]
    table = left if right is None else joined([left, right])
    rows = graph.constant(np.arange(n).reshape(n, 1))
    pivots, stayed = [], []
    for k in range(n):
        here = graph.constant(np.array([k]))
        column = table.gather(here, axis=table.ndim - 1)
        size = graph.constant(np.arange(n).reshape(n, 1) < k).where(-1.0, absolute(column))
        place = graph.op(
            "ArgMax", size, shape=(*size.shape[:-2], 1, 1), dtype=np.int64, axis=size.ndim - 2,
            keepdims=1,
        )  # fmt: skip
        chosen = place.equals(rows)
        pivot_row = chosen.where(table, 0.0).reduce("ReduceSum", (-2,), keepdims=True)
        pivot = pivot_row.gather(here, axis=table.ndim - 1)
        unit = pivot_row / pivot
        table = chosen.where(table.gather(here, axis=table.ndim - 2), table)
        table = table - table.gather(here, axis=table.ndim - 1) * unit
        table = graph.constant(np.arange(n).reshape(n, 1) == k).where(unit, table)
        pivots.append(pivot)
        stayed.append(place.equals(k))
    if right is None:
        return None, pivots, stayed
    return table.gather(np.arange(n, table.shape[-1]), axis=table.ndim - 1), pivots, stayed


def joined(parts: list[Value]) -> Value:
    """Matrices beside each other; of stacks each beside its own."""
    lead = np.broadcast_shapes(*[part.shape[:-2] for part in parts])
    parts = [part.expand((*lead, *part.shape[-2:])) for part in parts]
    shape = (*parts[0].shape[:-1], sum(part.shape[-1] for part in parts))
    return parts[0].graph.op("Concat", *parts, shape=shape, axis=len(shape) - 1)


def absolute(value: Value) -> Value:
    """|x|."""
    return value.graph.op("Abs", value)


def matrix(exporter: Any, node: Node) -> Value:
    """The first argument in the dtype of the result."""
    found: Value = exporter.value(node.args[0], np.asarray(node.value).dtype)
    refuse_large(found.shape[-1], node.call.name)
    return found


def solve(exporter: Any, node: Node, name: str) -> Value:
    """`np.linalg.solve(a, b)`."""
    a = matrix(exporter, node)
    b: Value = exporter.value(node.args[1], a.dtype)
    row = b.ndim == 1
    found, *_ = eliminated(a, b.reshape(*b.shape, 1) if row else b)
    assert found is not None
    return found.reshape(*found.shape[:-1]) if row else found


def inv(exporter: Any, node: Node, name: str) -> Value:
    """`np.linalg.inv(a)`."""
    a = matrix(exporter, node)
    found, *_ = eliminated(a, a.graph.constant(np.eye(a.shape[-1]), a.dtype))
    assert found is not None
    return found


def det(exporter: Any, node: Node, name: str) -> Value:
    """`np.linalg.det(a)`."""
    a = matrix(exporter, node)
    found = a.graph.constant(1.0, a.dtype)
    for factor in factors(a):
        found = found * factor
    return found.reshape(*a.shape[:-2])


def slogdet(exporter: Any, node: Node, name: str) -> list[Value]:
    """`np.linalg.slogdet(a)`: the sign of the determinant, and the logarithm of its size."""
    a = matrix(exporter, node)
    sign, logarithm = a.graph.constant(1.0, a.dtype), a.graph.constant(0.0, a.dtype)
    for factor in factors(a):
        sign = sign * a.graph.op("Sign", factor)
        logarithm = logarithm + a.graph.op("Log", absolute(factor))
    return [one.reshape(*a.shape[:-2]) for one in (sign, logarithm)]


def factors(a: Value) -> list[Value]:
    """Numbers whose product is the determinant: the pivots, with a sign for each exchange."""
    _, pivots, stayed = eliminated(a, None)
    return [stays.where(pivot, -pivot) for pivot, stays in zip(pivots, stayed)]


def cholesky(exporter: Any, node: Node, name: str) -> Value:
    """`np.linalg.cholesky(a)`: column by column, of the lower triangle."""
    a = matrix(exporter, node)
    upper = exporter.known(dict(node.kwargs)).get("upper", False)
    graph, n, last = a.graph, a.shape[-1], a.ndim - 1
    rest = a.transpose([*range(a.ndim - 2), last, last - 1]) if upper else a
    columns = []
    for k in range(n):
        here = graph.constant(np.array([k]))
        column = rest.gather(here, axis=last)
        root = graph.op("Sqrt", column.gather(here, axis=last - 1))
        column = graph.constant(np.arange(n).reshape(n, 1) < k).where(0.0, column / root)
        rest = rest - column * column.transpose([*range(a.ndim - 2), last, last - 1])
        columns.append(column)
    found = joined(columns)
    return found.transpose([*range(a.ndim - 2), last, last - 1]) if upper else found


FORMS = {
    "linalg.solve": solve,
    "linalg.inv": inv,
    "linalg.det": det,
    "linalg.slogdet": slogdet,
    "linalg.cholesky": cholesky,
}
