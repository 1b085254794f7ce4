"""Products of matrices and sums over indices, conversions, and new arrays."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.languages.onnx.moving import picked
from autodiff.source.records.nodes import Node
from autodiff.source.words.expressions import letters


def operands(exporter: Any, node: Node) -> list[Value]:
    """The two factors in the dtype of the product."""
    dtype = np.asarray(node.value).dtype
    return [exporter.value(arg, dtype) for arg in node.args[:2]]


def matmul(exporter: Any, node: Node, name: str) -> Value:
    """`x @ w`, of vectors too."""
    a, b = operands(exporter, node)
    if not a.size or not b.size:
        return exporter.value(np.zeros(np.shape(node.value), a.dtype))
    return a.graph.op("MatMul", a, b, shape=np.shape(node.value))


def summed(graph: Any, formula: str, parts: list[Value], shape: tuple[int, ...]) -> Value:
    """An einsum by a formula of letters; axes under `...` get letters, and are broadcast before."""
    if "..." in formula:
        terms, _, result = formula.partition("->")
        named = [term.replace("...", "") for term in terms.split(",")]
        counts = [part.ndim - len(name) for part, name in zip(parts, named)]
        places = [term.find("...") for term in terms.split(",")]
        rows = [p.shape[at : at + n] if at >= 0 else () for p, at, n in zip(parts, places, counts)]
        wide = np.broadcast_shapes(*rows)
        spare = [one for one in string.ascii_letters if one not in formula][: len(wide)]
        new = []
        for place, (part, at, row) in enumerate(zip(parts, places, rows)):
            if at >= 0:
                lead = (1,) * (len(wide) - len(row))
                before, after = part.shape[:at], part.shape[at + len(row) :]
                parts[place] = part.reshape(*before, *lead, *row, *after).expand(
                    (*before, *wide, *after)
                )
            new.append(terms.split(",")[place].replace("...", "".join(spare)))
        formula = f"{','.join(new)}->{result.replace('...', ''.join(spare))}"
    if not all(part.size for part in parts):
        return graph.constant(np.zeros(shape, parts[0].dtype))
    return graph.op("Einsum", *parts, shape=shape, equation=formula)


def einsum(exporter: Any, node: Node, name: str) -> Value:
    """`np.einsum` in either form."""
    formula, *rest = node.args if isinstance(node.args[0], str) else letters(node.args)
    dtype = np.asarray(node.value).dtype
    parts = [exporter.value(part, dtype) for part in rest]
    formula = formula.replace(" ", "")
    if "->" not in formula:
        names = formula.replace(",", "").replace(".", "")
        once = "".join(sorted(one for one in set(names) if names.count(one) == 1))
        formula += f"->{'...' if '...' in formula else ''}{once}"
    return summed(exporter.graph, formula, parts, np.shape(node.value))


def dot(exporter: Any, node: Node, name: str) -> Value:
    """`np.dot`: numbers, vectors and matrices, and the last axis with the last but one."""
    a, b = operands(exporter, node)
    if not a.ndim or not b.ndim:
        return a * b
    if a.ndim <= 2 and b.ndim <= 2:
        return matmul(exporter, node, name)
    return _tensordot(a, b, [a.ndim - 1], [b.ndim - 2], np.shape(node.value))


def _tensordot(a: Value, b: Value, left: Any, right: Any, shape: tuple[int, ...]) -> Value:
    names = iter(string.ascii_lowercase)
    own = [next(names) for _ in range(a.ndim)]
    other = [next(names) for _ in range(b.ndim)]
    for i, j in zip(left, right):
        other[j] = own[i]
    kept = [n for k, n in enumerate(own) if k not in {i % a.ndim for i in left}]
    kept += [n for k, n in enumerate(other) if k not in {j % b.ndim for j in right}]
    formula = f"{''.join(own)},{''.join(other)}->{''.join(kept)}"
    return summed(a.graph, formula, [a, b], shape)


def tensordot(exporter: Any, node: Node, name: str) -> Value:
    """`np.tensordot`, and `np.inner` over the last axes."""
    a, b = operands(exporter, node)
    if name == "inner":
        if not a.ndim or not b.ndim:
            return a * b
        return _tensordot(a, b, [a.ndim - 1], [b.ndim - 1], np.shape(node.value))
    axes = exporter.known(node.kwargs.get("axes", node.args[2] if len(node.args) > 2 else 2))
    if isinstance(axes, int | np.integer):
        axes = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    left, right = [[own] if np.ndim(own) == 0 else list(own) for own in axes]
    left, right = [i % a.ndim for i in left], [j % b.ndim for j in right]
    return _tensordot(a, b, left, right, np.shape(node.value))


def by_formula(formula: str) -> Callable[[Any, Node, str], Value]:
    """A product that is one einsum, broadcasting the axes before the named ones."""

    def write(exporter: Any, node: Node, name: str) -> Value:
        a, b = operands(exporter, node)
        axis = node.kwargs.get("axis", -1)
        if set(node.kwargs) - {"axis"}:
            raise UnsupportedError(f"{node.call.name} with axes has no form in ONNX here.")
        a, b = (one.transpose(_last(axis, one.ndim)) for one in (a, b))
        return summed(exporter.graph, formula, [a, b], np.shape(node.value))

    return write


def _last(axis: int, ndim: int) -> list[int]:
    """The order of axes in which one comes last."""
    return [own for own in range(ndim) if own != axis % ndim] + [axis % ndim]


def outer(exporter: Any, node: Node, name: str) -> Value:
    """All products of two arrays' elements."""
    a, b = operands(exporter, node)
    if name == "kron":
        wide = max(a.ndim, b.ndim)
        a = a.reshape(*(1,) * (wide - a.ndim), *a.shape)
        b = b.reshape(*(1,) * (wide - b.ndim), *b.shape)
        own = [n for pair in zip(a.shape, (1,) * wide) for n in pair]
        other = [n for pair in zip((1,) * wide, b.shape) for n in pair]
        return (a.reshape(*own) * b.reshape(*other)).reshape(*np.shape(node.value))
    if name == "outer":
        return a.reshape(a.size, 1) * b.reshape(1, b.size)
    a = a.reshape(*a.shape, *(1,) * b.ndim)
    return {"multiply.outer": a.__mul__, "add.outer": a.__add__, "subtract.outer": a.__sub__}[name](
        b
    )


