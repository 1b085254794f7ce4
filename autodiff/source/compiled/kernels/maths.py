"""Elementary functions that vectorize: polynomials without calls and without branches.

A loop that calls the C library's `exp` does one element at a time.  These are formulas on the bits
of a number, which LLVM turns into vector instructions together with all else in the loop.  They
agree with NumPy's to about two units in the last place.  Where they do not hold (a sine of
more than 1e5) they give NaN, which a program does not return.  Formulas and coefficients: FDLIBM
(Sun Microsystems, 1993) for sine, cosine and logarithm, Cephes (Moshier, 1989) for tanh.
"""

# mypy: ignore-errors
from __future__ import annotations

import math

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

inlined = njit(fastmath={"contract"}, error_model="numpy", forceinline=True)
MAGIC = 6755399441055744.0
"""1.5 * 2**52: what is added to a number to round it into the last bits."""


@intrinsic
def bits(_context, x):
    """The bits of a float64."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def number(_context, x):
    """The float64 of some bits."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), generate


@njit(fastmath={"reassoc"}, error_model="numpy", forceinline=True)
def plus(total, x):
    """A sum, whose order the compiler may choose."""
    return total + x


@inlined
def exp(x):
    """2**n * p(r), with r = x - n log 2 in two parts and p Taylor's polynomial."""
    c = min(max(x, -746.0), 710.0)
    t = c * 1.4426950408889634 + MAGIC
    n = t - MAGIC
    r = (c - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * (r * r) + r + 1.0
    k = bits(t) - 4843621399236968448
    h = k >> 1
    y = p * number((h + 1023) << 52) * number((k - h + 1023) << 52)
    y = math.inf if x > 709.782712893384 else y
    return y if x == x else x


@inlined
def tanh(x):
    """A quotient of polynomials near 0, else by exp."""
    a = abs(x)
    s = x * x
    above = (-9.64399179425052238628e-1 * s - 9.92877231001918586564e1) * s - 1614.68768441708447952
    below = (
        (s + 1.12811678491632931402e2) * s + 2.23548839060100448583e3
    ) * s + 4.84406305325125486048e3
    near = x + x * s * above / below
    far = 1.0 - 2.0 / (exp(2.0 * a) + 1.0)
    far = -far if x < 0 else far
    return near if a < 0.625 else far


@inlined
def quarters(x):
    """x less the nearest multiple of pi/2, and the bits of which multiple."""
    t = x * 0.6366197723675814 + MAGIC
    n = t - MAGIC
    r = x - n * 1.57079632673412561417e00
    r = r - n * 6.07710050630396597660e-11
    r = r - n * 2.02226624879595063154e-21
    r = math.nan if abs(x) > 1e5 else r
    return r, bits(t)


@inlined
def sine_near_zero(r):
    """Sine of |r| <= pi/4."""
    z = r * r
    p = 1.58969099521155010221e-10
    p = p * z - 2.50507602534068634195e-08
    p = p * z + 2.75573137070700676789e-06
    p = p * z - 1.98412698298579493134e-04
    p = p * z + 8.33333333332248946124e-03
    p = p * z - 1.66666666666666324348e-01
    return r + r * z * p


@inlined
def cosine_near_zero(r):
    """Cosine of |r| <= pi/4."""
    z = r * r
    p = -1.13596475577881948265e-11
    p = p * z + 2.08757232129817482790e-09
    p = p * z - 2.75573143513906633035e-07
    p = p * z + 2.48015872894767294178e-05
    p = p * z - 1.38888888888741095749e-03
    p = p * z + 4.16666666666666019037e-02
    return 1.0 - (0.5 * z - z * z * p)


@inlined
def sin(x):
    """Sine."""
    r, q = quarters(x)
    y = cosine_near_zero(r) if q & 1 else sine_near_zero(r)
    return -y if q & 2 else y


@inlined
def cos(x):
    """Cosine."""
    r, q = quarters(x)
    y = sine_near_zero(r) if q & 1 else cosine_near_zero(r)
    return -y if (q + 1) & 2 else y


@inlined
def log(x):
    """e log 2 + log m, with m between the square roots of 1/2 and 2."""
    tiny = x < 2.2250738585072014e-308
    b = bits(x * 18014398509481984.0) if tiny else bits(x)
    e = (b - 4604544271217802189) >> 52
    k = float(e) - (54.0 if tiny else 0.0)
    f = number(b - (e << 52)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 1.479819860511658591e-01
    p = p * z + 1.531383769920937332e-01
    p = p * z + 1.818357216161805012e-01
    p = p * z + 2.222219843214978396e-01
    p = p * z + 2.857142874366239149e-01
    p = p * z + 3.999999999940941908e-01
    p = p * z + 6.666666666666735130e-01
    h = 0.5 * f * f
    low = k * 1.90821492927058770002e-10
    y = k * 6.93147180369123816490e-01 - ((h - (s * (h + z * p) + low)) - f)
    y = y if x < math.inf else x
    return y if x > 0.0 else (-math.inf if x == 0.0 else math.nan)


@inlined
def log1p(x):
    """log(1 + x), with what the sum lost."""
    u = 1.0 + x
    lost = (x - (u - 1.0)) / u
    y = log(u) + (lost if (u < math.inf) & (u > 0.0) else 0.0)
    return x if abs(x) < 1e-17 else y


@inlined
def expit(x):
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp(-x))


@inlined
def maximum(x, y):
    """The larger, NaN where one is."""
    return x if (x >= y) | (x != x) else y


@inlined
def minimum(x, y):
    """The smaller, NaN where one is."""
    return x if (x <= y) | (x != x) else y


@inlined
def sign(x):
    """-1, 0 or 1; NaN stays."""
    return 1.0 if x > 0 else (-1.0 if x < 0 else x * 0.0 if x == x else x)
