"""Arrays changed between the forward run and the reverse sweep never change the derivative."""

import numpy as np
import pytest

import autodiff as ad

BIG = 200_000
"""Elements of an array of more than 1 MB."""


@pytest.fixture
def x():
    return np.array([1.0, 2.0])


def test_a_constant_changed_inside_the_function(x):
    c = np.array([2.0, 3.0])

    def f(x):
        y = x * c
        c[:] = 100.0
        return np.sum(y)

    assert ad.grad(f)(x).tolist() == [2.0, 3.0]


def test_a_constant_changed_before_backward(x):
    c = np.array([2.0, 3.0])
    t = ad.Tensor(x)
    y = np.sum(t * c)
    c[:] = 100.0
    y.backward()
    assert t.grad.tolist() == [2.0, 3.0]


@pytest.mark.parametrize("size", [2, BIG])
def test_primals_constants_and_results_changed_before_the_pullback(size):
    x, c = np.ones(size), np.full(size, 2.0)
    out, pullback = ad.vjp(lambda x: np.exp(x * c), x)
    x[:], c[:], out[:] = 7.0, 8.0, 9.0
    assert np.allclose(pullback(np.ones(size))[0], 2 * np.exp(2))


def test_an_index_changed_after_use():
    def f(x):
        index, total = np.array([0, 1]), 0.0
        for k in range(3):
            total = total + np.sum(x[index]) * 10**k
            index += 1
        return total

    assert ad.grad(f)(np.ones(5)).tolist() == [1.0, 11.0, 110.0, 100.0, 0.0]


def test_a_large_array_is_locked_while_the_tape_needs_it():
    c = np.full(BIG, 2.0)

    def f(x):
        y = x * c
        c[0] = 100.0
        return np.sum(y)

    with pytest.raises(ad.MutationError, match=r"(?s)a.copy\(\).*c\[0\] = 100.0"):
        ad.grad(f)(np.ones(BIG))
    assert c.flags.writeable
    c[0] = 5.0
    g = ad.grad(lambda x: np.sum(x * c))(np.ones(BIG))
    assert g[0] == 5.0
    c[0] = 6.0


def test_the_callers_array_is_unlocked_after_an_exception():
    x = np.ones(3)

    def fails(x):
        raise KeyError("mine")

    with pytest.raises(KeyError):
        ad.grad(fails)(x)
    x[0] = 2.0


def test_a_view_of_a_large_array_is_safe():
    c = np.full(2 * BIG, 2.0)

    def f(x):
        y = x * c[:BIG]
        c[0] = 100.0
        return np.sum(y)

    assert ad.grad(f)(np.ones(BIG))[0] == 2.0


def test_data_of_a_tensor(x):
    w = ad.Tensor(x, name="w")
    y = np.sum(w * w)
    with pytest.raises(ValueError, match="read-only"):
        (w * 2).data[0] = 5.0
    y.backward()
    w.data -= 0.5 * w.grad
    assert w.data.tolist() == [0.0, 0.0]
    with pytest.raises(ad.MutationError, match=r"'w' was changed.*before the change"):
        y.backward()
    z = np.sum(w + 1.0)
    z.backward()
    assert w.grad.tolist() == [1.0, 1.0]


def test_the_original_of_a_tensor_is_copied(x):
    t = ad.Tensor(x)
    y = np.sum(t * t)
    x[:] = 100.0
    y.backward()
    assert t.grad.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("size", [3, BIG])
def test_a_change_through_a_view_taken_before(size):
    def slope(of):
        c, x = np.full(size, 2.0), np.ones(size)
        view = c[:] if of == "constant" else x[:]

        def f(x):
            y = x * x * c
            view[:] = 100.0
            return np.sum(y)

        return ad.grad(f)(x)

    for of in ("constant", "variable"):
        if size == 3:
            assert slope(of).tolist() == [4.0, 4.0, 4.0]
        else:
            with pytest.raises(ad.MutationError, match=r"(?s)shape \(200000,\).*a.copy\(\)"):
                slope(of)


@pytest.mark.parametrize("size", [3, BIG])
@pytest.mark.parametrize("part", [lambda w: w, lambda w: w[1:], lambda w: w.reshape(1, -1)])
def test_a_change_of_handed_out_data_before_backward(size, part):
    for held in (False, True):
        w = ad.Tensor(np.ones(size), name="w")
        data = w.data if held else None
        y = np.sum(part(w) ** 2)
        data = w.data if data is None else data
        data[-1] = 100.0
        assert w.data[-1] == 100.0
        with pytest.raises(ad.MutationError, match=r"(?s)'w' was changed.*test_mutation.py"):
            y.backward()


def test_data_may_be_changed_in_place_between_rounds():
    w = ad.Tensor([1.0, 2.0])
    data = w.data
    for expected in ([1.0, 2.0], [0.5, 1.0], [0.25, 0.5]):
        y = np.sum(w * w) / 2
        y.backward()
        assert w.grad.tolist() == expected
        data -= w.grad / 2
        w.data[...] += 0.0


def test_results_of_jvp_are_owned_copies():
    x, t = np.ones(3), np.full(3, 2.0)
    out, pushed = ad.jvp(lambda x: (x, np.broadcast_to(x, (2, 3))), (x,), (t,))
    for array in (*out, *pushed):
        assert not np.shares_memory(array, x)
        assert not np.shares_memory(array, t)
        array[...] = 0.0
    assert x.tolist() == [1.0] * 3
