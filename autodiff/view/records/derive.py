"""The numbers of a sweep, one edge at a time: what each use of a value contributes.

`reverse.sweep` gives the adjoints; a drawing also shows each term of their sums.  Both call the
same rules and undo broadcasting in the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.reverse.sweep import Parts, add_cotangents, fit, stop_zeros
from autodiff.view.words.text import cleaned

Use = tuple[Equation, int]
"""One use of a value: the equation that uses it, and as which operand."""


@dataclass(slots=True)
class Backward:
    """A reverse sweep with every term kept.

    `terms[use]` is what flows back along one edge, None where the rule has no derivative there;
    `order` lists the uses in the order in which the sweep takes them; `cancelled` are the values
    whose adjoint is 0 up to rounding, None before anybody asked.
    """

    adjoints: dict[Equation, Any]
    terms: dict[Use, Any] = field(default_factory=dict)
    order: list[Use] = field(default_factory=list)
    cancelled: set[Equation] | None = None


def pull(
    program: Sequence[Equation],
    seeds: dict[Equation, Any],
    shake: np.random.Generator | None = None,
) -> Backward:
    """Sweep the program in reverse from the seeds, keeping each contribution.

    With `shake` every adjoint is made wrong by a random share before it flows on.
    """
    with np.errstate(all="ignore"):
        found = _pull(program, seeds, False, shake)
        if not all(_is_finite(ct) for ct in found.adjoints.values()):
            found = _pull(program, seeds, True, shake)
    return found


SHARE = 2.0**-26
"""By how much of itself a shaken adjoint is wrong: half of the digits stay to see it move."""


def _shaken(ct: Any, rng: np.random.Generator) -> Any:
    value = ground(ct)
    if isinstance(ct, Parts | tuple) or np.asarray(value).dtype.kind not in "fc":
        return ct
    return ct * (1 + SHARE * rng.normal(size=np.shape(value)))


def _is_finite(ct: Any) -> bool:
    if isinstance(ct, tuple):
        return all(part is None or is_finite(part) for part in ct)
    return is_finite(ct)


def _pull(
    program: Sequence[Equation],
    seeds: dict[Equation, Any],
    strict: bool,
    shake: np.random.Generator | None,
) -> Backward:
    found = Backward(dict(seeds))
    for equation in reversed(program):
        ct = found.adjoints.get(equation)
        op = equation.op
        if ct is None or op is None:
            continue
        if shake is not None:
            ct = _shaken(ct, shake)
        primals = equation.primals
        ans, params = equation.value, equation.params
        together = op.joint_vjp and op.joint_vjp(ct, ans, primals, params)
        for index, source in enumerate(equation.inputs):
            if source.__class__ is not Equation:
                continue
            term = together[index] if together else op.vjp(index, ct, ans, primals, params)
            if term is not None:
                if strict and not isinstance(ct, Parts):
                    term = stop_zeros(term, equation, index, ct)
                term = fit(term, primals[index], equation, index)
                old = found.adjoints.get(source)
                found.adjoints[source] = term if old is None else add_cotangents(old, term)
            found.terms[equation, index] = term
            found.order.append((equation, index))
    return found


@dataclass(slots=True)
class Forward:
    """A forward sweep: the tangent of every value, and each operand's own share of it.

    `starts` are the tangents that it began with; `cancelled` is as for `Backward`.
    """

    starts: dict[Equation, Any]
    tangents: dict[Equation, Any]
    terms: dict[Use, Any] = field(default_factory=dict)
    cancelled: set[Equation] | None = None


def push(
    program: Sequence[Equation],
    starts: dict[Equation, Any],
    shake: np.random.Generator | None = None,
) -> Forward:
    """Push tangents of inputs through the program; values that do not depend on them have none.

    With `shake` every tangent is made wrong by a random share before it flows on.
    """
    found = Forward(starts, dict(starts))
    onward = found.tangents
    with np.errstate(all="ignore"):
        if shake is not None:
            onward = {equation: _shaken(t, shake) for equation, t in starts.items()}
        for equation in program:
            if equation.op is not None:
                _push_one(equation, found, onward)
                if shake is not None and equation in found.tangents:
                    onward[equation] = _shaken(found.tangents[equation], shake)
    return found


def _push_one(equation: Equation, found: Forward, onward: dict[Equation, Any]) -> None:
    tangents = [onward.get(i) if i.__class__ is Equation else None for i in equation.inputs]
    if all(tangent is None for tangent in tangents):
        return
    total = _tangent(equation, tangents)
    if total is not None:
        found.tangents[equation] = total
    for index, tangent in enumerate(tangents):
        if tangent is not None:
            alone = [t if i == index else None for i, t in enumerate(tangents)]
            several = sum(t is not None for t in tangents) > 1
            found.terms[equation, index] = _tangent(equation, alone) if several else total


def _tangent(equation: Equation, tangents: list[Any]) -> Any:
    tangent = equation.op.jvp(tangents, equation.value, equation.primals, equation.params)
    if tangent is None or isinstance(tangent, tuple):
        return tangent
    shape = np.shape(ground(equation.value))
    return np.broadcast_to(tangent, shape) if np.shape(ground(tangent)) != shape else tangent


def cut(equation: Equation) -> str:
    """The name of the op at which derivatives stop, if this is one."""
    constant = equation.op is not None and equation.op.kind == "constant"
    return cleaned(equation.op.name) if constant else ""
