"""What is infinite or NaN, and the zeros that stop it.

A factor that is exactly zero stops an infinite or NaN one, also where IEEE arithmetic has
0 * inf = NaN: the branch of a `where` that was not taken has no say in the derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array, Params, ground, whole
from autodiff.core.language.op import Op

_ndarray = np.ndarray


def slope(partial: Callable[..., Any], ans: Array, primals: Any, params: Params) -> Any:
    """A partial at its arguments; Python's numbers as NumPy's where they refuse to divide by 0."""
    try:
        if params:
            return partial(ans, *primals, **params)
        return partial(ans, *primals)
    except ZeroDivisionError:
        values = [np.float64(x) if isinstance(x, int | float) else x for x in primals]
        return partial(ans, *values, **params)


def is_finite(value: Array) -> bool:
    """Whether no element is infinite or NaN, by one fast pass; may err on huge values only."""
    if value.__class__ is not _ndarray:
        value = whole(value)
    if value.__class__ is _ndarray:
        value = value if value.ndim == 1 else value.ravel("K")  # as it lies, which makes no copy
        return math.isfinite(value.dot(value).real)
    if value.__class__ is float or value.__class__ is np.float64:
        return math.isfinite(value)
    return math.isfinite(np.vdot(value, value).real)


def zero_partial(op: Op, index: int, ans: Array, primals: Sequence[Any], params: Params) -> Any:
    """Where an elementwise op's partial is exactly zero, as for the other branch of where."""
    partial = op.partials[index]
    return ground(slope(partial, ans, primals, params)) == 0 if callable(partial) else False
