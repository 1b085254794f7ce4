"""Memory that is used again by compiled programs is never anybody else's."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.source.compiled.backends import is_installed
from autodiff.source.compiled.rounding import close

BACKENDS = ["numpy", *(["numba"] if is_installed("numba") else [])]


def check_same(found, wanted):
    found, wanted = flatten(found), flatten(wanted)
    assert found[1] == wanted[1]
    for a, b in zip(found[0], wanted[0], strict=True):
        assert close(a, b)


@pytest.mark.parametrize("backend", BACKENDS)
def test_memory_that_is_used_again_is_nobody_elses(backend):
    rng = np.random.default_rng(0)

    def f(x, v):
        a = np.sin(x) * v
        b = a + x
        c = a.T
        d = np.exp(-b) / (1 + np.exp(b - 1))
        e = (d @ c) * 0.5
        d = d - e.mean()
        z = d * v
        total = np.sum(z) + np.sum(c) + np.max(e)
        return total, z, b * d, z + 1

    fast = ad.compile(f, backend=backend)
    grad = ad.compile(ad.grad(lambda x, v: f(x, v)[0] + np.sum(f(x, v)[2])), backend=backend)
    for _ in range(3):
        x, v = rng.normal(size=(80, 80)), rng.normal(size=(80, 80))
        kept = x.copy(), v.copy()
        first = fast(x, v)
        before = [np.copy(part) for part in first]
        second = fast(v, x)
        check_same(first, f(x, v))
        check_same(second, f(v, x))
        assert all(np.array_equal(a, b) for a, b in zip(first, before))
        assert not any(
            np.shares_memory(a, b)
            for i, a in enumerate(first[1:])
            for b in (x, v, *second[1:], *first[1:][i + 1 :])
        )
        check_same(grad(x, v), ad.grad(lambda x, v: f(x, v)[0] + np.sum(f(x, v)[2]))(x, v))
        assert np.array_equal(x, kept[0])
        assert np.array_equal(v, kept[1])


def test_the_text_of_numpy_uses_memory_again():
    def f(x):
        for _ in range(6):
            x = np.sin(x) * 0.5 + 1.0
        return x

    fast = ad.compile(f, backend="numpy")
    x = np.linspace(0, 1, 20_000)
    assert np.array_equal(fast(x), f(x))
    assert np.array_equal(fast(x), f(x))
    assert str(fast.source).count("out=") >= 12


def test_what_can_not_be_recorded_goes_on():
    def f(x):
        y = np.ones_like(x)
        y[0] = -x[0]
        for k in range(1, 4):
            y[:k] += x[k] * np.flip(y[:k])
        return np.sum(y**2)

    fast = ad.compile(ad.grad(f))
    x = np.arange(1.0, 5.0)
    for _ in range(2):
        check_same(fast(x), ad.grad(f)(x))


SEVERAL = {
    "svd": lambda x: np.sum(np.sin(np.linalg.svd(x, full_matrices=False)[0] * [[1, 2, 3]])),
    "svd full": lambda x: np.sum(np.linalg.svd(x)[0][:, 3:] @ np.linalg.svd(x)[0][:, 3:].T),
    "eigh": lambda x: np.sum(np.abs(np.linalg.eigh(x.T @ x)[1]) ** 3),
    "eig": lambda x: np.sum(np.abs(np.linalg.eig(x.T @ x)[0])),
    "qr": lambda x: np.sum(np.sin(np.linalg.qr(x)[0])),
    "slogdet": lambda x: np.linalg.slogdet(x.T @ x)[1],
    "modf": lambda x: np.sum(np.modf(x)[0] ** 2),
    "split": lambda x: np.sum(np.sin(np.split(x, [1])[1])),
    "histogram": lambda x: np.sum(x) * np.histogram(x, 3)[0][1],
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SEVERAL)
def test_calls_with_several_results_are_compiled(name, backend):
    x = np.random.default_rng(2).normal(size=(5, 3))
    f = ad.grad(SEVERAL[name])
    fast = ad.compile(f, backend=backend)
    for _ in range(2):
        check_same(fast(x), f(x))
    assert fast.source is not None, fast.reason
