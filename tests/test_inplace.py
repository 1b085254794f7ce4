"""In-place changes mean what they mean in NumPy, views included, or are refused."""

import statistics

import numpy as np
import pytest

import autodiff as ad

kept = {"nditer": np.nditer}

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


def real_part_is_the_array_itself(x):
    y, z = x * 1.0, x * 2.0
    np.real(y)[0] = 3.0
    y.real[1] *= 2.0
    z.conj()[1] = x[0]
    return y * z


def astype_without_a_copy(x):
    y = x * 1.0
    z = y.astype(float, copy=False)
    z[0] = x[1] ** 2
    return y + np.asarray(z, like=z)


def nothing_to_squeeze(x):
    y = x * 1.0
    np.squeeze(y)[1] = x[0] ** 2
    y.view()[0] *= 3.0
    return y


def ravel_after_a_change(x):
    y = np.flip(x) + 0.0
    flipped = np.fliplr(y)
    flipped[flipped > 0.5] = 0.3
    y.ravel()[0] *= x[1, 1]
    return y


def copies_lie_row_by_row(x):
    y, z = x.T.copy(), np.copy(x.T)
    y.ravel()[0] = 9.0
    z.ravel()[1] = 9.0
    return y * z


def a_column_has_gaps(x):
    y = x * 1.0
    column = y[:, 1]
    column[0] = x[0, 0] ** 2
    row = y.T[0]
    row *= row
    y[:, :1].ravel()[0] = 99.0
    y[0].reshape(-1)[1] *= 2.0
    return y


def mixed_orders(x):
    y = x.T * 1.0
    y += np.ones((2, 2)) * x
    y.ravel()[0] = 5.0
    return y


def elements_as_arrays(x):
    y = x * 1.0
    element = y[0, 1, ...]
    element += x[1, 0]
    element *= 2.0
    element[...] = element**2
    return y


def lists_of_traced_numbers(x):
    y = x * 1.0
    y[0] = [x[1, 0], 2.0]
    np.place(y, [[False, False], [True, True]], [x[0, 0] ** 2])
    return y * [[x[0, 1], 1.0], [2.0, 3.0]]


def swapped(x):
    y = x[0] * 1.0
    y[0], y[1] = y[1], y[0]
    rows = x * 1.0
    rows[0], rows[1] = rows[1], rows[0]  # views: NumPy's rows come out equal
    rows[:] = rows[::-1] * y
    return rows


def a_view_assigned_elsewhere(x):
    y = x * 1.0
    first = y[:1]
    y[np.array([1])] = first
    y[True] = y[1] * 2.0
    return y


def new_arrays_are_written_to(x):
    y = np.full_like(x, x[0, 0])
    y[1] = x[1]
    y.reshape(-1)[0] = 2.0
    left, _ = np.meshgrid(x[0], x[1])
    left[0] *= 3.0
    taken = np.take(x, [1, 0], axis=1)
    taken.ravel()[1] = 4.0
    product = np.einsum("ij,kj->ik", x, x)
    product.reshape(-1)[1:] *= 2.0
    return y * left + taken * product


def einsum_of_one_array_is_a_view(x):
    y = x * 1.0
    np.einsum("ij->ji", y)[0] = x[1] ** 2
    return y


def a_diagonal_by_einsum(x):
    y = x * 1.0
    np.einsum("ii->i", y)[:] = x[0] ** 2
    np.einsum("ij->ji", y)[0] *= y[1]
    return y


def part_of_complex_numbers(x):
    y = x * (1.0 + 2.0j)
    real = np.real(y)
    y[0] *= x[1]
    return np.imag(y) * real + np.abs(y)


def parts_that_are_set(x):
    y, z = x * (1.0 + 2.0j), x * 1.0
    row = y[1]
    y.real = x[0] ** 2
    row.imag = x[1] * z[0]
    z[:1].real = 3 * x[1]
    return np.real(y) * np.imag(y) + z


def all_of_it_a_constant(x):
    y = x[0, :1] * 1.0
    z = y.ravel()
    z[0] = 1.5
    return y * x + z


def filled_from_zeros(x):
    y, z, ends = np.zeros_like(x), np.empty_like(x[0]), np.full_like(x, 2.0)
    for i in range(len(x)):
        y[i] = x[i] ** 2
    z[:] = x[0]
    ends[:, 1:-1] *= x[:, 1:-1]
    return y * z + np.ones_like(x) * ends


def a_loop_sees_what_it_changes(x):
    y = x[0] * 1.0
    for i, v in enumerate(y[::-1]):
        y[i] += v
    for i, row in enumerate(y[:2, None]):
        y[i + 1] *= row[0]
    return x * y


