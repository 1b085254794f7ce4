"""How functions of single elements are written: an operator of ONNX, or a formula of some.

For float64 onnxruntime has no tan, arctan and their kin; they are written by formulas that keep
all digits.  Sources: log1p as W. Kahan (N. Higham,
*Accuracy and Stability of Numerical Algorithms*, 2002, 1.14.1); arctan from its single precision by
one step: arctan x = y + arctan((x cos y - sin y) / (cos y + x sin y)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.graph import Value

Form = Callable[..., Value]


def op(name: str, dtype: Any = None) -> Form:
    """An operator of ONNX by itself."""
    return lambda *values: values[0].graph.op(name, *values, dtype=dtype)


exp, log, sqrt, sin, cos, tanh = map(op, ("Exp", "Log", "Sqrt", "Sin", "Cos", "Tanh"))
absolute, sign, floor, maximum, minimum = map(op, ("Abs", "Sign", "Floor", "Max", "Min"))
isnan, isinf = op("IsNaN", bool), op("IsInf", bool)


def single(name: str, formula: Form) -> Form:
    """An operator for float32, and a formula for float64, for which runtimes lack it."""
    return lambda x: op(name)(x) if x.dtype == np.float32 else formula(x)


def log1p(x: Value) -> Value:
    """log(1 + x), also where x is small."""
    u = 1.0 + x
    small = u.equals(1.0)
    return small.where(x, isinf(u).where(u, log(u) * (x / small.where(1.0, u - 1.0))))


def expm1(x: Value) -> Value:
    """exp(x) - 1, also where x is small: tanh(x / 2) (exp(x) + 1)."""
    return (x < 30.0).where(tanh(x / 2.0) * (exp(minimum(x, x * 0.0 + 30.0)) + 1.0), exp(x))


def sinh(x: Value) -> Value:
    """(e + e / (e + 1)) / 2 with e = exp(|x|) - 1, and the sign of x."""
    e = expm1(absolute(x))
    return sign(x) * isinf(e).where(e, (e + e / (e + 1.0)) / 2.0)


def cosh(x: Value) -> Value:
    """(exp(x) + exp(-x)) / 2."""
    return (exp(x) + exp(-x)) / 2.0


def arctan(x: Value) -> Value:
    """From single precision by one step, which leaves an error of the third order."""
    bounded = maximum(minimum(x, x * 0.0 + 1e30), x * 0.0 - 1e30)
    y = op("Atan")(bounded.cast(np.float32)).cast(x.dtype)
    s, c = sin(y), cos(y)
    return y + (bounded * c - s) / (c + bounded * s)


def atan(x: Value) -> Value:
    """arctan in the dtype of x."""
    finite = isinf(x).where(sign(x) * 1e30, x)
    return op("Atan")(x) if x.dtype == np.float32 else arctan(finite)


def arctan2(y: Value, x: Value) -> Value:
    """The angle of (x, y), in all four quadrants."""
    both = y.equals(0.0) & x.equals(0.0)
    base = atan(y / both.where(1.0, x))
    below = (y < 0.0) | ((1.0 / y) < 0.0)
    left = (x < 0.0) | (x.equals(0.0) & ((1.0 / x) < 0.0))
    turned = base + below.where(x * 0.0 - math.pi, x * 0.0 + math.pi)
    on_axis = both.where(left.where(copysign(y * 0.0 + math.pi, y), y), turned)
    return left.where(on_axis, base)


def arcsin(x: Value) -> Value:
    """arctan(x / sqrt(1 - x^2))."""
    return atan(x / sqrt((1.0 - x) * (1.0 + x)))


def arccos(x: Value) -> Value:
    """2 arctan(sqrt((1 - x) / (1 + x)))."""
    return 2.0 * atan(sqrt((1.0 - x) / (1.0 + x)))


def arcsinh(x: Value) -> Value:
    """log1p(|x| + x^2 / (1 + sqrt(1 + x^2))), and the sign of x."""
    a = absolute(x)
    return sign(x) * log1p(a + a * a / (1.0 + sqrt(1.0 + a * a)))


def arccosh(x: Value) -> Value:
    """log1p(t + sqrt(2 t + t^2)) with t = x - 1."""
    t = x - 1.0
    return log1p(t + sqrt(2.0 * t + t * t))


def arctanh(x: Value) -> Value:
    """log1p(2 x / (1 - x)) / 2."""
    return log1p(2.0 * x / (1.0 - x)) / 2.0


def copysign(x: Value, y: Value) -> Value:
    """|x| with the sign of y, also of a zero."""
    a = absolute(x)
    return ((y < 0.0) | ((1.0 / y) < 0.0)).where(-a, a)


def hypot(x: Value, y: Value) -> Value:
    """m sqrt(1 + (n / m)^2) with the larger m and the smaller n, so that nothing overflows."""
    a, b = absolute(x), absolute(y)
    m, n = maximum(a, b), minimum(a, b)
    ratio = n / m.equals(0.0).where(1.0, m)
    return m * sqrt(1.0 + ratio * ratio)


def logaddexp(x: Value, y: Value) -> Value:
    """log(exp(x) + exp(y))."""
    m = maximum(x, y)
    return x.equals(y).where(x + math.log(2.0), m + log1p(exp(-absolute(x - y))))


def logaddexp2(x: Value, y: Value) -> Value:
    """The same to base 2."""
    m = maximum(x, y)
    return x.equals(y).where(x + 1.0, m + log1p(exp2(-absolute(x - y))) / math.log(2.0))


def exp2(x: Value) -> Value:
    """2^x."""
    return x.graph.op("Pow", x.graph.constant(2.0, x.dtype), x)


def exp10(x: Value) -> Value:
    """10^x."""
    return x.graph.op("Pow", x.graph.constant(10.0, x.dtype), x)


def cbrt(x: Value) -> Value:
    """The real cube root, corrected by one step of Newton's."""
    a = absolute(x)
    y = x.graph.op("Pow", a, x.graph.constant(1 / 3, x.dtype))
    zero = a.equals(0.0) | isinf(a)
    y = zero.where(a, y - (y * y * y - a) / zero.where(1.0, 3.0 * y * y))
    return sign(x) * y


