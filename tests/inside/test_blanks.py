"""Blank arrays in the hands of others: what is right, what is refused and how, what is NaN."""

import copy
import math
import pickle

import numpy as np
import pytest
from numpy.lib import stride_tricks

import autodiff as ad

X = np.array([0.3, 0.7, 1.2])
T = np.array([1.0, 0.5, 0.2])
PLAIN = {"floats": np.zeros((2, 3)), "bools": np.zeros(3, bool), "ints": np.zeros(3, int)}


def filled(x):
    """An array made blank and filled with traced values."""
    y = np.zeros(3)
    y[:] = x
    return y


def rows_in_lists(x):
    rows = [filled(x * i) for i in range(3)]
    return np.sum(np.array(rows) ** 2) + np.sum(np.vstack(rows)) + np.linalg.norm(rows)


def copies(x):
    y = copy.deepcopy(np.zeros(3))
    y[:] = x
    z, w = copy.copy(y), y.copy()
    z[0] = w[1] = 1.0
    return np.sum(y * z * w)


def saved_and_loaded(x):
    y = pickle.loads(pickle.dumps(np.ones(3)))
    return np.sum(y * x)


def by_python(x):
    y = filled(x)
    assert y[0] in y
    assert isinstance(y, np.ndarray)
    return sum(y) + max(y) + sorted(y)[1] + sum(list(y)) + math.fsum(y) + math.dist(y, [0, 0, 0])


def as_condition(x):
    y = filled(x)
    return np.sum(y * 2) if y.any() and y[0] > 0 and (y > 0).all() else 0.0


def as_index(x):
    y = filled(x)
    return np.sum(x[y > 0.5]) + np.sum(x[np.argsort(y)] * np.arange(3))


def outputs(x):
    a, b, c, d, e = np.zeros(3), np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(())
    np.multiply(x, 2, out=a, where=x > 0.5)
    np.multiply(x, 2, b)
    np.dot(np.ones((2, 3)), x, out=c)
    np.cumsum(x, out=d)
    np.add.reduce(x, out=e)
    return np.sum(a) + np.sum(b) + np.sum(c**2) + np.sum(d**2) + e * 2


def plain_outputs(x):
    y = np.exp(0.5, out=np.zeros(()))
    y[()] = x[0]
    z = np.add([1.0, 2.0], 1.0, out=np.zeros(2))
    z[1] = x[1]
    return y * np.sum(z**2)


def changed_in_place_before(x):
    b = np.vstack([X, X * 2])
    d = b[1:] - b[:-1]
    m = d[0, ::2]
    m *= -1.86
    d[np.array([0, -1])] = x[0]
    c = np.zeros((3, 4), order="F")
    v, w = c[1:, ::2], c.T[::2]
    v += 1
    np.add(v, 1, out=v)
    w -= 1
    c[0] = x[1]
    v[0] *= x[2]
    return np.sum(d) + 3 * np.sum(m) + np.sum(c**2) + np.sum(v[0] * v[1]) + np.sum(w)


def parts_of_complex_numbers(x):
    y = np.zeros(3, complex)
    y.real = x
    y.imag = x**2
    return np.sum(np.abs(y) ** 2)


def made_by_joining(x):
    y = np.concatenate([X, X])
    y[0] = x[0]
    z = np.block([[np.zeros((2, 2)), np.ones((2, 1))]])
    z[0, 0] = x[1]
    w = np.stack([X, X])
    w[1] = x
    return np.sum(y**2) + np.sum(z**2) + np.sum(w**3)


def unpacked(x):
    y, z = np.zeros((2, 3))
    y[0] = x[0]
    z[1] = y[0] * 2
    return np.sum((y + z) ** 2)


def windows_over(x):
    y = np.zeros(4)
    y[1:] = x
    return np.sum(stride_tricks.sliding_window_view(y, 2)[:, 1] * x)


def permuted(x):
    rng, rows = np.random.default_rng(0), np.vstack([filled(x), filled(x * x), X])
    return np.sum(rng.permutation(filled(x)) * rng.permutation(rows) * np.arange(3))


def in_custom_ops_and_checkpoints(x):
    def squares(v):
        y = np.zeros(3)
        for i in range(3):
            y[i] = v[i] * v[i]
        return y

    def pulled(ct, ans, v):
        out = np.zeros(3)
        out[:] = 2 * v * ct
        return (out,)

    op = ad.custom_op(squares, vjp=pulled)
    return np.sum(op(x) * ad.checkpoint(squares)(x))


