"""Exponentials, logarithms, roots, and the special functions that NumPy has."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import elementwise
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks

POSITIVE = (0.5, 2.0)
LN2, LN10 = float(np.log(2)), float(np.log(10))


def steep(what, convention, places=lambda ans, x: np.equal(x, 0)):
    """The kink of a root, which is infinitely steep at 0."""
    return Kinks(what, convention, places, lambda ans, x, *_: x, tie=True, steep=True)


exp = elementwise(np.exp, lambda ans, x: ans)
exp2 = elementwise(np.exp2, lambda ans, x: LN2 * ans)
expm1 = elementwise(np.expm1, lambda ans, x: ans + 1)
log = elementwise(np.log, lambda ans, x: 1 / x, domain=(POSITIVE,))
log2 = elementwise(np.log2, lambda ans, x: 1 / (LN2 * x), domain=(POSITIVE,))
log10 = elementwise(np.log10, lambda ans, x: 1 / (LN10 * x), domain=(POSITIVE,))
log1p = elementwise(np.log1p, lambda ans, x: 1 / (1 + x), domain=(POSITIVE,))
sqrt = elementwise(
    np.sqrt,
    lambda ans, x: 0.5 / ans,
    label="√({})",
    domain=(POSITIVE,),
    kinks=steep("the square root at 0", "infinite; np.linalg.norm has 0 there"),
)
cbrt = elementwise(
    np.cbrt,
    lambda ans, x: 1 / (3 * ans**2),
    domain=(POSITIVE,),
    kinks=steep("the cube root at 0", "infinite"),
)
logaddexp = elementwise(
    np.logaddexp,
    lambda ans, x, y: np.exp(below(x, ans)),
    lambda ans, x, y: np.exp(below(y, ans)),
)
logaddexp2 = elementwise(
    np.logaddexp2,
    lambda ans, x, y: np.exp2(below(x, ans)),
    lambda ans, x, y: np.exp2(below(y, ans)),
)


def below(x, ans):
    """x - ans; -inf where both are -inf (nothing has no share in nothing), 0 where both are inf."""
    with np.errstate(invalid="ignore"):  # inf - inf, decided below
        gap = x - ans
    plain = ground(x)
    none, all_of_it = np.equal(plain, -np.inf), np.equal(plain, np.inf)
    if np.any(none):
        gap = np.where(none, -np.inf, gap)
    return np.where(all_of_it, 0.0, gap) if np.any(all_of_it) else gap


hypot = elementwise(
    np.hypot,
    lambda ans, x, y: np.where(ans == 0, 0.0, x / np.where(ans == 0, 1.0, ans)),
    lambda ans, x, y: np.where(ans == 0, 0.0, y / np.where(ans == 0, 1.0, ans)),
    label="hypot({}, {})",
    kinks=Kinks(
        "hypot at (0, 0)", "0", lambda ans, x, y: np.equal(ans, 0), lambda ans, x, y: (x, y),
        instead="x**2 + y**2 for its square",
    ),
)  # fmt: skip

# -- sinc and its derivatives ---------------------------------------------------------------


def _sinc_value(x, order):
    """The derivative of sin(pi x) / (pi x) of some order; by its power series near 0."""
    if order == 0:
        return np.sinc(x)
    z = np.pi * np.asarray(x, np.result_type(x, float))
    small = np.abs(z) < 1.5 + 0.7 * order
    near, far = np.where(small, z, 0.0), np.where(small, 1.0, z)
    return np.pi**order * np.where(small, _sinc_series(near, order), _sinc_closed(far, order))[()]


def _sinc_series(z, order):
    """sum over 2k >= order of (-1)**k z**(2k - order) / ((2k + 1) (2k - order)!)."""
    total = np.zeros_like(z)
    start = (order + 1) // 2
    power = z ** (2 * start - order)
    for k in range(start, start + 20 + order):
        total = total + (-1) ** k * power / (2 * k + 1)
        power = power * z * z / ((2 * k - order + 1) * (2 * k - order + 2))
    return total


def _sinc_closed(z, order):
    """From z g(z) = sin z: z g^(n) + n g^(n-1) = sin^(n) z."""
    found = np.sin(z) / z
    for n in range(1, order + 1):
        found = (np.sin(z + n * np.pi / 2) - n * found) / z
    return found


sinc_slope = elementwise(
    _sinc_value, lambda ans, x, order: apply(sinc_slope, (x,), {"order": order + 1}),
    name="sinc_derivative", keywords=("order",),
    cases=(case((3,), order=1), case(np.array([0.0, 1e-3, 0.4, 3.0]), order=2)),
)  # fmt: skip
sinc = elementwise(
    np.sinc, lambda ans, x: apply(sinc_slope, (x,), {"order": 1}),
    cases=(case((3,)), case(()), case(np.array([0.0, 1e-9, 1.0, -2.5]))),
)  # fmt: skip

# -- the modified Bessel function of order 0 -------------------------------------------------


def _bessel_value(x, order):
    """I_n(x) = the mean of exp(x cos t) cos(n t) over 0 <= t < 2 pi, by the odd or even part.

    The trapezoidal rule on a periodic function converges faster than any power (Trefethen &
    Weideman, SIAM Review 56, 2014, section 4).
    """
    x = np.asarray(x, float)
    steps = 2 * int(20 + order + 1.5 * np.max(np.abs(x), initial=0.0) ** 0.5 * 6)
    t = np.arange(steps) * (2 * np.pi / steps)
    part = np.sinh if order % 2 else np.cosh
    return np.mean(part(x[..., None] * np.cos(t)) * np.cos(order * t), axis=-1)[()]


def _bessel(x, order):
    return apply(bessel, (x,), {"order": order})


bessel = elementwise(
    _bessel_value,
    lambda ans, x, order: (_bessel(x, abs(order - 1)) + _bessel(x, order + 1)) / 2,
    name="bessel_i", label="I{order}({})", keywords=("order",),
    cases=(case((3,), order=0), case((2,), order=1)),
)  # fmt: skip
i0 = elementwise(
    np.i0, lambda ans, x: _bessel(x, 1), label="I0({})",
    cases=(case((3,)), case(()), case(np.array([0.0, 5.0, -12.0]))),
)  # fmt: skip
