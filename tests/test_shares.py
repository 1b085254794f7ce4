"""Gradients of matrices that are used for many vectors: one product at the end, the same sum."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.registry import registry
from autodiff.core.reverse import shares
from autodiff.core.reverse.shares import Shares, one_by_one

WIDE, HIGH = 48, 40

USES = {
    "matrix @ vector": lambda W, k: W @ given(WIDE, k),
    "np.dot(matrix, vector)": lambda W, k: np.dot(W, given(WIDE, k)),
    "vector @ matrix": lambda W, k: given(HIGH, k) @ W,
    "thin @ matrix": lambda W, k: given((2, HIGH), k) @ W,
    "matrix @ thin": lambda W, k: W @ given((WIDE, 3), k),
    "matrix @ wide": lambda W, k: W @ given((WIDE, WIDE), k),
    "transposed": lambda W, k: W.T @ given(HIGH, k),
    "rows @ transposed": lambda W, k: given((2, WIDE), k) @ W.T,
    "np.swapaxes": lambda W, k: np.swapaxes(W, 0, 1) @ given(HIGH, k),
    "columns": lambda W, k: W[:, :44] @ given(44, k),
    "other columns": lambda W, k: W[:, 4:] @ given(44, k),
    "columns in turn": lambda W, k: W[:, k % 3 : 40 + k % 3] @ given(40, k),
    "every second row": lambda W, k: given(WIDE, k) @ W[::-1].T,
    "reshaped": lambda W, k: W.reshape(WIDE, HIGH) @ given(HIGH, k),
    "a view of a view": lambda W, k: W[:, 2:].T @ given(HIGH, k),
    "rows by number": lambda W, k: W[np.arange(HIGH) % 7] @ given(WIDE, k),
    "np.inner": lambda W, k: np.inner(W, given(WIDE, k)),
    "np.inner of rows": lambda W, k: np.inner(given((2, WIDE), k), W),
    "np.inner with rows": lambda W, k: np.inner(W, given((3, WIDE), k)),
    "np.tensordot": lambda W, k: np.tensordot(W, given(WIDE, k), 1),
    "np.matvec": lambda W, k: np.matvec(W, given((2, WIDE), k)),
    "np.vecmat": lambda W, k: np.vecmat(given(HIGH, k), W),
    "vector of another layout": lambda W, k: W @ given((WIDE, 2), k)[:, k % 2],
    "stack @ matrix": lambda W, k: given((2, 3, HIGH), k) @ W,
    "number": lambda W, k: np.dot(W, 1.0 + k),
    "number before": lambda W, k: np.dot(1.0 + k, W),
    "elementwise": lambda W, k: np.tanh(W) * (1 + k),
    "an element": lambda W, k: W[k % HIGH, 3],
    "a row": lambda W, k: W[k % HIGH],
    "row by row twice": lambda W, k: W @ np.tanh(W[k % HIGH]),
}


if not hasattr(np, "matvec"):  # NumPy 2.2
    del USES["np.matvec"], USES["np.vecmat"]


def given(shape, k):
    """An array that hangs on the place alone."""
    return np.random.default_rng([7, k]).normal(size=shape)


@pytest.fixture
def rng():
    """The same numbers for a test in whatever order they run."""
    return np.random.default_rng(5)


def program(uses):
    """A sum over uses of one matrix."""

    def f(W):
        return sum(np.sum(np.sin(USES[name](W, k))) for k, name in enumerate(uses))

    return f


def waited(monkeypatch):
    """A list of how many factors there were in each sum that was put off."""
    made, total = [], Shares.total

    def noted(self):
        made.append(sum(len(factors.lefts) for factors in self.waiting.values()))
        return total(self)

    monkeypatch.setattr(Shares, "total", noted)
    return made


@pytest.mark.parametrize("name", USES)
def test_a_loop_of_one_use(name, rng):
    W = rng.normal(size=(HIGH, WIDE)) * 0.1
    agrees(program([name] * 7), W)


@pytest.mark.parametrize("seed", range(80))
def test_random_mixtures_of_uses(seed):
    draw = np.random.default_rng(seed)
    names = draw.choice(list(USES), size=draw.integers(2, 20))
    agrees(program(names), draw.normal(size=(HIGH, WIDE)) * 0.1)


def close(found, expected):
    """Equal but for rounding of the largest elements."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))


def agrees(f, W):
    """The gradient is that of shares added one by one, and pairs with forward mode."""
    g = ad.grad(f)
    found = g(W)
    close(found, one_by_one(g, W))
    direction = given(W.shape, 0)
    along = ad.jvp(f, (W,), (direction,))[1]
    np.testing.assert_allclose(np.vdot(found, direction), along, rtol=1e-10)


@pytest.mark.parametrize("op", [op for op in registry if op.factors], ids=lambda op: op.name)
def test_the_product_of_the_factors_is_the_cotangent(op, rng):
    found = 0
    for case in op.cases:
        xs = [rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in case.args]
        ans = op.function(*xs)
        ct = rng.normal(size=np.shape(ans)) + 1j * rng.normal(size=np.shape(ans))
        for index in range(2):
            factors = op.factors(index, ct, *xs) if np.ndim(xs[index]) == 2 else None
            if factors is not None:
                left, right = factors
                expected = op.vjp(index, ct, ans, xs, {})
                np.testing.assert_allclose(left.T @ right, expected, rtol=1e-12)
                found += 1
    assert found > 0


