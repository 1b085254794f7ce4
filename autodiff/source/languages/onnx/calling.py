"""A call by its name: which table has its form, in which dtype its operands are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.elementwise import (
    ASKING,
    BITWISE,
    COMPARING,
    LOGICAL,
    MORE,
    ONE,
    SIGNS,
)
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.languages.onnx.moving import MOVING, moved
from autodiff.source.languages.onnx.products import FORMS as PRODUCTS
from autodiff.source.languages.onnx.reducing import FORMS as REDUCING
from autodiff.source.languages.onnx.solving import FORMS as SOLVING
from autodiff.source.records.nodes import Node

Form = Callable[[Any, Node, str], Any]


def where(exporter: Any, node: Node, name: str) -> Value:
    """`np.where(condition, x, y)`."""
    if len(node.args) != 3:
        raise UnsupportedError("np.where of a condition alone has no fixed shape in ONNX.")
    dtype = np.asarray(node.value).dtype
    condition = exporter.value(node.args[0]).cast(bool)
    one, other = (exporter.value(arg, dtype) for arg in node.args[1:])
    if dtype.kind == "b":
        return (condition & one) | (~condition & other)
    return condition.where(one, other)


def clipped(exporter: Any, node: Node, name: str) -> Value:
    """`np.clip`, of which a bound may be absent."""
    dtype = np.asarray(node.value).dtype
    names = ("a_min", "a_max"), ("min", "max")
    given = [*node.args[1:], None, None][:2]
    for place in (0, 1):
        for own in names:
            given[place] = node.kwargs.get(own[place], given[place])
    x = exporter.value(node.args[0], dtype)
    for op, bound in zip(("Max", "Min"), given):
        if bound is not None:
            x = x.graph.op(op, x, exporter.value(bound, dtype))
    return x


def zeros(exporter: Any, node: Node, name: str) -> Value:
    """The imaginary part of real numbers."""
    x = exporter.value(node.args[0])
    return x.graph.constant(0, x.dtype).expand(x.shape)


def without_nan(exporter: Any, node: Node, name: str) -> Value:
    """`np.nan_to_num`."""
    x = exporter.value(node.args[0])
    largest = float(np.finfo(x.dtype).max)
    options = exporter.known(dict(node.kwargs))
    nan = options.get("nan", 0.0)
    high = options.get("posinf") or largest
    low = options.get("neginf") or -largest
    x = ASKING["isnan"](x).where(nan, x)
    return (x > largest).where(high, (x < -largest).where(low, x))


FORMS: dict[str, Form] = {
    **dict.fromkeys(MOVING, moved),
    **PRODUCTS,
    **REDUCING,
    **SOLVING,
    "where": where, "clip": clipped, "imag": zeros, "nan_to_num": without_nan,
}  # fmt: skip


def named(exporter: Any, name: str, node: Node) -> Any:
    """A call by its name in the tables."""
    args, result = node.args, node.value
    dtype = None if isinstance(result, tuple | list) else np.asarray(result).dtype
    if dtype is not None and dtype.kind == "c":
        raise UnsupportedError(f"{node.call.name} is of complex numbers, which ONNX has not.")
    if (
        set(node.kwargs) - {"dtype", "casting", "order"}
        and name in MORE | ONE
        and name not in FORMS
    ):
        raise UnsupportedError(
            f"{node.call.name} with {', '.join(node.kwargs)} has no form in ONNX here."
        )
    if name in COMPARING:
        return compared(exporter, name, *args)
    if name in LOGICAL or name in BITWISE:
        kind = LOGICAL.get(name) or BITWISE[name]
        if dtype.kind != "b" and name in BITWISE:
            kind = {"Not": "BitwiseNot"}.get(kind, f"Bitwise{kind}")
            return exporter.graph.op(kind, *[exporter.value(arg, dtype) for arg in args])
        return exporter.graph.op(kind, *[exporter.value(arg).cast(bool) for arg in args])
    if name in FORMS:
        found = FORMS[name](exporter, node, name)
        if found is not None:
            return found
    if name in ASKING:
        return ASKING[name](exporter.value(args[0], wide(args[0])))
    if name in ONE and len(args) == 1:
        return ONE[name](exporter.value(args[0], dtype))
    if name in MORE:
        return calculated(exporter, name, args, dtype)
    raise UnsupportedError(f"{node.call.name} has no form in ONNX here.")


def calculated(exporter: Any, name: str, args: Any, dtype: Any) -> Value:
    """A function of elements in a dtype; of truth values a sum is or, a product is and."""
    dtype = np.dtype(dtype)
    values = [exporter.value(arg, dtype) for arg in args]
    if dtype.kind == "b":
        kind = {"add": "Or", "maximum": "Or", "multiply": "And", "minimum": "And"}[name]
        return exporter.graph.op(kind, *values)
    return MORE[name](*values)


def operated(exporter: Any, sign: str, before: Value, value: Any, dtype: Any) -> Value:
    """`before += value` and its kin, in the dtype that is kept."""
    wide = np.result_type(before.dtype, value.value if value.__class__ is Node else value)
    return calculated(exporter, SIGNS[sign], (before, value), wide).cast(dtype)


def compared(exporter: Any, name: str, left: Any, right: Any) -> Value:
    """A comparison in the dtype that holds both sides."""
    dtype = np.result_type(*[a.value if a.__class__ is Node else a for a in (left, right)])
    own = np.dtype(np.int32) if dtype.kind == "b" and "equal" not in name[-9:] else dtype
    pair = [exporter.value(arg, dtype).cast(own) for arg in (left, right)]
    if name == "not_equal":
        return ~exporter.graph.op("Equal", *pair, dtype=bool)
    return exporter.graph.op(COMPARING[name], *pair, dtype=bool)


def signed(exporter: Any, sign: str, node: Node) -> Value:
    """`-x`, `+x`, `~x`."""
    dtype = np.asarray(node.value).dtype
    x = exporter.value(node.args[0], dtype)
    if sign == "+":
        return x
    if sign == "-":
        return -x
    return ~x if dtype.kind == "b" else exporter.graph.op("BitwiseNot", x)


def wide(arg: Any) -> Any:
    """The dtype of an argument, at least a floating point one."""
    dtype = np.asarray(arg.value if arg.__class__ is Node else arg).dtype
    return dtype if dtype.kind == "f" else np.float64


def short_call(name: str) -> str:
    """`np.linalg.solve` as `linalg.solve`, `math.exp` as `exp`."""
    for prefix in ("np.lib.stride_tricks.", "np.", "math.", "scipy.special."):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name
