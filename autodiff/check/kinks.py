"""Kinks by op: where each stands, and which derivative the engine takes there.

A kink is a point without a derivative: |x| at 0, a tie of a maximum, the bound of a clip.  The
detectors here look at the values of one recorded equation; the convention is that of the op's
entry in the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.ops.channels_last import tie_shares

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


def _zero(what: str, convention: str) -> Callable[..., Any]:
    return lambda ans, x, **params: (np.equal(x, 0), what, convention)


def _tie(ans: Any, x: Any, y: Any, tie: float = 0.5) -> Any:
    share = (
        "shared, 1/2 each" if tie else "that of the constant, 0 (as relu, clip and max(x, 0) have)"
    )
    return np.equal(x, y), "a tie of the two arguments", share


def _bounds(ans: Any, x: Any, low: Any, high: Any) -> Any:
    return np.equal(x, low) | np.equal(x, high), "x on a bound", "0 (the bound wins)"


def _extreme(ans: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    if np.ndim(x) == 0:
        return np.zeros(()), "", ""
    whole = ans if keepdims or np.ndim(ans) == np.ndim(x) else _expanded(ans, x, axis)
    equal = np.equal(x, whole)
    tied = equal & (np.sum(equal, axis=axis, keepdims=True) > 1)
    return tied, f"{int(np.sum(tied))} elements tie for the extreme", "shared equally among ties"


def _expanded(ans: Any, x: Any, axis: Any) -> Any:
    return np.expand_dims(ans, tuple(range(np.ndim(x))) if axis is None else axis)


def _equal_neighbours(ans: Any, x: Any, axis: Any = -1, **_: Any) -> Any:
    if np.ndim(x) == 0 or axis is None:
        x, axis = np.ravel(x), -1
    order = np.argsort(x, axis=axis, kind="stable")
    ordered = np.take_along_axis(x, order, axis)
    same = np.equal(np.diff(ordered, axis=axis), 0)
    pad = [(0, 0)] * np.ndim(x)
    pad[axis] = (1, 0)
    tied = np.pad(same, pad)
    return tied, "equal elements change places", "shared equally among ties"


def _reduced_zero(what: str) -> Callable[..., Any]:
    def detect(ans: Any, x: Any, **params: Any) -> Any:
        return np.equal(ans, 0) & (np.size(x) > 0), what, "0"

    return detect


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


def _block_ties(ans: Any, x: Any, size: Any) -> Any:
    whole = np.repeat(np.repeat(ans, size[0], axis=2), size[1], axis=3)
    equal = np.equal(x, whole)
    n, channels, rows, columns = np.shape(ans)
    blocks = np.reshape(equal, (n, channels, rows, size[0], columns, size[1]))
    tied = blocks & (np.sum(blocks, axis=(3, 5), keepdims=True) > 1)
    places = np.reshape(tied, np.shape(x))
    return places, f"{int(np.sum(places))} elements tie in their windows", "shared equally"


def _window_ties(ans: Any, x: Any, **window: Any) -> Any:
    shares = tie_shares(ans, x, **window)
    tied = np.any((shares > 0) & (shares < 1), axis=(4, 5))
    return tied, f"the largest of {int(np.sum(tied))} windows ties", "shared equally"


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
    "absolute": _zero("|x| at 0", "0"),
    "fabs": _zero("|x| at 0", "0"),
    "relu": _zero("relu at 0", "0"),
    "relu6": lambda ans, x: (np.equal(x, 0) | np.equal(x, 6), "relu6 at 0 or 6", "0"),
    "sqrt": _zero("the square root at 0", "infinite; np.linalg.norm has 0 there"),
    "cbrt": _zero("the cube root at 0", "infinite"),
    "copysign": lambda ans, x, y: (np.equal(x, 0), "copysign at 0", "the sign of y"),
    "heaviside": lambda ans, x, y: (np.equal(x, 0), "the step at 0", "0 along x"),
    "power": _power,
    "float_power": _power,
    "hypot": _both_zero("hypot at (0, 0)", "0"),
    "arctan2": _both_zero("arctan2 at (0, 0)", "NaN"),
    "remainder": _multiple,
    "fmod": _multiple,
    "fraction": _whole,
    "clip": _bounds,
    "norm": _reduced_zero("the norm of 0"),
    "power_norm": _reduced_zero("the norm of 0"),
    "std": _reduced_zero("the standard deviation of a constant"),
    "sort": _equal_neighbours,
    "partition": _equal_neighbours,
    "unique": _equal_neighbours,
    "block_max": _block_ties,
    "max_pool_channels_last": _window_ties,
    "i0e": _zero("exp(-|x|) at 0", "the mean of both slopes"),
    "i1e": _zero("exp(-|x|) at 0", "the mean of both slopes"),
    "ive": lambda ans, v, x: (np.equal(x, 0), "exp(-|x|) at 0", "the mean of both slopes"),
    "xlogy": lambda ans, x, y: (np.equal(x, 0) & np.equal(y, 0), "0 log 0", "0 in y"),
    "xlog1py": lambda ans, x, y: (np.equal(x, 0) & np.equal(y, -1), "0 log 0", "0 in y"),
    "eigh": _equal_values(0, "equal eigenvalues"),
    "eig": _equal_values(0, "equal eigenvalues"),
    "svd": _equal_values(1, "equal singular values"),
    "roots": _equal_values(-1, "a multiple root"),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), _tie),
    **dict.fromkeys(("max", "min"), _extreme),
    **dict.fromkeys(COMPARISONS, _compared),
}


def kinks_of(equation: Equation) -> Kink | None:
    """The elements of an equation at which its op has no derivative, or None."""
    op = equation.op
    detect = DETECTORS.get(op.name) if op is not None else None
    if op is None or detect is None:
        return None
    primals = [np.asarray(ground(primal)) for primal in equation.primals]
    value = equation.value
    ans = tuple(map(ground, value)) if isinstance(value, tuple) else np.asarray(ground(value))
    try:
        found = detect(ans, *primals, **equation.params)
    except (TypeError, ValueError):  # a user's own op of the same name, with other arguments
        return None
    places, what, convention = found
    return Kink(equation, what, convention, np.asarray(places)) if np.any(places) else None
