"""Each recorded equation by itself: does its op's rule agree with its op's own function?

A whole program may hide a wrong rule in noise, and cannot say which rule it was.  One equation
can: its jvp and its vjp are compared with numeric differences of `op.function` at the values
that it had in the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.check.analytic import is_analytic
from autodiff.check.best_slopes import agree, best_slope
from autodiff.check.cancelling import DRAWS, ROUNDINGS, shaken, size_of
from autodiff.check.kinks.kinks import kinks_of
from autodiff.check.numeric import EPSILON, Line, Slope
from autodiff.core.language.dispatch import Params, ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.reverse.sweep import Parts, fit

RESOLVED = 1e-6
AT_MOST = 2000
"""So many equations are tried by themselves, the first of each op and shapes first."""


@dataclass(frozen=True, slots=True)
class WrongRule:
    """A rule that disagrees with its op's own function, at the values of one equation.

    `place` is the equation's index in the program, `argument` counts from 0, `said` and
    `numeric` are the derivative along one random direction.
    """

    equation: Equation
    place: int
    argument: int
    mode: str
    said: float
    numeric: float

    @property
    def error(self) -> float:
        """The relative disagreement."""
        scale = max(abs(self.said), abs(self.numeric), np.finfo(float).tiny)
        return abs(self.said - self.numeric) / scale

    def __str__(self) -> str:
        op, where = self.equation.op, self.equation.location
        name = op.name if op else "input"
        which = f" for argument {self.argument + 1}" if len(self.equation.inputs) > 1 else ""
        factor = self.said / self.numeric if self.numeric else np.nan
        off = f" ({factor:.8g} times what it should be)" if np.isfinite(factor) else ""
        return (
            f"the rule of {name} is wrong in {self.mode} mode{which}: by itself it says "
            f"{self.said:.10g} where differences of {name} say {self.numeric:.10g}{off}"
            + (f", at {where}" if where else "")
        )


def wrong_rules(program: Sequence[Equation], rng: np.random.Generator) -> list[WrongRule]:
    """The equations whose own rule is wrong, the worst first."""
    found: list[WrongRule] = []
    for place, equation in _chosen(program):
        for argument in _varying(equation):
            slope, ct, tangent = own_slope(equation, argument, rng)
            if not slope.smooth or not np.isfinite(slope.value):
                continue
            said = dict(_said(equation, argument, ct, tangent))
            floor = _rounding(equation, argument, ct, tangent, rng)
            bad = {mode: own for mode, own in said.items() if not agree(own, slope, floor)}
            if len({f"{value:.12g}" for value in bad.values()}) == 1:
                bad = {" and ".join(bad): next(iter(bad.values()))}
            for mode, value in bad.items():
                found.append(WrongRule(equation, place, argument, mode, value, slope.value))
    return sorted(found, key=lambda rule: -rule.error)


def all_resolved(program: Sequence[Equation], rng: np.random.Generator) -> bool:
    """Whether every equation's own derivative is known well enough to trust its rule."""
    chosen = list(_chosen(program))
    rules = ((equation, argument) for _, equation in chosen for argument in _varying(equation))
    slopes = (own_slope(equation, argument, rng)[0] for equation, argument in rules)
    return len(chosen) < AT_MOST and all(
        slope.smooth and slope.noise <= RESOLVED * max(abs(slope.value), 1e-12) for slope in slopes
    )


def _chosen(program: Sequence[Equation]) -> Iterator[tuple[int, Equation]]:
    """The equations with a rule, those of new ops and shapes before repetitions."""
    first, again, seen = [], [], set()
    for place, equation in enumerate(program):
        op = equation.op
        if op is None or op.kind == "constant" or op.name == "held":
            continue
        sizes = (np.shape(ground(p)) for p in equation.primals if not isinstance(p, tuple))
        key = op.name, id(op), tuple(sizes)
        (again if key in seen else first).append((place, equation))
        seen.add(key)
    yield from (first + again)[:AT_MOST]


def _varying(equation: Equation) -> Iterator[int]:
    """The arguments that a derivative is taken of: traced, and of floating point."""
    for argument, source in enumerate(equation.inputs):
        traced = source.__class__ is Equation and not isinstance(source.value, tuple)
        if traced and np.asarray(ground(equation.primals[argument])).dtype.kind in "fc":
            yield argument


def own_slope(
    equation: Equation, argument: int, rng: np.random.Generator
) -> tuple[Slope, Any, np.ndarray]:
    """The numeric derivative of one equation along one argument; its cotangent and tangent."""
    op = equation.op
    assert op is not None
    primals = [ground(primal) for primal in equation.primals]
    x = np.asarray(primals[argument])
    tangent = _off_kinks(equation, _reachable(equation, argument, rng))
    several = isinstance(equation.value, tuple)
    values = equation.value if several else (equation.value,)
    leaves = [np.asarray(ground(value)) for value in values]
    weights = [_random(leaf, rng) for leaf in leaves]

    def at(h: Any) -> list[Any]:
        moved = (x + h * tangent)[()]
        with np.errstate(all="ignore"):
            out = op.function(*primals[:argument], moved, *primals[argument + 1 :],
                              **equation.params)  # fmt: skip
        return list(out) if several else [out]

    conjugated = [None if w is None else np.conj(w) for w in weights]
    analytic = is_analytic(op) and x.dtype.kind == "f"
    ct = Parts(weights) if several else weights[0]
    said = [value for _, value in _said(equation, argument, ct, tangent[()])]
    line = Line(at, conjugated, precision([x, *leaves]), _moving(equation, argument, tangent))
    return best_slope(line, 1.0, analytic, said), ct, tangent[()]


