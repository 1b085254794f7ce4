"""Operands as PyTorch takes them: tensors of the dtype that NumPy would compute with."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node, value_of
from autodiff.source.words.expressions import Expressions
from autodiff.source.words.literals import constant
from autodiff.source.words.texts import ATOM, Text


def dtype_text(dtype: Any) -> str:
    """`torch.float64`."""
    return f"torch.{np.dtype(dtype).name}"


def is_whole(value: Any) -> bool:
    """Whether an operand is a tensor of whole numbers or of truth values."""
    own = value_of(value)
    return isinstance(own, np.ndarray | np.generic) and own.dtype.kind in "iub"


def widened(expressions: Expressions, value: Any, node: Node) -> Text:
    """An operand; whole numbers of which floats come in the dtype that NumPy gives these.

    PyTorch would make them float32.
    """
    text = expressions.leaf(value)
    result = getattr(node.value, "dtype", None)
    own = value_of(value)
    truth = isinstance(own, np.ndarray | np.generic) and own.dtype.kind == "b"
    kinds = "fiu" if truth else "f"  # PyTorch takes no truth value from a number
    if result is None or result.kind not in kinds or not is_whole(value):
        return text
    return Text(f"{text.within(ATOM)}.to({dtype_text(result)})")


def tensor(expressions: Expressions, value: Any, node: Node | None = None) -> str:
    """An argument that must be a tensor: numbers are made one."""
    text = expressions.leaf(value) if node is None else widened(expressions, value, node)
    own = value_of(value)
    written = re.fullmatch(r"-?[\d.]+(e-?\d+)?|-?np\.inf|1 / \d+", text.text)
    number = isinstance(own, bool | int | float | np.generic)
    if not number or (value.__class__ is Node and not written):
        return text.text
    dtype = np.result_type(own) if not isinstance(own, float | int) else np.float64
    dtype = np.bool_ if isinstance(own, bool | np.bool_) else dtype
    return f"torch.tensor({text.text}, dtype={dtype_text(dtype)})"


def stacked(expressions: Expressions, value: Any) -> str:
    """Nested lists of values as one tensor."""
    if value.__class__ is range:
        value = list(value)
    if isinstance(value, list) and value and all(type(one) is int for one in value):
        return f"torch.tensor({value}, dtype=torch.int64)"
    if isinstance(value, tuple | list):
        return f"torch.stack([{', '.join(stacked(expressions, one) for one in value)}])"
    if value.__class__ is Node or isinstance(value, np.ndarray):
        return tensor(expressions, value)
    return (
        f"torch.tensor({expressions.leaf(value).text}, dtype={dtype_text(np.result_type(value))})"
    )


def literal(array: np.ndarray) -> str:
    """A constant array as a tensor."""
    dtype = dtype_text(array.dtype)
    if array.size > 2 and array.tobytes() == np.full(array.shape, array.flat[0]).tobytes():
        return f"torch.full({array.shape}, {constant(array.flat[0]).text}, dtype={dtype})"
    if not array.size:
        return f"torch.zeros({array.shape}, dtype={dtype})"
    if array.ndim == 2 and array.tobytes() == np.eye(len(array)).tobytes():
        return f"torch.eye({len(array)}, dtype={dtype})"
    return f"torch.tensor({array.tolist()}, dtype={dtype})"
