"""Nearly equal eigenvalues and singular values: all digits, at every gap, in every mode.

The divided differences of these functions have forms in which nothing cancels, and so the truth is
known to the last digits (Daleckii & Krein, 1965, for the first derivative; products for others).
"""

import numpy as np
import pytest

import autodiff as ad
from autodiff.ops.linear import close
from autodiff.ops.linear.ties import tied_pairs

draw = np.random.default_rng(5)
GAPS = [0.1, *[float(f"1e-{k}") for k in range(2, 17)], 0.0]
DIVIDED = {
    "square": (lambda w: w * w, lambda a, b: a + b),
    "sqrt": (np.sqrt, lambda a, b: 1 / (np.sqrt(a) + np.sqrt(b))),
    "inverse": (lambda w: 1 / w, lambda a, b: -1 / (a * b)),
    "exp": (np.exp, lambda a, b: np.exp(b) * _over(np.expm1(a - b), a - b)),
    "log": (np.log, lambda a, b: _over(np.log1p((a - b) / b), (a - b) / b) / b),
}


def _over(top, bottom):
    return np.where(bottom == 0, 1.0, top / np.where(bottom == 0, 1.0, bottom))


def spectra(gap):
    """Spectra with near values: a pair, two pairs, a group, and many pairs."""
    yield np.array([1, 1 + gap, 2, 3])
    yield np.array([1, 1 + gap, 2, 2 + 3 * gap])
    yield np.array([1, 1 + gap, 1 + 3 * gap, 3])
    yield 1.0 + gap * np.arange(6.0)


def symmetric(a):
    return (a + a.T) / 2


def drawn(n):
    return symmetric(draw.normal(size=(n, n)))


def turned(w):
    """A symmetric matrix with these eigenvalues, and its eigenvectors."""
    q = np.linalg.qr(draw.normal(size=(len(w), len(w))))[0]
    return symmetric((q * w) @ q.T), q


def root(a):
    w, v = np.linalg.eigh(a)
    return (v * np.sqrt(w)) @ v.T


def by_eigh(f, c):
    def loss(a):
        w, v = np.linalg.eigh(a)
        return np.sum(c * ((v * f(w)) @ v.T))

    return loss


@pytest.mark.parametrize("name", DIVIDED)
@pytest.mark.parametrize("gap", GAPS)
def test_functions_of_a_matrix_keep_their_digits(gap, name):
    f, quotient = DIVIDED[name]
    for w in spectra(gap):
        a, q = turned(w)
        c, t = drawn(len(w)), drawn(len(w))
        terms = (q.T @ c @ q) * quotient(w[:, None], w) * (q.T @ t @ q)
        want, size = np.sum(terms), np.sum(np.abs(terms))
        loss = by_eigh(f, c)
        assert abs(np.sum(ad.grad(loss)(a) * t) - want) < 1e-10 * size
        assert abs(ad.jvp(loss, (a,), (t,))[1] - want) < 1e-10 * size


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("gap", GAPS)
def test_jacobians_of_a_square_root_keep_their_digits(gap, mode):
    for w in spectra(gap):
        a, q = turned(w)
        t = drawn(len(w))
        want = q @ ((q.T @ t @ q) / (np.sqrt(w)[:, None] + np.sqrt(w))) @ q.T
        found = np.tensordot(ad.jacobian(root, mode=mode)(a), t)
        np.testing.assert_allclose(found, want, atol=1e-10)


@pytest.mark.parametrize("gap", [g for g in GAPS if 1e-12 < g < 1e-5])
def test_second_derivatives_keep_their_digits(gap):
    for w in list(spectra(gap))[:2]:
        a, _ = turned(w)
        c, s, t = drawn(4), drawn(4), drawn(4)
        loss = by_eigh(lambda w: w * w, c)
        want, size = np.sum(c * (s @ t + t @ s)), np.sum(np.abs(c) * (np.abs(s) @ np.abs(t)))
        assert abs(np.sum(ad.hvp(loss, a, s) * t) - want) < 1e-9 * size
        twice = ad.jacobian(ad.grad(loss), mode="reverse")(a)
        assert abs(np.sum(np.tensordot(twice, s) * t) - want) < 1e-9 * size


