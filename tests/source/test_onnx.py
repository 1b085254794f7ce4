"""ONNX models of functions and of their derivatives, run by onnxruntime, agree with NumPy."""

import numpy as np
import pytest
from directed import network

import autodiff as ad
from autodiff.check.compare import _random_like
from autodiff.check.samples import all_cases, draw
from autodiff.core.arguments.tree import flatten, map_tree
from autodiff.core.language.registry import registry
from autodiff.nn import logsumexp

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def solver(x, v):
    for _ in range(3):
        x = x + 0.1 * np.arctan(x * v) / (1 + np.log1p(x**2))
    return np.sum(np.where(x > v, x, v) ** 2) + np.sqrt(np.sum(x * x))


def filled(x, v):
    y = np.zeros((2, 4))
    for i in range(3):
        y[0, i] = x[i] ** 2 * v[i]
    y[1] = np.flip(x * v)
    y.T[1:3, 0] += x[:2]
    row = y[1]
    row *= 2.0
    return np.sum(np.cumsum(y, axis=1) * np.outer(v[:2], x)) + np.std(y)


def joined(x, v):
    y = np.concatenate([x, v * x, np.stack([x[0], v[1]])])
    z = np.array([[y[0], 1.0], [2.0, y[-1]]])
    return np.sum(np.sort(y) ** 2) + np.einsum("i,j->", x, v) + np.sum(z @ z) + np.mean(y[::-2])


def everybodys(x, v):
    """What programs that others wrote brought up: logsumexp, repeated rows, sums over axes."""
    z = np.tensordot(x.T, v, axes=([1], [0])) + np.repeat(v[:1], 3, axis=0).T[:, :2]
    z = z - logsumexp(z, axis=1, keepdims=True)
    return np.sum(z**2) + logsumexp(x.ravel(order="F")) + x.T.ravel() @ x.ravel()


rng = np.random.default_rng(3)
PARAMS = {"W1": rng.normal(size=(3, 4)), "b1": rng.normal(size=4), "W2": rng.normal(size=(4, 2))}
EXAMPLES = {
    "network": (network, (PARAMS, rng.normal(size=(5, 3)), np.array([0, 1, 1, 0, 1]))),
    "solver": (solver, (rng.normal(size=4), rng.normal(size=4))),
    "filled": (filled, (rng.normal(size=4), rng.normal(size=4))),
    "everybodys": (everybodys, (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))),
    "joined": (joined, (rng.normal(size=3), rng.normal(size=3))),
}
TRANSFORMS = {
    "value": lambda f: f,
    "value_and_grad": ad.value_and_grad,
    "hvp": lambda f: lambda x, *rest: ad.hvp(lambda x: f(x, *rest), x, x),
}


def check_close(found, wanted, tolerance=1e-11):
    found, wanted = flatten(found)[0], flatten(wanted)[0]
    for a, b in zip(found, wanted, strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def single(tree):
    def narrow(leaf):
        floats = isinstance(leaf, np.ndarray | np.generic) and leaf.dtype == np.float64
        return leaf.astype(np.float32) if floats else leaf

    return map_tree(narrow, tree)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name, transform):
    f, args = EXAMPLES[name]
    g = TRANSFORMS[transform](f)
    written = ad.source(g, *args, to="onnx")
    others = tuple(map_tree(lambda a: a + 0.05 if a.dtype.kind == "f" else a, arg) for arg in args)
    for point in (args, others):
        check_close(written(*point), g(*point))


@pytest.mark.parametrize("name", ["network", "solver", "joined"])
def test_single_precision(name):
    f, args = EXAMPLES[name]
    args = tuple(map(single, args))
    g = ad.value_and_grad(f)
    check_close(ad.source(g, *args, to="onnx")(*args), g(*args), 1e-4)


pytest.importorskip("scipy.special")  # so that its functions are among the ops
registry.meet()
PLAIN = [op for op in registry if "linalg" not in (getattr(op.function, "__module__", "") or "")]
"""Not SciPy's functions of matrices, which warn of float32 in code that can't bear an error."""
SOME = list(all_cases(PLAIN))[::5]


@pytest.mark.parametrize("width", [np.float64, np.float32])
@pytest.mark.parametrize(("op", "one"), SOME, ids=[op.name for op, _ in SOME])
def test_ops_agree_or_are_refused(op, one, width):
    arrays, f = draw(op, one, np.random.default_rng(7))
    if width is np.float32:
        arrays = [single(a) for a in arrays]
    ct = _random_like(f(*arrays), np.random.default_rng(1))

    def both(*xs):
        out, pullback = ad.vjp(f, *xs)
        return out, pullback(ct)

    try:
        written = ad.source(both, *arrays, to="onnx")
    except ad.UnsupportedError:
        return
    check_close(written(*arrays), both(*arrays), 1e-9 if width is np.float64 else 2e-3)


def test_few_ops_are_refused():
    """What has a form keeps it: an op that is refused is of linear algebra, SciPy, or complex."""
    plain = (
        "add",
        "tanh",
        "arctan2",
        "where",
        "getitem",
        "conv2d",
        "sort",
        "cumprod",
        "pad",
        "einsum",
    )
    for op, one in all_cases([op for op in registry if op.name in plain]):
        arrays, f = draw(op, one, np.random.default_rng(7))
        ct = _random_like(f(*arrays), np.random.default_rng(1))
        if op.name == "pad" and one.params.get("mode") in ("mean", "linear_ramp", "maximum"):
            continue
        ad.source(lambda *xs, f=f, ct=ct: ad.vjp(f, *xs)[1](ct), *arrays, to="onnx")


