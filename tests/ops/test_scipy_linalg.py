"""`scipy.linalg` and the Python functions of `scipy.special` at traced values."""

import random

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.draws import states
from autodiff.core.language.numpy_calls.teaching import teach

linalg = pytest.importorskip("scipy.linalg")
from scipy import special  # noqa: E402
from scipy.linalg import expm, solve_triangular  # noqa: E402
from scipy.special import log_softmax, logsumexp, polygamma, softmax  # noqa: E402

A = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.2, 0.5, 3.0]])
B = np.array([[1.0, 0.2], [0.3, -1.0], [2.0, 0.5]])
R = np.array([[0.3, -1.0, 0.2], [0.5, 0.4, -0.7]])
V = np.array([0.4, -0.3, 1.2])


def sym(a):
    return a @ a.T + np.eye(3)


CALLS = {
    "inv": (linalg.inv, A),
    "det": (linalg.det, A),
    "solve": (linalg.solve, A, B),
    "solve of vectors": (linalg.solve, A, V),
    "solve transposed": (lambda a, b: linalg.solve(a, b, transposed=True), A, V),
    "solve sym": (lambda a, b: linalg.solve(a + a.T, b, assume_a="sym"), A, V),
    "solve pos lower": (lambda a, b: linalg.solve(sym(a), b, assume_a="pos", lower=True), A, V),
    "cholesky": (lambda a: linalg.cholesky(sym(a)), A),
    "cholesky lower": (lambda a: linalg.cholesky(sym(a), lower=True), A),
    "triangular": (solve_triangular, A, B),
    "triangular lower": (lambda a, b: solve_triangular(a, b, lower=True), A, V),
    "triangular trans": (lambda a, b: solve_triangular(a, b, trans="T"), A, V),
    "triangular unit": (lambda a, b: solve_triangular(a, b, unit_diagonal=True), A, V),
    "cho_solve": (lambda a, b: linalg.cho_solve(linalg.cho_factor(sym(a)), b), A, V),
    "cho_solve lower": (lambda a, b: linalg.cho_solve(linalg.cho_factor(sym(a), True), b), A, V),
    "eigh": (lambda a: linalg.eigh(sym(a))[0], A),
    "eigvalsh": (lambda a: linalg.eigvalsh(sym(a)), A),
    "svd": (lambda a: np.abs(linalg.svd(a, full_matrices=False)[0]), A),
    "svdvals": (linalg.svdvals, A),
    "qr": (lambda a: linalg.qr(a)[1], A),
    "qr full": (lambda a: linalg.qr(np.concatenate([a, a]))[1], A),
    "qr economic": (lambda a: linalg.qr(a, mode="economic")[0], B),
    "qr r": (lambda a: linalg.qr(a, mode="r")[0], B),
    "pinv": (linalg.pinv, B),
    "norm": (linalg.norm, A),
    "norm 1": (lambda a: linalg.norm(a, 1), A),
    "block_diag": (lambda a, b: linalg.block_diag(a, 2.0, b), A, B),
    "toeplitz": (linalg.toeplitz, V, V * 2),
    "toeplitz of a column": (linalg.toeplitz, V),
    "expm": (expm, A / 3),
    "logm": (linalg.logm, A),
    "sqrtm": (linalg.sqrtm, A),
    "logsumexp": (logsumexp, V),
    "logsumexp axis": (lambda x: logsumexp(x, axis=1, keepdims=True), R),
    "logsumexp b": (lambda x, b: logsumexp(x, axis=0, b=b), R, R**2),
    "logsumexp of a list": (lambda x: logsumexp([x[0], 2 * x[1], 0.5]), V),
    "softmax": (softmax, R),
    "softmax axis": (lambda x: softmax(x, axis=1), R),
    "log_softmax": (lambda x: log_softmax(x, axis=0), R),
    "log_softmax of all": (log_softmax, R),
    "polygamma": (lambda x: polygamma(1, x), np.abs(V)),
    "multigammaln": (lambda a: special.multigammaln(a, 3), np.array(2.7)),
    "betainc": (lambda x: special.betainc(1.2, 2.0, x), np.array([0.2, 0.7])),
    "yn": (lambda x: special.yn(1, x), np.abs(V)),
    "jn": (lambda x: special.jn(1, x), np.abs(V)),
}


@pytest.mark.parametrize("name", CALLS)
def test_scipys_value_and_its_differences(name):
    f, *arrays = CALLS[name]
    np.testing.assert_allclose(ad.vjp(f, *arrays)[0], f(*arrays), rtol=1e-9, atol=1e-12)
    ad.check_grad(f, *arrays)
    if name != "pinv":
        ad.check_grad(lambda *xs: np.sum(np.sin(f(*xs))), *arrays, order=2)


