"""Calls that work element by element, as formulas of one element.

What is not here, or works on other numbers than booleans, whole numbers with a sign and real
floating point numbers, is left to NumPy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
WHOLE = (np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.int8))
KINDS = (*FLOATS, *WHOLE, np.dtype(np.bool_))

COMPARISONS = {
    "<": "({} < {})", "<=": "({} <= {})", ">": "({} > {})", ">=": "({} >= {})",
    "==": "({} == {})", "!=": "({} != {})", "np.less": "({} < {})",
    "np.less_equal": "({} <= {})", "np.greater": "({} > {})", "np.greater_equal": "({} >= {})",
    "np.equal": "({} == {})", "np.not_equal": "({} != {})",
}  # fmt: skip
ARITHMETIC = {
    "+": "({} + {})", "-": "({} - {})", "*": "({} * {})", "/": "({} / {})",
    "np.add": "({} + {})", "np.subtract": "({} - {})", "np.multiply": "({} * {})",
    "np.divide": "({} / {})", "np.true_divide": "({} / {})",
    "np.maximum": "maximum({}, {})", "np.minimum": "minimum({}, {})",
}  # fmt: skip
LOGIC = {
    "&": "({} & {})", "|": "({} | {})", "^": "({} ^ {})", "np.logical_and": "({} & {})",
    "np.logical_or": "({} | {})", "np.logical_xor": "({} ^ {})", "*": "({} & {})",
    "+": "({} | {})", "np.logical_not": "(not {})", "~": "(not {})", "np.bitwise_and": "({} & {})",
    "np.bitwise_or": "({} | {})", "np.invert": "(not {})",
}  # fmt: skip
FUNCTIONS = {
    "np.exp": "exp({})", "np.tanh": "tanh({})", "np.sin": "sin({})", "np.cos": "cos({})",
    "np.log": "log({})", "np.log1p": "log1p({})", "np.sqrt": "sqrt({})", "scipy.special.expit":
    "expit({})", "np.expm1": "math.expm1({})", "np.arctan": "math.atan({})",
    "np.arcsin": "np.arcsin({})", "np.arccos": "np.arccos({})", "np.sinh": "math.sinh({})",
    "np.cosh": "math.cosh({})", "np.tan": "math.tan({})", "np.arcsinh": "math.asinh({})",
    "scipy.special.erf": "math.erf({})", "scipy.special.erfc": "math.erfc({})",
    "np.arctan2": "math.atan2({}, {})", "np.hypot": "math.hypot({}, {})",
    "np.floor": "np.floor({})", "np.ceil": "np.ceil({})", "np.rint": "np.rint({})",
    "np.sign": "sign({})", "np.reciprocal": "(1.0 / {})", "np.log2": "np.log2({})",
    "np.log10": "np.log10({})", "np.exp2": "np.exp2({})", "np.cbrt": "np.cbrt({})",
}  # fmt: skip
"""Of floating point numbers."""
SIMPLE = {
    "np.absolute": "abs({})", "abs": "abs({})", "np.fabs": "abs({})", "np.negative": "(-{})",
    "-": "(-{})", "+": "{}", "np.positive": "{}", "np.square": "({0} * {0})",
}  # fmt: skip
"""Of one operand, of any kind of number."""
TESTS = {
    "np.isnan": "({0} != {0})", "np.isfinite": "(abs({}) < math.inf)",
    "np.isinf": "(abs({}) == math.inf)", "np.signbit": "(math.copysign(1.0, {}) < 0.0)",
}  # fmt: skip
SAME = (
    "copy", "np.copy", "np.array", "np.asarray", "astype", "np.astype", "np.ascontiguousarray",
    "conj", "np.conjugate", "np.float64", "np.float32", "np.broadcast_to", "np.real",
)  # fmt: skip
"""Calls that hand their first argument on, perhaps as another kind of number."""


def dtype_of(value: Any) -> Any:
    """The dtype of an operand; None of what a formula can't have."""
    if value.__class__ is Node:
        value = value.value
    if value.__class__ is bool:
        return np.dtype(np.bool_)
    if value.__class__ is int:
        return np.dtype(np.int64) if abs(value) < 2**62 else None
    if value.__class__ is float:
        return np.dtype(np.float64)
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype if value.dtype in KINDS else None
    return None


