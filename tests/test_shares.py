"""Gradients of matrices that are used for many vectors: one product at the end, the same sum."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.registry import registry
from autodiff.core.reverse import shares
from autodiff.core.reverse.shares import Shares, one_by_one

rng = np.random.default_rng(5)
WIDE, HIGH = 48, 40

USES = {
    "matrix @ vector": lambda W, k: W @ given(WIDE, k),
    "np.dot(matrix, vector)": lambda W, k: np.dot(W, given(WIDE, k)),
    "vector @ matrix": lambda W, k: given(HIGH, k) @ W,
    "thin @ matrix": lambda W, k: given((2, HIGH), k) @ W,
    "matrix @ thin": lambda W, k: W @ given((WIDE, 3), k),
    "matrix @ wide": lambda W, k: W @ given((WIDE, WIDE), k),
    "transposed": lambda W, k: W.T @ given(HIGH, k),
    "vector of another layout": lambda W, k: W @ given((WIDE, 2), k)[:, k % 2],
    "stack @ matrix": lambda W, k: given((2, 3, HIGH), k) @ W,
    "number": lambda W, k: np.dot(W, 1.0 + k),
    "number before": lambda W, k: np.dot(1.0 + k, W),
    "elementwise": lambda W, k: np.tanh(W) * (1 + k),
    "an element": lambda W, k: W[k % HIGH, 3],
    "a row": lambda W, k: W[k % HIGH],
    "row by row twice": lambda W, k: W @ np.tanh(W[k % HIGH]),
}


def given(shape, k):
    """An array that hangs on the place alone."""
    return np.random.default_rng([7, k]).normal(size=shape)


def program(uses):
    """A sum over uses of one matrix."""

    def f(W):
        return sum(np.sum(np.sin(USES[name](W, k))) for k, name in enumerate(uses))

    return f


def waited(monkeypatch):
    """A list that grows with each sum that was put off."""
    made, total = [], Shares.total

    def noted(self):
        made.append(len(self.lefts))
        return total(self)

    monkeypatch.setattr(Shares, "total", noted)
    return made


@pytest.mark.parametrize("name", USES)
def test_a_loop_of_one_use(name):
    W = rng.normal(size=(HIGH, WIDE)) * 0.1
    agrees(program([name] * 7), W)


@pytest.mark.parametrize("seed", range(40))
def test_random_mixtures_of_uses(seed):
    draw = np.random.default_rng(seed)
    names = draw.choice(list(USES), size=draw.integers(2, 14))
    agrees(program(names), draw.normal(size=(HIGH, WIDE)) * 0.1)


def agrees(f, W):
    """The gradient is that of shares added one by one, and pairs with forward mode."""
    g = ad.grad(f)
    found = g(W)
    np.testing.assert_allclose(found, one_by_one(g, W), rtol=1e-12, atol=1e-13)
    direction = rng.normal(size=W.shape)
    along = ad.jvp(f, (W,), (direction,))[1]
    np.testing.assert_allclose(np.vdot(found, direction), along, rtol=1e-10)


@pytest.mark.parametrize("op", [op for op in registry if op.factors], ids=lambda op: op.name)
def test_the_product_of_the_factors_is_the_cotangent(op):
    found = 0
    for case in op.cases:
        xs = [rng.normal(size=shape) for shape in case.args]
        ans = op.function(*xs)
        ct = rng.normal(size=np.shape(ans))
        for index in range(2):
            factors = op.factors(index, ct, *xs)
            if factors is not None:
                left, right = factors
                expected = op.vjp(index, ct, ans, xs, {})
                np.testing.assert_allclose(left.T @ right, expected, rtol=1e-12)
                found += 1
    assert found > 3


def test_what_waits_is_bounded(monkeypatch):
    f, W = program(["matrix @ vector"] * 60), rng.normal(size=(HIGH, WIDE)) * 0.1
    expected = ad.grad(f)(W)
    made = waited(monkeypatch)
    monkeypatch.setattr(shares, "WAITING", 5000)
    np.testing.assert_allclose(ad.grad(f)(W), expected, rtol=1e-12)
    assert len(made) > 5
    assert max(made) < 15


def test_only_thin_shares_of_large_matrices_wait(monkeypatch):
    made = waited(monkeypatch)
    W = rng.normal(size=(HIGH, WIDE))
    ad.grad(program(["matrix @ wide"] * 3))(W)
    ad.grad(lambda w: np.sum(w @ np.ones(3)) + np.sum(w @ np.ones(3) * 2))(np.ones((4, 3)))
    ad.grad(program(["matrix @ vector"]))(W)
    assert not made
    ad.grad(program(["matrix @ vector"] * 3))(W)
    assert made == [2]


@pytest.mark.parametrize("dtype", [np.float32, np.complex128, np.float64])
def test_dtypes(dtype):
    W = rng.normal(size=(HIGH, WIDE)).astype(dtype)
    v = [given(WIDE, k).astype(dtype) * (1 + 2j if dtype is np.complex128 else 1) for k in range(5)]
    f = lambda W: sum(np.sum(np.abs(W @ x) ** 2) for x in v)
    found = ad.grad(f)(W)
    assert found.dtype == dtype
    expected = one_by_one(ad.grad(f), W)
    scale = np.max(np.abs(expected)) * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=0, atol=10 * scale)


def test_arrays_of_two_dtypes_are_not_joined():
    W = rng.normal(size=(HIGH, WIDE)).astype(np.float32)
    f = lambda W: sum(np.sum((W @ given(WIDE, k)) ** 2) for k in range(4))
    found = ad.grad(f)(W)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, one_by_one(ad.grad(f), W))


def test_every_way_to_a_gradient():
    W, f = rng.normal(size=(HIGH, WIDE)) * 0.1, program(["matrix @ vector", "vector @ matrix"] * 3)
    expected = one_by_one(ad.grad(f), W)
    w = ad.Tensor(W)
    scaled = 1.0 * w
    f(scaled).backward(keep=True)
    close = lambda found: np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    close(w.grad)
    close(scaled.grad)
    close(ad.vjp(f, W)[1](1.0)[0])
    close(ad.jacobian(f)(W))
    close(ad.grad(lambda W: f(W.copy()))(W))
    direction = rng.normal(size=W.shape)
    ahead, behind = (ad.grad(f)(W + h * direction) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(
        ad.hvp(f, W, direction), (ahead - behind) / 2e-6, rtol=1e-5, atol=1e-7
    )


def test_infinities_are_those_of_shares_added_one_by_one():
    W = np.ones((HIGH, WIDE))
    f = lambda W: sum(np.sum(np.where(W @ x > 0, np.sqrt(np.abs(W @ x)), 0.0)) for x in (
        np.zeros(WIDE), np.ones(WIDE), 2 * np.ones(WIDE)))  # fmt: skip
    np.testing.assert_allclose(ad.grad(f)(W), one_by_one(ad.grad(f), W))


def test_a_program_of_such_a_loop_adds_one_by_one():
    W, f = rng.normal(size=(HIGH, WIDE)) * 0.1, program(["matrix @ vector"] * 5)
    g = ad.grad(f)
    written = ad.source(g, W)
    assert "concatenate" not in str(written)
    np.testing.assert_array_equal(written(W), one_by_one(g, W))
    compiled = ad.compile(g, backend="numpy")
    for _ in range(3):
        np.testing.assert_array_equal(compiled(W), one_by_one(g, W))
    np.testing.assert_allclose(compiled(W), g(W), rtol=1e-12, atol=1e-14)
