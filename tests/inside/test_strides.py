"""`as_strided` of traced arrays, as fast convolutions use it: a view, inside of the array's memory."""

import numpy as np
import pytest
from numpy.lib import stride_tricks
from numpy.lib.stride_tricks import as_strided

import autodiff as ad

POINT = np.array([0.7, -0.4, 1.2, 0.3])


def convolution(x, w):
    """As student's solutions of CS231n write it."""
    n, height, width = x.shape
    x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    rows = as_strided(
        x,
        (n, height // 2, width // 2, 3, 3),
        tuple(s * k for s, k in zip(x.strides, (1, 2, 2))) + x.strides[1:],
    )
    return np.sum(np.tensordot(rows, w, ((3, 4), (0, 1))) ** 2)


def test_a_convolution_in_every_mode():
    draw = np.random.default_rng(0)
    ad.check_grad(convolution, draw.normal(size=(2, 4, 6)), draw.normal(size=(3, 3)), order=2)


def seen_through(x):
    y = x * 1.0
    pairs = as_strided(y, (3, 2), y.strides * 2)
    halves = stride_tricks.as_strided(y, (2, 2), (2 * y.itemsize, y.itemsize))
    y[1] = x[0] * 3.0
    halves[1] *= x[2]
    return np.sum(pairs**2 * np.arange(6.0).reshape(3, 2)) + np.sum(halves)


def test_what_is_written_is_seen_through_every_view():
    assert ad.value_and_grad(seen_through)(POINT)[0] == pytest.approx(seen_through(POINT))
    ad.check_grad(seen_through, POINT, order=2)


REFUSED = {
    "beyond the end": (lambda x: as_strided(x, (5, 2), x.strides * 2), "reaches outside"),
    "before the beginning": (lambda x: as_strided(x, (2,), (-x.itemsize,)), "reaches outside"),
    "of every second": (lambda x: as_strided(x[::2], (2,), x.strides), "in one piece"),
    "half an element": (lambda x: as_strided(x, (2,), (4,)), "multiples"),
    "written twice": (
        lambda x: as_strided(x * 1, (3, 2), x.strides * 2).fill(x[0]),
        "Copy it first",
    ),
}


@pytest.mark.parametrize("transform", [ad.grad, ad.jacobian])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name, transform):
    view, words = REFUSED[name]
    with pytest.raises(ad.AutodiffError, match=words):
        transform(lambda x: np.sum(view(x)))(POINT)


@pytest.mark.parametrize("to", ["numpy", "jax"])
def test_as_a_program(to):
    pytest.importorskip(to)
    point = np.random.default_rng(0).normal(size=(2, 4, 6)), np.ones((3, 3))
    gradient = ad.grad(convolution)
    np.testing.assert_allclose(
        ad.source(gradient, *point, to=to)(*point), gradient(*point), rtol=1e-5
    )


def test_a_program_whose_view_sees_a_write_is_refused():
    with pytest.raises(ad.AutodiffError, match="does not give its results"):
        ad.source(ad.grad(seen_through), POINT)