def operands_of(node: Node) -> tuple[Any, ...] | None:
    """What a call computes its elements of; None where it is not of this kind."""
    name, args, kwargs = node.call.name, node.args, node.kwargs
    if node.call.kind not in ("operator", "function", "method"):
        return None
    if name in SAME:
        known = {"copy", "dtype", "shape", "order", "subok"}
        if set(kwargs) <= known and args and not (name == "np.array" and kwargs.get("ndmin")):
            return args[:1]
        return None
    if set(kwargs) - {"out"}:
        return None
    if name in ("np.where", "np.clip", "clip"):
        return args if len(args) == 3 and None not in map(kind_of, args) else None
    if name in ("**", "np.power"):
        return args if len(args) == 2 else None
    tables: tuple[dict[str, str], ...] = (ARITHMETIC, COMPARISONS, LOGIC)
    if len(args) == 2 and any(name in table for table in (*tables, FUNCTIONS)):
        return args
    if len(args) == 1 and (name in FUNCTIONS or name in SIMPLE or name in TESTS or name in LOGIC):
        return args
    return None


def kind_of(value: Any) -> Any:
    """The class of an operand: None only of None itself."""
    return None if value is None else value.__class__


def formula(node: Node, dtype: np.dtype[Any], texts: list[str]) -> str | None:
    """The formula of one element of a call, in numbers of its dtype; None where there is none."""
    if node.call.name == "np.full":
        return converted(texts[0], dtype_of(node.args[1]), dtype)
    operands = operands_of(node)
    assert operands is not None
    name = node.call.name
    kinds = [dtype_of(one) for one in operands]
    if any(kind is None for kind in kinds) or dtype not in KINDS:
        return None
    if name in SAME:
        return converted(texts[0], kinds[0], dtype)
    if name == "np.where":
        if kinds[0] != np.bool_:
            return None
        a, b = (converted(t, k, dtype) for t, k in zip(texts[1:], kinds[1:]))
        return f"({a} if {texts[0]} else {b})"
    if name in COMPARISONS and len(texts) == 2:
        common = np.result_type(*kinds)
        both = [converted(t, k, common) for t, k in zip(texts, kinds)]
        return COMPARISONS[name].format(*both)
    if name in TESTS:
        return TESTS[name].format(*texts) if kinds[0] in FLOATS else None
    if dtype == np.bool_:
        good = name in LOGIC and all(kind == np.bool_ for kind in kinds)
        return LOGIC[name].format(*texts) if good else None
    if np.bool_ in kinds and len(kinds) == 1:
        return None
    own = [converted(text, kind, dtype) for text, kind in zip(texts, kinds)]
    if name in ("np.clip", "clip"):
        return f"minimum(maximum({own[0]}, {own[1]}), {own[2]})"
    if name in ("**", "np.power"):
        return power(own, operands, dtype)
    table = ARITHMETIC if len(own) == 2 else SIMPLE
    found = table.get(name)
    if found is None and dtype in FLOATS:
        found = FUNCTIONS.get(name)
    if found is None or (dtype not in FLOATS and ("/" in found or "imum" in found)):
        return None
    return narrowed(found.format(*own), dtype)


def converted(text: str, kind: Any, dtype: Any) -> str:
    """A number of one dtype as one of another."""
    if kind == dtype:
        return text
    if dtype == np.bool_:
        return f"({text} != 0)"
    return f"{dtype.name}({text})"


def narrowed(text: str, dtype: Any) -> str:
    """A result of few bits, rounded or cut to these."""
    return text if dtype in (np.float64, np.int64, np.bool_) else f"{dtype.name}({text})"


def power(own: list[str], operands: tuple[Any, ...], dtype: Any) -> str | None:
    """A power: of small whole exponents by products."""
    if dtype not in FLOATS:
        return None
    exponent = operands[1]
    if exponent.__class__ is Node:
        fixed = not exponent.dynamic and not exponent.root.written and np.ndim(exponent.value) == 0
        exponent = exponent.value if fixed else None
    x = own[0]
    known = {
        2: f"({x} * {x})", 1: x, 3: f"({x} * {x} * {x})", 0.5: f"sqrt({x})", -1: f"(1.0 / {x})",
        0: "1.0", 4: f"(({x} * {x}) * ({x} * {x}))",
    }  # fmt: skip
    value = float(exponent) if np.ndim(exponent) == 0 and exponent is not None else None
    if value is not None and value in known:
        return narrowed(known[value], dtype)
    return narrowed(f"({x} ** {own[1]})", dtype)


def literal(value: Any) -> str:
    """A constant number as text.

    >>> literal(np.float64(-0.5)), literal(float("inf")), literal(True), literal(np.float32(0.1))
    ('(-0.5)', 'math.inf', 'True', 'float32(0.1)')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return f"({int(value)})" if value < 0 else str(int(value))
    number = float(value)
    if math.isnan(number):
        return "math.nan"
    text = repr(number) if math.isfinite(number) else "math.inf" if number > 0 else "-math.inf"
    if isinstance(value, np.float32) and math.isfinite(number):
        return f"float32({float(str(value))!r})"
    return f"({text})" if text.startswith("-") else text
