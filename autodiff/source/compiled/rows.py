"""Calls that treat each row of their arrays by itself, a row being what stands at one first index.

These are the ufuncs, `np.where`, and reductions that leave the first axis alone; and whether any or
all elements of a whole array are true, which a few answers about parts of it tell as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.kinds import REDUCTIONS, axes_of
from autodiff.source.records.nodes import Node, leaves, value_of

UFUNCS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "<": np.less,
    "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
    "!=": np.not_equal,
}  # fmt: skip
"""The ufuncs of operators between elements."""
POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
"""What NumPy calls for a power with such an exponent."""
ALONG = ("sum", "max", "min")
"""The reductions whose result for one row hangs on how that row lies in memory alone."""
ASKED = ("any", "np.any", "all", "np.all")
NUMBERS = "fciub"


def ufunc_of(node: Node) -> np.ufunc | None:
    """The ufunc of one result that a call is one of; None where there is none."""
    call, args = node.call, node.args
    if node.kwargs:
        return None
    if call.kind == "operator" and len(args) == 1:
        return np.negative if call.name == "-" else None
    if call.kind == "operator" and call.name == "**":
        return power_of(*args)
    if call.kind == "operator":
        return UFUNCS.get(call.name)
    found = call.function if call.kind == "function" else None
    if not isinstance(found, np.ufunc) or found.signature or found.nout > 1:
        return None
    return found if len(args) == found.nin else None


def power_of(base: Any, exponent: Any) -> np.ufunc | None:
    """The ufunc of a power with a fixed exponent that NumPy has a shorter way for."""
    number = exponent if isinstance(exponent, int | float) else None
    if number is None or isinstance(number, bool) or value_of(base).dtype.kind != "f":
        return None
    return POWERS.get(number)


def is_row_by_row(node: Node) -> bool:
    """Whether each row of a call's result hangs on the same row of its arrays alone."""
    value = node.value
    if asked_of(node) is not None:
        return True
    if not isinstance(value, np.ndarray) or value.ndim == 0 or not is_plain(value):
        return False
    if node.root is not node or not value.flags.c_contiguous or len(value) < 2:
        return False
    if any(not is_operand(one) for one in leaves((node.args, node.kwargs))):
        return False
    if ufunc_of(node) is not None:
        return True
    if node.call.name == "np.where" and len(node.args) == 3 and not node.kwargs:
        return True
    return reduces_rows(node)


def asked_of(node: Node) -> Node | None:
    """The array of which a call asks whether any, or all, of its elements are true."""
    if node.call.name not in ASKED or len(node.args) != 1 or node.kwargs:
        return None
    x = node.args[0]
    good = x.__class__ is Node and isinstance(x.value, np.ndarray) and x.value.dtype == np.bool_
    return x if good and not isinstance(node.value, np.ndarray) else None


def reduces_rows(node: Node) -> bool:
    """Whether a call is a reduction that leaves the first axis alone."""
    if REDUCTIONS.get(node.call.name) not in ALONG or len(node.args) != 1:
        return False
    axes = axes_of(node) if node.kwargs.get("axis") is not None else None
    return axes is not None and 0 not in axes and bool(value_of(node.args[0]).flags.c_contiguous)


def is_plain(value: np.ndarray) -> bool:
    """Whether an array is one of numbers, and of NumPy's own class."""
    return value.__class__ is np.ndarray and value.dtype.kind in NUMBERS


def is_operand(leaf: Any) -> bool:
    """Whether an argument is a number, an array of numbers, or an option."""
    value = value_of(leaf)
    if isinstance(value, np.ndarray):
        return is_plain(value)
    return value is None or isinstance(value, bool | int | float | complex | np.number | np.bool_)


def has_rows(operand: Any, node: Node) -> bool:
    """Whether a call takes from an operand the rows that it makes, and not all of it each time."""
    value = value_of(operand)
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return False
    if reduces_rows(node) or not isinstance(node.value, np.ndarray):
        return True
    return value.ndim == node.value.ndim and len(value) == len(node.value)


def joins_rows(node: Node, operand: Node) -> bool:
    """Whether a call can read an operand's rows as they are made, in one loop over both."""
    rows = node.value if isinstance(node.value, np.ndarray) else operand.value
    return has_rows(operand, node) and len(operand.value) == len(rows)
