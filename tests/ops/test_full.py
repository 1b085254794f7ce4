"""Full decompositions of matrices that are not square: right where they are determined, else refused."""

import numpy as np
import pytest
import scipy.linalg

import autodiff as ad

draw = np.random.default_rng(4)
REAL = {shape: draw.normal(size=shape) for shape in [(5, 3), (3, 5), (3, 2), (2, 3), (2, 4, 3)]}
COMPLEX = {shape: x + 1j * draw.normal(size=shape) for shape, x in REAL.items()}


def square(v):
    return v @ np.swapaxes(np.conj(v), -1, -2)


def total(x):
    return np.sum(np.sin(np.real(x)) * np.cos(np.imag(x) + 0.3))


def whole(u, s, vh):
    """The matrix with the square roots of the singular values, as a textbook writes it."""
    sigma = np.zeros((u.shape[0], vh.shape[0]))
    sigma[: len(s), : len(s)] = np.diag(np.sqrt(s))
    return u @ sigma @ vh


DETERMINED = {
    "values": ((5, 3), lambda a: total(np.linalg.svd(a)[1])),
    "added on the left": ((5, 3), lambda a: total(square(np.linalg.svd(a)[0][:, 3:]))),
    "added on the right": ((3, 5), lambda a: total(square(np.linalg.svd(a)[2][3:].T))),
    "tall": ((5, 3), lambda a: total(whole(*np.linalg.svd(a)))),
    "wide": ((3, 5), lambda a: total(whole(*np.linalg.svd(a)))),
    "one added": ((3, 2), lambda a: total(square(np.linalg.svd(a)[0][:, 2:]))),
    "a stack": ((2, 4, 3), lambda a: total(square(np.linalg.svd(a)[0][..., 3:]))),
    "scipy": ((5, 3), lambda a: total(square(scipy.linalg.svd(a)[0][:, 3:]))),
    "complete": ((5, 3), lambda a: total(square(np.linalg.qr(a, mode="complete")[0][:, 3:]))),
    "r": ((5, 3), lambda a: total(np.linalg.qr(a, mode="complete")[1])),
    "product": ((5, 3), lambda a: total((lambda q, r: q @ np.sin(r))(*scipy.linalg.qr(a)))),
}


@pytest.mark.parametrize("numbers", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize("name", DETERMINED)
def test_what_is_determined_is_right(name, numbers):
    shape, f = DETERMINED[name]
    if numbers is COMPLEX and name in ("r", "product"):
        f = {"r": lambda a: total(np.abs(np.linalg.qr(a, mode="complete")[1]))}.get(name, f)
    report = ad.check(f, numbers[shape], order=2)
    assert report, str(report)


def test_a_single_added_vector_has_only_its_sign():
    def plane(points):
        return np.linalg.svd(points)[2][-1]

    for f in (
        plane,
        lambda a: np.linalg.svd(a.T)[0][:, -1],
        lambda a: scipy.linalg.qr(a.T)[0][:, -1],
    ):
        assert ad.check(f, REAL[2, 3], order=2)


@pytest.mark.parametrize("f", [
    lambda a: total(np.linalg.svd(a)[0][:, 3]), lambda a: total(np.linalg.svd(a.T)[2][3]),
    lambda a: total(np.linalg.qr(a, mode="complete")[0][:, 4]),
])  # fmt: skip
@pytest.mark.parametrize(
    "transform", [ad.grad, lambda f: lambda a: ad.jvp(f, (a,), (a,)), ad.hessian]
)
def test_single_ones_of_several_are_refused(f, transform):
    with pytest.raises(ad.UnsupportedError, match="any turn of them into each other is as good"):
        transform(f)(REAL[5, 3])


@pytest.mark.parametrize("shape", REAL)
@pytest.mark.parametrize("numbers", [REAL, COMPLEX], ids=["real", "complex"])
def test_values_and_programs_are_numpys(shape, numbers):
    a = numbers[shape]
    for f in (np.linalg.svd, lambda a: np.linalg.qr(a, mode="complete")):
        for own, right in zip(ad.vjp(f, a)[0], f(a), strict=True):
            np.testing.assert_allclose(own, right, atol=1e-12)
    f = ad.grad(lambda a: total(square(np.linalg.svd(a)[0])) + total(np.linalg.svd(a)[1]))
    np.testing.assert_allclose(ad.source(f, a)(1.1 * a), f(1.1 * a))
