"""Variables whose arrays were handed out by `.data`: what the user changes there is noticed.

A graph that was recorded before such a change can't be swept any more: its rules would read the
new numbers.  Where an array is not what it was when it was handed out, the operations that read it
are computed again, and must come out as they were recorded.  So `w.data[...] -= step` between two
rounds of training is fine, and between a forward run and its `backward()` it is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.core.reverse.safekeeping import SMALL, sums_of


def hand_out(variable: Equation) -> None:
    """Remember the numbers of a variable whose array is given to the user."""
    note = variable.note = variable.note or {}
    note["handed"] = (_print(variable.value), _was_changed(variable))


def is_stale(variable: Equation, program: Iterable[Equation]) -> bool:
    """Whether an equation of the program read the variable before a change by the user."""
    if not _was_changed(variable):
        return False
    sharing = {variable}
    for equation in program:
        if equation.op is None or not any(i in sharing for i in equation.inputs if _is_node(i)):
            continue
        again = equation.op.function(*equation.primals, **equation.params)
        if not _equal(again, equation.value):
            return True
        value = equation.value
        if value.__class__ is np.ndarray and np.may_share_memory(value, variable.value):
            sharing.add(equation)
    return False


def _is_node(source: Any) -> bool:
    return source.__class__ is Equation


def _was_changed(variable: Equation) -> bool:
    """Whether a handed out array has changed at any time since."""
    handed = (variable.note or {}).get("handed")
    return handed is not None and (handed[1] or not _equal(handed[0], _print(variable.value)))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return all(map(_equal, a, b))
    if isinstance(a, bytes):
        return bool(a == b)
    return np.array_equal(a, b, equal_nan=True)


def _print(array: Any) -> Any:
    """A copy of a small array; of a large one sums that all of it has a part in."""
    return array.copy() if array.nbytes <= SMALL else sums_of(array)
