"""Sums and their kin along axes, running sums, and orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.elementwise import ASKING, sqrt, square
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.records.nodes import Node

REDUCTIONS = {
    "sum": "ReduceSum", "add.reduce": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd",
    "multiply.reduce": "ReduceProd", "max": "ReduceMax", "maximum.reduce": "ReduceMax",
    "amax": "ReduceMax", "min": "ReduceMin", "minimum.reduce": "ReduceMin", "amin": "ReduceMin",
    "any": "ReduceMax", "all": "ReduceMin", "logical_or.reduce": "ReduceMax",
    "logical_and.reduce": "ReduceMin", "count_nonzero": "ReduceSum", "fmax.reduce": "ReduceMax",
}  # fmt: skip


STARTS = {
    "ReduceSum": ("Add", 0), "ReduceProd": ("Mul", 1), "ReduceMax": ("Max", -np.inf),
    "ReduceMin": ("Min", np.inf),
}  # fmt: skip
"""What joins a first value with a reduction's result, and a value that changes nothing."""


def axes_of(exporter: Any, node: Node, allowed: tuple[str, ...] = ()) -> tuple[Any, bool]:
    """The axes of a reduction, None for all, and whether they are kept with length 1."""
    options = exporter.known(dict(node.kwargs))
    first = 0 if node.call.name.endswith(".reduce") else None
    axis = options.pop("axis", node.args[1] if len(node.args) > 1 else first)
    keepdims = bool(options.pop("keepdims", False))
    for name in ("dtype", "out", *allowed):
        options.pop(name, None)
    left = [name for name, value in options.items() if value is not np._NoValue]
    if left or len(node.args) > 2:
        raise UnsupportedError(f"{node.call.name} with {', '.join(left)} has no form in ONNX here.")
    return (None if axis is None else (axis,) if np.ndim(axis) == 0 else tuple(axis)), keepdims


def reduction(exporter: Any, node: Node, name: str) -> Value:
    """`np.sum(x, axis, keepdims)`."""
    op = REDUCTIONS[name]
    axes, keepdims = axes_of(exporter, node, ("initial", "where") if op in STARTS else ())
    dtype = np.asarray(node.value).dtype
    x = exporter.value(node.args[0])
    x = (x.cast(bool) if name in ("any", "all", "count_nonzero") else x).cast(dtype)
    x = ASKING["isnan"](x).where(-np.inf, x) if name == "fmax.reduce" else x
    start = node.kwargs.get("initial", np._NoValue)
    mask = node.kwargs.get("where", True)
    if mask is not True and mask is not np._NoValue:
        rest = STARTS[op][1] if start is np._NoValue else start
        own = exporter.value(mask).cast(bool)
        x = own.where(x, exporter.value(rest, dtype))
    found = x.reduce(op, axes, keepdims)
    if start is np._NoValue or start is None:
        return found
    return x.graph.op(STARTS[op][0], found, exporter.value(start, dtype))


def spread(exporter: Any, node: Node, name: str) -> Value:
    """Variance and standard deviation."""
    axes, keepdims = axes_of(exporter, node, ("ddof", "correction"))
    x = exporter.value(node.args[0], np.asarray(node.value).dtype)
    n = x.size if axes is None else int(np.prod([x.shape[a] for a in axes]))
    ddof = node.kwargs.get("ddof", node.kwargs.get("correction", 0))
    off = square(x - x.reduce("ReduceMean", axes, True))
    found = off.reduce("ReduceSum", axes, keepdims) / float(n - ddof)
    return sqrt(found) if name == "std" else found


def extreme(exporter: Any, node: Node, name: str) -> Value:
    """`np.argmax` and `np.argmin`."""
    axes, _ = axes_of(exporter, node)
    x = exporter.value(node.args[0])
    if axes is None:
        x, axes = x.reshape(x.size), (0,)
    op = "ArgMax" if name == "argmax" else "ArgMin"
    shape = np.shape(node.value)
    own = x.graph.op(op, x, axis=axes[0], keepdims=0, dtype=np.int64, shape=tuple(
        n for axis, n in enumerate(x.shape) if axis != axes[0] % x.ndim
    ))  # fmt: skip
    return own.reshape(*shape)


