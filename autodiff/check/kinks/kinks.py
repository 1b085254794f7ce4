"""Kinks by op: where each stands, and which derivative the engine takes there.

A kink is a point without a derivative: |x| at 0, a tie of a maximum, the bound of a clip.  It
stands with its convention in the op's entry of the registry (`core.language.kinks`).  Points of
other kinds, where an op jumps or is infinitely steep, are found by the detectors here, which look
at the values of one recorded equation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.singular.kinks import Kinks

COMPARISONS = frozenset(("less", "less_equal", "greater", "greater_equal"))
SHAPES = frozenset(
    (
        *("shape", "ndim", "size", "zeros_like", "ones_like", "empty_like", "full_like"),
        "result_type",
        *("can_cast", "common_type", "min_scalar_type"),
        *("array2string", "array_repr", "array_str", "iscomplexobj", "isrealobj"),
        *("diag_indices_from", "tril_indices_from", "triu_indices_from"),
    )
)
"""Ops that do not look at the values of their argument, only at its shape or dtype; or show it."""
TESTS = frozenset(
    (
        *("equal", "not_equal", "isnan", "isfinite", "isinf", "isneginf", "isposinf", "signbit"),
        *("isclose", "allclose", "array_equal", "array_equiv", "isreal", "iscomplex", "isin"),
        *("logical_and", "logical_or", "logical_not", "logical_xor", "any", "all"),
    )
)
QUIET = COMPARISONS | SHAPES | TESTS
"""Ops without a derivative whose results enter no value: they only steer what is computed."""


@dataclass(frozen=True, slots=True)
class Kink:
    """Elements of one equation at which its op has no derivative.

    `what` says it in words (`|x| at 0`), `convention` what the engine answers there; `places` is
    a mask over the op's argument.
    """

    equation: Equation
    what: str
    convention: str
    places: np.ndarray

    @property
    def count(self) -> int:
        """How many elements are at the kink."""
        return int(np.sum(self.places))

    @property
    def element(self) -> tuple[int, ...]:
        """The first of them."""
        return tuple(np.argwhere(self.places)[0].tolist()) if self.count else ()


def _power(ans: Any, x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        sharp = np.equal(x, 0) & (np.not_equal(y, np.round(y)) & np.less(y, 1) & np.greater(y, 0))
    return sharp, "x**p at x = 0 with 0 < p < 1", "infinite"


def _multiple(ans: Any, x: Any, y: Any) -> Any:
    return np.equal(ans, 0), "x a multiple of y: the remainder jumps", "1 along x"


def _whole(ans: Any, x: Any) -> Any:
    return np.equal(ans, 0), "a whole number: the fraction jumps", "1"


def _compared(ans: Any, x: Any, y: Any) -> Any:
    return np.equal(x, y), "both sides of a comparison are equal", "the branch that was taken"


def _equal_values(index: int, what: str) -> Callable[..., Any]:
    """A detector for decompositions whose values, result `index`, may coincide."""

    def detect(ans: Any, *args: Any, **params: Any) -> Any:
        values = np.sort(np.asarray(ans[index] if isinstance(ans, tuple) else ans), axis=-1)
        near = abs(np.diff(values, axis=-1)) <= 1e-12 * np.max(abs(values), initial=0.0)
        return near, what, "refused where vectors are needed" if index >= 0 else "infinite"

    return detect


def _both_zero(what: str, convention: str) -> Callable[..., Any]:
    return lambda ans, x, y: (np.equal(x, 0) & np.equal(y, 0), what, convention)


DETECTORS: dict[str, Callable[..., Any]] = {
    "heaviside": lambda ans, x, y: (np.equal(x, 0), "the step at 0", "0 along x"),
    "power": _power,
    "float_power": _power,
    "arctan2": _both_zero("arctan2 at (0, 0)", "NaN"),
    "remainder": _multiple,
    "fmod": _multiple,
    "fraction": _whole,
    "xlogy": lambda ans, x, y: (np.equal(x, 0) & np.equal(y, 0), "0 log 0", "0 in y"),
    "xlog1py": lambda ans, x, y: (np.equal(x, 0) & np.equal(y, -1), "0 log 0", "0 in y"),
    "eigh": _equal_values(0, "equal eigenvalues"),
    "eig": _equal_values(0, "equal eigenvalues"),
    "svd": _equal_values(1, "equal singular values"),
    "roots": _equal_values(-1, "a multiple root"),
    **dict.fromkeys(COMPARISONS, _compared),
}
"""Jumps, infinite slopes and equal values; kinks with finite slopes stand in the registry."""


def kinks_of(equation: Equation) -> Kink | None:
    """The elements of an equation at which its op has no derivative, or None."""
    op = equation.op
    if op is None:
        return None
    detect = DETECTORS.get(op.name)
    if detect is None and op.kinks.__class__ is not Kinks:
        return None
    primals = [np.asarray(ground(primal)) for primal in equation.primals]
    value = equation.value
    ans = tuple(map(ground, value)) if isinstance(value, tuple) else np.asarray(ground(value))
    if detect is None:
        found = op.kinks.at(op, ans, primals, equation.params), op.kinks.what, op.kinks.convention
    else:
        try:
            found = detect(ans, *primals, **equation.params)
        except (TypeError, ValueError):  # a user's own op of the same name, with other arguments
            return None
    places, what, convention = found
    return Kink(equation, what, convention, np.asarray(places)) if np.any(places) else None