FUNCTIONS = [
    a_loop_sees_what_it_changes,
    filled_from_zeros,
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
SQUARE = [
    real_part_is_the_array_itself,
    astype_without_a_copy,
    nothing_to_squeeze,
    ravel_after_a_change,
    copies_lie_row_by_row,
    a_column_has_gaps,
    mixed_orders,
    elements_as_arrays,
    lists_of_traced_numbers,
    swapped,
    a_view_assigned_elsewhere,
    new_arrays_are_written_to,
    einsum_of_one_array_is_a_view,
    a_diagonal_by_einsum,
    part_of_complex_numbers,
    all_of_it_a_constant,
    parts_that_are_set,
]
CALLS = [(f, X) for f in FUNCTIONS] + [(f, X[:, 1:]) for f in SQUARE]


@pytest.mark.parametrize(("f", "x"), CALLS, ids=lambda f: getattr(f, "__name__", ""))
def test_same_value_as_numpy_and_right_derivative(f, x):
    expected = f(x.copy())
    out, _ = ad.vjp(f, x)
    assert np.array_equal(out, expected)
    assert np.array_equal(ad.jvp(f, (x,), (x,))[0], expected)
    ad.check_grad(f, x, order=2)
    assert np.array_equal(f(ad.Tensor(x)).data, expected)


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


def test_an_outer_array_that_is_written_from_inside_holds_values_of_both_levels():
    def outer(x):
        y = x * 1

        def inner(t):
            y[0] = t * x[1]
            return np.sum(y) * t

        slope = ad.grad(inner)(2.0)  # d/dt (t x1 + x1) t = 2 t x1 + x1
        return slope * x[0]

    assert np.array_equal(ad.grad(outer)(np.array([3.0, 1.0])), [5.0, 15.0])


def test_an_outer_array_that_keeps_an_inner_value_is_refused_afterwards():
    def outer(x):
        y = x * 1

        def inner(t):
            y[0] = t
            return np.sum(y) * t

        return ad.grad(inner)(2.0) * y[0]

    with pytest.raises(ad.EscapedTracerError, match=r"y\[0\]"):
        ad.grad(outer)(np.ones(2))


def test_a_view_that_cannot_be_written_back_is_refused():
    def diagonal(x):
        y = x * 1.0
        np.diagonal(y)[:] = 0.0  # read-only in NumPy too
        return y

    def part(x):
        y = x + 1j * x
        y.real[0] = 0.0
        return np.abs(y)

    for f in (diagonal, part):
        with pytest.raises(ad.InPlaceError, match=r"y = y.copy\(\)"):
            ad.vjp(f, X[:, 1:])
    with pytest.raises(ad.UnsupportedError, match="astype"):
        ad.vjp(lambda x: x.view(np.int64), X)


MODES = {
    "reverse": lambda f, x: ad.vjp(f, x),
    "forward": lambda f, x: ad.jvp(f, (x,), (x,)),
    "eager": lambda f, x: f(ad.Tensor(x)),
}


@pytest.mark.filterwarnings("ignore:you are shuffling")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("generator", [np.random.RandomState, np.random.default_rng])
def test_shuffled_elements_are_right_and_shuffled_rows_refused(mode, generator):
    def f(x):
        y = x * 1.0
        generator(3).shuffle(y)
        return y

    out = MODES[mode](f, X[0])
    out = out.data if mode == "eager" else out[0]
    np.testing.assert_array_equal(out, f(X[0]))
    with pytest.raises(ad.InPlaceError, match=r"y\[rng.permutation\(len\(y\)\)\]"):
        MODES[mode](f, X.T)


def test_the_shape_is_set_in_place_where_numpy_can():
    def with_gaps(x):
        y = (x * 1.0).T
        y.shape = (6,)
        return y

    def of_the_variable(x):
        x.shape = (3, 2)
        return x

    with pytest.raises(AttributeError):
        with_gaps(X)
    for mode in MODES.values():
        with pytest.raises(AttributeError, match=r"Write y = y.reshape\(\(6,\)\)"):
            mode(with_gaps, X)
        with pytest.raises(ad.InPlaceError, match="caller's array"):
            mode(of_the_variable, X)
    assert X.shape == (2, 3)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "f",
    [
        lambda m: np.add(np.matrix(np.eye(2)), m),
        lambda m: np.matrix(np.eye(2)) * m,
        lambda m: m @ np.matrix(np.eye(2)),
        lambda m: np.add(np.ma.array([1.0, 2.0], mask=[True, False]), m),
    ],
)
def test_arrays_with_an_arithmetic_of_their_own_are_refused(f, mode):
    with pytest.raises(ad.AutodiffError, match=r"np.asarray\(x\)"):
        MODES[mode](f, X[:, 1:])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(
    ("f", "advice"),
    [
        (lambda x: sum(v for v in kept["nditer"](x)), "np.ravel"),
        (lambda x: statistics.mean(x[0]), "np.mean"),
        (lambda x: statistics.stdev(x[0]), "np.std"),
    ],
)
def test_readers_that_bypass_numpys_protocols_are_named(f, advice, mode):
    with pytest.raises(ad.DetachError, match=advice):
        MODES[mode](f, X)


