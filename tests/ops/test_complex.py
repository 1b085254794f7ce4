"""Complex arguments: holomorphic functions, parts, products, Fourier and linear algebra."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.compare import _paired, _random_like
from autodiff.core.language.registry import registry

Z = np.array([0.6 + 0.3j, -0.4 + 1.1j, 1.2 - 0.7j])
V = np.array([0.2 - 0.8j, 0.9 + 0.4j, -0.5 + 0.1j])
A = np.array(
    [[2.0 + 0.1j, 0.3 - 0.4j, 0.2j], [0.5, 1.5 - 0.6j, 0.7 + 0.2j], [-0.3j, 0.4, 3.0 + 1j]]
)
H = A + A.conj().T
TALL = A[:, :2]

CALLS = {
    **{
        name: (getattr(np, name), Z)
        for name in [
            "exp",
            "exp2",
            "expm1",
            "log",
            "log2",
            "log10",
            "log1p",
            "sqrt",
            "square",
            "sin",
            "cos",
            "tan",
            "sinh",
            "cosh",
            "tanh",
            "arcsin",
            "arccos",
            "arctan",
            "arcsinh",
            "arccosh",
            "arctanh",
            "reciprocal",
            "negative",
            "absolute",
            "angle",
            "real",
            "imag",
            "conj",
            "sign",
            "sum",
            "prod",
            "mean",
            "cumsum",
            "cumprod",
            "diff",
            "flip",
            "ravel",
            "sort_complex",
            "median",
            "nanmedian",
            "var",
            "std",
        ]
    },
    "angle in degrees": (lambda z: np.angle(z, deg=True), Z),
    "multiply": (np.multiply, Z, V),
    "divide": (np.divide, Z, V),
    "power": (np.power, Z, V),
    "power of a number": (lambda z: z**3, Z),
    "real times complex": (lambda x, z: x * z, np.array([0.5, 1.5, -2.0]), Z),
    "real base": (lambda x, z: x**z, np.array([0.5, 1.5, 2.0]), Z),
    "real to complex": (lambda x: np.abs(np.exp(1j * x)) + np.angle(1 + 1j * x), Z.real),
    "matmul": (np.matmul, A, A.T + 1),
    "vdot": (np.vdot, Z, V),
    "vecdot": (np.vecdot, A, V),
    "vecmat": (np.vecmat, Z, A),
    "matvec": (np.matvec, A, V),
    "dot": (np.dot, A, V),
    "inner": (np.inner, A, V),
    "outer": (np.outer, Z, V),
    "kron": (np.kron, Z, V),
    "einsum": (lambda a, b: np.einsum("ij,j,kj->k", a, b, a), A, Z),
    "convolve": (np.convolve, Z, V[:2]),
    "correlate": (lambda a, v: np.correlate(a, v, "full"), Z, V[:2]),
    "correlate, the short one first": (lambda a, v: np.correlate(a, v, "same"), Z[:2], V),
    "cov": (np.cov, A),
    "norm": (np.linalg.norm, A),
    "norm along an axis": (lambda a: np.linalg.norm(a, axis=1), A),
    "norm of order 3": (lambda z: np.linalg.norm(z, 3), Z),
    "nuclear norm": (lambda a: np.linalg.norm(a, "nuc"), A),
    "inv": (np.linalg.inv, A),
    "det": (np.linalg.det, A),
    "slogdet": (np.linalg.slogdet, A),
    "solve": (np.linalg.solve, A, Z),
    "pinv": (np.linalg.pinv, TALL),
    "lstsq": (lambda a, b: np.linalg.lstsq(a, b)[0], TALL, Z),
    "cholesky": (lambda a: np.linalg.cholesky(a + 5 * np.eye(3)), H),
    "eigvalsh": (np.linalg.eigvalsh, H),
    "eigenvectors up to their phase": (lambda a: np.abs(np.linalg.eigh(a)[1]), H),
    "eig": (np.linalg.eig, A),
    "svdvals": (np.linalg.svdvals, TALL),
    "polar factor": (lambda a: (lambda u, s, vh: u @ vh)(*np.linalg.svd(a)), A),
    "qr": (np.linalg.qr, TALL),
    "roots": (np.roots, Z),
    "fft": (np.fft.fft, Z),
    "irfft": (np.fft.irfft, Z),
    "hfft": (np.fft.hfft, Z),
    "ifftn": (np.fft.ifftn, A),
    "irfft2": (np.fft.irfft2, A),
    "interp": (lambda fp: np.interp([0.3, 1.4], [0.0, 1.0, 2.0], fp), Z),
    "where": (lambda z, v: np.where([True, False, True], z, v), Z, V),
    "trace": (np.trace, A),
    "add.reduce": (np.add.reduce, A),
    "real_if_close": (np.real_if_close, Z),
}


FIRST = {"eig", "qr", "svdvals", "roots", "sort_complex"}
"""Checked to first order: larger steps meet a kink, or another order of the results."""


@pytest.mark.parametrize("name", CALLS)
def test_both_modes(name):
    f, *arrays = CALLS[name]
    draw = np.random.default_rng(2)
    out, pullback = ad.vjp(f, *arrays)
    ct, tangents = _random_like(out, draw), tuple(_random_like(a, draw) for a in arrays)
    value, pushed = ad.jvp(f, tuple(arrays), tangents)
    np.testing.assert_allclose(value[0], f(*arrays)[0]) if isinstance(value, tuple) else (
        np.testing.assert_allclose(value, f(*arrays), rtol=1e-12)
    )
    right = sum(
        np.sum(np.real(np.conj(c) * t)) for c, t in zip(pullback(ct), tangents, strict=True)
    )
    assert _paired(ct, pushed) == pytest.approx(right, rel=1e-11, abs=1e-11)
    ad.check_grad(f, *arrays, order=1 if name in FIRST else 2)


def test_the_gradient_is_the_direction_of_steepest_ascent():
    z = 1.0 + 2.0j
    assert ad.grad(lambda z: np.abs(z) ** 2)(z) == pytest.approx(2 * z)
    assert ad.grad(lambda z: np.real(z * z))(z) == pytest.approx(2 * np.conj(z))


def test_a_real_variable_has_a_real_gradient():
    x = np.array([0.5, -1.0, 2.0])
    found = ad.grad(lambda x: np.sum(np.abs(np.fft.fft(x * (1 + 2j))) ** 2))(x)
    assert found.dtype == float
    np.testing.assert_allclose(found, 2 * 3 * 5 * x)


def test_kinks_of_complex_numbers():
    assert ad.grad(np.abs)(0j) == 0
    assert ad.jvp(np.abs, (3 + 4j,), (1j,))[1] == pytest.approx(0.8)
    assert ad.grad(np.linalg.norm)(np.zeros(2, complex)).tolist() == [0, 0]


# -- on a cut the sign of a zero says from which side -----------------------------------------------

ON_AXES = [
    (complex(at, zero) if real else complex(zero, at), 1.0 if real else 1j)
    for at in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)
    for zero in (0.0, -0.0)
    for real in (True, False)
]
OF_ONE = [
    op
    for op in registry
    if isinstance(op.public, np.ufunc) and op.public.nin == 1 and op.kind != "constant"
    if getattr(np, op.public.__name__, None) is op.public  # SciPy's may be loaded, or not
]


def _takes_complex(function):
    with np.errstate(all="ignore"):
        try:
            return function(np.array([0.5 + 0.5j])).dtype.kind == "c"
        except TypeError:
            return False


@pytest.mark.parametrize("op", [op for op in OF_ONE if _takes_complex(op.public)], ids=str)
def test_functions_with_cuts_have_the_slope_of_their_side(op):
    f, step = op.public, 1e-6
    for z, along in ON_AXES:
        z = np.complex128(z)

        def at(t, z=z, real=along == 1.0):
            return complex(z.real + t, z.imag) if real else complex(z.real, z.imag + t)

        with np.errstate(all="ignore"):
            slope = (f(np.complex128(at(step))) - f(np.complex128(at(-step)))) / (2 * step)
            _, tangent = ad.jvp(f, (z,), (np.complex128(along),))
            second = ad.jvp(lambda z: ad.jvp(f, (z,), (along,))[1], (z,), (along,))[1]  # noqa: B023
            ends = [ad.jvp(f, (np.complex128(at(t)),), (along,))[1] for t in (step, -step)]
        assert tangent == pytest.approx(slope, rel=1e-5, abs=1e-6), (z, along)
        wanted = pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4, abs=1e-5)
        assert second == wanted, (z, along)