def fmod(x: Value, y: Value) -> Value:
    """The remainder with the sign of x."""
    return x.graph.op("Mod", x, y, fmod=1)


def remainder(x: Value, y: Value) -> Value:
    """The remainder with the sign of y."""
    if x.dtype.kind != "f":
        return x.graph.op("Mod", x, y)
    r = fmod(x, y)
    other = ((r < 0.0) & (y > 0.0)) | ((r > 0.0) & (y < 0.0))
    return other.where(r + y, r)


def floor_divide(x: Value, y: Value) -> Value:
    """floor(x / y), exact where x is a multiple."""
    if x.dtype.kind == "f":
        quotient = (x - remainder(x, y)) / y
        return floor(quotient + 0.5)
    return (x - remainder(x, y)) / y


def fmax(x: Value, y: Value) -> Value:
    """The larger one, or the one that is a number."""
    return isnan(x).where(y, isnan(y).where(x, maximum(x, y)))


def fmin(x: Value, y: Value) -> Value:
    """The smaller one, or the one that is a number."""
    return isnan(x).where(y, isnan(y).where(x, minimum(x, y)))


def heaviside(x: Value, h: Value) -> Value:
    """0, h or 1."""
    return x.equals(0.0).where(h + x * 0.0, (sign(x) + 1.0) / 2.0)


def sinc(x: Value) -> Value:
    """sin(pi x) / (pi x), 1 at 0."""
    zero = x.equals(0.0)
    a = math.pi * zero.where(1.0, x)
    return zero.where(1.0, sin(a) / a)


def xlogy(x: Value, y: Value) -> Value:
    """x log y, 0 where x is 0."""
    return x.equals(0.0).where(x * 0.0, x * log(y))


def xlog1py(x: Value, y: Value) -> Value:
    """x log(1 + y), 0 where x is 0."""
    return x.equals(0.0).where(x * 0.0, x * log1p(y))


def rel_entr(x: Value, y: Value) -> Value:
    """x log(x / y), 0 where x is 0."""
    return x.equals(0.0).where(x * 0.0, x * log(x / y))


def erf(x: Value) -> Value:
    """The error function, which runtimes have for float32 only."""
    if x.dtype != np.float32:
        raise UnsupportedError(
            "scipy.special.erf of float64: onnxruntime has ONNX's Erf for float32 only. "
            "Write the program at float32 arguments."
        )
    return op("Erf")(x)


