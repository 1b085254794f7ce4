"""Values that a rule found as the limit of 0/0: right, and not to be differentiated once more.

The limit is known at this point only, and how it changes with the gap is a limit of higher order,
which nobody computed.  So the derivative with respect to the gap is NaN here; where NaN comes out
of a whole sweep, `refuse_limits` says why.  That with respect to the numerator is known: a
quotient is linear in it, and so is its limit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.kinds import elementwise
from autodiff.core.language.op import Op

limit: Op = elementwise(
    lambda gap, value: value + 0.0 * gap,
    lambda ans, gap, value: np.full_like(ground(ans), np.nan),
    lambda ans, gap, value: apply(limit, (gap, np.ones_like(ground(ans)))),
    name="limit",
    private=True,
    arity=2,
)
"""`value`, the limit of a quotient at a gap of 0."""


def refuse_limits(program: Iterable[Equation]) -> None:
    """Raise the error for a derivative of a limit, if one is in a program that gave NaN."""
    found = next((equation for equation in program if equation.op is limit), None)
    if found is None:
        return
    place = f"\n  first met at {found.location}" if found.location else ""
    raise UnsupportedError(
        "a second derivative through the vectors of equal eigenvalues or singular values is not "
        "known here: the first is a limit of 0/0, and how that changes is a limit of higher order. "
        "Write the function without vectors (np.linalg.inv or matrix_power for powers, the values "
        "alone, or a series for exp), or move the values apart by a known small matrix."
        f"{here()}{place}"
    )
