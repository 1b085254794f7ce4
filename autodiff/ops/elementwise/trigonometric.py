"""Trigonometric and hyperbolic functions and their inverses."""

import numpy as np

from autodiff.core.language.kinds import elementwise
from autodiff.ops.ground.arguments import is_complex

INSIDE = (-0.8, 0.8)
ABOVE_ONE = (1.3, 3.0)
DEGREE = float(np.pi / 180)


def _by_value(of_real, of_answer):
    """The derivative of an inverse function, of complex numbers by its value.

    A value tells the side of a cut that it was taken on; 1 - x**2 loses the sign of a zero.
    """
    return lambda ans, x: of_answer(ans) if is_complex(x) else of_real(x)


sin = elementwise(np.sin, lambda ans, x: np.cos(x))
cos = elementwise(np.cos, lambda ans, x: -np.sin(x))
tan = elementwise(np.tan, lambda ans, x: 1 + ans**2, domain=((-1.2, 1.2),))
sinh = elementwise(np.sinh, lambda ans, x: np.cosh(x))
cosh = elementwise(np.cosh, lambda ans, x: np.sinh(x))
tanh = elementwise(np.tanh, lambda ans, x: 1 - ans**2)
arcsin = elementwise(
    np.arcsin, _by_value(lambda x: 1 / np.sqrt(1 - x**2), lambda ans: 1 / np.cos(ans)),
    domain=(INSIDE,),
)  # fmt: skip
arccos = elementwise(
    np.arccos, _by_value(lambda x: -1 / np.sqrt(1 - x**2), lambda ans: -1 / np.sin(ans)),
    domain=(INSIDE,),
)  # fmt: skip
arctan = elementwise(np.arctan, lambda ans, x: 1 / (1 + x**2))
arcsinh = elementwise(
    np.arcsinh, _by_value(lambda x: 1 / np.sqrt(1 + x**2), lambda ans: 1 / np.cosh(ans))
)
arccosh = elementwise(
    np.arccosh,
    _by_value(lambda x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)), lambda ans: 1 / np.sinh(ans)),
    domain=(ABOVE_ONE,),
)
arctanh = elementwise(np.arctanh, lambda ans, x: 1 / (1 - x**2), domain=(INSIDE,))
arctan2 = elementwise(
    np.arctan2,
    lambda ans, y, x: x / (x**2 + y**2),
    lambda ans, y, x: -y / (x**2 + y**2),
    domain=((0.5, 2.0), (0.5, 2.0)), kinks="at (0, 0): NaN, no direction is nearer",
)  # fmt: skip
deg2rad = elementwise(np.deg2rad, DEGREE)
radians = elementwise(np.radians, DEGREE)
rad2deg = elementwise(np.rad2deg, 1 / DEGREE)
degrees = elementwise(np.degrees, 1 / DEGREE)