def test_a_saved_model_runs_by_itself(tmp_path):
    scale = np.array([1.0, 2.0])

    def f(p):
        h = np.tanh(p["x"] * scale)
        return np.sum(h**2)

    p = {"x": np.array([0.3, -0.4])}
    written = ad.source(ad.grad(f), p, to="onnx")
    assert list(written.captured) == ["scale"]
    session = onnxruntime.InferenceSession(written.save(tmp_path / "f.onnx"))
    (found,) = session.run(None, {"p_x": p["x"]})
    np.testing.assert_allclose(found, ad.grad(f)(p)["x"], rtol=1e-14)
    (other,) = session.run(["d_p_x"], {"p_x": p["x"], "scale": np.ones(2)})
    np.testing.assert_allclose(other, 2 * np.tanh(p["x"]) * (1 - np.tanh(p["x"]) ** 2), rtol=1e-14)
    scale *= 3.0  # read anew at each call
    np.testing.assert_allclose(written(p)["x"], ad.grad(f)(p)["x"], rtol=1e-14)


def test_the_text_has_the_users_names_and_the_opset():
    def loss(w, x):
        h = np.tanh(x @ w)
        return np.sum(h**2)

    text = str(ad.source(ad.grad(loss), np.ones(3), np.eye(3), to="onnx"))
    assert 'opset_import: ["" : 18]' in text
    assert "h = Tanh" in text
    assert "d_w = MatMul" in text


def test_other_arguments_are_refused():
    written = ad.source(lambda p, n: p["x"] ** n, {"x": np.ones(3)}, 2, to="onnx")
    with pytest.raises(ValueError, match=r"float64 \(4,\); this model is for float64 \(3,\)"):
        written({"x": np.ones(4)}, 2)
    with pytest.raises(ValueError, match="n is 3; this model is for 2"):
        written({"x": np.ones(3)}, 3)
    with pytest.raises(ValueError, match="other parts"):
        written({"y": np.ones(3)}, 2)
    with pytest.raises(TypeError, match="takes 2 arguments"):
        written({"x": np.ones(3)})


def test_what_it_froze_is_watched():
    rate = [0.5]
    written = ad.source(lambda x: x * rate[0], np.ones(2), to="onnx")
    rate[0] = 0.7
    with pytest.raises(ValueError, match=r"rate\[0\].* is not what it was"):
        written(np.ones(2))


def marginal_likelihood(k, y):
    """Of a Gaussian process."""
    factor = np.linalg.cholesky(k)
    z = np.linalg.solve(factor, y)
    return np.sum(z**2) + 2 * np.sum(np.log(np.diag(factor)))


def normal_likelihood(k, y):
    """Of a normal distribution with the covariance k."""
    return y @ np.linalg.solve(k, y) + np.linalg.slogdet(k)[1]


def signed_logarithm(a):
    sign, logarithm = np.linalg.slogdet(a)
    return sign * logarithm


SQUARE, STACK = rng.normal(size=(4, 4)), rng.normal(size=(2, 3, 3))
ELIMINATED = {
    "solve": (lambda a, b: np.sum(np.linalg.solve(a, b) ** 2), (SQUARE, rng.normal(size=4))),
    "a stack": (lambda a, b: np.sum(np.linalg.solve(a, b) ** 2), (STACK, rng.normal(size=(3, 2)))),
    "inv": (lambda a: np.sum(np.linalg.inv(a) ** 2), (STACK,)),
    "det": (lambda a: np.sum(np.linalg.det(a) ** 2), (STACK,)),
    "rows exchanged": (np.linalg.det, (np.eye(4)[[1, 0, 3, 2]] + 0.1 * SQUARE,)),
    "odd": (np.linalg.det, (np.eye(4)[[1, 0, 2, 3]] + 0.1 * SQUARE,)),
    "slogdet": (normal_likelihood, (SQUARE @ SQUARE.T + np.eye(4), rng.normal(size=4))),
    "slogdet of a stack": (lambda a: np.sum(np.linalg.slogdet(a)[1] ** 2), (STACK,)),
    "sign": (signed_logarithm, (np.eye(4)[[1, 0, 2, 3]] + 0.1 * SQUARE,)),
    "cholesky": (marginal_likelihood, (SQUARE @ SQUARE.T + np.eye(4), rng.normal(size=4))),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", ELIMINATED)
def test_linear_algebra_is_written_as_an_elimination(name, transform):
    f, args = ELIMINATED[name]
    g = TRANSFORMS[transform](f)
    check_close(ad.source(g, *args, to="onnx")(*args), g(*args))


@pytest.mark.parametrize(
    ("f", "sentence"),
    [
        (lambda x: x**2 if x[0] > 0 else x, r"decides by a value, `.*and ONNX could not check"),
        (lambda x: x[x > 0], r"chooses elements by a .*mask"),
        (lambda x: np.linalg.eigvalsh(np.outer(x, x)), "np.linalg.eigvalsh has no form in ONNX"),
        (
            lambda x: np.linalg.det(np.eye(40) * x[0]),
            "of 40 rows would be an ONNX model of 400 nod",
        ),
        (lambda x: np.abs(np.fft.fft(x)), "np.fft.fft is of complex numbers"),
    ],
)
def test_what_has_no_form_is_refused_with_the_line(f, sentence):
    with pytest.raises(ad.UnsupportedError, match=sentence) as caught:
        ad.source(f, np.array([1.0, 2.0]), to="onnx")
    assert "lambda x" in str(caught.value)


def test_an_array_of_the_callers_is_not_changed():
    def f(x):
        x *= 2.0
        return np.sum(x)

    with pytest.raises(ad.UnsupportedError, match="changes an array that it was given"):
        ad.source(f, np.ones(2), to="onnx")