def isfinite(x: Value) -> Value:
    """Neither infinite nor NaN."""
    return ~(isnan(x) | isinf(x))


def clip(x: Value, low: Value, high: Value) -> Value:
    """The nearest number between two."""
    return minimum(maximum(x, low), high)


def trunc(x: Value) -> Value:
    """The whole number before the point."""
    return sign(x) * floor(absolute(x))


def square(x: Value) -> Value:
    """x x."""
    return x * x


ONE: dict[str, Form] = {
    "exp": exp, "log": log, "sqrt": sqrt, "sin": sin, "cos": cos, "tanh": tanh, "sign": sign,
    "absolute": absolute, "abs": absolute, "fabs": absolute, "floor": floor, "ceil": op("Ceil"),
    "rint": op("Round"), "negative": op("Neg"), "reciprocal": lambda x: 1.0 / x,
    "positive": lambda x: x, "conjugate": lambda x: x, "conj": lambda x: x, "real": lambda x: x,
    "tan": single("Tan", lambda x: sin(x) / cos(x)), "sinh": single("Sinh", sinh),
    "cosh": single("Cosh", cosh), "arcsin": single("Asin", arcsin),
    "arccos": single("Acos", arccos), "arctan": atan, "arcsinh": arcsinh, "arccosh": arccosh,
    "arctanh": arctanh, "log1p": log1p, "expm1": expm1, "exp2": exp2, "square": square,
    "log2": lambda x: log(x) / math.log(2.0), "log10": lambda x: log(x) / math.log(10.0),
    "cbrt": cbrt, "trunc": trunc, "fix": trunc,
    "radians": lambda x: x * (math.pi / 180), "deg2rad": lambda x: x * (math.pi / 180),
    "degrees": lambda x: x * (180 / math.pi), "rad2deg": lambda x: x * (180 / math.pi),
    "sinc": sinc, "expit": op("Sigmoid"), "logit": lambda x: log(x / (1.0 - x)),
    "log_expit": lambda x: -logaddexp(x * 0.0, -x), "exp10": exp10,
    "entr": lambda x: -xlogy(x, x), "erf": erf, "cosm1": lambda x: -2.0 * square(sin(x / 2.0)),
    "pow": op("Pow"),
}  # fmt: skip
"""Functions of one floating point argument."""

MORE: dict[str, Form] = {
    "add": op("Add"), "subtract": op("Sub"), "multiply": op("Mul"), "divide": op("Div"),
    "true_divide": op("Div"), "power": op("Pow"), "float_power": op("Pow"),
    "floor_divide": floor_divide, "remainder": remainder, "mod": remainder, "fmod": fmod,
    "maximum": maximum, "minimum": minimum, "fmax": fmax, "fmin": fmin, "arctan2": arctan2,
    "hypot": hypot, "logaddexp": logaddexp, "logaddexp2": logaddexp2, "copysign": copysign,
    "heaviside": heaviside, "clip": clip, "xlogy": xlogy, "xlog1py": xlog1py,
    "rel_entr": rel_entr, "kl_div": lambda x, y: rel_entr(x, y) - x + y,
    "pseudo_huber": lambda d, r: square(d) * (sqrt(1.0 + square(r / d)) - 1.0),
    "atan2": arctan2,
}  # fmt: skip
"""Functions of several arguments of the result's dtype."""

ASKING: dict[str, Form] = {
    "isnan": isnan, "isinf": isinf, "isfinite": isfinite,
}  # fmt: skip
"""Questions about numbers."""

COMPARING = {
    "less": "Less", "less_equal": "LessOrEqual", "greater": "Greater",
    "greater_equal": "GreaterOrEqual", "equal": "Equal", "not_equal": "NotEqual",
}  # fmt: skip
LOGICAL = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor", "logical_not": "Not"}
BITWISE = {"bitwise_and": "And", "bitwise_or": "Or", "bitwise_xor": "Xor", "invert": "Not"}
SIGNS = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power",
    "//": "floor_divide", "%": "remainder", "<": "less", "<=": "less_equal", ">": "greater",
    ">=": "greater_equal",
    "==": "equal", "!=": "not_equal", "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor",
}  # fmt: skip
"""NumPy's names of Python's operators."""
