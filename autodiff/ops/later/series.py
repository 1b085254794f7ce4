"""The series of `numpy.polynomial` at traced points: `polyval`, `chebval` and their kin.

They are plain arithmetic, and differentiated as they stand, but for one question: with several
columns of coefficients (or of roots) each point is to meet each column, and they tell points by
`isinstance(x, np.ndarray)`, which a traced value is not.  So the coefficients are given axes for
the points before.

>>> import autodiff as ad
>>> from numpy.polynomial import polynomial
>>> ad.grad(lambda x: np.sum(polynomial.polyvalfromroots(x, [1.0, 3.0])))(np.array([0.0, 2.0]))
array([-4.,  0.])
"""

import functools

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from autodiff.core.language.dispatch import is_traced
from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import ndim_of, refuse

SERIES = (
    polynomial.polyval, polynomial.polyvalfromroots, chebyshev.chebval, legendre.legval,
    hermite.hermval, hermite_e.hermeval, laguerre.lagval,
)  # fmt: skip


def _at_points(function, x, c, tensor=True):
    x, c = of_lists(x), of_lists(c)
    if is_traced(c):
        name = function.__name__
        instead = f"{name.removesuffix('val')}vander(x, len(c) - 1) @ c"
        if function is polynomial.polyvalfromroots:
            instead = "np.prod(np.subtract.outer(x, r), axis=-1)"
        refuse(f"{name} with traced coefficients", f"Write {instead}.")
    c = np.array(c, ndmin=1)
    if tensor:
        c = np.reshape(c, c.shape + (1,) * ndim_of(x))
    elif function is polynomial.polyvalfromroots and ndim_of(x) >= c.ndim:
        raise ValueError("x.ndim must be < r.ndim when tensor == False")
    return function.__wrapped__(x, c, tensor=False)


for _function in SERIES:
    teach(_function, functools.partial(_at_points, _function))
