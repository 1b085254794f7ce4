"""Edges, written down as numbers: ties, zeros, kinks, empty masks, repeated and degenerate."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.errors import UnsupportedError


@np.errstate(all="ignore")
def slope(f, x):
    """The derivative in both modes, which have to agree."""
    x = np.asarray(x, float)
    back = ad.vjp(lambda v: np.sum(f(v)), x)[1](1.0)[0]
    units = np.eye(x.size).reshape(x.size, *x.shape)
    ahead = [ad.jvp(lambda v: np.sum(f(v)), (x,), (u,))[1] for u in units]
    np.testing.assert_array_equal(np.reshape(ahead, x.shape), back)
    return back.tolist()


NUMBERS = {
    "abs": (np.abs, [0.0, -2.0], [0, -1]),
    "fabs": (np.fabs, [0.0, 3.0], [0, 1]),
    "sign is flat": (lambda x: x + np.sign(x), [0.0, 3.0], [1, 1]),
    "relu by maximum": (lambda x: np.maximum(x, 0), [0.0, 1.0, -1.0], [0.5, 1, 0]),
    "relu by where": (lambda x: np.where(x > 0, x, 0), [0.0, 1.0, -1.0], [0, 1, 0]),
    "relu by clip": (lambda x: np.clip(x, 0, None), [0.0, 1.0, -1.0], [0.5, 1, 0]),
    "relu by piecewise": (lambda x: np.piecewise(x, [x > 0], [lambda v: v, 0]), [0.0, 1.0, -1.0], [0, 1, 0]),
    "piecewise of numbers only": (lambda x: np.piecewise(x, [x > 0], [np.exp, 2]), [0.0, -1.0], [0, 0]),
    "relu by fmax": (lambda x: np.fmax(x, 0), [0.0, 1.0, -1.0], [0.5, 1, 0]),
    "minimum with a constant": (lambda x: np.minimum(x, 0), [0.0, 1.0, -1.0], [0.5, 0, 1]),
    "maximum of two variables": (lambda x: np.maximum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "max over ties": (np.max, [2.0, 2.0, 1.0, 2.0], [1 / 3, 1 / 3, 0, 1 / 3]),
    "min over ties": (np.min, [1.0, 1.0, 2.0], [0.5, 0.5, 0]),
    "max with an initial that ties": (lambda x: np.max(x, initial=2.0), [2.0, 1.0], [0.5, 0]),
    "max with an initial, by lanes": (lambda x: np.max(x, axis=1, initial=2.0), [[2.0, 1.0], [0.0, 1.0], [3.0, 3.0]], [[0.5, 0], [0, 0], [0.5, 0.5]]),
    "ptp over ties": (np.ptp, [1.0, 1.0, 3.0], [-0.5, -0.5, 1]),
    "sort over ties": (lambda x: np.sort(x)[0], [2.0, 1.0, 1.0], [0, 0.5, 0.5]),
    "sort weights": (lambda x: np.sort(x) * [1, 2, 4], [5.0, 1.0, 5.0], [3, 1, 3]),
    "partition over ties": (lambda x: np.partition(x, 1)[1], [2.0, 2.0, 1.0], [0.5, 0.5, 0]),
    "median over ties": (np.median, [2.0, 2.0, 1.0], [0.5, 0.5, 0]),
    "quantile at a rank": (lambda x: np.quantile(x, 0.25), [4.0, 1.0, 2.0, 3.0, 5.0], [0, 0, 1, 0, 0]),
    "unique over ties": (lambda x: np.unique(x)[0], [1.0, 1.0, 2.0], [0.5, 0.5, 0]),
    "prod with one zero": (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
    "prod with two zeros": (np.prod, [0.0, 2.0, 0.0], [0, 0, 0]),
    "cumprod with a zero": (lambda x: np.cumprod(x)[-1], [2.0, 0.0, 3.0], [0, 6, 0]),
    "nanprod with a zero": (np.nanprod, [0.0, 2.0, 3.0], [6, 0, 0]),
    "x**0 at 0": (lambda x: x**0, [0.0, 2.0], [0, 0]),
    "x**0.0 at 0": (lambda x: x**0.0, [0.0, 2.0], [0, 0]),
    "x**1 at 0": (lambda x: x**1, [0.0], [1]),
    "x**2 at 0": (lambda x: x**2, [0.0, -3.0], [0, -6]),
    "x**3 of a negative number": (lambda x: x**3, [-2.0], [12]),
    "float_power": (lambda x: np.float_power(x, 2), [-2.0, 0.0], [-4, 0]),
    "0**y": (lambda y: 0.0**y, [2.0], [0]),
    "hypot at 0": (lambda x: np.hypot(x[0], x[1]), [0.0, 0.0], [0, 0]),
    "norm at 0": (np.linalg.norm, [0.0, 0.0], [0, 0]),
    "norm of order 3 at 0": (lambda x: np.linalg.norm(x, 3), [0.0, 0.0], [0, 0]),
    "norm of order 3 with a zero": (lambda x: np.linalg.norm(x, 3), [0.0, -2.0], [0, -1]),
    "norm along an axis": (lambda x: np.linalg.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]], [[0, 0], [0.6, 0.8]]),
    "std of a constant": (np.std, [2.0, 2.0], [0, 0]),
    "std of one constant row": (lambda x: np.std(x, axis=1), [[1.0, 1.0], [0.0, 2.0]], [[0, 0], [-0.5, 0.5]]),
    "sinc at 0": (np.sinc, [0.0], [0]),
    "i0 at 0": (np.i0, [0.0], [0]),
    "clip at both bounds": (lambda x: np.clip(x, -1, 1), [-1.0, 0.0, 1.0], [0.5, 1, 0.5]),
    "clip between equal bounds": (lambda x: np.clip(x, 1, 1), [1.0], [0]),
    "sum with where": (lambda x: np.sum(x, where=[True, False]), [1.0, 2.0], [1, 0]),
    "mean with where": (lambda x: np.mean(x, where=[True, False]), [1.0, 2.0], [1, 0]),
    "var with where": (lambda x: np.var(x, where=[True, True, False]), [1.0, 3.0, 9.0], [-1, 1, 0]),
    "prod with where": (lambda x: np.prod(x, where=[True, False, True]), [2.0, 0.0, 3.0], [3, 0, 2]),
    "nan stays out of a sum": (lambda x: np.nansum(x * [1.0, np.nan]), [1.0, 2.0], [1, 0]),
    "repeated index": (lambda x: x[[0, 0]], [1.0, 2.0], [2, 0]),
    "repeated take": (lambda x: np.take(x, [1, 1, -1]), [1.0, 2.0], [0, 3]),
    "repeated grid": (lambda x: np.take_along_axis(x, np.array([1, 1]), 0), [1.0, 2.0], [0, 2]),
    "repeated put: the last one counts": (lambda x: _put(x), [5.0, 7.0], [0, 1]),
    "where's unused branch": (lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1)), 0), [0.0, 2.0], [0, 0.5]),
    "where's other branch at log 0": (
        lambda x: np.where(x > 0, np.log(x), x),
        [0.0, 2.0],
        [1, 0.5],
    ),
    "where's other branch at 0 / 0": (
        lambda x: np.where(np.abs(x) < 1e-9, 2 * x, np.sin(x) / x * x),
        [0.0],
        [2],
    ),
    "modf": (lambda x: np.modf(x)[0] + 5 * np.modf(x)[1], [1.25, -2.5], [1, 1]),
    "frexp": (lambda x: np.frexp(x)[0], [6.0], [0.125]),
    "divmod": (lambda x: divmod(x, 2.0)[1] + divmod(7.0, x)[1], [3.0], [-1]),
    "remainder at a multiple": (lambda x: np.remainder(x, 2.0), [4.0], [1]),
    "copysign": (lambda x: np.copysign(x, -1.0), [2.0, -2.0], [-1, 1]),
    "nan_to_num": (lambda x: np.nan_to_num(x), [1.0], [1]),
    "heaviside is flat": (lambda x: x + np.heaviside(x, 0.5), [0.0], [1]),
    "heaviside at 0": (lambda h: np.heaviside([0.0, 1.0], h), [0.5, 0.5], [1, 0]),
    "logaddexp of nothing": (lambda x: np.logaddexp(x, -np.inf), [1.0], [1]),
    "interp at a point of the table": (lambda x: np.interp(x, [0, 1, 2], [0, 1, 5]), [1.0], [2.5]),
    "interp at the ends and beyond": (lambda x: np.interp(x, [0, 1, 2], [0, 1, 5]), [-1.0, 0.0, 2.0, 9.0], [0, 0.5, 2, 0]),
    "det of a singular matrix": (np.linalg.det, [[1.0, 2.0], [2.0, 4.0]], [[4, -2], [-2, 1]]),
    "bincount": (lambda w: np.bincount([1, 1, 0], w)[1], [5.0, 6.0, 7.0], [1, 1, 0]),
    "empty sum": (lambda x: np.sum(x[:0]) + x[0], [3.0], [1]),
}  # fmt: skip


def _put(x):
    y = x * 0
    y[[0, 0]] = x
    return y


@pytest.mark.parametrize("name", NUMBERS)
def test_number(name):
    f, x, expected = NUMBERS[name]
    np.testing.assert_allclose(slope(f, x), expected, atol=1e-14)


def test_the_square_root_is_infinitely_steep_at_0():
    with np.errstate(divide="ignore"):
        assert ad.vjp(np.sqrt, 0.0)[1](1.0) == (np.inf,)
        assert ad.jvp(np.sqrt, (0.0,), (1.0,))[1] == np.inf


def test_equal_eigenvalues_of_which_only_the_values_are_used():
    a = np.eye(3)
    found = ad.grad(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2))(a)
    np.testing.assert_allclose(found, 2 * np.eye(3))
    assert np.isfinite(ad.jvp(lambda a: np.sum(np.linalg.eigh(a)[0]), (a,), (a,))[1])


def test_equal_eigenvalues_whose_vectors_are_used_are_named():
    a = np.diag([1.0, 2.0, 2.0])
    with pytest.raises(UnsupportedError, match="eigenvalues 1 and 2 are equal"):
        ad.grad(lambda a: np.linalg.eigh(a)[1][0, 1] + np.linalg.eigh(a)[1][1, 2])(a)
    with pytest.raises(UnsupportedError, match="singular values 0 and 1 are equal"):
        ad.grad(lambda a: np.linalg.svd(a)[0][2, 0])(a)


def test_the_space_of_equal_eigenvalues_is_determined():
    a = np.diag([1.0, 2.0, 2.0])

    def projection(a):
        v = np.linalg.eigh(a)[1][:, 1:]
        return (v @ v.T)[0, 1]

    np.testing.assert_allclose(
        ad.grad(projection)(a) + ad.grad(projection)(a).T,
        [[0, 1, 0], [1, 0, 0], [0, 0, 0]],
        atol=1e-12,
    )


def test_only_the_triangle_that_is_read_has_a_derivative():
    a = np.array([[2.0, 0.5], [0.5, 1.0]])
    for f in (np.linalg.eigvalsh, np.linalg.cholesky):
        assert ad.vjp(f, a)[1](np.ones_like(f(a)))[0][0, 1] == 0.0


@pytest.mark.parametrize(
    "copied",
    [
        lambda y: y.flatten(),
        lambda y: np.take(y, 0, axis=0),
        lambda y: np.delete(y, 1, axis=0),
        lambda y: y.astype(float),
        lambda y: np.copy(y),
        lambda y: np.tile(y, 1),
        lambda y: y[[0]],
    ],
)
def test_a_copy_is_no_view(copied):
    def f(x):
        y = x * 1.0
        copied(y)[...] = 0.0
        return y

    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(f(x), x)
    assert ad.vjp(f, x)[1](np.ones((2, 2)))[0].tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    "viewed",
    [
        lambda y: y.ravel(),
        lambda y: np.split(y, 2)[0],
        lambda y: y.T,
        lambda y: np.atleast_3d(y),
        lambda y: np.flip(y),
        lambda y: np.rot90(y),
        lambda y: np.expand_dims(y, 0),
        lambda y: np.matrix_transpose(y),
    ],
)
def test_a_view_writes_through(viewed):
    def f(x):
        y = x * 1.0
        viewed(y)[...] = 0.0
        return y + x

    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))
    ad.check_grad(f, x)
