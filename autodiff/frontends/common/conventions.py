"""Ops with the slope that a system had at kinks and at ties.

Where a function has no derivative, each system chose one, and programs trained with it.  The
registry's own choice (the mean of both sides, ties share) stays what plain NumPy code gets; these
entries give the others:

    max_of_every_tie, min_of_every_tie     each of several largest elements has slope 1
    maximum_both, minimum_both             at x = y both have slope 1
    maximum_left, maximum_right            at x = y the left (the right) one has slope 1
    clip_closed, clip_open                 at a bound: 1, or 0
    rectified(negative, at_zero)           max(x, 0) with a slope below, and one at 0

>>> import autodiff as ad
>>> ad.grad(lambda x: np.sum(maximum_both(x, 0.0)))(np.array([-1.0, 0.0, 1.0]))
array([0., 1., 1.])
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.language.kinds import elementwise, reduction
from autodiff.core.language.op import Op

PRIVATE: dict[str, Any] = {"private": True}


def _extreme(function: Any, name: str) -> Op:
    return reduction(
        lambda x, axis=None, keepdims=False: function(x, axis=axis, keepdims=keepdims),
        lambda ans, x, axis=None: np.where(x == ans, 1.0, 0.0),
        name=name, kinks="every tie has slope 1", **PRIVATE,
    )  # fmt: skip


max_of_every_tie = _extreme(np.max, "max")
min_of_every_tie = _extreme(np.min, "min")


def _larger(name: str, function: Any, left: Any, right: Any, kinks: str) -> Op:
    return elementwise(
        lambda x, y: function(x, y),
        lambda ans, x, y: np.where(left(x, y), 1.0, 0.0),
        lambda ans, x, y: np.where(right(x, y), 1.0, 0.0),
        name=name, kinks=kinks, **PRIVATE,
    )  # fmt: skip


maximum_both = _larger("maximum", np.maximum, np.greater_equal, np.less_equal, "a tie: 1 to both")
minimum_both = _larger("minimum", np.minimum, np.less_equal, np.greater_equal, "a tie: 1 to both")
maximum_left = _larger("maximum", np.maximum, np.greater_equal, np.less, "a tie: 1 to the left")
minimum_left = _larger("minimum", np.minimum, np.less_equal, np.greater, "a tie: 1 to the left")
maximum_right = _larger("maximum", np.maximum, np.greater, np.less_equal, "a tie: 1 to the right")
minimum_right = _larger("minimum", np.minimum, np.less, np.greater_equal, "a tie: 1 to the right")

clip_closed = elementwise(
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda ans, x, low, high: np.where((x >= low) & (x <= high), 1.0, 0.0),
    lambda ans, x, low, high: np.where(x < low, 1.0, 0.0),
    lambda ans, x, low, high: np.where(x > high, 1.0, 0.0),
    name="clip", kinks="at a bound: 1", **PRIVATE,
)  # fmt: skip
clip_open = elementwise(
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda ans, x, low, high: np.where((x > low) & (x < high), 1.0, 0.0),
    None,
    None,
    name="clip", kinks="at a bound: 0", **PRIVATE,
)  # fmt: skip


@functools.cache
def rectified(negative: float = 0.0, at_zero: float = 0.0) -> Op:
    """The op x where x > 0 and `negative` x elsewhere, whose slope at 0 is `at_zero`.

    >>> rectified(0.2)(np.array([-1.0, 0.0, 3.0]))
    array([-0.2,  0. ,  3. ])
    """
    return elementwise(
        lambda x: np.where(x > 0, x, negative * x).astype(np.asarray(x).dtype)[()],
        lambda ans, x: np.where(x > 0, 1.0, np.where(x == 0, at_zero, negative)),
        name="relu" if not negative else "leaky_relu",
        kinks=f"at 0: {at_zero:g}", **PRIVATE,
    )  # fmt: skip


def exponential_linear(x: Any, alpha: float) -> Any:
    """x, and alpha (exp(x) - 1) where x is not above 0; its slope at 0 is alpha."""
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x)))
