"""Programs for JAX and PyTorch agree with NumPy's, or are refused with a reason."""

import numpy as np
import pytest
from directed import network

import autodiff as ad
from autodiff.core.arguments.tree import flatten, map_tree
from autodiff.nn import logsumexp

jax = pytest.importorskip("jax")
torch = pytest.importorskip("torch")


def solver(x, v):
    for _ in range(3):
        x = x + 0.1 * np.sin(x * v) / (1 + x**2)
    return np.sum(np.where(x > v, x, v) ** 2) + np.sqrt(np.sum(x * x))


def matrices(a, b):
    s = a @ a.T + 3 * np.eye(3)
    return np.sum(np.linalg.solve(s, b) * b) + np.log(np.linalg.det(s)) + np.std(a)


def joined(x, v):
    y = np.concatenate([x, v * x, np.stack([x[0], v[1]])])
    return np.sum(np.cumsum(y) ** 2) + np.einsum("i,j->", x, v) + np.mean(np.clip(y, -0.5, 0.5))


def everybodys(x, v):
    """What programs that others wrote brought up: logsumexp, repeated rows, sums over axes, lists as indices."""
    z = np.tensordot(x.T, v, axes=([1], [0])) + np.repeat(v[:1], 3, axis=0).T[:, :2]
    z = z - logsumexp(z, axis=1, keepdims=True)
    chosen = x[[0, 2]] * v[range(1, 3)] + x[[[1, 1], [0, 2]], [[0, 1], [1, 1]]]
    return np.sum(z**2) + logsumexp(x.ravel()) + x.T.ravel() @ x.ravel() + np.prod(chosen)


def numbers(*shapes):
    rng = np.random.default_rng(3)
    return [rng.normal(size=shape) for shape in shapes]


def example(name):
    if name == "network":
        W1, b1, W2, x = numbers((3, 4), (4,), (4, 2), (5, 3))
        return network, ({"W1": W1, "b1": b1, "W2": W2}, x, np.array([0, 1, 1, 0, 1]))
    f, shapes = {
        "solver": (solver, [(4,), (4,)]),
        "matrices": (matrices, [(3, 3), (3, 2)]),
        "joined": (joined, [(3,), (3,)]),
        "everybodys": (everybodys, [(3, 2), (3, 2)]),
    }[name]
    return f, tuple(numbers(*shapes))


EXAMPLES = ["network", "solver", "matrices", "joined", "everybodys"]
TRANSFORMS = {
    "value_and_grad": ad.value_and_grad,
    "hvp": lambda f: lambda x, *rest: ad.hvp(lambda x: f(x, *rest), x, x),
    "value": lambda f: f,
}


def in_order(tree):
    """Dicts by their keys, as JAX returns them."""
    if isinstance(tree, dict):
        return {key: in_order(tree[key]) for key in sorted(tree)}
    return type(tree)(map(in_order, tree)) if isinstance(tree, tuple | list) else tree


def check_close(found, wanted, tolerance=1e-12):
    found, wanted = flatten(in_order(found))[0], flatten(in_order(wanted))[0]
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted):
        np.testing.assert_allclose(np.asarray(a), b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_jax(name, transform):
    f, args = example(name)
    g = TRANSFORMS[transform](f)
    written = ad.source(g, *args, to="jax")
    with x64():
        check_close(written(*args), g(*args))
        check_close(jax.jit(written.function)(*args), g(*args))
    assert "np.array" not in str(written).replace("jnp.", "")


class x64:
    def __enter__(self):
        jax.config.update("jax_enable_x64", True)

    def __exit__(self, *_):
        jax.config.update("jax_enable_x64", False)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_torch(name, transform):
    f, args = example(name)
    g = TRANSFORMS[transform](f)
    written = ad.source(g, *args, to="torch")
    check_close(written(*[map_tree(torch.from_numpy, arg) for arg in args]), g(*args))


def test_single_precision():
    f, (p, x, y) = example("network")
    p, x = {k: v.astype(np.float32) for k, v in p.items()}, x.astype(np.float32)
    g, y = ad.grad(f), y.astype(np.int32)
    check_close(ad.source(g, p, x, y, to="jax")(p, x, y), g(p, x, y), 1e-5)


def as_tensor(leaf):
    return torch.from_numpy(np.array(leaf)) if isinstance(leaf, np.ndarray | np.generic) else leaf


@pytest.mark.parametrize("to", ["jax", "torch"])
def test_a_decision_by_a_value_is_refused(to):
    def f(x):
        return x**2 if x > 0 else x

    with pytest.raises(ad.UnsupportedError, match="decides by a value, `return x"):
        ad.source(ad.grad(f), 2.0, to=to)


def test_truth_values_are_numbers_in_torch():
    def f(x, right):
        p = 1 / (1 + np.exp(-x))
        return np.sum(np.log(p * right + (1 - p) * (1 - right)))

    x, right = np.array([0.3, -0.2]), np.array([True, False])
    written = ad.source(ad.grad(f), x, right, to="torch")
    check_close(written(torch.from_numpy(x), torch.from_numpy(right)), ad.grad(f)(x, right))


ROWS, COLUMNS = np.array([[0, 1], [1, 2]]), np.array([2, 0])
PLACES = [
    lambda x: x[:, ROWS, COLUMNS],
    lambda x: x[ROWS, COLUMNS],
    lambda x: x[ROWS, :, COLUMNS],
    lambda x: x[:, :, COLUMNS],
    lambda x: x[1:, COLUMNS],
    lambda x: x[:, COLUMNS, ::2],
    lambda x: x[COLUMNS, :2, ROWS],
    lambda x: x[[0, 2, 2]],
    lambda x: x[:, [0, 0], 1:],
]
"""Gathering as convolutions by columns do it, whose derivative adds at repeated places."""


@pytest.mark.parametrize("f", PLACES)
@pytest.mark.parametrize("to", ["torch", "jax"])
def test_what_is_gathered_at_slices_and_arrays_is_added_back(f, to):
    x = numbers((3, 3, 3))[0]
    g = lambda x: np.sum(f(x) ** 3)
    given = torch.from_numpy(x) if to == "torch" else x
    with x64():
        check_close(ad.source(ad.grad(g), x, to=to)(given), ad.grad(g)(x))


WHOLE = [
    lambda x, k: np.sum(x * np.abs(np.fft.fft(k))),
    lambda x, k: np.sum(x * np.cbrt(k) + np.radians(k)),
    lambda x, k: np.prod(x * np.exp(k / 9)) + np.sum(np.dot(k, x)),
    lambda x, k: np.sum(np.take_along_axis(x, np.argsort(k), 0) * np.tile(k, 1)),
    lambda x, k: np.sum(x**2, where=k > 3) + np.max(x * k, initial=-9.0) + np.sum(x, initial=2.0),
    lambda x, k: np.sum(np.convolve(x, k, "same") * np.convolve(k[:2], x, "full")[:5]),
]


@pytest.mark.parametrize("f", WHOLE)
def test_whole_numbers_are_doubles_in_torch(f):
    x, k = numbers((5,))[0], np.array([3, 1, 4, 1, 5])
    written = ad.source(ad.value_and_grad(f), x, k, to="torch")
    check_close(written(torch.from_numpy(x), torch.from_numpy(k)), ad.value_and_grad(f)(x, k))


def test_what_has_no_name_there_is_refused():
    with pytest.raises(ad.UnsupportedError, match=r"np.linalg.svd has no text for PyTorch"):
        ad.source(lambda x: np.linalg.svd(x)[1], np.eye(2), to="torch")
