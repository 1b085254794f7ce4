"""Forms of arguments that no rule understands are refused by name, never ignored."""

import warnings

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.ground.errors import AutodiffError

X = np.array([0.3, 1.2, 0.8, 2.0])
M = X.reshape(2, 2) + np.eye(2)

OUT, OUT_4, OUT_8, OUT_COMPLEX = np.zeros(()), np.zeros(4), np.zeros(8), np.zeros(4, complex)
FORMS = {
    "sum out": (lambda x: np.sum(x, out=OUT), "out"),
    "sum positional out": (lambda x: np.sum(x, None, None, OUT), "out"),
    "sum as integers": (lambda x: np.sum(x, dtype=int), "int"),
    "mean out": (lambda x: np.mean(x, None, None, OUT), "out"),
    "var mean": (lambda x: np.var(x, mean=np.mean(X)), "mean"),
    "cumsum out": (lambda x: np.cumsum(x, out=OUT_4), "out"),
    "clip out": (lambda x: np.clip(x, 0, 1, OUT_4), "out"),
    "nan_to_num in place": (lambda x: np.nan_to_num(x, copy=False), "copy=False"),
    "max out": (lambda x: np.max(x, out=OUT), "out"),
    "exp where": (lambda x: np.exp(x, where=X > 1), "where"),
    "exp out": (lambda x: np.exp(x, out=OUT_4), "out"),
    "add dtype": (lambda x: np.add(x, x, dtype=np.float32), "dtype"),
    "sort order": (lambda x: np.sort(x, order="a"), "order"),
    "quantile weights": (lambda x: np.quantile(x, 0.5, weights=X, method="inverted_cdf"), "weights"),
    "quantile of a traced q": (lambda x: np.quantile(X, x[0]), "q"),
    "unique axis": (lambda x: np.unique(x[None], axis=0), "axis"),
    "einsum out": (lambda x: np.einsum("i->i", x, out=OUT_4), "out"),
    "einsum dtype": (lambda x: np.einsum("i->i", x, dtype=float), "dtype"),
    "concatenate dtype": (lambda x: np.concatenate([x, x], dtype=np.float32), "dtype"),
    "concatenate out": (lambda x: np.concatenate([x, x], out=OUT_8), "out"),
    "matmul axes": (lambda x: np.matmul(x[None], x[:, None], axes=[(0, 1)] * 3), "axes"),
    "pad maximum": (lambda x: np.pad(x, 1, mode="maximum"), "maximum"),
    "pad by a function": (lambda x: np.pad(x, 1, mode=lambda *a: None), "mode"),
    "svd hermitian": (lambda x: np.linalg.svd(x[:, None] * x, hermitian=True)[0], "hermitian"),
    "pinv hermitian": (lambda x: np.linalg.pinv(x[:, None] * x, hermitian=True), "hermitian"),
    "qr raw": (lambda x: np.linalg.qr(x[:, None], mode="raw"), "raw"),
    "polyfit full": (lambda x: np.polyfit(X, x, 1, full=True), "full"),
    "roots with a root at 0": (lambda x: np.roots(np.append(x, 0.0)), "last coefficient"),
    "add.reduce out": (lambda x: np.add.reduce(x, out=OUT), "out"),
    "subtract.reduce where": (lambda x: np.subtract.reduce(x, where=X > 1), "where"),
    "outer dtype": (lambda x: np.add.outer(x, x, dtype=float), "dtype"),
    "fft out": (lambda x: np.fft.fft(x, out=OUT_COMPLEX), "out"),
    "astype int": (lambda x: x.astype(int), "int"),
    "ravel in memory order": (lambda x: np.ravel(np.stack([x, x])[:, ::2], order="K"), "order"),
    "take of a traced index": (lambda x: np.take(X, x), "indices"),
    "histogram by name": (lambda x: np.histogram(X, "auto", weights=x), "bins"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_refused_by_name(name, mode):
    f, word = FORMS[name]
    with pytest.raises(AutodiffError, match=word):
        ad.vjp(f, X) if mode == "reverse" else ad.jvp(f, (X,), (X,))


ACCEPTED = {
    "solve of a stack and a vector": (np.linalg.solve, np.stack([M, M.T + 1.0]), X[:2]),
    "lexsort": (lambda x: x[np.lexsort((x, np.round(x)))] * 2, X),
    "average with whole weights": (lambda x: np.average(x, 0, [1, 2], returned=True), M),
    "trapezoid of a list": (lambda x: np.trapezoid([1, 2, 0, 3], x), X),
    "choose with a number": (lambda x: np.choose([0, 1, 1, 0], [x, 2.0]), X.astype(np.float32)),
    "norm of order 0": (lambda x: np.linalg.norm(x, 0) * x, X.astype(np.float32)),
    "roots of a list": (lambda x: np.roots([1.0, -x[3] - 3, x[0]]), X),
    "poly of a list": (lambda x: np.poly([x[0], 2.0, x[1]]), X),
    "array of lists": (lambda x: np.array([[x[0], 1], [2, x[1]]], like=x), X),
    "full_like of another order": (lambda x: np.full_like(x[:, ::-1].T, x[0, 0], order="C"), M),
    "expand_dims by a list": (lambda x: np.expand_dims(x, axis=[0, 2]), X),
    "a list on the left": (lambda x: [x[0], 1.0, x[1], 2.0] * x, X),
    "reshape with copy": (lambda x: x.reshape(2, 2, copy=True), X),
    "einsum of one array": (lambda x: np.einsum("...j->j...", x), M),
    "constants by keyword": (
        lambda x: x[np.argsort(a=x)] * np.argmax(a=x) + np.zeros_like(a=x) + np.shape(a=x)[0],
        X,
    ),
    "a table by keyword": (lambda x: x * np.searchsorted(a=np.array([0.0, 1.0]), v=x), X),
    "tensordot by keyword": (lambda x: np.tensordot(a=x, b=x, axes=0), X),
    "meshgrid": (lambda x, y: np.meshgrid(x, y, indexing="ij"), X, X[:2]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_with_numpys_value_and_dtype(name):
    f, *arrays = ACCEPTED[name]
    out, pushed = ad.jvp(f, tuple(arrays), tuple(arrays))
    ct = flatten(pushed)[0]
    structure = flatten(out)[1]
    again, pullback = ad.vjp(f, *arrays)
    for value in (out, again):
        for own, plain in zip(flatten(value)[0], flatten(f(*arrays))[0], strict=True):
            np.testing.assert_allclose(own, plain, rtol=1e-6)
            assert np.asarray(own).dtype == np.asarray(plain).dtype
    pulled = pullback(unflatten(structure, ct))
    pairs = zip(pulled, arrays, strict=True)
    assert sum(np.sum(g * x) for g, x in pairs) == pytest.approx(sum(np.sum(t * t) for t in ct))
    if all(a.dtype == float for a in arrays):
        ad.check_grad(f, *arrays)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.prod(x, axis=0)),
        lambda x: np.sum(np.nanprod(x, axis=0)) + np.sum(x),
        lambda x: np.sum(np.var(x, axis=1)) + np.sum(x),
        lambda x: np.sum(np.median(x, axis=0)) + np.sum(x),
        lambda x: np.sum(np.diff(x, n=4, axis=1)),
    ],
)
def test_empty_arrays(f):
    x = np.zeros((2, 0))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert ad.grad(f)(x).shape == (2, 0)
        assert np.shape(ad.jvp(f, (x,), (x,))[1]) == ()


ERRORS = {
    "outer of a matrix": lambda x: np.linalg.outer(x[None], x),
    "nanmax of nothing": lambda x: np.nanmax(x[:0]),
    "wrong axis": lambda x: np.sum(x, axis=3),
    "wrong index": lambda x: x[9],
    "wrong take": lambda x: np.take(x, 7),
    "wrong choice": lambda x: np.choose([0, 2], [x[:2], x[:2]]),
    "wrong shapes": lambda x: np.tensordot(x, x[:2], 1),
    "wrong split": lambda x: np.split(x, 3),
    "wrong norm": lambda x: np.linalg.norm(x, "fro"),
    "mask too long": lambda x: np.sum(x[:1], where=X > 0),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_numpys(name):
    with pytest.raises((ValueError, IndexError)) as plain:
        ERRORS[name](X)
    with pytest.raises((plain.type, AutodiffError)):
        ad.vjp(ERRORS[name], X)


@pytest.mark.parametrize("family", FAMILIES)
def test_second_order(family):
    rough = {"sort_complex", "unwrap", "heaviside", "eig", "roots"}  # large steps jump
    for name, calls in FAMILIES[family].items():
        if name not in rough:
            f, *arrays = calls[0]
            ad.check_grad(f, *arrays, order=2)


def test_named_results_keep_their_names():
    def f(a):
        w, v = np.linalg.eigh(a)
        again = np.linalg.eigh(a)
        q = np.linalg.qr(a)
        s = np.linalg.svd(a)
        assert type(again).__name__ == "EighResult"
        return (
            w[0] + again.eigenvalues[1] + v[0, 0] + q.R[0, 0] + s.S[0]
            + np.linalg.slogdet(a).logabsdet + np.real(np.linalg.eig(a).eigenvalues[0])
        )  # fmt: skip

    ad.check_grad(f, M, order=2)
    inner = ad.grad(lambda a: ad.jvp(f, (a,), (np.eye(2),))[1])
    assert inner(M).shape == (2, 2)


def test_methods_and_operators():
    def f(x):
        y = abs(-x) + (+x) ** 2 - 3 / x + x // 2 + x % 0.7 + 2**x + divmod(x, 0.7)[1]
        y = y.clip(0.0, 30.0).round(12) * 0 + y
        y = y + x.sum() + x.mean(0) + x.var() + x.std() + x.max() + x.min() + x.prod()
        y = y + x.dot(x) + x @ x + x.cumsum() + x.cumprod() + x.repeat(1) + x.take([3, 0, 1, 2])
        y = y + x.reshape(2, 2).T.ravel() + x.reshape(2, -1).swapaxes(0, 1).flatten()
        y = y + x[None].squeeze(0) + x.conj() + x.real + x.imag + x.copy() + x.astype(float)
        y = y + x.reshape(2, 2).diagonal().sum() + x.transpose() + x.conjugate()
        return y + (x[x.argsort()] if x.any() and not (x < 0).all() else 0) + x[x.argmax()]

    np.testing.assert_allclose(ad.vjp(f, X)[0], f(X), rtol=1e-12)
    ad.check_grad(f, X + 0.01, order=2)


def test_apply_along_axis_takes_a_function_that_answers_with_a_list():
    rows = lambda x: np.apply_along_axis(
        lambda row: [row[0] * row[1], np.sum(row**2), 1.0], 1, x.reshape(2, 2)
    )
    x = np.array([0.3, -0.7, 1.2, 0.45])
    assert rows(x).shape == (2, 3)
    ad.check_grad(lambda x: np.sum(rows(x) ** 2), x, order=2)
