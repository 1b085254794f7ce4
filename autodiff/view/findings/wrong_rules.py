"""The search for the first wrong rule: each equation by itself against difference quotients."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.findings.replay import CLOSE, relative_error
from autodiff.view.records.derive import pull
from autodiff.view.records.subject import Subject
from autodiff.view.words.text import cleaned, number


def _direction(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """A random direction; for a single number 1, so that the slope is the one in the picture."""
    return rng.normal(size=shape) if np.prod(shape) > 1 else np.ones(shape)[()]


def wrong_rules(subject: Subject) -> dict[Equation, str]:
    """The equations whose own reverse rule disagrees with numeric differences, with the reason.

    Each is tried by itself, at its own operands, with a fixed random cotangent and direction (1
    for a single number); the first in the order of the reverse sweep comes first.
    """
    wrong: dict[Equation, str] = {}
    rng = np.random.default_rng(0)
    for equation in reversed(subject.program):
        op = equation.op
        value = (
            np.asarray(ground(equation.value)) if not isinstance(equation.value, tuple) else None
        )
        if op is None or op.kind == "constant" or value is None or value.dtype.kind != "f":
            continue
        ct = _direction(rng, value.shape)
        terms = pull([equation], {equation: ct}).terms
        for index, operand in enumerate(equation.inputs):
            primal = ground(equation.primals[index])
            if operand.__class__ is not Equation or np.asarray(primal).dtype.kind != "f":
                continue
            t = _direction(rng, np.shape(primal))
            h = 6e-6 * max(1.0, float(np.max(np.abs(primal), initial=0.0)))
            sides = []
            for shift in (h, -h):
                args = [
                    primal + shift * t if i == index else ground(p)
                    for i, p in enumerate(equation.primals)
                ]
                with np.errstate(all="ignore"):
                    sides.append(op.function(*args, **equation.params))
            quotient = float(np.sum(ct * (sides[0] - sides[1]))) / (2 * h)
            term = terms.get((equation, index))
            own = 0.0 if term is None else float(np.sum(term * t))
            if np.isfinite(quotient) and not relative_error(own, quotient) <= CLOSE:
                wrong[equation] = (
                    f"wrong rule: {cleaned(op.name)}, argument {index + 1}, says {number(own)}; "
                    f"difference quotient {number(quotient)}"
                )
                break
    return wrong
