"""Single-point branches: `if x == 1: return 1.0`, `np.where(x == 0, a, b)`.

A comparison `==` that came out true chooses a branch for one point only.  A derivative looks at
the points around, where the other branch counts, so that of the chosen branch may be anything
(0 instead of 2, for x**2 with `if x == 1: return 1.0`).
"""

from __future__ import annotations

import dis
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation

_compare = dis.opmap["COMPARE_OP"]


class SinglePointWarning(AutodiffWarning):
    """A derivative was taken of a branch that counts at a single point."""


def single_points(cuts: Iterable[Equation], program: Iterable[Equation]) -> list[Equation]:
    """The comparisons `x == constant` of the user's that came out true and chose a branch.

    `cuts` are the recorded operations without a derivative.  Of comparisons of arrays those
    count that a `np.where` of the program was steered by.
    """
    found: list[Equation] = []
    conditions: list[Any] | None = None
    for cut in cuts:
        name = cut.op.name if cut.op else ""
        if (name != "equal" and name != "not_equal") or not _written_out(cut):
            continue
        if all(source.__class__ is Equation for source in cut.inputs):
            continue
        answer = np.asarray(ground(cut.value))
        if not np.any(answer if name == "equal" else ~answer):
            continue
        if answer.ndim:
            if conditions is None:
                conditions = [
                    np.asarray(ground(equation.primals[0]))
                    for equation in program
                    if equation.op is not None and equation.op.name == "where"
                ]
            if not any(np.array_equal(answer, condition) for condition in conditions):
                continue
        found.append(cut)
    return found


def _written_out(cut: Equation) -> bool:
    """Whether the comparison stands in the user's own code, rather than inside a rule."""
    return cut.code is not None and cut.code.co_code[cut.offset] == _compare


def warn_single_points(cuts: Iterable[Equation], program: Iterable[Equation]) -> None:
    """Warn, with the user's line, of each single-point branch that a derivative went through."""
    for cut in single_points(cuts, program):
        place = cut.location
        if place is None:
            continue
        warnings.warn_explicit(
            "the derivative is taken on a single point: a comparison == was true, and chose a "
            "branch that counts nowhere around this point, so its derivative may be wrong (it is "
            "that of the branch, not of the function). Let both branches agree in slope, or test "
            f"a range such as abs(x - a) < 1e-6.\n  at {place}",
            SinglePointWarning,
            place.file,
            place.line,
            registry=_told,
        )


_told: dict[Any, Any] = {}
"""What has been warned of, so that a training loop tells it once."""
