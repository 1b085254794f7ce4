"""Programs of functions that change arrays in place: each bit, and the same for JAX and PyTorch.

What the engine keeps about memory and places must not be taken for a decision of the user's, which
another system would have to refuse.
"""

import numpy as np
import pytest
from test_inplace_programs import PROGRAMS, weighted

import autodiff as ad
from autodiff.source.program.source import identical

REFUSED = {"lu_with_pivoting": "decides by a value", "median_and_bilateral": "has no text"}
"""Those that choose a row by values, or have no text there, and what is said."""
SORTING = {"sorting_network", "viterbi", "dynamic_time_warping", "ctc"}
"""Those whose sources are long, since they go element by element."""
SHORT = [one for one in PROGRAMS if one[0].__name__ not in SORTING]


def named(program):
    return program[0].__name__


def gradient_of(program):
    f, *xs = program

    def run(*xs):
        return weighted(f(*xs))

    return ad.grad(run, tuple(range(len(xs)))), [x.copy() for x in xs]


@pytest.mark.parametrize("program", SHORT, ids=named)
def test_every_bit(program):
    g, xs = gradient_of(program)
    written = ad.source(g, *xs)
    other = [x * 1.0625 for x in xs]
    for point in (xs, other):
        assert all(map(identical, written(*point), g(*point)))


def seen_elsewhere(program, to, convert):
    g, xs = gradient_of(program)
    reason = REFUSED.get(program[0].__name__)
    if reason:
        with pytest.raises(ad.UnsupportedError, match=reason):
            ad.source(g, *xs, to=to)
        return
    written = ad.source(g, *xs, to=to)
    for found, wanted in zip(written(*map(convert, xs)), g(*xs), strict=True):
        np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("program", SHORT, ids=named)
def test_places_are_no_decisions(program):
    """A program that chooses nothing by a value is asked for no index and no number again."""
    g, xs = gradient_of(program)
    text = str(ad.source(g, *xs))
    assert ("(was " in text or "(these values)" in text) == (
        program[0].__name__ == "lu_with_pivoting"
    )


@pytest.mark.parametrize("program", SHORT, ids=named)
def test_torch(program):
    torch = pytest.importorskip("torch")
    seen_elsewhere(program, "torch", torch.from_numpy)


@pytest.mark.parametrize("program", SHORT[::2], ids=named)
def test_jax(program):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        seen_elsewhere(program, "jax", np.asarray)


def test_a_reversed_view_of_what_is_filled():
    """`y[:k] += a * np.flip(y[:k])`: the memory of both sides is compared."""

    def durbin(r):
        y = np.empty_like(r)
        a = y[0] = -r[0]
        for k in range(1, len(r)):
            a = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / (1 - a * a)
            y[:k] += a * np.flip(y[:k])
            y[k] = a
        return np.sum(np.sin(y))

    r = np.linspace(0.1, 0.4, 5)
    assert identical(ad.source(ad.grad(durbin), r)(r), ad.grad(durbin)(r))


def test_an_array_is_no_tensor():
    torch = pytest.importorskip("torch")
    written = ad.source(lambda x: np.sum(x), np.ones(3), to="torch")
    assert written(torch.ones(3, dtype=torch.float64)) == 3
    with pytest.raises(ValueError, match=r"torch.as_tensor\(x\)"):
        written(np.ones(3))


def empty_products(x, v):
    """Products of nothing, which a triangular solve starts with."""
    y = np.zeros(3)
    for i in range(3):
        y[i] = v[i] - x[i, :i] @ y[:i] + np.dot(x[i, i + 1 :], v[i + 1 :])
    return np.sum(np.sin(y)) + np.einsum("i,i->", v[:0], y[:0])


def factored(x, v):
    """LU by its definition, whose first row and column take products of nothing."""
    y = x.copy()
    for i in range(3):
        for j in range(i):
            y[i, j] = (y[i, j] - y[i, :j] @ y[:j, j]) / (3 + y[j, j])
        for j in range(i, 3):
            y[i, j] -= y[i, :i] @ y[:i, j]
    return np.sum(y * y) + np.sum(v[:0].reshape(0, 1) * v) + np.sum(x[:, :0].reshape(0))


def moved_and_made(x, v):
    y = np.pad(np.array([v[0], x[0, 1], v[2]]), 1) + np.copysign(2.0, v[1])
    return np.sum(y**2) + np.sum(np.triu(x, k=1) * np.tril(x.copy(), -1).T) + np.real(v) @ v


def largest(x, v):
    return np.linalg.norm(x) + np.std(x, axis=0) @ v + np.fmax.reduce(x, axis=None)


def with_a_number(x, v, scale=0.25):
    return np.sum(np.clip(x, -0.5, 0.5) * scale) + scale * np.sum(v)


@pytest.mark.parametrize("to", ["jax", "torch", "onnx"])
@pytest.mark.parametrize("f", [empty_products, factored, moved_and_made, largest, with_a_number])
def test_what_others_wrote(f, to):
    """Kinds of calls that programs of others brought up, in each language."""
    pytest.importorskip({"onnx": "onnxruntime"}.get(to, to))
    draw = np.random.default_rng(5)
    args = [draw.normal(size=(3, 3)), draw.normal(size=3)]
    if f is with_a_number:
        args.append(0.25)
    g = ad.grad(f, tuple(range(len(args))))
    written = ad.source(g, *args, to=to)
    if to == "torch":
        import torch

        found = written(*[torch.as_tensor(x) if np.ndim(x) else x for x in args])
    elif to == "jax":
        import jax

        with jax.enable_x64(True):
            found = [np.asarray(one) for one in written(*args)]
    else:
        found = written(*args)
    for one, wanted in zip(found, g(*args), strict=True):
        np.testing.assert_allclose(np.asarray(one), wanted, rtol=1e-12, atol=1e-12)


def test_a_shape_that_is_set():
    def f(x):
        y = x * 2.0
        y.shape = (3, 2)
        return np.sum(y @ y.T)

    def gaps(x):
        y = x.reshape(2, 3).T * 1.0
        y.shape = (-1,)
        return np.sum(y * x)

    x = np.arange(6.0)
    written = ad.source(ad.grad(f), x)
    assert identical(written(x + 1), ad.grad(f)(x + 1))
    with pytest.raises(AttributeError, match=r"y\.shape = \(-1,\) would need a copy"):
        ad.source(ad.grad(gaps), x)


@pytest.mark.parametrize("mode", [ad.grad, lambda f: lambda x: ad.source(ad.grad(f), x)(x)])
def test_the_shape_of_nothing_is_set(mode):
    def f(x):
        y = x[:0] * 2.0
        y.shape = (3, 0)
        return np.sum(x) + np.sum(y)

    assert mode(f)(np.ones(4)).tolist() == [1, 1, 1, 1]
