"""The search for the first value, forward or backward, that is NaN or infinite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.check.reasons import Reason, operands_at, reason_of_slope, reason_of_value, safe_where
from autodiff.core.language.dispatch import Params, ground
from autodiff.core.language.display.table import brief
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.reverse.sweep import Parts, fit, sweep


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the first non-finite value arose: in which equation, at which element, and why.

    `kind` is "value", "derivative", "argument" or "constant"; `given` are the operands at the
    element; `reaches` says whether it reached the result or the gradient, rather than being
    chosen away by a `where` or stopped by a zero cotangent.
    """

    kind: str
    equation: Equation
    element: tuple[int, ...]
    got: Any
    given: tuple[Any, ...]
    reason: str
    cure: str
    reaches: bool

    @property
    def op(self) -> str:
        """The name of the op, '' for an argument."""
        return self.equation.op.name if self.equation.op else ""

    @property
    def location(self) -> Any:
        """The user's line."""
        return self.equation.location

    @property
    def sentence(self) -> str:
        """Op, element, operands, reason and line in one sentence, without a full stop."""
        index = f"[{', '.join(map(str, self.element))}]" if self.element else ""
        where = f", at {self.location}" if self.location else ""
        got = _shown(self.got)
        if self.kind == "argument":
            name = self.equation.name or "an argument"
            return f"{name}{index} is {got} before anything is computed: {self.reason}"
        operands = f" of {', '.join(map(_shown, self.given))}" if self.given else ""
        if self.kind == "derivative":
            return (
                f"the first infinite or NaN derivative is that of {self.op}{operands} "
                f"(element {index or '()'}, {got}): {self.reason}{where}"
            )
        return (
            f"the first value that is not finite is {self.op}{index}{operands} = {got}: "
            f"{self.reason}{where}"
        )

    def __str__(self) -> str:
        return f"{self.sentence}\n  {self.cure}"


def _shown(value: Any) -> str:
    return f"{value:.6g}" if np.ndim(value) == 0 else brief(value)


def investigate(
    program: Sequence[Equation], seeds: Mapping[Equation, Any], harmless: bool = False
) -> Finding | None:
    """The first non-finite value of a run; without one, the first non-finite derivative.

    With `harmless` also a derivative that a zero cotangent has stopped.
    """
    with np.errstate(all="ignore"):
        found = first_value(program, seeds)
        if found is not None and (found.reaches or harmless):
            return found
        found = first_slope(program, seeds, strict=True)
        if found is None and harmless:
            found = first_slope(program, seeds, strict=False)
        return found


def users_of(program: Sequence[Equation]) -> dict[Equation, list[Equation]]:
    """For each equation those that read its result."""
    users: dict[Equation, list[Equation]] = {}
    for equation in program:
        for source in dict.fromkeys(i for i in equation.inputs if i.__class__ is Equation):
            users.setdefault(source, []).append(equation)
    return users


def _bad(value: Any) -> np.ndarray | None:
    """The mask of the elements that are not finite, None where there are none."""
    array = np.asarray(ground(value)) if not isinstance(value, tuple) else None
    if array is None or array.dtype.kind not in "fc":
        return None
    mask = ~np.isfinite(array)
    return mask if mask.any() else None


def first_value(
    program: Sequence[Equation], outputs: Mapping[Equation, Any] | None = None
) -> Finding | None:
    """The first equation that made a non-finite value of finite operands."""
    users: dict[Equation, list[Equation]] | None = None
    weak: Finding | None = None
    for equation in program:
        mask = _bad(equation.value)
        if mask is None:
            continue
        if users is None:
            users = users_of(program)
        found = _origin(equation, mask, users, outputs)
        if found is None:
            continue
        meant = found.kind == "constant" and np.isinf(found.got)
        if found.reaches and not meant:
            return found
        if meant and not found.reaches:
            continue  # -inf as a mask, as in the unused places of a softmax
        weak = weak or found
    return weak


def _origin(
    equation: Equation,
    mask: np.ndarray,
    users: dict[Equation, list[Equation]],
    outputs: Mapping[Equation, Any] | None,
) -> Finding | None:
    value = np.asarray(ground(equation.value))
    reaches, chosen_by = _fate(equation, users, outputs)
    element = tuple(np.argwhere(mask)[0].tolist())
    if equation.op is None:
        why = Reason("the data hold it", "Clean the data first: np.isfinite(x) says where.")
        return Finding("argument", equation, element, value[element], (), *why, reaches)
    if any(_bad(param) is not None for param in _numbers(equation.params.values())):
        return None  # `constant_values=-np.inf` and its kin are meant
    if equation.op.kind == "elementwise":
        operands = [np.broadcast_to(ground(p), mask.shape) for p in equation.primals]
        fresh = mask.copy()
        for source, operand in zip(equation.inputs, operands, strict=True):
            if source.__class__ is Equation:
                fresh &= np.isfinite(operand)
        if not fresh.any():
            return None
        element = tuple(np.argwhere(fresh)[0].tolist())
        given = tuple(operands_at(equation, element))
    else:
        if any(_bad(p) is not None for p in equation.primals if not isinstance(p, tuple)):
            return None
        given = tuple(map(ground, equation.primals))
    if not all(np.all(np.isfinite(g)) for g in given if np.asarray(g).dtype.kind in "fc"):
        why = Reason(
            "a constant operand holds it", "Clean that array first: np.isfinite(a) says where."
        )
        return Finding("constant", equation, element, value[element], given, *why, reaches)
    why = reason_of_value(equation, given, users)
    if chosen_by is not None:
        why = _unused_branch(why, equation, chosen_by)
    return Finding("value", equation, element, value[element], given, *why, reaches)