@pytest.mark.parametrize("gap", GAPS)
def test_products_of_singular_vectors_keep_their_digits(gap):
    for s in spectra(gap):
        n = len(s)
        (_, p), (_, q) = turned(s), turned(s)
        a, c, t = (p * s) @ q.T, draw.normal(size=(n, n)), draw.normal(size=(n, n))

        def cubed(a, c=c):
            u, s, vh = np.linalg.svd(a)
            return np.sum(c * ((u * s**3) @ vh))

        want = np.sum(c * (t @ a.T @ a + a @ t.T @ a + a @ a.T @ t))
        size = np.sum(np.abs(c)) * np.max(np.abs(t)) * s[-1] ** 2
        assert abs(np.sum(ad.grad(cubed)(a) * t) - want) < 1e-10 * size
        assert abs(ad.jvp(cubed, (a,), (t,))[1] - want) < 1e-10 * size


@pytest.mark.parametrize("gap", GAPS)
def test_powers_by_eig_keep_their_digits(gap):
    for w in spectra(gap):
        n = len(w)
        v = turned(w)[1] + 0.3 * turned(w)[1]
        a, c, t = v @ np.diag(w) @ np.linalg.inv(v), drawn(n), draw.normal(size=(n, n))

        def squared(a, c=c):
            w, v = np.linalg.eig(a)
            return np.sum(c * np.real((v * w**2) @ np.linalg.inv(v)))

        size = np.linalg.cond(v) ** 2 * np.sum(np.abs(c)) * np.max(np.abs(t)) * n
        assert abs(np.sum(ad.grad(squared)(a) * t) - np.sum(c * (a @ t + t @ a))) < 1e-10 * size


@pytest.mark.parametrize("gap", [g for g in GAPS if g > 1e-13])
def test_single_vectors_keep_their_quotients(gap):
    a, _ = turned(np.array([1, 1 + gap, 2, 3]))
    t, (w, v) = drawn(4), np.linalg.eigh(a)
    moved = sum(v[:, j] * (v[:, j] @ t @ v[:, 0]) / (w[0] - w[j]) for j in range(1, 4))
    want = moved[0] * v[1, 0] + v[0, 0] * moved[1]

    def loss(a):
        v = np.linalg.eigh(a)[1]
        return v[0, 0] * v[1, 0]

    np.testing.assert_allclose(np.sum(ad.grad(loss)(a) * t), want, rtol=1e-9)
    np.testing.assert_allclose(ad.jvp(loss, (a,), (t,))[1], want, rtol=1e-9)


def test_a_batch_of_matrices_each_with_its_own_gap():
    stack = np.stack([turned(w)[0] for gap in (1e-3, 1e-9, 1e-12) for w in list(spectra(gap))[:3]])
    c = drawn(4)

    def loss(a):
        w, v = np.linalg.eigh(a)
        return np.sum((v * np.exp(w)[..., None, :]) @ np.swapaxes(v, -1, -2) * c)

    for a, found in zip(stack, ad.grad(loss)(stack), strict=True):
        np.testing.assert_allclose(found, ad.grad(loss)(a), atol=1e-10)


def test_what_is_close_and_what_is_far():
    w = np.array([0.0, 1e-9, 1.0, 1.0 + 1e-15, 2.0])
    near = close.close_pairs(w)
    assert np.argwhere(np.triu(near)).tolist() == [[0, 1], [2, 3]]
    assert np.sum(near & ~tied_pairs(w)) == 2
    assert not close.is_inexact((np.array([1.0, 2.0]), np.eye(2)))
    assert close.is_inexact((np.array([1.0, 1.0 + 1e-9]), np.eye(2)))