RIGHT = [
    rows_in_lists, copies, saved_and_loaded, by_python, as_condition, as_index, outputs, plain_outputs,
    changed_in_place_before,
    parts_of_complex_numbers, made_by_joining, unpacked, windows_over, permuted, in_custom_ops_and_checkpoints,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:you are shuffling")
@pytest.mark.parametrize("f", RIGHT, ids=lambda f: f.__name__)
def test_filled_arrays_go_wherever_arrays_go(f):
    np.testing.assert_allclose(ad.value_and_grad(f)(X)[0], f(X), rtol=1e-12)
    ad.check_grad(f, X, order=1 if f is in_custom_ops_and_checkpoints else 2)


def assigned(what, index):
    def f(x):
        PLAIN[what][index] = filled(x)
        return np.sum(x)

    return f


REFUSED = {
    "shuffle": (lambda x: np.random.default_rng(0).shuffle(filled(x)), r"rng.permutation\(len"),
    "a row of floats": (assigned("floats", 0), "plain array can't keep a traced value"),
    "all floats": (assigned("floats", ...), "plain array can't keep a traced value"),
    "all bools": (assigned("bools", ...), "plain array can't keep a traced value"),
    "all ints": (assigned("ints", ...), "plain array can't keep a traced value"),
    "dot": (lambda x: PLAIN["floats"].dot(filled(x)), r"@ filled\(x\)"),
    "as_strided": (
        lambda x: stride_tricks.as_strided(filled(x), (9, 2), (8, 8)),
        "reaches outside",
    ),
    "masked": (lambda x: np.ma.array(filled(x)), "plain arrays"),
    "float": (lambda x: float(filled(x)[0]), "Leave it out"),
    "into ints": (lambda x: np.zeros(3, int).__setitem__(0, x[0]), "int"),
    "add to ints": (lambda x: np.add.at(np.zeros(3, int), [0], x[0]), "plain array"),
    "complex into floats": (lambda x: filled(x * 1j), "imaginary parts"),
    "a view in another dtype": (
        lambda x: [(y, y.real, y.__setitem__(0, x[0])) for y in [np.zeros(3, complex)]],
        "view of it in another dtype",
    ),
}


@pytest.mark.filterwarnings("ignore:you are shuffling")
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_the_derivative_is_refused_at_the_users_line(name, mode):
    f, words = REFUSED[name]
    with pytest.raises(ad.AutodiffError, match=rf"(?s){words}.*test_blanks.py, line"):
        ad.vjp(f, X) if mode == "reverse" else ad.jvp(f, (X,), (T,))


@pytest.mark.parametrize(
    "attribute", ["tobytes", "ctypes", "setflags", "byteswap", "dumps", "base"]
)
def test_the_memory_of_a_filled_array_is_nobodys(attribute):
    with pytest.raises(AttributeError, match=rf"x.data.{attribute}"):
        ad.grad(lambda x: getattr(filled(x), attribute))(X)


def test_the_gradient_of_a_number_is_a_number():
    def f(x):
        y = np.zeros(4)
        y[np.array([0, 2])] = x
        y[1] = np.sum(np.full((1,), np.reshape(x, (1, 1))))
        return np.sum(y)

    assert ad.grad(f)(0.5) == 3.0
    assert type(ad.grad(f)(0.5)) is float


class Table:
    """An object with an array inside, as a data frame is, which it hands out."""

    def __init__(self, data):
        self.data = data

    def __array__(self, dtype=None, copy=None):
        return self.data.copy() if copy else self.data


@pytest.mark.parametrize("make", [np.asarray, np.asanyarray, np.ascontiguousarray, np.array])
def test_the_memory_of_other_objects_is_not_touched(make):
    table, name = Table(np.array([1.0, 2.0, 3.0])), make.__name__

    def f(x):
        y = getattr(np, name)(table)
        y[0] = x[0]
        return np.sum(y)

    if name == "array":  # it copies
        np.testing.assert_array_equal(ad.grad(f)(X), [1.0, 0.0, 0.0])
    else:
        with pytest.raises(ad.DetachError):
            ad.grad(f)(X)
    assert table.data.tolist() == [1.0, 2.0, 3.0]


def test_an_argument_is_never_filled_in_its_place():
    mine, rows = np.ones(3), [np.ones(3), np.ones(3)]

    def f(x):
        copies = [np.array(mine), np.copy(mine), np.concatenate([mine]), np.array(rows)[0]]
        for y in copies:
            y[1] = x[0]
        return sum(map(np.sum, copies))

    assert ad.grad(f)(X)[0] == 4.0
    assert mine.tolist() == rows[0].tolist() == [1.0, 1.0, 1.0]
    for same in (np.asarray, np.ascontiguousarray, lambda m: np.array(m, copy=False), np.diag):
        given = np.diag(mine) if same is np.diag else mine

        def g(x, same=same, given=given):
            y = same(given)
            y[1] = x[0]
            return np.sum(y)

        with pytest.raises((ad.AutodiffError, ValueError)):
            ad.grad(g)(X)
        assert mine.tolist() == [1.0, 1.0, 1.0]


def test_views_that_numpy_does_not_tell_of_show_nan():
    def f(x):
        y = np.zeros(4)
        view = y.view(np.ndarray)
        y[:] = 1.0
        assert np.all(view == 1.0)
        y[1:] = x
        assert np.all(np.isnan(view))
        return np.sum(y)

    np.testing.assert_array_equal(ad.grad(f)(X), np.ones(3))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, complex])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_dtype_and_layout_is_filled_as_numpy_does(dtype, order):
    def f(x):
        y = np.ones((2, 3), dtype, order=order)
        view, column = y[::-1, 1:], y.T[2]
        y[0] = x
        view[0] *= 2
        column[0] = x[0]
        y += view.mean()
        assert y.dtype == dtype
        assert y.strides == np.empty((2, 3), dtype, order=order).strides
        return np.real(np.sum(y * np.arange(6).reshape(2, 3))).astype(float)

    loose = {np.float16: 2e-2, np.float32: 1e-5}.get(dtype, 1e-12)
    value, gradient = ad.value_and_grad(f)(X)
    np.testing.assert_allclose(value, f(X), rtol=loose)
    steps = 0.25 * np.eye(3)  # f is linear
    truth = [(f(X + step) - f(X - step)) / 0.5 for step in steps]
    np.testing.assert_allclose(gradient, truth, rtol=4 * loose, atol=loose)
    np.testing.assert_allclose(ad.jvp(f, (X,), (T,))[1], T @ truth, rtol=4 * loose)