def test_a_taught_function_is_itself_for_plain_arrays():
    import inspect
    import pickle

    ad.grad(lambda x: np.sum(logsumexp(x)))(V)
    assert pickle.loads(pickle.dumps(logsumexp)) is logsumexp is special.logsumexp
    assert list(inspect.signature(logsumexp).parameters) == [
        "a",
        "axis",
        "b",
        "keepdims",
        "return_sign",
    ]
    assert "exponentials" in logsumexp.__doc__
    value, sign = logsumexp(V, b=[1, 1, -9.0], return_sign=True)
    assert sign == -1
    assert np.isfinite(value)
    with pytest.raises(TypeError, match="axes"):
        logsumexp(V, axes=1)
    np.testing.assert_allclose(solve_triangular(A, V), np.linalg.solve(np.triu(A), V))


def test_forms_that_are_not_followed_say_so():
    for f in (
        lambda a: linalg.qr(a, pivoting=True)[1],
        lambda a: linalg.eigh(sym(a), subset_by_index=[0, 1])[0],
        lambda a: logsumexp(a, return_sign=True)[0],
        lambda a: expm(np.stack([a, a])),
        lambda a: linalg.lu_factor(a)[0],
    ):
        with pytest.raises(ad.AutodiffError, match=r"test_scipy_linalg\.py"):
            ad.vjp(f, A)


@pytest.mark.parametrize("function", [linalg.sqrtm, linalg.logm])
def test_complex_roots_and_logarithms_of_real_matrices(function):
    draw = np.random.default_rng(12)
    for _ in range(25):
        n = draw.integers(2, 5)
        a, along, ct, i = draw.normal(size=(4, n, n))
        ct = ct + 1j * i if np.iscomplexobj(function(a)) else ct
        step = 1e-6 * along
        slope = (function(a + step) - function(a - step)) / 2e-6
        (found,) = ad.vjp(function, a)[1](ct)
        scale = np.max(np.abs(slope))
        assert abs(np.sum(found * along) - np.sum(np.conj(ct) * slope).real) < 1e-4 * scale
        pushed = ad.jvp(function, (a,), (along,))[1]
        np.testing.assert_allclose(pushed, slope, atol=1e-5 * scale)


@pytest.mark.parametrize("function", [linalg.sqrtm, linalg.logm])
def test_second_derivatives_where_a_root_or_logarithm_jumps(function):
    a, step = np.array([[-2.0, 1.0], [0.5, 3.0]]), 1e-5

    def f(a):
        value = function(a)
        return np.sum(np.real(value)) + 0.3 * np.sum(np.imag(value))

    hessian = ad.hessian(f)(a)
    for i, j in np.ndindex(2, 2):
        along = np.zeros((2, 2))
        along[i, j] = step
        slope = (ad.grad(f)(a + along) - ad.grad(f)(a - along)) / (2 * step)
        np.testing.assert_allclose(hessian[i, j], slope, rtol=1e-5, atol=1e-7)
    with pytest.raises(ad.UnsupportedError, match=r"where it jumps.*ad\.hessian"):
        ad.jacobian(ad.grad(f), mode="reverse")(a)


def test_what_a_logarithm_draws_is_not_drawn_from_numbers_of_the_user():
    stood = states()
    ad.jacobian(linalg.logm)(A)
    assert states() == stood
    for f in (lambda a: linalg.logm(a), lambda a: a @ linalg.logm(A)):
        np.testing.assert_array_equal(ad.source(f, A)(A), f(A))
    with pytest.raises(ad.UnsupportedError, match="draws at random"):
        ad.source(lambda a: a * (random.random() < 2.0), A)


@pytest.mark.parametrize("function", [linalg.logm, linalg.expm, linalg.inv, logsumexp])
def test_a_debugger_may_look_at_every_frame_of_a_function_that_was_taught(function):
    ad.jacobian(function)(A)
    with pytest.raises(ValueError) as caught:
        function(np.ones((2, 3)), **({"axis": 9} if function is logsumexp else {}))
    frames = [entry.frame for entry in caught.traceback]
    assert function.__name__ in [own.code.name for own in frames]
    assert all(isinstance(dict(own.f_locals), dict) for own in frames)


def test_a_method_with_a_closure_learns_and_keeps_its_cells():
    class Base:
        def scaled(self, x):
            return float(x)

    class Own(Base):
        def scaled(self, x, by=3.0):
            return by * super().scaled(x)

    teach(Own.scaled, lambda self, x, by=3.0: by * x)
    assert Own().scaled(2.0) == 6.0
    assert ad.grad(lambda x: Own().scaled(x, by=5.0))(2.0) == 5.0
