"""Writes whose values show the memory that is written: NumPy's result, element by element.

`x.flat[...] = v`, `np.fill_diagonal` and `np.place` take each element when its turn has come, so
that a later one may be what an earlier one wrote; all others look at the values before.
"""

import numpy as np
import pytest

import autodiff as ad

VIEWS = {
    "itself": lambda a: a,
    "columns turned round": lambda a: np.flip(a, -1),
    "rows turned round": lambda a: a[::-1],
    "transposed": lambda a: a.T,
    "in one row": lambda a: a.reshape(-1),
    "the row turned round": lambda a: a.reshape(-1)[::-1],
    "two rows": lambda a: a[1:],
    "a diagonal": lambda a: a.reshape(-1)[::4],
    "one column": lambda a: a[:, :1],
    "nothing": lambda a: a[:0],
}


def set_some(target, values):
    target.flat[1:] = values


def set_places(target, values):
    target.flat[[2, 0, 1]] = values


def set_all(target, values):
    target.flat = values


WRITES = {
    "flat": set_some,
    "flat places": set_places,
    "all of flat": set_all,
    "fill_diagonal": lambda a, v: np.fill_diagonal(a, v),
    "place": lambda a, v: np.place(a, np.arange(a.size).reshape(a.shape) % 3 > 0, v),
    "putmask": lambda a, v: np.putmask(a, np.arange(a.size).reshape(a.shape) % 3 > 0, v),
    "put": lambda a, v: np.put(a, [2, 0, 1], v),
    "copyto": lambda a, v: np.copyto(a, v),
}


def linear(write, target, values, begin):
    """What becomes of an array, some of which is written into itself: linear in the array."""

    def f(x):
        a = begin(x)
        write(VIEWS[target](a), VIEWS[values](a))
        return a

    return f


def computed(x):
    return x * 1.0


def filled(x):
    a = np.zeros((3, 3))
    a[...] = x
    return a


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("values", VIEWS)
@pytest.mark.parametrize("target", VIEWS)
def test_what_is_written_is_what_numpy_writes(write, values, target):
    rng = np.random.default_rng(5)
    x, tangent, weights = rng.normal(size=(3, 3, 3))
    for begin in (computed, filled):
        f = linear(WRITES[write], target, values, begin)
        try:
            want = f(x)
        except (ValueError, IndexError) as error:  # NumPy says that shapes do not fit
            with pytest.raises((type(error), ad.AutodiffError)):
                ad.jvp(f, (x,), (tangent,))
            continue
        value, slope = ad.jvp(f, (x,), (tangent,))
        assert np.array_equal(value, want)
        assert np.array_equal(slope, f(tangent))
        gradient = ad.grad(lambda x, f=f: np.sum(f(x) * weights))(x)
        columns = [f(unit.reshape(3, 3)) for unit in np.eye(9)]
        assert np.allclose(gradient.ravel(), [np.sum(c * weights) for c in columns], atol=1e-13)