def test_what_waits_is_bounded(monkeypatch, rng):
    f, W = program(["matrix @ vector"] * 60), rng.normal(size=(HIGH, WIDE)) * 0.1
    expected = ad.grad(f)(W)
    made = waited(monkeypatch)
    monkeypatch.setattr(shares, "WAITING", 5000)
    close(ad.grad(f)(W), expected)
    assert len(made) > 5
    assert max(made) < 15


def test_only_thin_shares_of_large_matrices_wait(monkeypatch, rng):
    made = waited(monkeypatch)
    W = rng.normal(size=(HIGH, WIDE))
    ad.grad(program(["matrix @ wide"] * 3))(W)
    ad.grad(lambda w: np.sum(w @ np.ones(3)) + np.sum(w @ np.ones(3) * 2))(np.ones((4, 3)))
    ad.grad(program(["matrix @ vector"]))(W)
    assert not made
    for name in ("matrix @ vector", "transposed", "columns", "np.inner"):
        ad.grad(program([name] * 4))(W)
        assert made.pop() == 3


@pytest.mark.parametrize("dtype", [np.float32, np.complex128, np.float64])
def test_dtypes(dtype, rng):
    W = rng.normal(size=(HIGH, WIDE)).astype(dtype)
    v = [given(WIDE, k).astype(dtype) * (1 + 2j if dtype is np.complex128 else 1) for k in range(5)]
    f = lambda W: sum(np.sum(np.abs(W @ x) ** 2) for x in v)
    found = ad.grad(f)(W)
    assert found.dtype == dtype
    expected = one_by_one(ad.grad(f), W)
    scale = np.max(np.abs(expected)) * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=0, atol=10 * scale)


def test_arrays_of_two_dtypes_are_not_joined(rng):
    W = rng.normal(size=(HIGH, WIDE)).astype(np.float32)
    f = lambda W: sum(np.sum((W @ given(WIDE, k)) ** 2) for k in range(4))
    found = ad.grad(f)(W)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, one_by_one(ad.grad(f), W))


def test_every_way_to_a_gradient(rng):
    W, f = rng.normal(size=(HIGH, WIDE)) * 0.1, program(["matrix @ vector", "vector @ matrix"] * 3)
    expected = one_by_one(ad.grad(f), W)
    w = ad.Tensor(W)
    scaled = 1.0 * w
    f(scaled).backward(keep=True)
    ways = (w.grad, scaled.grad, ad.vjp(f, W)[1](1.0)[0], ad.jacobian(f)(W))
    for found in (*ways, ad.grad(lambda W: f(W.copy()))(W)):
        close(found, expected)
    direction = rng.normal(size=W.shape)
    ahead, behind = (ad.grad(f)(W + h * direction) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(
        ad.hvp(f, W, direction), (ahead - behind) / 2e-6, rtol=1e-5, atol=1e-7
    )


def test_parts_whose_text_is_alike_are_told_apart(rng):
    W, vectors = rng.normal(size=(8, 3000)), rng.normal(size=(4, 1500))
    places = [np.arange(1500) for _ in vectors]
    for k, place in enumerate(places):
        place[700 + k] = 2000 + k
    by_places = lambda W, k: W[:, places[k]]

    def filled(W, k):
        y = np.zeros((8, 1500))
        y[:, ::-1] = W[:, 100 * k : 100 * k + 1500]
        y[:, k] = 0.0
        return y

    for part in (by_places, filled):
        f = lambda W, part=part: sum(np.sum(np.tanh(part(W, k) @ v)) for k, v in enumerate(vectors))
        close(ad.grad(f)(W), one_by_one(ad.grad(f), W))


@pytest.mark.parametrize("first", [True, False])
def test_a_share_that_hangs_on_another_variable(first, rng):
    W, x = rng.normal(size=(HIGH, HIGH)) * 0.1, rng.normal(size=HIGH)

    def loss(W, weight):
        penalty, h, total = weight * np.sum(W**2), x, 0.0
        for _ in range(4):
            h = np.tanh(W @ h)
            total = total + np.sum(h * h)
        return penalty + total if first else total + penalty

    def size(weight):
        return np.sum(ad.grad(loss)(W, weight) ** 2)

    by_difference = (size(2 + 1e-5) - size(2 - 1e-5)) / 2e-5
    for slope in (ad.grad(size)(2.0), ad.derivative(size)(2.0), ad.jacobian(size)(2.0)):
        np.testing.assert_allclose(slope, by_difference, rtol=1e-7)


def test_infinities_are_those_of_shares_added_one_by_one():
    W = np.ones((HIGH, WIDE))
    f = lambda W: sum(np.sum(np.where(W @ x > 0, np.sqrt(np.abs(W @ x)), 0.0)) for x in (
        np.zeros(WIDE), np.ones(WIDE), 2 * np.ones(WIDE)))  # fmt: skip
    np.testing.assert_allclose(ad.grad(f)(W), one_by_one(ad.grad(f), W))


def test_a_program_of_such_a_loop_adds_one_by_one(rng):
    W, f = rng.normal(size=(HIGH, WIDE)) * 0.1, program(["matrix @ vector"] * 5)
    g = ad.grad(f)
    written = ad.source(g, W)
    assert "concatenate" not in str(written)
    np.testing.assert_array_equal(written(W), one_by_one(g, W))
    compiled = ad.compile(g, backend="numpy")
    for _ in range(3):
        np.testing.assert_array_equal(compiled(W), one_by_one(g, W))
    close(compiled(W), g(W))
