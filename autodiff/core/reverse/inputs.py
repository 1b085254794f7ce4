"""The variables of a trace: equations without an op, at which a sweep ends."""

from __future__ import annotations

import numpy as np

from autodiff.core.language.dispatch import Array
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.tensor import ReverseTrace, Tensor


def record_input(
    trace: ReverseTrace, value: Array, name: str | None = None, alone: bool = False
) -> Tensor:
    """A new variable of a trace; `alone` says that its array has no views."""
    if value.__class__ is np.ndarray:
        value = trace.keeper.variable(value, alone)
    elif value.__class__ is np.float64:
        value = float(value)
    equation = Equation(value, {"name": name} if name else None)
    trace.program.append(equation)
    return Tensor.of(trace, equation)
