"""`a += x` of a plain array that nobody else holds is right; where others hold it, it is refused."""

import numpy as np
import pytest

import autodiff as ad

A = np.array([[0.5, 1.5, 2.5], [3.5, 4.5, 1.2]])
MAKERS = {
    "an operator": lambda: A * 2,
    "a method": lambda: A.copy(),
    "another type": lambda: A.astype(np.float64),
    "rows": lambda: A[[1, 0]],
    "a call": lambda: twice(A),
}
SIGNS = ["+", "-", "*", "/", "**"]


def twice(a):
    return a + a


def functions():
    """A function for each operator and each way to make an array, with further writes after it."""
    for sign in SIGNS:
        space = {"np": np, "MAKERS": MAKERS}
        exec(
            "def f(x, make):\n"
            "    a = MAKERS[make]()\n"
            f"    a {sign}= x\n"
            "    a[0, 1] = x[2] * a[1, 1]\n"
            "    a += a\n"
            f"    a {sign}= x * x\n"
            "    return np.sum(np.log(a * a + 1.0))\n",
            space,
        )
        yield pytest.param(space["f"], id=sign)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("f", list(functions()))
def test_an_array_of_one_variable_is_updated_in_both_modes(f, make):
    x = np.array([0.7, 1.1, 1.9])
    value, slope = ad.value_and_grad(f)(x, make)
    assert value == pytest.approx(f(x, make))
    quotient = [(f(x + h, make) - f(x - h, make)) / 2e-6 for h in 1e-6 * np.eye(3)]
    assert slope == pytest.approx(quotient, rel=1e-6)
    assert ad.jacobian(f, mode="forward")(x, make) == pytest.approx(slope)
    along = ad.hvp(lambda x: f(x, make), x, np.ones(3))
    ahead, behind = (ad.grad(f)(x + h, make) for h in (1e-6, -1e-6))
    assert along == pytest.approx((ahead - behind) / 2e-6, rel=1e-5)


def test_the_array_keeps_its_dtype():
    seen = []

    def f(x):
        a = A.astype(np.float32)
        a *= x
        seen.append(a.dtype)
        return np.sum(a)

    assert ad.grad(f)(np.float64(2.0)) == pytest.approx(np.sum(A), rel=1e-6)
    assert seen == [np.float32]


def alias(x):
    a = A * 2
    b = a
    a += x
    return np.sum(b)


def view(x):
    a = A * 2
    b = a[:1]
    a += x
    return np.sum(b)


def of_a_view(x):
    a = (A * 2)[:, :1]
    b = a.base
    a += x
    return np.sum(b)


def in_a_list(x):
    held = [A * 2]
    a = held[0]
    a += x
    return np.sum(held[0])


def on_an_object(x):
    def f():
        pass

    a = f.a = A * 2
    a += x
    return np.sum(f.a)


def an_element_of_a_list(x):
    held = [A * 2]
    held[0] += x
    return np.sum(held[0])


def by_another_name_of_the_same(x, a=A):
    a += x
    return np.sum(a)


def passed_on(x):
    def inner(b):
        b += x
        return np.sum(b)

    a = A * 2
    return inner(a) + np.sum(a)


def of_the_function_around(x):
    a = A * 2

    def inner():
        nonlocal a
        a += x

    inner()
    return np.sum(a)


def in_memory_that_is_seen(x):
    a = A * 2
    seen = memoryview(a)
    a += x
    return np.sum(np.asarray(seen))


def whole_numbers(x):
    a = A.astype(int)
    a += x
    return np.sum(a)


def in_a_frame_that_is_shown(x):
    a = A * 2
    held = dict(locals())
    a += x
    return np.sum(held["a"])


HELD = [alias, view, of_a_view, in_a_list, on_an_object, an_element_of_a_list]
HELD.append(by_another_name_of_the_same)
HELD += (
    passed_on,
    of_the_function_around,
    in_memory_that_is_seen,
    whole_numbers,
    in_a_frame_that_is_shown,
)


@pytest.mark.parametrize("f", HELD)
def test_an_array_that_others_hold_is_not(f):
    before = A.copy()
    for transform in (ad.grad(f), lambda x: ad.jvp(f, (x,), (1.0,))):
        with pytest.raises(ad.DetachError):
            transform(0.5)
    assert np.array_equal(A, before)


def test_what_numpy_refuses_stays_refused():
    def wider(x):
        a = A[0] * 2
        a += x
        return np.sum(a)

    with pytest.raises((ad.DetachError, ValueError)):
        ad.grad(wider)(np.ones((2, 3)))