def _moving(equation: Equation, argument: int, tangent: np.ndarray) -> list[Any] | None:
    """Which results the rule says depend on an operand, though rounding may hide it."""
    op, several = equation.op, isinstance(equation.value, tuple)
    assert op is not None
    primals = tuple(ground(primal) for primal in equation.primals)
    ans = tuple(map(ground, equation.value)) if several else ground(equation.value)
    tangents = [tangent[()] if i == argument else None for i in range(len(primals))]
    with np.errstate(all="ignore"):
        pushed = _tried(lambda: op.jvp(tangents, ans, primals, equation.params))
    if pushed is _refused or pushed is None:
        return None
    pairs = zip(pushed, ans, strict=True) if several else [(pushed, ans)]
    return [np.zeros(np.shape(a), bool) if t is None else np.not_equal(t, 0) for t, a in pairs]


def _off_kinks(equation: Equation, tangent: np.ndarray) -> np.ndarray:
    """A direction that leaves elements at a kink where they are: the others show the rule."""
    kink = kinks_of(equation)
    if kink is None or kink.places.shape != tangent.shape or kink.places.all():
        return tangent
    return np.where(kink.places, 0, tangent).astype(tangent.dtype)


def _reachable(equation: Equation, argument: int, rng: np.random.Generator) -> np.ndarray:
    """A direction in which an operand can move.

    Rules of decompositions may rely on what made their operand, such as symmetry: where that was
    a linear op, the direction is taken through it.
    """
    source, op = equation.inputs[argument], equation.op
    assert op is not None
    made = source.op is not None and source.op.kind == "linear" and len(source.primals) == 1
    if op.kind == "primitive" and made and not isinstance(source.primals[0], tuple):
        start = direction(np.asarray(ground(source.primals[0])), rng)
        return np.asarray(source.op.function(start, **source.params))
    return direction(np.asarray(ground(equation.primals[argument])), rng)


def direction(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random direction of about the size of x, element by element."""
    size = abs(x)
    size = np.where((size == 0) | ~np.isfinite(size), 1.0, size)
    drawn = rng.uniform(0.5, 1.0, x.shape) * rng.choice([-1.0, 1.0], x.shape)
    return (drawn * size).astype(x.dtype)


def precision(leaves: Sequence[np.ndarray]) -> float:
    """The relative precision of the least precise floating point array."""
    kinds = [leaf.dtype for leaf in leaves if leaf.dtype.kind in "fc"]
    return max((float(np.finfo(kind).eps) for kind in kinds), default=EPSILON)


def _random(leaf: np.ndarray, rng: np.random.Generator) -> Any:
    if leaf.dtype.kind not in "fc":
        return None
    drawn = rng.normal(size=leaf.shape)
    return (drawn if leaf.dtype.kind == "f" else drawn + 1j * rng.normal(size=leaf.shape))[()]


def _said(equation: Equation, argument: int, ct: Any, tangent: Any) -> Iterator[tuple[str, float]]:
    """What both modes of the rule say; a mode that refuses (no rule given) is left out."""
    op = equation.op
    assert op is not None
    primals = tuple(ground(primal) for primal in equation.primals)
    values = equation.value
    ans = tuple(map(ground, values)) if isinstance(values, tuple) else ground(values)
    tangents = [tangent if i == argument else None for i in range(len(primals))]
    with np.errstate(all="ignore"):
        pushed = _tried(lambda: op.jvp(tangents, ans, primals, equation.params))
        if pushed is not _refused:
            pairs = (
                zip(ct, pushed) if isinstance(ct, Parts) and pushed is not None else [(ct, pushed)]
            )
            yield "forward", _total(pairs)
        if op.add_vjp:
            pulled = _tried(lambda: _added(op, ct, primals[argument], equation.params))
        elif op.joint_vjp:
            pulled = _tried(lambda: op.joint_vjp(ct, ans, primals, equation.params)[argument])
        else:
            pulled = _tried(lambda: op.vjp(argument, ct, ans, primals, equation.params))
        if pulled is not _refused:
            if pulled is not None:
                pulled = fit(pulled, primals[argument], equation, argument)
            yield "reverse", _total([(pulled, tangent)])


def _added(op: Op, ct: Any, x: Any, params: Params) -> np.ndarray:
    """The cotangent that an op adds in place to a total, from 0."""
    assert op.add_vjp is not None
    total = np.zeros(np.shape(x), np.asarray(x).dtype)
    op.add_vjp(total, ct, params)
    return total


def _rounding(
    equation: Equation, argument: int, ct: Any, tangent: Any, rng: np.random.Generator
) -> float:
    """What rounding may leave of the terms that add up to a rule's derivative."""
    own = dict(_said(equation, argument, ct, tangent)).get("reverse", 0.0)
    draws = [
        dict(_said(equation, argument, shaken(ct, rng), tangent)).get("reverse", 0.0)
        for _ in range(DRAWS)
    ]
    return ROUNDINGS * EPSILON * size_of(draw - own for draw in draws)


_refused = object()


def _tried(rule: Any) -> Any:
    try:
        return rule()
    except Exception:  # a rule that can't be asked here has been asked by the check already
        return _refused


def _total(pairs: Any) -> float:
    return float(sum(np.sum(np.real(a * b)) for a, b in pairs if a is not None and b is not None))
