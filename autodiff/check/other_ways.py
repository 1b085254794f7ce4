"""Whether a run takes another way at a point than beside it, so that its slope holds there alone.

A Newton iteration that starts at the root goes round its loop no time, and the derivative of what
it did is not that of the function: beside the point it goes round.  The comparisons of two runs, in
order, tell where they part.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import numpy as np

from autodiff.core.arguments.variables import Variables
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.transforms.record import Recorded, record

STEP = 1e-4
"""How far beside, of the size of a value."""
COMPARISONS = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")


def where_ways_part(
    f: Callable[..., Any], run: Recorded, variables: list[Variables]
) -> Equation | None:
    """The comparison of a run that comes out otherwise on both sides of its point, if one does."""
    found = []
    for step in (STEP, -STEP):
        beside = [v.with_leaves([_moved(x, step) for x in v.values]) for v in variables]
        try:
            other = record(f, tuple(beside), {}, tuple(range(len(beside))))
        except Exception:  # f is not defined there, or refuses it
            return None
        found.append(_first_other(run, other))
    return found[0] if None not in found else None


def _moved(value: Any, step: float) -> Any:
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return value
    return (array + step * np.maximum(abs(array), 1.0)).astype(array.dtype)[()]


def _first_other(run: Recorded, other: Recorded) -> Equation | None:
    for own, that in zip_longest(_comparisons(run), _comparisons(other)):
        if own is None or that is None:
            return own
        same = np.array_equal(ground(own.value), ground(that.value))
        if own.location != that.location or not same:
            return own
    return None


def _comparisons(run: Recorded) -> list[Equation]:
    """Those of single numbers, which a branch or a loop may ask for."""
    cuts = [cut for cut in run.trace.cuts if cut.op and cut.op.name in COMPARISONS]
    return [cut for cut in cuts if np.size(ground(cut.value)) == 1]
