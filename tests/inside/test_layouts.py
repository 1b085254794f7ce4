"""What is made inside lies in memory as NumPy would lay it, which `ravel(order="A")` can tell; views see what is written later."""

import numpy as np
import pytest

import autodiff as ad

POINT = 0.7
OUTSIDE = np.asfortranarray(np.arange(6.0).reshape(2, 3))
ROWS = np.ones((2, 3))
TABLE = [0.3, 0.7, 1.2]


def filled(y, x):
    y[0] = x
    y[1, 0] = x * 2
    return y


MADE = {
    "list": lambda x: np.array([[x, 1.0], [2.0, x]]),
    "list, F": lambda x: np.array([[x, 1.0], [2.0, x]], order="F"),
    "list, asarray F": lambda x: np.asarray([[x, 1.0], [2.0, x]], order="F"),
    "list, asfortranarray": lambda x: np.asfortranarray([[x, 1.0], [2.0, x]]),
    "list, transposed": lambda x: np.array([[x, 1.0, 2.0], TABLE]).T,
    "array, F": lambda x: np.array(ROWS * x, order="F"),
    "array, K of F": lambda x: np.array(OUTSIDE * x),
    "array, C of F": lambda x: np.array(OUTSIDE * x, order="C"),
    "array, A of F": lambda x: np.array(OUTSIDE * x, order="A"),
    "ascontiguousarray": lambda x: np.ascontiguousarray(OUTSIDE * x),
    "full, F": lambda x: np.full((2, 3), x, order="F"),
    "full_like F": lambda x: np.full_like(OUTSIDE, x),
    "zeros, F": lambda x: filled(np.zeros((2, 3), order="F"), x),
    "zeros_like F": lambda x: filled(np.zeros_like(OUTSIDE), x),
    "copy of F": lambda x: filled(np.copy(OUTSIDE), x),
    "copy of a transposed": lambda x: np.copy(filled(np.zeros((3, 2)).T, x)),
    "sum of filled F": lambda x: filled(np.zeros((2, 3), order="F"), x) + OUTSIDE,
    "flattened": lambda x: filled(np.zeros((2, 3), order="F"), x).flatten("K").reshape(2, 3),
    "vectorize of F": lambda x: np.vectorize(lambda v: v * x)(OUTSIDE),
    "vectorize of F and C": lambda x: np.vectorize(lambda v, w: v * x + w)(OUTSIDE, ROWS),
    "fromfunction": lambda x: np.fromfunction(lambda i, j: i * x + j, (2, 3)),
    "block of one number": lambda x: np.block(x),
}
GAPPED = {
    "imag of filled": lambda x: filled(np.zeros((2, 3), complex), x * 1j).imag,
    "real of filled F": lambda x: filled(np.zeros((2, 3), complex, order="F"), x).real,
    "part of an imag": lambda x: filled(np.zeros((2, 4), complex), x * 1j).imag[:, ::-1],
    "imag of a transposed": lambda x: filled(np.zeros((3, 2), complex), x * 1j).T.imag,
    "imag of computed": lambda x: (ROWS * (x * 1j)).imag,
}
"""`ravel(order="K")` of these is refused."""


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
@pytest.mark.parametrize("made", MADE)
def test_the_layout_is_numpys(made, order):
    def f(x):
        row = MADE[made](x).ravel(order)
        return row @ np.arange(1.0, row.size + 1)

    value, _ = ad.value_and_grad(f)(POINT)
    assert value == pytest.approx(f(POINT), abs=1e-12)
    ad.check_grad(f, POINT)