def _unused_branch(why: Reason, equation: Equation, chosen_by: Equation) -> Reason:
    place = f" ({chosen_by.location})" if chosen_by.location else ""
    name = equation.op.name if equation.op else ""
    return Reason(
        f"{why.name}, in the unused branch of np.where{place}, which computes both branches",
        safe_where(_CALLS.get(name, f"np.{name}(x)"), "condition")
        + " Then neither branch meets a bad argument.",
    )


_CALLS = {"divide": "y / np.where(condition, x, 1.0)", "power": "x**p", "reciprocal": "1 / (x)"}


def _numbers(values: Any) -> list[Any]:
    return [v for v in values if isinstance(v, float | np.ndarray)]


def _fate(
    origin: Equation,
    users: dict[Equation, list[Equation]],
    outputs: Mapping[Equation, Any] | None,
) -> tuple[bool, Equation | None]:
    """Whether a non-finite value reached an output, and the `where` that chose it away."""
    chosen_by, reached = None, False
    seen, stack = {origin}, [origin]
    while stack:
        equation = stack.pop()
        if outputs is None:
            reached = reached or not users.get(equation)
        else:
            reached = reached or equation in outputs
        for user in users.get(equation, []):
            if user in seen:
                continue
            seen.add(user)
            if _bad(user.value) is not None:
                stack.append(user)
            elif user.op is not None and user.op.name == "where":
                chosen_by = chosen_by or user
    return reached, chosen_by


def first_slope(
    program: Sequence[Equation], seeds: Mapping[Equation, Any], strict: bool
) -> Finding | None:
    """The first equation of the reverse sweep that made a non-finite cotangent of a finite one."""
    kept = sweep(program, dict(seeds), keep=True, strict=strict)
    if all(_bad(ct) is None for ct in kept.values()):
        return None
    for equation in reversed(program):
        op, ct = equation.op, kept.get(equation)
        if op is None or ct is None or isinstance(ct, Parts) or _bad(ct) is not None:
            continue
        primals = tuple(map(ground, equation.primals))
        ct, ans, params = ground(ct), ground(equation.value), equation.params
        together = op.joint_vjp and op.joint_vjp(ct, ans, primals, params)
        for index, source in enumerate(equation.inputs):
            if source.__class__ is not Equation:
                continue
            new = together[index] if together else op.vjp(index, ct, ans, primals, params)
            if new is None or isinstance(new, Parts):
                continue
            if strict:
                new = _stopped(new, op, ct, primals[index], params)
            if _bad(new) is not None:
                return _backward_finding(equation, index, new, reaches=strict)
    return None


def _stopped(new: Any, op: Op, ct: Any, primal: Any, params: Params) -> Any:
    """A rule's result with 0 where its cotangent is exactly 0, as in the engine's strict sweep."""
    if op.expand is not None:
        return np.where(op.expand(ct, primal, params) == 0, 0.0, new)
    return new if np.any(ct != 0) else np.zeros_like(ground(new))


def _backward_finding(equation: Equation, index: int, new: Any, reaches: bool) -> Finding:
    element = tuple(np.argwhere(_bad(new))[0].tolist())
    got = np.asarray(ground(new))[element]
    if equation.op is not None and equation.op.kind == "elementwise":
        given = tuple(operands_at(equation, element))
    else:
        given = tuple(map(ground, equation.primals))
        own = np.asarray(ground(fit(new, given[index], equation, index)))
        element = tuple(np.argwhere(~np.isfinite(own))[0].tolist())
    return slope_finding(equation, element, got, given, reaches)


def slope_finding(
    equation: Equation, element: tuple[int, ...], got: Any, given: tuple[Any, ...], reaches: bool
) -> Finding:
    """The finding for a derivative that came out infinite or NaN; or was stopped by a zero."""
    why = reason_of_slope(equation, given)
    if not reaches:
        why = Reason(
            f"{why.name}; here it is multiplied by a derivative of exactly 0, as in the unused "
            "branch of np.where, and 0 * infinity counts as 0 in this engine",
            why.cure,
        )
    return Finding("derivative", equation, element, got, given, *why, reaches)
