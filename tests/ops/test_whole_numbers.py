"""Whole numbers made of traced values are constants, in both modes and in every spelling."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([0.3, 1.7, 2.2, -0.4])

SPELLINGS = {
    "floor, astype": lambda x: np.floor(x).astype(int),
    "floor, np.astype": lambda x: np.astype(np.floor(x), np.int32),
    "floor, astype by name": lambda x: np.floor(x).astype(dtype="int64", copy=False),
    "ceil": lambda x: np.ceil(x).astype(np.intp),
    "trunc": lambda x: np.trunc(x).astype(int),
    "rint": lambda x: np.rint(x).astype(int),
    "round": lambda x: np.round(x).astype(int),
    "round method": lambda x: x.round().astype(int),
    "fix": lambda x: np.fix(x).astype(int),
    "floor division": lambda x: (x // 1).astype(int),
    "np.floor_divide": lambda x: np.floor_divide(x, 0.5).astype(int),
    "sign": lambda x: np.sign(x).astype(int),
    "a comparison": lambda x: (x > 1).astype(int),
    "clip": lambda x: np.clip(np.floor(x), 0, 2).astype(int),
    "a sum of floors": lambda x: (np.floor(x) + 2 * np.ceil(x)).astype(int),
    "a part": lambda x: np.floor(x[1:]).astype(int)[0],
    "an element": lambda x: np.floor(x)[1].astype(int),
    "where": lambda x: np.where(x > 0, np.floor(x), -1.0).astype(int),
    "as bool": lambda x: np.floor(x).astype(bool),
    "stop_gradient": lambda x: ad.stop_gradient(x).astype(int),
    "stop_gradient of floor": lambda x: ad.stop_gradient(np.floor(x)).astype(int),
    "floor of stop_gradient": lambda x: np.floor(ad.stop_gradient(x)).astype(int),
    "np.asarray": lambda x: np.asarray(np.floor(x), dtype=int),
    "np.array": lambda x: np.array(np.floor(x), dtype=int),
    "np.array like": lambda x: np.array(np.floor(x), dtype=int, like=x),
    "np.int64": lambda x: np.int64(np.floor(x[1])),
    "int": lambda x: int(np.floor(x[1])),
    "sum of integers": lambda x: np.sum(np.floor(x), dtype=int),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_constant(name):
    whole = SPELLINGS[name]

    def f(x):
        return np.sum(x * x * whole(x))

    constant = whole(X)
    expected = 2 * X * constant
    value, gradient = ad.value_and_grad(f)(X)
    assert value == f(X)
    np.testing.assert_allclose(gradient, expected)
    np.testing.assert_allclose(ad.jvp(f, (X,), (X,))[1], np.sum(expected * X))
    np.testing.assert_allclose(ad.hessian(f)(X), np.diag(2 * np.broadcast_to(constant, X.shape)))
    np.testing.assert_allclose(ad.jacobian(f, mode="forward")(X), expected)
    x = ad.Tensor(X)
    f(x).backward()
    np.testing.assert_allclose(x.grad, expected)


def test_as_an_index():
    def bilinear(x):
        low = np.clip(np.floor(x), 0, 2).astype(int)
        table = np.array([1.0, 3.0, -2.0, 5.0]) * x[0]
        return np.sum(table[low] * (low + 1 - x) + table[low + 1] * (x - low))

    ad.check_grad(bilinear, X[:3])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_carries_a_derivative_is_refused(mode):
    def f(x):
        return np.sum(x * (x + np.floor(x)).astype(int))

    with pytest.raises(ad.UnsupportedError, match=r"np.trunc\(x\).astype\(int64\)"):
        ad.grad(f)(X) if mode == "reverse" else ad.jvp(f, (X,), (X,))
