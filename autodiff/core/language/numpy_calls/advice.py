"""What to say when NumPy refuses an operation: shapes, the user's line, what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import Params, ground
from autodiff.core.language.op import Op


def explain(op: Op, values: Sequence[Any], params: Params, error: Exception) -> Exception:
    """The error to raise for an operation that NumPy refused on these values."""
    if not isinstance(error, ValueError | IndexError):
        return error
    shapes = [np.shape(ground(value)) for value in values]
    named = " and ".join(map(str, shapes))
    hint = _matmul_hint(shapes) if op.name in ("matmul", "dot") else _broadcast_hint(op, shapes)
    settings = ", ".join(f"{name}={value!r}" for name, value in params.items())
    reason = "." if hint and op.name == "matmul" else f": {str(error).strip()}."
    message = (
        f"{op.name} can't be applied to shape{'s' if len(shapes) > 1 else ''} {named}"
        + (f" with {settings}" if settings else "")
        + f"{reason}{hint}{here()}"
    )
    if isinstance(error, np.linalg.LinAlgError) or not isinstance(error, ValueError):
        return type(error)(message)
    return ShapeError(message)


def _matmul_hint(shapes: list[tuple[int, ...]]) -> str:
    left, right = shapes
    if not left or not right:
        return " A matrix product needs at least one axis on both sides; use * for numbers."
    inner = right[-2] if len(right) > 1 else right[0]
    axis = "first" if len(right) < 3 else "second to last"
    text = (
        f" The last axis of the left ({left[-1]}) must equal "
        f"the {axis} axis of the right ({inner})."
    )
    if len(right) == 2 and left[-1] == right[1]:
        return text + " Did you mean to transpose the right one, `x @ y.T`?"
    if len(left) == 2 and left[0] == inner:
        return text + " Did you mean to transpose the left one, `x.T @ y`?"
    return text


def _broadcast_hint(op: Op, shapes: list[tuple[int, ...]]) -> str:
    if op.kind != "elementwise" or len(shapes) != 2:
        return ""
    left, right = shapes
    text = " Axes are aligned from the right, and must be equal or 1."
    if len(left) == 1 and len(right) == 2 and left[0] == right[0]:
        return text + " Did you mean `x[:, None]` for the left one?"
    if len(right) == 1 and len(left) == 2 and right[0] == left[0]:
        return text + " Did you mean `y[:, None]` for the right one?"
    return text
