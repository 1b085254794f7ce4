"""`np.emath` (`np.lib.scimath`): roots and logarithms that become complex where they must.

Each is NumPy's function of the same name; where an element lies outside of its real domain, of the
whole array made complex.  So the derivative is that of the other function.

>>> import autodiff as ad
>>> ad.derivative(lambda x: np.emath.sqrt(x).imag)(-4.0)
-0.25
"""

import numpy as np

from autodiff.core.language.kinds import composite
from autodiff.ops.ground.arguments import arrayed, dtype_of, is_complex


def _complex_if(x, outside):
    """x as complex numbers if an element is outside of the domain of a real function."""
    x = arrayed(x)
    if is_complex(x) or not np.any(outside(x)):
        return x
    return x.astype(np.result_type(dtype_of(x), np.complex64))


def _negative(x):
    return x < 0


def _beyond_one(x):
    return np.abs(x) > 1


def _entry(name, outside):
    function = getattr(np, name)

    def code(x):
        return function(_complex_if(x, outside))

    code.__doc__ = f"`np.{name}`, of complex numbers where an element has no real one."
    composite(getattr(np.emath, name))(code)


for _name in ("sqrt", "log", "log2", "log10"):
    _entry(_name, _negative)
for _name in ("arccos", "arcsin", "arctanh"):
    _entry(_name, _beyond_one)


@composite(np.emath.logn)
def logn(n, x):
    """The logarithm of x to the base n."""
    return np.log(_complex_if(x, _negative)) / np.log(_complex_if(n, _negative))


@composite(np.emath.power)
def power(x, p):
    """x to the power of p, of complex numbers where an element of x is negative."""
    p = arrayed(p)
    p = (
        p if is_complex(p) or not np.any(p < 0) else p * 1.0
    )  # whole numbers have no negative powers
    return np.power(_complex_if(x, _negative), p)
