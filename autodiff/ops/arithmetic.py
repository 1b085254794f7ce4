"""Arithmetic, comparison, rounding, and the two-valued choices: maximum, where, clip."""

import operator

import numpy as np

from autodiff.core.dispatch import is_traced
from autodiff.core.kinds import constant, elementwise
from autodiff.core.op import case
from autodiff.core.symbol import Symbol

POSITIVE = (0.5, 2.0)
NONZERO = (0.5, 2.0)
ANY = (-2.0, 2.0)


def one_less(y):
    """y - 1, but 0 for y = 0, so that y * x**(y - 1) is 0 and not 0 * inf at x = 0."""
    if isinstance(y, int | float | Symbol):
        return y - 1 if not isinstance(y, int | float) or y != 0 else 0
    return np.where(y == 0, 0.0, y - 1)


def log_or_zero(x):
    """log(x), but 0 at x = 0, where x**y does not change with y > 0."""
    if isinstance(x, Symbol):
        return np.log(x)
    return np.where(x == 0, 0.0, np.log(np.where(x == 0, 1.0, x)))


add = elementwise(operator.add, 1, 1, public=np.add, label="{} + {}")
subtract = elementwise(operator.sub, 1, -1, public=np.subtract, label="{} - {}")
multiply = elementwise(
    operator.mul, lambda ans, x, y: y, lambda ans, x, y: x, public=np.multiply, label="{} * {}"
)
divide = elementwise(
    operator.truediv,
    lambda ans, x, y: 1 / y,
    lambda ans, x, y: -ans / y,
    public=np.divide,
    label="{} / {}",
    domain=(ANY, NONZERO),
)
power = elementwise(
    operator.pow,
    lambda ans, x, y: y * x ** one_less(y),
    lambda ans, x, y: ans * log_or_zero(x),
    public=np.power,
    label="{}**{}",
    domain=(POSITIVE, ANY),
)
negative = elementwise(operator.neg, -1, public=np.negative, label="-{}")
positive = elementwise(np.positive, 1, label="+{}")
reciprocal = elementwise(np.reciprocal, lambda ans, x: -ans * ans, label="1 / {}", domain=(NONZERO,))
square = elementwise(np.square, lambda ans, x: 2 * x, label="{}**2")
absolute = elementwise(
    np.absolute,
    lambda ans, x: np.sign(x),
    also=(np.fabs,),
    label="|{}|",
    domain=(NONZERO,),
    kinks="at 0: 0",
)
remainder = elementwise(
    operator.mod,
    1,
    lambda ans, x, y: -np.floor(x / y),
    public=np.remainder,
    label="{} % {}",
    domain=((2.1, 2.9), (0.85, 0.95)),
    kinks="at multiples of y: the slope to the right",
)


def _bind_bounded(x, y):
    """A tie with a constant goes to the constant, a tie of two variables is shared."""
    both = is_traced(x) and is_traced(y)
    return (x, y), {} if both else {"tie": 0.0}


def _win(own, other, tie=0.5):
    return np.where(own == other, tie, own > other)


maximum = elementwise(
    lambda x, y, tie=0.5: np.maximum(x, y),
    lambda ans, x, y, tie=0.5: _win(x, y, tie),
    lambda ans, x, y, tie=0.5: _win(y, x, tie),
    public=np.maximum,
    binder=_bind_bounded,
    keywords=("tie",),
    label="max({}, {})",
    kinks="at a tie with a constant: 0; between two variables: 1/2 each",
)
minimum = elementwise(
    lambda x, y, tie=0.5: np.minimum(x, y),
    lambda ans, x, y, tie=0.5: _win(-x, -y, tie),
    lambda ans, x, y, tie=0.5: _win(-y, -x, tie),
    public=np.minimum,
    binder=_bind_bounded,
    keywords=("tie",),
    label="min({}, {})",
    kinks="at a tie with a constant: 0; between two variables: 1/2 each",
)
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
)


def _bind_clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    low, high = a_min if a_min is not None else min, a_max if a_max is not None else max
    return (a, -np.inf if low is None else low, np.inf if high is None else high), {}


clip = elementwise(
    np.clip,
    lambda ans, x, low, high: (x > low) & (x < high),
    lambda ans, x, low, high: (x <= low) & (low < high),
    lambda ans, x, low, high: (x >= high) | (low >= high),
    binder=_bind_clip,
    arity=3,
    kinks="at a bound: 0 (the bound wins)",
    cases=(case((7,), -0.4, 0.6), case((2, 3), -0.4, (3,)), case((5,), None, 0.3)),
)

for _rounding in (np.floor, np.ceil, np.rint, np.trunc, np.sign, np.round, np.fix):
    constant(_rounding)
floor_divide = constant(operator.floordiv, public=np.floor_divide, arity=2, label="{} // {}")
for _comparison, _sign in (
    (np.less, "<"), (np.less_equal, "<="), (np.equal, "=="),
    (np.not_equal, "!="), (np.greater, ">"), (np.greater_equal, ">="),
):
    constant(_comparison, label=f"{{}} {_sign} {{}}")
for _test in (
    np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.logical_xor, np.isclose, np.allclose, np.array_equal, np.any, np.all, np.iscomplexobj,
    np.isrealobj,
):
    constant(_test)