VIEWS = {
    "broadcast_to": lambda y: np.broadcast_to(y, (2, 4)),
    "sliding_window_view": lambda y: np.lib.stride_tricks.sliding_window_view(y, 2),
    "as_strided": lambda y: np.lib.stride_tricks.as_strided(y, (3, 2), (8, 8)),
    "of a part": lambda y: np.broadcast_to(y[1:3], (3, 2)),
    "reversed": lambda y: np.lib.stride_tricks.sliding_window_view(y[::-1], 3),
    "reshaped": lambda y: np.broadcast_to(y.reshape(2, 2).T, (2, 2, 2)),
    "diagonal": lambda y: np.diagonal(y.reshape(2, 2)),
    "split": lambda y: np.split(y, 2)[0],
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_taken_before_the_first_write_sees_it(view):
    def f(x):
        y = np.zeros(4)
        before = VIEWS[view](y)
        y[1] = x
        y[2:] = x * x
        return np.sum(before * np.arange(1.0, before.size + 1).reshape(before.shape))

    assert ad.value_and_grad(f)(POINT)[0] == pytest.approx(f(POINT), abs=1e-12)
    ad.check_grad(f, POINT)


def enumerated(y, x):
    for place, value in np.ndenumerate(y):
        y[place] = value * x


def iterated(y, x):
    for element in np.nditer(y, op_flags=["readwrite"]):
        element[...] = element * x


def by_rows(y, x):
    for row in y:
        row *= x
        y[-1] += 1.0


def zipped(y, x):
    for place, (value, _) in enumerate(zip(y.flat, np.ones(6))):
        y.flat[place] = value * x


def one_by_one(y, x):
    elements = y.flat
    y[0] = next(elements) * x
    y[0, 1] = x
    y[1] = next(elements) * x


@pytest.mark.parametrize("fill", [enumerated, iterated, by_rows, zipped, one_by_one])
def test_a_loop_over_an_array_that_it_fills(fill):
    def f(x):
        y = np.ones((3, 2))
        fill(y, x)
        return np.sum(y * np.arange(6.0).reshape(3, 2))

    assert ad.value_and_grad(f)(POINT)[0] == pytest.approx(f(POINT), abs=1e-12)
    ad.check_grad(f, POINT)


COPIES = {
    "ascontiguousarray": lambda c: np.ascontiguousarray(c),
    "asfortranarray": lambda c: np.asfortranarray(c),
    "asarray C": lambda c: np.asarray(c, order="C"),
    "asarray F": lambda c: np.asarray(c, order="F"),
    "asarray": lambda c: np.asarray(c),
    "ravel": lambda c: np.ravel(c),
    "ravel F": lambda c: c.ravel("F"),
    "ravel A": lambda c: c.ravel("A"),
    "reshape": lambda c: c.reshape(-1),
    "atleast_2d": lambda c: np.atleast_2d(c),
    "array": lambda c: np.array(c, copy=None),
}
PARTS = {
    "every second": lambda b: b[::2, ::2],
    "a column": lambda b: b[:, :1],
    "a row": lambda b: b[1],
    "the rest": lambda b: b[1:, 1:],
    "all, transposed": lambda b: b.T,
    "rows": lambda b: b[1:],
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("blank", [False, True])
def test_a_part_that_was_written_into_is_copied_or_shown_as_numpy_does(copied, part, blank):
    def f(x):
        b = np.ones((3, 2)) if blank else np.ones((3, 2)) * x
        c = PARTS[part](b)
        c *= x
        h = COPIES[copied](c)
        b += x
        return np.sum(np.ravel(h) * np.arange(1.0, h.size + 1))

    assert ad.value_and_grad(f)(POINT)[0] == pytest.approx(f(POINT), abs=1e-12)
    ad.check_grad(f, POINT)


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_what_was_stopped_is_reached_by_no_later_write(blank, first):
    def f(x):
        y = np.zeros(3) if blank else np.zeros(3) * x
        if first:
            y[0] = x
        constant = ad.stop_gradient(y)
        y[0] = 5.0 * x
        return constant[0] * x + y[0]

    kept = POINT if first else 0.0
    value, slope = ad.value_and_grad(f)(POINT)
    assert value == pytest.approx(f(POINT), abs=1e-12) == kept * POINT + 5.0 * POINT
    assert slope == pytest.approx(kept + 5.0, abs=1e-12) == ad.derivative(f)(POINT)


@pytest.mark.parametrize("size", [2, 3, 4, 7])
@pytest.mark.parametrize("part", [0.1, 0.2, 0.37, 0.65, 0.9])
def test_quantiles_of_equal_values_are_that_value_to_the_last_bit(size, part):
    for value in (-1.454, 1 / 3, 0.1):
        equal = np.full(size, value)
        assert ad.vjp(lambda y: np.quantile(y, part), equal)[0] == np.quantile(equal, part)


@pytest.mark.parametrize("mode", ["value", "reverse", "forward"])
@pytest.mark.parametrize("made", [*MADE, *GAPPED])
def test_flags_and_strides_are_numpys(made, mode):
    seen = []

    def f(x):
        y = (MADE | GAPPED)[made](x)
        seen.append((type(y.strides), y.strides, y.flags.c_contiguous, y.flags.f_contiguous))
        return np.sum(y) * x

    f(POINT)
    ad.grad(f)(POINT) if mode == "reverse" else ad.derivative(f)(POINT)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("made", GAPPED)
def test_a_row_made_of_a_part_with_gaps_is_a_copy(made, order):
    def f(x):
        y = GAPPED[made](x)
        row = y.ravel(order)
        row *= 2.0
        return np.sum(row * np.arange(row.size)) + np.sum(y)

    value, found = ad.value_and_grad(f)(POINT)
    assert value == pytest.approx(f(POINT))
    assert found == pytest.approx(f(POINT + 0.5) - f(POINT - 0.5))  # it is linear
