"""Writing results into traced arrays: `out=`, `x.flat`, as NumPy has them, in both modes."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([[0.3, -0.7, 1.1], [0.8, 0.47, -0.23]])
WEIGHTS = np.cos(1.0 + np.arange(6.0)).reshape(2, 3)
MASK = np.array([[True, False, True], [False, True, True]])

OUT = [
    "np.exp(x * 0.5, out=y)", "np.add(y, z, out=y)", "np.add(y, x[0], y)", "np.subtract(1, y, out=y)",
    "np.multiply(y, z, out=y, where=MASK)", "r = np.sin(z, out=y) * 2; y *= 3", "np.sum(x, axis=0, out=y[0])",
    "np.clip(y, -0.2, 0.4, out=y)", "y.clip(-0.2, 0.4, out=y)", "np.matmul(x, x.T @ x, out=y)",
    "np.dot(x, x.T @ x, out=y)", "v = y[0]; np.sin(v, out=v)", "np.maximum(y, 0.1, out=y)",
    "np.cumsum(x, axis=1, out=y)", "x.sum(axis=0, out=y[1])", "np.take(x, [1, 0, 2], axis=1, out=y)",
    "np.concatenate([x[:1], x[1:]], out=y)", "np.mean(x, axis=0, out=y[0])", "np.add(x[0], 1, out=y)",
    "np.stack([x[0], x[1]], out=y)", "np.exp(z, out=y.T[:, ::-1].T)", "np.add(z, 1, out=(y,))",
]  # fmt: skip
FLAT = [
    "y.flat[2] = x[0, 1] ** 2", "y.flat[1:4] = z[0]", "y.flat[[0, 0, 3]] = z.flat[[1, 2, 3]]", "y.flat = 3 * x[0]",
    "y.flat = 5.0", "y.flat[-1] *= x[0, 0]", "y.T.flat[2] = x[0, 0] * 3", "y.flat[MASK.ravel()] = 2 * x[0, 0]",
    "r = y.T.flat[2] ** 2", "a, b, *_ = y.flat; r = a * b", "r = sum(a * b for a, b in zip(y.flat, z.flat))",
    "r = np.dot(y.flat, z.flat)", "r = np.concatenate([y.flat, z.T.flat]) ** 2", "r = np.exp(y.flat)",
    "r = len(y.flat) * x[0, 0]", "r = y.flat[1:3]; r *= 5.0", "r = y.flat.copy() * 2",
    "for i, v in enumerate(y.flat):\n    y.flat[(i + 1) % 6] += v",
]  # fmt: skip


def program(body):
    code = compile(body, "<body>", "exec")

    def f(x):
        names = {"np": np, "MASK": MASK, "x": x, "y": x * 1.0, "z": np.sin(x)}
        exec(code, names)
        return (
            np.sum(names["y"] * WEIGHTS)
            + np.sum(names["z"] * WEIGHTS[::-1])
            + np.sum(names.get("r", 0.0))
        )

    return f


@pytest.mark.parametrize("body", OUT + FLAT)
def test_value_and_derivative(body):
    f, step = program(body), 1e-6
    value, slope = ad.value_and_grad(f)(X)
    assert np.isclose(value, f(X))
    for i in np.ndindex(X.shape):
        moved = np.zeros_like(X)
        moved[i] = step
        assert np.isclose(slope[i], (f(X + moved) - f(X - moved)) / (2 * step), atol=1e-7), i
    assert np.isclose(ad.jvp(f, (X,), (WEIGHTS,))[1], np.sum(slope * WEIGHTS))
    assert np.isclose(f(ad.Tensor(X)).data, value)


@pytest.mark.parametrize(
    "body",
    [
        "np.add(y, 1j, out=y)",
        "np.sum(x, out=y[0, 0])",
        "np.exp(x, out=x)",
        "np.add(z, 1, out=y.flat)",
    ],
)
def test_what_has_no_place_is_refused(body):
    with pytest.raises(ad.AutodiffError):
        ad.grad(program(body))(X)


def test_the_array_itself_comes_back():
    def f(x):
        y = x * 1.0
        assert np.exp(x, out=y) is y
        assert np.sum(x, axis=0, out=y[0]).shape == (3,)
        return np.sum(y)

    ad.grad(f)(X), ad.derivative(lambda t: f(t * X))(1.0)