@pytest.mark.parametrize("order", ["K", "A"])
def test_the_layout_of_the_callers_array_counts(order):
    def f(v):
        return np.ravel(v, order=order)

    x = np.asfortranarray(X)
    assert np.array_equal(ad.vjp(f, x)[0], f(x))
    assert np.array_equal(ad.jvp(f, (x,), (x,))[0], f(x))
    assert np.array_equal(f(ad.Tensor(x)).data, f(x))


@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (1, 1), (2, 1, 3), (1, 3, 1), (0, 1)])
def test_the_steps_of_an_array_that_was_written_are_numpys_also_of_axes_of_length_1(shape):
    cuts = [
        lambda z: z[:, [0, 0]],
        lambda z: z.T[[0, 0]],
        lambda z: z.T.copy(order="K"),
        lambda z: np.array(z.T),
        lambda z: z[..., None].swapaxes(0, -1) * 1.0,
        lambda z: z[:, :1] + 0.0,
        lambda z: np.array(z[:, ::2]),
        lambda z: np.atleast_3d(z) * 1.0,
        lambda z: np.atleast_2d(z.ravel() * 1.0),
    ]

    def steps(z, see):
        for cut in cuts:
            y = cut(z)
            y[...] = y * 2.0
            y[:1] = 3.0
            see.append((y.strides, y.flags.c_contiguous, y.flags.f_contiguous, y[:1].T.strides))
        return np.sum(y)

    x, plain, reverse, forward = np.ones(shape), [], [], []
    steps(x, plain)
    ad.vjp(lambda z: steps(z, reverse), x)
    ad.jvp(lambda z: steps(z, forward), (x,), (x,))
    assert reverse == forward == plain


STARTS = ["pass", "g[:] = -1.88", "g[0] = 2", "g += x", "g = np.zeros(3, complex)", "g = g * 1j"]
PARTS = [
    "g.imag",
    "np.imag(g)",
    "g.real",
    "np.real(g)",
    "g[1:].imag",
    "g.T.real",
    "g.reshape(3, 1).imag[:, 0]",
]
WRITES = [
    "q += 1.5",
    "np.add(q, x[-1], out=q)",
    "q[:] = x[-1]",
    "q[1] = x[0]",
    "np.copyto(q, 2.0)",
    "g[1] = 7j",
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("start", STARTS)
def test_the_parts_of_complex_numbers_are_views_or_their_change_is_refused(start, part):
    x, weights = np.array([0.7, -0.2, 1.3]), np.array([3.0, 5.0, 7.0])
    refused = 0
    for write in WRITES:
        lines = ["g = x * (0.6 - 0.8j)", start, f"q = {part}", write]
        lines.append("return np.sum(g.real * w) - 2 * np.sum(g.imag * w) + np.sum(q * w[: len(q)])")
        space = {"np": np, "w": weights}
        exec("def f(x):\n" + "".join(f"    {line}\n" for line in lines), space)
        f = space["f"]
        for transform in (ad.vjp, lambda f, x: ad.jvp(f, (x,), (x,))):
            try:
                assert transform(f, x)[0] == pytest.approx(f(x)), (start, part, write)
            except ad.InPlaceError:
                refused += 1
    assert refused < 2 * len(WRITES)


@pytest.mark.parametrize("where", [5, (0, 7), (0, 0, 0), np.array([9])])
def test_an_index_out_of_range_names_the_users_line(where):
    def written(x):
        y = x * 1.0
        y[where] = 2.0  # the line of a write
        return np.sum(y)

    def read(x):
        y = x * 1.0
        y[0] = x[1]
        return np.sum(y[where])  # the line of a read

    for f, line in ((written, r"y\[where\] = 2.0"), (read, r"np.sum\(y\[where\]\)")):
        with pytest.raises(IndexError, match=line):
            ad.grad(f)(X)