def running(exporter: Any, node: Node, name: str) -> Value:
    """Running sums, products and extremes: over a triangle of the elements up to each."""
    options = exporter.known(dict(node.kwargs))
    axis = options.get("axis", node.args[1] if len(node.args) > 1 else None)
    axis = 0 if axis is None and name.endswith(".accumulate") else axis
    x = exporter.value(node.args[0], np.asarray(node.value).dtype)
    if axis is None:
        x, axis = x.reshape(x.size), 0
    axis %= x.ndim
    if name in ("cumsum", "add.accumulate"):
        return x.graph.op("CumSum", x, x.graph.constant(np.int64(axis)), shape=x.shape)
    op, start = RUNNING[name]
    n, last = x.shape[axis], x.ndim - 1
    axes = [*[own for own in range(x.ndim) if own != axis], axis]
    rows = x.transpose(axes)
    wide = rows.reshape(*rows.shape[:-1], 1, n)
    mask = x.graph.constant(np.tril(np.ones((n, n), bool)))
    found = mask.where(wide.expand((*rows.shape[:-1], n, n)), start).reduce(op, (last + 1,))
    return found.transpose(np.argsort(axes))


RUNNING = {
    "cumprod": ("ReduceProd", 1.0), "multiply.accumulate": ("ReduceProd", 1.0),
    "maximum.accumulate": ("ReduceMax", -np.inf), "minimum.accumulate": ("ReduceMin", np.inf),
}  # fmt: skip


def ordered(exporter: Any, node: Node, name: str) -> Value:
    """`np.sort`, `np.argsort`, and `np.partition`, of which the sorted one is a case."""
    options = exporter.known(dict(node.kwargs))
    place = 2 if "partition" in name else 1
    axis = options.get("axis", node.args[place] if len(node.args) > place else -1)
    x = exporter.value(node.args[0])
    if axis is None:
        x, axis = x.reshape(x.size), 0
    axis %= x.ndim
    values = x.graph.op(
        "TopK", x, x.graph.whole([x.shape[axis]]), shape=x.shape, axis=axis, largest=0, sorted=1
    )
    places = Value(x.graph, f"{values.name}_places", x.shape, np.dtype(np.int64))
    x.graph.names.taken.add(places.name)
    x.graph.nodes[-1].output.append(places.name)
    return x.graph.op("Identity", places if name.startswith("arg") else values)


def along(exporter: Any, node: Node, name: str) -> Value:
    """`np.take_along_axis`."""
    names = ("arr", "indices", "axis")
    given = {"axis": -1, **dict(zip(names, node.args)), **node.kwargs}
    axis = exporter.known(given["axis"])
    x, places = exporter.value(given["arr"]), exporter.value(given["indices"], np.int64)
    if axis is None:
        x, axis = x.reshape(x.size), 0
    axis %= x.ndim
    wide = tuple(
        p if a == axis else max(p, n) for a, (p, n) in enumerate(zip(places.shape, x.shape))
    )
    full = tuple(n if a == axis else w for a, (n, w) in enumerate(zip(x.shape, wide)))
    return x.graph.op("GatherElements", x.expand(full), places.expand(wide), shape=wide, axis=axis)


FORMS: dict[str, Callable[[Any, Node, str], Any]] = {
    **dict.fromkeys(REDUCTIONS, reduction),
    **dict.fromkeys(("std", "var"), spread),
    **dict.fromkeys(("argmax", "argmin"), extreme),
    **dict.fromkeys(("cumsum", "add.accumulate", *RUNNING), running),
    **dict.fromkeys(("sort", "argsort", "partition", "argpartition"), ordered),
    "take_along_axis": along,
}
