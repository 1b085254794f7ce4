"""Running a subject again with some inputs changed: what difference quotients are made of.

Charts, the search for a wrong rule and the gradient check that is stepped through all ask the
same question: what would the output be, had this number been a little larger?
"""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.records.subject import Subject
from autodiff.view.words.text import shape_of

COORDINATES, FEW, LARGE = 12, 3, 1_000_000
"""So many input coordinates at most are checked step by step; few where a run is large."""
AGREES, CLOSE = 1e-5, 1e-3
"""Relative errors up to which a derivative agrees with its quotient, and is close to it."""


def replay(subject: Subject, changed: dict[Equation, Any]) -> dict[Equation, Any]:
    """All values again, by the same operations, with some inputs changed."""
    values: dict[Equation, Any] = {}
    with np.errstate(all="ignore"):
        for equation in subject.program:
            if equation.op is None:
                values[equation] = changed.get(equation, ground(equation.value))
            else:
                given = [
                    values[i] if i.__class__ is Equation else ground(i) for i in equation.inputs
                ]
                values[equation] = equation.op.function(*given, **equation.params)
    return values


def step_size(value: float) -> float:
    """A step for central differences: about the cube root of the rounding error, scaled."""
    return float(np.float64(6e-6) * max(1.0, abs(value)))


def relative_error(one: float, other: float) -> float:
    """|one - other| / max(|one|, |other|), with a floor so that two zeros agree."""
    return abs(one - other) / max(abs(one), abs(other), 1e-8)


def verdict(error: float) -> str:
    """A relative error in a word."""
    if error <= AGREES:
        return "agrees"
    return "close: rounding, or a kink?" if error <= CLOSE else "WRONG"


def coordinates(subject: Subject) -> list[tuple[Equation, tuple[int, ...]]]:
    """The first coordinates of each real input, in order."""
    size = sum(math.prod(shape_of(equation.value)) for equation in subject.program)
    most = COORDINATES if size <= LARGE else FEW
    inputs = [e for e in subject.inputs if np.asarray(ground(e.value)).dtype.kind == "f"]
    found = []
    for equation in inputs:
        places = islice(np.ndindex(shape_of(equation.value)), max(1, most // len(inputs)))
        found += [(equation, place) for place in places]
    return found


def moved(equation: Equation, place: tuple[int, ...], shift: float) -> Any:
    """The input's value with one coordinate moved."""
    value = np.array(ground(equation.value), copy=True)
    value[place] += shift
    return value[()]
