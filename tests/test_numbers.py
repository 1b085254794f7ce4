"""Graphs of single numbers: Python's arithmetic, NumPy's answers."""

import operator
import sys
import warnings
from fractions import Fraction

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.locations import locations

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
VALUES = [0.0, -0.0, 1.0, 2.0, -3.0, 0.5, -0.5, 1e-200, 1e200, -1e200, np.inf, -np.inf, np.nan]


def answered(call):
    """The value and the warnings of a call, under NumPy's default of warning."""
    with warnings.catch_warnings(record=True) as told, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        value = call()
    return value, sorted({str(w.message) for w in told})


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("style", ["two tensors", "constant right", "constant left", "int"])
def test_every_operator_answers_as_numpy_does(op, style):
    for x in VALUES:
        for y in VALUES:
            if style == "int":
                if not np.isfinite(y):
                    continue
                y = int(max(min(y, 1e9), -1e9))
            left = ad.Tensor(x) if style != "constant left" else x
            right = ad.Tensor(y) if style in ("two tensors", "constant left") else y
            found, told = answered(lambda: op(left, right).data)  # noqa: B023
            wanted, wanted_told = answered(lambda: op(np.float64(x), np.float64(y)))  # noqa: B023
            np.testing.assert_array_equal(found, wanted, err_msg=f"{x} {op.__name__} {y}")
            assert found.__class__ is np.float64
            assert told == wanted_told, (x, y)


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_derivatives_are_those_of_arrays_of_one_element(op):
    for x in VALUES:
        for y in VALUES:
            with np.errstate(all="ignore"):
                found = ad.grad(op, argnums=(0, 1))(x, y)
                arrays = ad.vjp(op, np.array([x]), np.array([y]))[1](np.ones(1))
            np.testing.assert_allclose(found, np.ravel(arrays), rtol=1e-15, err_msg=f"{x} {y}")


def test_a_square_root_at_zero_has_an_infinite_slope_and_no_exception():
    with np.errstate(all="ignore"):
        assert ad.grad(lambda x: x**0.5)(0.0) == np.inf
        assert ad.grad(lambda x: x / 0.0)(1.0) == np.inf
        assert ad.derivative(lambda x: x / 0.0)(1.0) == np.inf
        assert ad.grad(lambda x: 1 / x)(0.0) == -np.inf


def test_an_unused_branch_makes_no_nan():
    with np.errstate(all="ignore"):
        assert ad.grad(lambda x: np.where(x > 0, x**0.5, 0.0 * x))(0.0) == 0.0


def test_classes_of_results():
    assert ad.grad(lambda x: x * x)(3.0).__class__ is float
    assert ad.grad(lambda x: x * x)(np.float64(3.0)).__class__ is np.float64
    assert ad.value_and_grad(lambda x, w: x * x + np.sum(w))(3.0, np.ones(2))[0] == 11.0
    x = ad.Tensor(3.0)
    y = x * x
    y.backward()
    assert x.grad.__class__ is x.data.__class__ is y.data.__class__ is np.float64
    assert (y.shape, y.dtype) == ((), np.float64)
    assert ad.vjp(lambda x: x * 2.0, 1.0)[0].__class__ is float


def test_rules_get_numbers_that_know_their_shape():
    seen = []

    def rule(ct, ans, x):
        seen.extend([ct.dtype, ans.dtype, x.dtype])
        return (2 * ct,)

    twice = ad.custom_op(lambda x: float(2 * x), vjp=rule, name="twice")
    assert ad.grad(lambda x: twice(x * 1.5) * 2.0)(1.0) == 6.0
    assert seen == [np.float64] * 3


def test_numbers_and_functions_mix():
    def f(x, y):
        return np.sin(x * y) * x + np.exp(y / x) - np.maximum(x, y) ** 2

    ad.check_grad(f, 1.3, 0.7, order=2)
    ad.check_grad(lambda x, w: np.sum(w * x) * x - x / 2, 1.3, np.ones(3), order=2)


def test_nesting():
    def cubed(x):
        return x * x * x

    assert ad.grad(ad.grad(cubed))(2.0) == 12.0
    assert ad.derivative(ad.grad(cubed))(2.0) == 12.0
    assert ad.grad(ad.derivative(cubed))(2.0) == 12.0
    assert ad.grad(lambda x: x * ad.grad(lambda y: x + y)(1.0))(1.0) == 1.0  # Siskind & Pearlmutter
    outer = ad.Tensor(3.0)
    slope = ad.grad(lambda y: outer * y * y)(2.0)
    slope.backward()
    assert outer.grad == 4.0


def test_equations_between_numbers_read_as_all_others_do():
    with ad.Tape() as tape:
        x = ad.Tensor(2.0, name="x")
        line = sys._getframe().f_lineno + 1
        y = 3 * x**2 - 1.0
    rows = [(e.op.name, e.primals, float(e.value)) for e in tape if e.op]
    assert rows == [
        ("power", (2.0, 2), 4.0),
        ("multiply", (3, 4.0), 12.0),
        ("subtract", (12.0, 1.0), 11.0),
    ]
    assert "3 * x**2 - 1.0" in str(tape)
    assert all(p.__class__ is not float for e in tape for p in e.primals)
    assert y.node.location.line == line
    with ad.scope("layer"):
        assert (x * 2.0).node.scope == ("layer",)
    with locations(False):
        assert (x * 2.0).node.location is None


def test_a_number_that_outlived_its_function_is_refused():
    kept = []
    ad.grad(lambda x: kept.append(x * 2.0) or x * x)(1.0)
    with pytest.raises(ad.EscapedTracerError, match="made at"):
        kept[0] + 1.0


def test_a_pullback_of_numbers_can_itself_be_differentiated():
    _, pullback = ad.vjp(lambda x: x * x * x, 2.0)
    assert ad.grad(lambda ct: pullback(ct)[0] * ct)(3.0) == pytest.approx(2 * 12.0 * 3.0)
    jacobian = ad.jacobian(lambda x, y: x * y + y / x, argnums=(0, 1))(2.0, 3.0)
    assert jacobian == pytest.approx((3.0 - 3.0 / 4.0, 2.5))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Fraction(1, 3) * x,
        lambda x: x**2 * Fraction(1, 6) + Fraction(1, 2),
        lambda x: x ** Fraction(3, 2),
        lambda x: Fraction(1, 2) ** x,
        lambda x: np.sin(x) / Fraction(2, 3) - Fraction(1, 2),
        lambda x: np.multiply(x, Fraction(1, 7)) * np.array([Fraction(1, 2), x])[1],
    ],
)
def test_fractions_are_numbers(f):
    assert ad.grad(f)(1.5) == pytest.approx((f(1.5 + 1e-6) - f(1.5 - 1e-6)) / 2e-6, rel=1e-6)
    assert ad.derivative(f)(Fraction(3, 2)) == ad.grad(f)(1.5)
    assert ad.Tensor(Fraction(1, 4)) == 0.25
    X = np.array([0.5, 2.0])
    assert ad.grad(lambda x: np.sum(x * Fraction(1, 4)))(X).tolist() == [0.25, 0.25]
