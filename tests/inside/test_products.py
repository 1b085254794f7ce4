"""`A.dot(x)` of a plain array, short and long, from wherever A is taken."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.inside import products

RNG = np.random.default_rng(3)
SIZES = (3, 64, 65, 200)
HELD = SimpleNamespace(X={n: RNG.normal(size=(4, n)) for n in SIZES})
A = {n: RNG.normal(size=(4, n)) for n in SIZES}


def by_name(x, n):
    a = A[n]
    return a.dot(x)


def by_subscript(x, n):
    return A[n].dot(x)


def by_attribute(x, n):
    return HELD.X[n].dot(x)


def by_transpose_and_slice(x, n):
    a = np.asarray(A[n]).T.copy().view(np.ndarray)
    return a.T[1:3].dot(x)


def by_arithmetic(x, n):
    a = A[n]
    return (2 * a + 1).dot(x)


def of_what_is_computed(x, n):
    a = A[n]
    return a.dot(np.tanh(x) * x)


CALLS = [by_name, by_subscript, by_attribute, by_transpose_and_slice, by_arithmetic,
         of_what_is_computed]  # fmt: skip


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("columns", [0, 1, 3])
@pytest.mark.parametrize("call", CALLS, ids=lambda f: f.__name__)
def test_the_product_and_its_derivatives_are_those_of_matmul(call, columns, n):
    x = RNG.normal(size=(n, columns) if columns else n)
    t = RNG.normal(size=x.shape)
    value, pullback = ad.vjp(lambda x: call(x, n), x)
    np.testing.assert_allclose(value, call(x, n), rtol=1e-12)
    pushed = ad.jvp(lambda x: call(x, n), (x,), (t,))[1]
    slope = (call(x + 1e-5 * t, n) - call(x - 1e-5 * t, n)) / 2e-5
    np.testing.assert_allclose(pushed, slope, rtol=1e-5, atol=1e-7)
    ct = RNG.normal(size=value.shape)
    np.testing.assert_allclose(np.sum(pullback(ct)[0] * t), np.sum(ct * pushed), rtol=1e-10)


@pytest.mark.parametrize("n", SIZES)
def test_vectors(n):
    a, x = A[n][0], RNG.normal(size=n)
    np.testing.assert_allclose(ad.grad(lambda x: a.dot(x) * x.dot(a))(x), 2 * (a @ x) * a)


def test_a_name_that_means_another_array_by_now_is_not_believed():
    where = {"a": A[200]}

    def other(x):
        where["a"] = 2 * where["a"]
        return x

    with pytest.raises(ad.DetachError, match=r"(?s)Write A @ x.*test_products.py"):
        ad.grad(lambda x: np.sum(where["a"].dot(other(x))))(np.ones(200))


def test_an_expression_that_calls_the_users_code_is_not_run_again():
    calls = []

    def made():
        calls.append(1)
        return A[200]

    x = np.ones(200)
    np.testing.assert_allclose(ad.grad(lambda x: np.sum(made().dot(x)))(x), A[200].sum(axis=0))
    assert len(calls) == 1


def test_no_array_is_kept_by_a_line_that_was_met():
    class Kept(np.ndarray):
        pass

    def f(x):
        a = RNG.normal(size=(4, 200))
        kept.append(weakref.ref(a))
        return np.sum(a.dot(x))

    kept = []
    ad.grad(f)(np.ones(200))
    gc.collect()
    assert kept[0]() is None
    assert len(products._sites) <= products.MOST_SITES
