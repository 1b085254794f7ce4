"""Choices between values: maximum, where, clip; and what only looks: comparisons, tests."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, constant, elementwise
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks, mean_slope
from autodiff.ops.ground.arguments import NO, refuse_out

TIE = Kinks(
    "a tie of the two arguments", "shared, 1/2 each",
    lambda ans, x, y: np.equal(x, y), lambda ans, x, y: x - y, tie=True,
    instead="np.logaddexp(0, x) for np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))",
)  # fmt: skip


def _extreme(function, beats, label, skips_nan=False):
    """The entry of maximum and its kin; those that skip NaN let a number win over it."""

    rises = bool(beats(1, 0))  # the larger argument wins: the slope grows from 0 to 1

    def share(x, y):
        won = mean_slope(x == y, beats(x, y), left=float(not rises), right=float(rises))
        if skips_nan and not np.all(ground(won) + ground(beats(y, x))):
            won = np.where(np.isnan(y) & ~np.isnan(x), 1.0, won)
        return won

    return elementwise(
        function, lambda ans, x, y: share(x, y), lambda ans, x, y: share(y, x),
        label=label, kinks=TIE,
    )  # fmt: skip


maximum = _extreme(np.maximum, np.greater, "max({}, {})")
minimum = _extreme(np.minimum, np.less, "min({}, {})")
fmax = _extreme(np.fmax, np.greater, "fmax({}, {})", skips_nan=True)
fmin = _extreme(np.fmin, np.less, "fmin({}, {})", skips_nan=True)


where = elementwise(
    np.where,
    None,
    lambda ans, c, x, y: np.where(c, 1.0, 0.0),
    lambda ans, c, x, y: np.where(c, 0.0, 1.0),
    kinks="the derivative of the branch taken",
    cases=(
        case(np.array([True, False, True]), (3,), (3,)),
        case(np.array([[True], [False]]), (3,), (2, 1)),
        case(np.array(True), (), (2,)),
    ),
)  # fmt: skip


@composite(np.where, result="array")
def where_or_places(condition, x=None, y=None, /):
    """x where the condition holds, y elsewhere; of the condition alone, where it holds."""
    if x is None and y is None:
        return np.nonzero(ground(condition))
    return apply(where, (ground(condition), x, y))


def _bind_clip(a, a_min=NO, a_max=NO, out=None, *, min=NO, max=NO):
    refuse_out("clip", out)
    low = next((v for v in (a_min, min) if v is not NO and v is not None), -np.inf)
    high = next((v for v in (a_max, max) if v is not NO and v is not None), np.inf)
    return (a, low, high), {}


def _within(x, low, high):
    """The slope of clip in x: 1 between the bounds, the mean of 1 and 0 on one of them."""
    inside = (x > low) & (x < high)
    wide = low < high  # between equal bounds clip is constant
    slope = mean_slope((x == low) & wide, inside, 0.0, 1.0)
    return mean_slope((x == high) & wide, slope, 1.0, 0.0)


def _at_the_low_bound(x, low, high):
    """The slope of clip in its lower bound; equal bounds share."""
    below = mean_slope(x == low, x < low, 1.0, 0.0)
    return np.where(low < high, below, mean_slope((low == high) & (x <= low), False, 0.0, 1.0))


def _at_the_high_bound(x, low, high):
    """The slope of clip in its upper bound, which wins where the lower one is above it."""
    reached = np.maximum(x, low)
    return mean_slope(reached == high, reached > high, 0.0, 1.0)


clip = elementwise(
    np.clip,
    lambda ans, x, low, high: _within(x, low, high),
    lambda ans, x, low, high: _at_the_low_bound(x, low, high),
    lambda ans, x, low, high: _at_the_high_bound(x, low, high),
    binder=_bind_clip, arity=3, also=(np._core.umath.clip,),
    kinks=Kinks(
        "x on a bound", "1/2", lambda ans, x, low, high: (x == low) | (x == high),
        lambda ans, x, low, high: (x - low, x - high), tie=True,
    ),
    cases=(case((7,), -0.4, 0.6), case((2, 3), -0.4, (3,)), case((5,), None, 0.3)),
)  # fmt: skip

for _comparison, _sign in (
    (np.less, "<"), (np.less_equal, "<="), (np.equal, "=="),
    (np.not_equal, "!="), (np.greater, ">"), (np.greater_equal, ">="),
):  # fmt: skip
    constant(_comparison, label=f"{{}} {_sign} {{}}")
for _test in (
    np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.logical_xor, np.isclose, np.allclose, np.array_equal, np.array_equiv, np.iscomplexobj,
    np.isrealobj, np.iscomplex, np.isreal, np.isneginf, np.isposinf, np.spacing,
):  # fmt: skip
    constant(_test)
