"""Arithmetic: sums, products, quotients, powers, remainders."""

import operator

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, constant, elementwise
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks, slope_at
from autodiff.core.values.symbol import Symbol
from autodiff.ops.ground.arguments import arrayed, is_complex, refuse, refuse_traced

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


def slope_of_power(ans, x, y):
    """The derivative of x**y along x."""
    if y.__class__ is int and y == 2:
        return 2 * x
    return y * x ** one_less(y)


add = elementwise(operator.add, 1, 1, public=np.add, label="{} + {}")
subtract = elementwise(operator.sub, 1, -1, public=np.subtract, label="{} - {}")
multiply = elementwise(
    operator.mul, lambda ans, x, y: y, lambda ans, x, y: x, public=np.multiply, label="{} * {}",
    symmetric=True,
)  # fmt: skip
divide = elementwise(
    operator.truediv,
    lambda ans, x, y: 1 / y,
    lambda ans, x, y: -ans / y,
    public=np.divide, label="{} / {}", domain=(ANY, NONZERO),
)  # fmt: skip
power = elementwise(
    operator.pow,
    slope_of_power,
    lambda ans, x, y: ans * log_or_zero(x),
    public=np.power, label="{}**{}", domain=(POSITIVE, ANY),
    kinks="x**0 is flat, also at 0; 0**y is flat in y",
)  # fmt: skip
float_power = elementwise(
    np.float_power,
    slope_of_power,
    lambda ans, x, y: ans * log_or_zero(x),
    label="{}**{}", domain=(POSITIVE, ANY),
)  # fmt: skip
negative = elementwise(operator.neg, -1, public=np.negative, label="-{}")
positive = elementwise(np.positive, 1, label="+{}")
reciprocal = elementwise(
    np.reciprocal, lambda ans, x: -ans * ans, label="1 / {}", domain=(NONZERO,)
)
square = elementwise(np.square, lambda ans, x: 2 * x, label="{}**2")


def direction(x):
    """The derivative of |x|: the sign, of complex numbers conjugated."""
    return np.conj(unit(x)) if is_complex(x) else slope_at(x == 0, np.sign(x), -1.0, 1.0)


def unit(z):
    """z / |z|, the sign of a complex number; 0 for 0."""
    size = np.abs(z)
    return z / np.where(size == 0, 1.0, size)


def at_zero(what, convention, instead=""):
    """The kink of an op that has one where x is 0."""
    return Kinks(
        what, convention, lambda ans, x, *_, **__: np.equal(x, 0), lambda ans, x, *_, **__: x,
        instead=instead,
    )  # fmt: skip


AT_ZERO = at_zero("|x| at 0", "0", "x * np.conj(x) or x**2 for np.abs(x)**2")
absolute = elementwise(
    np.absolute, lambda ans, x: direction(x),
    label="|{}|", domain=(NONZERO,), kinks=AT_ZERO, real=True,
)  # fmt: skip
fabs = elementwise(
    np.fabs, lambda ans, x: direction(x), label="|{}|", domain=(NONZERO,), kinks=AT_ZERO
)

# -- remainders and parts -------------------------------------------------------------------

remainder = elementwise(
    operator.mod,
    1,
    lambda ans, x, y: -np.floor(x / y),
    public=np.remainder, label="{} % {}", domain=((2.1, 2.5), (0.85, 0.95)),
    kinks="at multiples of y: the slope to the right",
)  # fmt: skip
fmod = elementwise(
    np.fmod,
    1,
    lambda ans, x, y: -np.trunc(x / y),
    domain=((2.1, 2.5), (0.85, 0.95)), kinks="at multiples of y: the slope away from 0",
)  # fmt: skip
floor_divide = constant(operator.floordiv, public=np.floor_divide, arity=2, label="{} // {}")
fraction = elementwise(
    lambda x: np.modf(x)[0], 1, name="fraction", domain=((0.1, 0.9),), kinks="at whole numbers: 1"
)
copysign = elementwise(
    np.copysign,
    lambda ans, x, y: direction(x) * np.copysign(1.0, ground(y)),
    None,
    domain=(NONZERO, ANY), kinks=at_zero("|x| at 0, with the sign of y", "0"),
)  # fmt: skip
ldexp = elementwise(
    np.ldexp, lambda ans, x, n: np.exp2(n), None,
    cases=(case((3,), 2), case((2, 3), np.array([1, -1, 0])), case((), 3)),
)  # fmt: skip
heaviside = elementwise(
    np.heaviside, 0, lambda ans, x, h: np.where(x == 0, 1.0, 0.0), kinks="at 0: flat in x"
)


sign_op = constant(np.sign, binder=lambda x: ((x,), {}))


@composite(np.sign)
def sign(x):
    """-1, 0 or 1, which has no derivative; of complex numbers z / |z|, which turns with z."""
    return unit(x) if is_complex(x) else apply(sign_op, (x,))


@composite(np.divmod)
def divmod(x, y):
    """The floor of the quotient, and the remainder."""
    return np.floor_divide(x, y), np.remainder(x, y)


@composite(np.modf)
def modf(x):
    """The fraction, with derivative 1, and the whole part, with derivative 0."""
    return fraction(x), np.trunc(x)


@composite(np.frexp)
def frexp(x):
    """The mantissa x / 2**n, and the exponent n."""
    _, exponent = np.frexp(ground(x))
    return np.ldexp(x, -exponent), exponent


def _bind_nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    if not copy:
        refuse("np.nan_to_num with copy=False, which changes its argument,", "Leave it out.")
    refuse_traced("nan_to_num", nan=nan, posinf=posinf, neginf=neginf)
    return (x,), {"nan": nan, "posinf": posinf, "neginf": neginf}


nan_to_num = elementwise(
    lambda x, nan, posinf, neginf: np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf),
    lambda ans, x, nan, posinf, neginf: np.where(np.isfinite(x), 1.0, 0.0),
    public=np.nan_to_num,
    binder=_bind_nan_to_num,
    keywords=("nan", "posinf", "neginf"),
    cases=(case((3,)), case((2, 3), nan=1.0)),
)  # fmt: skip

for _rounding in (np.floor, np.ceil, np.rint, np.trunc, np.round, np.around, np.fix):
    constant(_rounding)


@composite(np.real_if_close, result="view")
def real_if_close(a, tol=100):
    """The real part, where all imaginary parts are within `tol` of 0."""
    a = arrayed(a)
    if not is_complex(a):
        return a
    small = not np.iscomplexobj(np.real_if_close(ground(a), tol))
    return np.real(a) if small else a


@composite(np.unwrap)
def unwrap(p, discont=None, axis=-1, *, period=2 * np.pi):
    """p with whole periods added so that no step is larger than half a period."""
    plain = ground(p)
    return p + (np.unwrap(plain, discont, axis, period=period) - plain)
