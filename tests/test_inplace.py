"""In-place changes mean what they mean in NumPy, views included, or are refused."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def assign_element(x):
    y = x * 2
    y[0, 1] = x[1, 2] ** 2
    return y


def assign_row_and_slice(x):
    y = x * 1.0
    y[0] = 5.0
    y[:, 1:] = x[:, :1] * x[:, 1:]
    return y


def update_slice(x):
    y = x**2
    y[:, 1:] *= x[:, :2]
    y[0] += 1
    y[[0, 1], [0, 2]] *= 3
    y[x > 2.5] -= x[x > 2.5]
    return y


def alias_sees_the_change(x):
    y = x * 2
    z = y
    y += x
    return z * x


def base_sees_the_change_of_a_view(x):
    y = x * 2
    row = y[1]
    row *= x[0]
    return y


def view_sees_the_change_of_the_base(x):
    y = x * 2
    row, flat, turned = y[1], y.reshape(-1), y.T
    y[1, 0] = x[0, 0] ** 3
    return np.concatenate([row, flat, turned.ravel()]) * np.arange(1.0, 16.0)


def view_of_a_view(x):
    y = x * 2
    y.T[1:, 0] += x[0, :2]
    top = y.reshape(3, 2)[:2]
    top /= 4.0
    return y


def recurrence(x):
    states = x * 0.0
    for i in range(1, 2):
        before = states[i - 1]
        states[i] = before * 0.5 + x[i] ** 2
    return states


def overwritten_by_repetition(x):
    y = x[0] * 2
    y[[0, 0, 1]] = x[1]
    return y


def accumulate(x):
    total = x[0] * 0.0
    for row in x:
        total += row**2
    number = 0.0
    for value in x[0]:
        number += value * 2
    return total * number


FUNCTIONS = [
    assign_element,
    assign_row_and_slice,
    update_slice,
    alias_sees_the_change,
    base_sees_the_change_of_a_view,
    view_sees_the_change_of_the_base,
    view_of_a_view,
    recurrence,
    overwritten_by_repetition,
    accumulate,
]


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_same_value_as_numpy_and_right_derivative(f):
    expected = f(X.copy())
    out, _ = ad.vjp(f, X)
    assert np.array_equal(out, expected)
    assert np.array_equal(ad.jvp(f, (X,), (X,))[0], expected)
    ad.check_grad(f, X, order=2)
    x = ad.Tensor(X)
    assert np.array_equal(f(x).data, expected)


@pytest.mark.parametrize("transform", [ad.grad, lambda f: lambda x: ad.jvp(f, (x,), (x,))])
def test_the_variable_is_the_callers(transform):
    def whole(x):
        x += 1
        return np.sum(x)

    def part(x):
        x[0] = 2.0
        return np.sum(x)

    def row(x):
        r = x[0]
        r *= 2
        return np.sum(x)

    for f in (whole, part, row):
        x = X.copy()
        with pytest.raises(
            ad.InPlaceError, match=r"(?s)caller's array.*x.copy\(\).*test_inplace.py"
        ):
            transform(f)(x)
        assert np.array_equal(x, X)


def test_numbers_are_immutable_as_in_python():
    def f(x):
        y = x * x
        z = y
        z += 1
        x += 1
        return y * x + z

    assert ad.grad(f)(3.0) == ad.derivative(f)(3.0) == 2 * 3 * 4 + 9 + 6


def test_shape_and_dtype_stay():
    with pytest.raises(ad.InPlaceError, match=r"shape \(3,\)"):
        ad.grad(lambda x: np.sum(_add(x * 1, X)))(np.ones(3))
    with pytest.raises(ad.InPlaceError, match="complex128 of y"):
        ad.grad(lambda x: np.sum(_add(x * 1, 1j)))(np.ones(3))
    y = ad.Tensor(np.ones(3, np.float32)) * 1
    y += np.ones(3)
    assert y.dtype == np.float32


def _add(y, v):
    y += v
    return y


def test_an_outer_array_is_not_changed_from_inside():
    def outer(x):
        y = x * 1

        def inner(t):
            y[0] = t
            return np.sum(y) * t

        return ad.grad(inner)(2.0) * x[0]

    with pytest.raises(ad.InPlaceError, match="two differentiations"):
        ad.grad(outer)(np.ones(2))
