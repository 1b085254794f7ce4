"""The series of `numpy.polynomial`: each point meets each column of coefficients, as in NumPy."""

import re
import sys

import numpy as np
import pytest
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

import autodiff as ad

SERIES = [
    polynomial.polyval,
    polynomial.polyvalfromroots,
    chebyshev.chebval,
    legendre.legval,
    hermite.hermval,
    hermite_e.hermeval,
    laguerre.lagval,
]
DRAW = np.random.default_rng(3)


@pytest.mark.parametrize("series", SERIES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("points", [(), (3,), (2, 3)])
@pytest.mark.parametrize("columns", [(3,), (3, 2), (3, 3), (1,)])
def test_a_series_at_traced_points(series, points, columns):
    x, c = DRAW.normal(size=points), DRAW.normal(size=columns)
    expected = series(x, c)
    value, _ = ad.vjp(lambda x: series(x, c), x)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    if columns != (1,) or series is polynomial.polyvalfromroots:
        ad.check_grad(lambda x: np.sum(series(x, c) ** 2), x, order=2)


@pytest.mark.parametrize("series", SERIES, ids=lambda f: f.__name__)
def test_without_tensor_points_and_columns_go_side_by_side(series):
    x, c = DRAW.normal(size=3), DRAW.normal(size=(4, 3, 3)[: 2 + (series is SERIES[1])])
    value, _ = ad.vjp(lambda x: series(x, c, tensor=False), x)
    np.testing.assert_allclose(value, series(x, c, tensor=False))


@pytest.mark.parametrize("series", SERIES, ids=lambda f: f.__name__)
def test_traced_coefficients_are_refused_with_what_to_write(series):
    c, x = np.array([1.0, -2.0, 0.5]), np.array([0.3, 2.0])
    with pytest.raises(ad.UnsupportedError, match=f"{series.__name__} with traced") as told:
        ad.grad(lambda c: np.sum(series(x, c)))(c)
    advised = re.search(r"Write (.*)\.\n", str(told.value)).group(1)
    names = {**vars(np.polynomial), **vars(np), "np": np, "x": x}
    module = sys.modules[series.__module__]

    def instead(c):
        return np.sum(eval(advised, {**names, **vars(module), "c": c, "r": c}))

    assert np.isclose(instead(c), np.sum(series(x, c)))
    ad.check_grad(instead, c)