def methods_with_an_argument():
    """Every method of a plain array, and how it is called with one array, or with one of these keywords."""
    for name in dir(np.ndarray):
        if not name.startswith("_") and callable(getattr(np.ndarray, name)):
            yield name, lambda A, y, name=name: getattr(A, name)(y)
            for keyword in ("where", "initial"):
                yield (
                    f"{name}({keyword}=)",
                    lambda A, y, name=name, k=keyword: getattr(A, name)(**{k: y}),
                )


METHODS = dict(methods_with_an_argument())


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.filterwarnings("ignore")
def test_no_method_of_a_plain_array_takes_the_memory_of_a_filled_one_for_numbers(name, mode):
    call, seen = METHODS[name], []

    def f(x):
        y, A = filled(x), np.arange(3.0).view(np.ndarray)
        found = call(A, y)
        seen.append((found, A))
        return np.sum(x)

    transform = (lambda: ad.grad(f)(X)) if mode == "reverse" else lambda: ad.jvp(f, (X,), (T,))
    try:
        transform()
    except (ad.AutodiffError, TypeError, ValueError, IndexError, AttributeError):
        return
    for found, A in seen:
        for value in (found, A):
            if type(value) is np.ndarray and value.dtype.kind in "fcbiu":
                wanted, own = np.arange(3.0), filled(X)
                right = call(wanted, own)
                np.testing.assert_array_equal(value, right if value is found else wanted)
                again = np.arange(3.0)
                moved = call(again, filled(X + 1e-3))
                np.testing.assert_array_equal(value, moved if value is found else again)


def test_a_condition_of_traced_numbers_says_what_to_write():
    A = np.arange(3.0)
    with pytest.raises(ad.DetachError, match=r"A.compress\(y.data != 0\)"):
        ad.grad(lambda x: (lambda y: np.sum(A.compress(y)) * x[0])(filled(x)))(X)
    ad.grad(lambda x: (lambda y: np.sum(A.compress(y.data != 0)) * x[0])(filled(x)))(X)
    with pytest.raises(ad.UnsupportedError, match="where"):
        ad.grad(lambda x: A.sum(where=x) * x[0])(X)
