"""Programs for any size of an axis: each bit of what the transform gives, at sizes not tried before."""

import numpy as np
import pytest
from test_deciding import differ

import autodiff as ad
from autodiff.core.arguments.tree import flatten

rng = np.random.default_rng(0)
W, U = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
PARAMS = {"W1": W, "b1": rng.normal(size=3), "W2": rng.normal(size=(3, 1))}


def mlp(p, x, y):
    h = np.tanh(x @ p["W1"] + p["b1"])
    return np.mean((h @ p["W2"] - y[:, None]) ** 2)


def cross_entropy(W, x, y):
    z = x @ W
    z = z - np.max(z, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    labels = (y > 0).astype(int)
    return -np.mean(logp[np.arange(len(y)), labels]) / x.shape[0]


def batch_norm(W, x, y):
    h = x @ W
    h = (h - h.mean(0)) / np.sqrt(h.var(0) + 1e-5)
    return np.mean((h.sum(1) - y) ** 2)


def sample_deviation(W, x, y):
    return np.sum(np.std(x @ W, axis=0, ddof=1)) + np.sum(y) / np.sqrt(len(y))


def recurrent(W, U, x):
    h = np.zeros((x.shape[0], 3))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W + h @ U)
    return np.mean(h**2)


def batch(n):
    own = np.random.default_rng(n)
    return own.normal(size=(n, 4)), own.normal(size=n)


CASES = [(mlp, PARAMS), (cross_entropy, W), (batch_norm, W), (sample_deviation, W)]


@pytest.mark.parametrize(("f", "p"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_any_size(f, p):
    g = ad.value_and_grad(f)
    written = ad.source(g, p, *batch(5), free=("x", "y"))
    assert "= np.shape(x)[0]" in written.text
    for n in (2, 7, 40, 64):
        found, wanted = written(p, *batch(n)), g(p, *batch(n))
        assert not differ(flatten(found), flatten(wanted)), n
    with pytest.raises(ValueError, match="y is float64"):
        written(p, batch(7)[0], batch(6)[1])


def test_what_is_written():
    f = lambda w, x: np.mean((x @ w) ** 2)
    written = ad.source(ad.grad(f), np.ones(4), np.ones((5, 4)), free="x")
    assert "d_w = 2 * (x @ w) * (1 / n) @ x" in written.body


def test_time_is_fixed_where_the_batch_is_free():
    xs = lambda n, t: np.random.default_rng(n).normal(size=(n, t, 4))
    g = ad.grad(recurrent, (0, 1))
    written = ad.source(g, W, U, xs(5, 6), free="x")
    for one, other in zip(written(W, U, xs(9, 6)), g(W, U, xs(9, 6)), strict=True):
        assert np.array_equal(one, other)
    with pytest.raises(ValueError, match=r"x is float64 \(9, 5, 4\)"):
        written(W, U, xs(9, 5))
    with pytest.raises(ad.UnsupportedError, match=r"x \(1\) is part of this program"):
        ad.source(g, W, U, xs(5, 6), free={"x": 1})


def test_a_decision_by_the_size_is_looked_at_again():
    def f(w, x):
        if len(x) > 100:
            return np.sum(x @ w)
        return np.mean((x @ w) ** 2) if x.shape[0] * 2 >= 6 else w[0]

    written = ad.source(ad.grad(f), np.ones(4), batch(9)[0], free="x")
    assert np.array_equal(written(np.ones(4), batch(50)[0]), ad.grad(f)(np.ones(4), batch(50)[0]))
    with pytest.raises(ValueError, match=r"if len\(x\) > 100"):
        written(np.ones(4), batch(101)[0])
    with pytest.raises(ValueError, match=r"x.shape\[0\] \* 2"):
        written(np.ones(4), batch(2)[0])


def test_the_least_size_is_said():
    f = lambda w, x: w @ np.cov(x.T) @ w
    written = ad.source(ad.grad(f), np.ones(4), batch(9)[0], free="x")
    with pytest.raises(ValueError, match="at least 2 rows"):
        written(np.ones(4), batch(1)[0])


@pytest.mark.parametrize(
    ("free", "sentence"),
    [("z", "choose from p, x, y"), ({"x": 2}, "no axis 2"), (("p", "x"), "one size")],
)
def test_what_can_not_be_free(free, sentence):
    with pytest.raises(ValueError, match=sentence):
        ad.source(ad.grad(mlp), PARAMS, *batch(5), free=free)
    with pytest.raises(ValueError, match="fixes all shapes"):
        ad.source(ad.grad(mlp), PARAMS, *batch(5), to="jax", free="x")
