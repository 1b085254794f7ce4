"""Second derivatives at a kink: both sides instead of a slope that counts as constant.

At a kink the engine takes the mean slope, whose own derivative is 0.  So |x|**2 would have the
second derivative 0 at 0 where it is 2, without a word.  Where a rule is evaluated at traced values
(which happens in a second derivative only), the op's entry tells whether some element is at a kink
and moves off it, and the trace along which it moves is told:

- forward mode runs again just beside the kink, once on each side along its direction.  What is
  smooth comes out the same on both sides; where the sides differ, there is no second derivative,
  and the answer is their mean, with a warning;
- reverse mode has no direction to go along, and warns.

A run whose primals are at no kink pays one comparison an op with a kink; a first derivative pays
nothing.

    >>> import autodiff as ad
    >>> ad.hessian(lambda x: np.linalg.norm(x) ** 2)(np.zeros(2))
    array([[2., 0.],
           [0., 2.]])
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import KinkWarning
from autodiff.core.ground.locations import Place, locate, stacklevel
from autodiff.core.language.dispatch import Array, Params, Trace, apply, ground, is_traced, whole
from autodiff.core.language.op import Op
from autodiff.core.language.singular.kinks import Kinks, some

CLOSE = 1e-7
"""How far beside a tie the other side is looked at, relative to the values that tie."""
NOISE = 1e-12
"""What is left of terms that cancel, relative to them."""

Rule = tuple[Array, tuple[Array, ...]]
"""The value and the arguments that a rule is evaluated at."""


def evaluated_at(
    op: Op,
    ans: Array,
    primals: tuple[Array, ...],
    params: Params,
    place: Place,
    ct: Any = None,
    seeds: Mapping[Any, Any] | None = None,
) -> Rule:
    """Where the rule of an op with kinks is evaluated: at its traced arguments, or just beside.

    Traces that move an element off a kink take note of the place.  `ct` is the cotangent that the
    rule will be given, `seeds` those that the sweep started from.
    """
    kinks: Kinks = op.kinks
    places = places_of(op, ans, primals, params)
    if not some(places):
        return ans, primals
    shifts = [p.shift if is_traced(p) else None for p in primals]
    if any(shift is not None for shift in shifts) and not kinks.steep:
        return beside(op, ans, primals, shifts, places, params)
    if ct is not None and kinks.tie and not _matters(op, ct, places, seeds):
        return ans, primals
    if kinks.steep:  # whether it moves does not show: its argument may be flat here
        for trace in _traces(primals[0]):
            _tell(trace, op, place)
        return ans, primals
    if op.kind == "reduction":
        assert op.expand is not None
        ans_wide = op.expand(ans, primals[0], params)
    else:
        ans_wide = ans
    gaps = kinks.gap(ans_wide, *primals, **params)
    for gap in gaps if gaps.__class__ is tuple else (gaps,):
        for trace in moving(gap, places):
            _tell(trace, op, place)
    return ans, primals


def _tell(trace: Trace, op: Op, place: Place) -> None:
    if trace.level > 1:
        trace.meet(op, place)
    else:  # the eager style, which has no end to wait for
        warn_of({place: op})


def _traces(value: Any) -> Iterable[Trace]:
    """All traces that a value belongs to."""
    while is_traced(value):
        yield value.owner
        value = value.lower


def places_of(op: Op, ans: Array, primals: Sequence[Array], params: Params) -> Any:
    """The mask of the elements of a call that are at a kink of the op."""
    return op.kinks.at(op, ground(ans), tuple(map(ground, primals)), params)


def beside(
    op: Op,
    ans: Array,
    primals: tuple[Array, ...],
    shifts: Sequence[Any],
    places: Any,
    params: Params,
) -> Rule:
    """Value and arguments just beside the kinks, each argument moved along its shift.

    Slopes do not depend on how far one goes: of |x| at 0 it is the sign of the shift, of a norm
    its direction.  Only what ties must not overtake others, and so goes a little way.
    """
    kinks: Kinks = op.kinks
    step = 1.0
    if kinks.tie:
        size = max((np.max(np.abs(s), initial=0.0) for s in shifts if s is not None), default=0.0)
        plain = [np.asarray(ground(p)) for p in primals]
        reach = max(np.max(np.abs(p), initial=0.0, where=np.isfinite(p)) for p in plain)
        step = CLOSE * (1 + reach) / size if size else 0.0
        places = True  # what does not tie does not change its place by so little
    moved = []
    for primal, shift in zip(primals, shifts, strict=True):
        if shift is not None:
            away = step * shift - (ground(primal) if kinks.shifted else 0.0)
            primal = primal + np.where(places, away, 0.0)[()]
        moved.append(primal)
    return apply(op, tuple(moved), params), tuple(moved)


def moving(value: Any, places: Any = True) -> Iterable[Trace]:
    """The traces along which some of the elements of a value change to first order."""
    while is_traced(value):
        if value.moves(_fitting(places, value)):
            yield value.owner
        value = value.lower


def _matters(op: Op, ct: Any, places: Any, seeds: Mapping[Any, Any] | None) -> bool:
    """Whether the cotangent at a tie is not 0, or does not stay so: else every share does."""
    if op.kind not in ("elementwise", "reduction"):
        places = True
    elif op.expand is not None and np.shape(ground(ct)) != np.shape(places):
        places = np.any(places)
    size = max((np.max(np.abs(whole(s)), initial=0.0) for s in (seeds or {}).values()), default=1.0)
    if some(places & (np.abs(ground(ct)) > NOISE * size)):
        return True
    return any(True for _ in moving(ct, places))


def _fitting(places: Any, value: Any) -> Any:
    """The places as a mask of a value's elements; everywhere where they are of something else."""
    shape = np.shape(ground(value))
    try:
        fits = np.broadcast_shapes(np.shape(places), shape) == shape
    except ValueError:
        fits = False
    return places if fits else True


# -- what is said -----------------------------------------------------------------------------

MEAN = "those on its two sides differ, and the answer is their mean"
LEFT_OUT = "the slope jumps there, and counts as constant"
_shown: dict[str, dict[Any, Any]] = {}


def warn_of(met: Mapping[Place, Op], said: str = LEFT_OUT) -> None:
    """Warn of second derivatives at kinks, once a line of the user's."""
    for place, op in met.items():
        location = locate(*place)
        kinks: Kinks = op.kinks
        instead = f", or write {kinks.instead}" if kinks.instead else ""
        at = f"\n  at {location}" if location else ""
        message = KinkWarning(
            f"a second derivative is taken exactly at a kink ({kinks.what}): {said}. Move the "
            f"point a little{instead}.{at}"
        )
        if location is None:
            warnings.warn(message, stacklevel=stacklevel())
            continue
        registry = _shown.setdefault(location.file, {})
        warnings.warn_explicit(
            message, KinkWarning, location.file, location.line, registry=registry
        )
