"""Choices between values: maximum, where, clip; and what only looks: comparisons, tests."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import composite, constant, elementwise
from autodiff.core.language.kinks import slope_at
from autodiff.core.language.op import case
from autodiff.ops.arguments import NO, refuse_out


def _bind_bounded(x, y):
    """A tie with a constant goes to the constant, a tie of two variables is shared."""
    both = is_traced(x) and is_traced(y)
    return (x, y), {} if both else {"tie": 0.0}


TIES = "at a tie with a constant: 0; between two variables: 1/2 each"


def _extreme(function, beats, label, skips_nan=False):
    """The entry of maximum and its kin; those that skip NaN let a number win over it."""

    rises = bool(beats(1, 0))  # the larger argument wins: the slope grows from 0 to 1

    def share(x, y, tie):
        won = beats(x, y)
        if tie:
            won = np.where(x == y, tie, won)
        else:
            won = slope_at(x == y, won, left=float(not rises), right=float(rises))
        if skips_nan and not np.all(ground(won) + ground(beats(y, x))):
            won = np.where(np.isnan(y) & ~np.isnan(x), 1.0, won)
        return won

    return elementwise(
        lambda x, y, tie=0.5: function(x, y),
        lambda ans, x, y, tie=0.5: share(x, y, tie),
        lambda ans, x, y, tie=0.5: share(y, x, tie),
        public=function, binder=_bind_bounded, keywords=("tie",), label=label, kinks=TIES,
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


clip = elementwise(
    np.clip,
    lambda ans, x, low, high: slope_at(
        x == high, slope_at(x == low, (x > low) & (x < high), 0.0, 1.0), 1.0, 0.0
    ),
    lambda ans, x, low, high: (x <= low) & (low < high),
    lambda ans, x, low, high: (x >= high) | (low >= high),
    binder=_bind_clip, arity=3, also=(np._core.umath.clip,), kinks="at a bound: 0 (the bound wins)",
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
