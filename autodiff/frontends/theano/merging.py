"""Merging while a function is compiled: an expression that stands twice is computed once.

What hangs on constants alone is computed here and now.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.core.language.registry import registry
from autodiff.frontends.theano.types import type_of


class Merger:
    """Answers an equation with an earlier one of the same op and operands, or with its value."""

    def __init__(self) -> None:
        self.seen: dict[Any, Equation] = {}

    def __call__(self, equation: Equation) -> Equation:
        """The equation to take in the place of one that was written anew."""
        op = equation.op
        assert op is not None
        if op.why.startswith("code: "):  # a draw is another one each time
            return equation
        constants = [_constant(i) for i in equation.inputs]
        if (
            op.name in registry.by_name
            and op.kind != "constant"
            and equation.inputs
            and all(c is not None for c in constants)
        ):
            value = np.asarray(op.function(*constants, **equation.params))
            folded = Equation(type_of(value), {"constant": value, "role": "constant"})
            folded.note["value"] = lambda: value  # type: ignore[index]
            return folded
        operands = tuple(
            ("constant", str(c.dtype), c.shape, c.tobytes()) if c is not None else i
            for c, i in zip(constants, equation.inputs, strict=True)
        )
        key = (op, operands, _frozen(equation.params))
        return self.seen.setdefault(key, equation)


def _frozen(value: Any) -> Any:
    """A parameter as something that can be looked up."""
    if isinstance(value, dict):
        return tuple((k, _frozen(v)) for k, v in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, slice):
        return "slice", _frozen((value.start, value.stop, value.step))
    return value


def _constant(operand: Any) -> Any:
    if operand.__class__ is Equation:
        return (operand.note or {}).get("constant")
    return np.asarray(operand)