def vdot(exporter: Any, node: Node, name: str) -> Value:
    """The sum of the products of all elements."""
    a, b = operands(exporter, node)
    return a.graph.op("MatMul", a.reshape(a.size), b.reshape(b.size), shape=())


def convolve(exporter: Any, node: Node, name: str) -> Value:
    """`np.convolve`: a matrix of the shifted x times y."""
    a, b = operands(exporter, node)
    mode = exporter.known(node.kwargs.get("mode", node.args[2] if len(node.args) > 2 else "full"))
    if mode != "full" and a.size < b.size:
        a, b = b, a
    n, m = a.size, b.size
    start = {"full": 0, "same": (m - 1) // 2, "valid": m - 1}[mode]
    rows = np.arange(start, start + np.size(node.value))[:, None] - np.arange(m) + 1
    shifted = picked([a], np.where((rows >= 1) & (rows <= n), rows, 0))
    return a.graph.op("MatMul", shifted, b, shape=np.shape(node.value))


def trace(exporter: Any, node: Node, name: str) -> Value:
    """The sum of the diagonal."""
    x = exporter.value(node.args[0])
    places = np.arange(1, x.size + 1).reshape(x.shape)
    own = np.diagonal(places, *exporter.known(node.args[1:]), **exporter.known(dict(node.kwargs)))
    return picked([x], own).reduce("ReduceSum", (own.ndim - 1,))


def converted(exporter: Any, node: Node, name: str) -> Value:
    """`x.astype(t)`, `np.float32(x)`; a float becomes a whole number towards 0."""
    return exporter.value(node.args[0]).cast(np.asarray(node.value).dtype)


def filled(exporter: Any, node: Node, name: str) -> Value:
    """`np.full(shape, v)`, and the like of an array."""
    dtype, shape = np.asarray(node.value).dtype, np.shape(node.value)
    if name.startswith("full"):
        value = node.args[1] if len(node.args) > 1 else node.kwargs["fill_value"]
        return exporter.value(value, dtype).expand(shape)
    start = 1 if name.startswith("ones") else 0
    return exporter.graph.constant(start, dtype).expand(shape)


def numbered(exporter: Any, node: Node, name: str) -> Value:
    """`np.ravel_multi_index(indices, shape)`: places counted in one row."""
    indices, shape = node.args[0], exporter.known(node.args[1])
    places = exporter.graph.constant(np.int64(0))
    for own, n in zip(indices, shape, strict=True):
        places = places * n + exporter.value(own, np.int64)
    return places.expand(np.shape(node.value))


def difference(exporter: Any, node: Node, name: str) -> Value:
    """`np.diff`: each element without the one before, n times."""
    options = exporter.known(dict(node.kwargs))
    n = options.get("n", node.args[1] if len(node.args) > 1 else 1)
    x = exporter.value(node.args[0])
    axis = options.get("axis", node.args[2] if len(node.args) > 2 else -1) % x.ndim
    for _ in range(n):
        places = np.arange(1, x.size + 1).reshape(x.shape)
        later = np.take(places, range(1, x.shape[axis]), axis)
        before = np.take(places, range(x.shape[axis] - 1), axis)
        x = picked([x], later) - picked([x], before)
    return x


def counted(exporter: Any, node: Node, name: str) -> Value:
    """`np.bincount(places, weights, n)`: the weights added up at their places."""
    args = [*node.args, None, None][:3]
    weights = node.kwargs.get("weights", args[1])
    n = np.size(node.value)
    places = exporter.value(args[0], np.int64)
    graph, dtype = exporter.graph, node.value.dtype
    new = graph.constant(1, dtype) if weights is None else exporter.value(weights, dtype)
    start = graph.constant(0, dtype).expand((n,))
    return graph.op(
        "ScatterElements", start, places, new.expand(places.shape), shape=(n,), axis=0,
        reduction="add",
    )  # fmt: skip


FORMS: dict[str, Callable[[Any, Node, str], Any]] = {
    "@": matmul, "matmul": matmul, "dot": dot, "vdot": vdot, "einsum": einsum,
    "tensordot": tensordot, "inner": tensordot, "vecdot": by_formula("...i,...i->..."),
    "matvec": by_formula("...ij,...j->...i"), "vecmat": by_formula("...i,...ij->...j"),
    **dict.fromkeys(("outer", "kron", "multiply.outer", "add.outer", "subtract.outer"), outer),
    "convolve": convolve, "bincount": counted, "ravel_multi_index": numbered,
    "trace": trace, "diff": difference,
    **dict.fromkeys(("astype", "float64", "float32", "int64", "int32", "bool", "bool_"), converted),
    **dict.fromkeys(("full", "full_like", "zeros", "zeros_like", "ones", "ones_like"), filled),
    **dict.fromkeys(("empty", "empty_like"), filled),
}  # fmt: skip
