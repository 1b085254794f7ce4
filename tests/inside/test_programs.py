"""Programs in the style that everybody writes: constructors, lists, blanks, `math`, `A.dot(x)`.

Each has NumPy's value, and right derivatives in both modes and of second order.
"""

import math

import numpy as np
import pytest

import autodiff as ad

A = np.arange(12.0).reshape(3, 4) / 7 + 0.1
X3 = np.array([0.3, -0.7, 1.2])
M = np.array([[0.5, 1.2, -0.3], [0.1, 0.9, 0.4], [0.7, -0.2, 0.6]])


def array_nested(x):
    return np.sum(np.array([[x[0], 1], [x[1] * x[2], x[0]]]) ** 2)


def array_rows(x):
    return np.sum(np.array([x, 2 * x, np.ones(3)]) @ x)


def asarray_of_traced(x):
    return np.sum(np.asarray(x) ** 2)


def array_copy(x):
    y = np.array(x)
    y[0] = y[1] * 3
    return np.sum(y * x)


def array_dtype(x):
    return np.sum(np.array([x[0], x[1]], dtype=float) * 3)


def full_of_traced(x):
    return np.sum(np.full((2, 3), x[1]) * x)


def full_like_plain(x):
    return np.sum(np.full_like(np.ones((2, 2)), x[1]) ** 2)


def fromiter_generator(x):
    return np.sum(np.fromiter((v * v for v in x), float) * x)


def fromiter_map(x):
    return np.sum(np.fromiter(map(lambda i: x[i] ** 2, range(3)), dtype=np.float64, count=3) * x)


def fromfunction_with_traced(x):
    return np.sum(np.fromfunction(lambda i, j: x[0] * i + x[1] * j, (3, 4)) ** 2)


def vectorize_branches(x):
    return np.sum(np.vectorize(lambda v: v**2 if v > 0 else 3 * v)(x) * x)


def vectorize_closure(x):
    return np.sum(np.vectorize(lambda i: x[i] ** 2)(np.arange(3)))


def vectorize_two_arguments(x):
    return np.sum(np.vectorize(lambda a, b: math.sin(a) * b)(x[:, None], np.arange(2.0)))


def r_of_parts(x):
    return np.sum(np.r_[x, 1.0, x[0] * 2, 0:3] ** 2)


def c_of_columns(x):
    return np.sum(np.c_[x, x**2, np.ones(3)] ** 2 @ np.array([1.0, 2.0, 3.0]))


def r_with_a_directive(x):
    return np.sum(np.r_["0,2", x, x * 2] @ x)


def mean_list(x):
    return np.mean([x[0], x[1] * x[2], 1])


def var_list(x):
    return np.var([x[0], x[1] * x[2], 1])


def sum_nested(x):
    return np.sum([[x[0], 1], [x[1], x[2] * x[0]]], axis=0) @ np.array([1.0, 3.0])


def max_list(x):
    return np.max([x[0], x[1], 0.1])


def norm_list(x):
    return np.linalg.norm([x[0], x[1], 2.0])


def dot_list(x):
    return np.dot([x[0], x[1]], [x[2], 2.0])


def append_lists(x):
    return np.sum(np.append([x[0]], [x[1], x[2]]) ** 2)


def append_loop(x):
    out = np.array([])
    for v in x:
        out = np.append(out, v**2)
    return np.sum(out)


def concat_lists(x):
    return np.sum(np.concatenate([[x[0], x[1]], [x[2]]]) ** 2)


def vstack_lists(x):
    return np.sum(np.vstack([[x[0], x[1]], [x[2], 1.0]]) ** 2)


def hstack_mixed(x):
    return np.sum(np.hstack([x, [x[0], 2]]) ** 2)


def stack_tuple(x):
    return np.sum(np.stack(([x[0], x[1]], [x[2], 1.0]), axis=1) ** 2)


def solve_lists(x):
    return np.sum(np.linalg.solve([[x[0] + 3, 1], [x[1], 4]], [x[2], 1]))


def det_lists(x):
    return np.linalg.det([[x[0] + 3, 1], [x[1], 4]])


def fill_index(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[i] ** 2
    return np.sum(y * x)


def fill_slice(x):
    y = np.empty((2, 3))
    y[0] = x
    y[1, :] = x**2
    return np.sum(y @ x)


def fill_mask(x):
    y = np.ones(3)
    y[x > 0] = x[x > 0] ** 2
    return np.sum(y * x)


def fill_iadd(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] += x[i]
        y += x * i
    return np.sum(y**2)


def augmented_assignments(x):
    y = np.zeros(3)
    y += x
    y *= x
    y -= 1
    y /= 2
    return np.sum(y**2)


def view_before(x):
    y = np.zeros((2, 3))
    v = y[1]
    t = y.T
    r = y.ravel()
    y[1, 2] = x[0]
    v[0] = x[1]
    t[1, 0] = x[2]
    r[0] = x[0] * x[1]
    return (
        np.sum(y * np.arange(6.0).reshape(2, 3))
        + np.sum(v**2)
        + np.sum(t[0])
        + np.sum(r[::-1] * np.arange(6))
    )


def view_after(x):
    y = np.zeros((3, 3))
    y[0] = x
    v = y[:2, 1:]
    v[1] = x[:2]
    v += 1
    return np.sum(y**2)


def copyto_blank(x):
    y = np.zeros(3)
    np.copyto(y, x * 2)
    return np.sum(y**2)


def copyto_where(x):
    y = np.ones(3)
    np.copyto(y, x * 2, where=x > 0)
    return np.sum(y**2)


def put_blank(x):
    y = np.zeros(4)
    np.put(y, [0, 2], x[:2])
    y.put([1], x[2])
    return np.sum(y**2)


def place_blank(x):
    y = np.zeros(4)
    np.place(y, np.array([1, 0, 1, 0], bool), x[:2])
    return np.sum(y**2)


def putmask_blank(x):
    y = np.zeros(3)
    np.putmask(y, x > 0, x)
    return np.sum(y**2)


def fill_diagonal_blank(x):
    y = np.eye(3)
    np.fill_diagonal(y, x)
    return np.sum(y @ x)


def add_at_blank(x):
    y = np.zeros(3)
    np.add.at(y, [0, 0, 1], x)
    return np.sum(y**2)


def multiply_at_blank(x):
    y = np.ones(3)
    np.multiply.at(y, [0, 1], x[:2])
    return np.sum(y**2)


def out_blank(x):
    y = np.empty(3)
    np.exp(x, out=y)
    np.multiply(y, x, out=y)
    return np.sum(y)


def out_sum(x):
    y = np.empty(())
    np.sum(x, out=y)
    return y * 2


def flat_blank(x):
    y = np.zeros((2, 2))
    y.flat[1:3] = x[:2]
    y.flat[0] = x[2]
    return np.sum(y**2)


def flat_all(x):
    y = np.zeros((1, 3))
    y.flat = x
    return np.sum(y**2)


def fill_method(x):
    y = np.zeros(3)
    y.fill(x[1])
    return np.sum(y * x)


def swap_and_shift(x):
    y = np.zeros(3)
    y[:] = x
    y[0], y[1] = y[1], y[0]
    y[1:] = y[:-1]
    return np.sum(y * np.arange(3.0))


def shape_set(x):
    y = np.zeros(4)
    y[0] = x[0]
    y.shape = (2, 2)
    y[1, 1] = x[1]
    return np.sum(y[0] * y[1]) + np.sum(y)


def rows_changed_in_a_loop(x):
    y = np.zeros((2, 3))
    for i, r in enumerate(y):
        r += x * (i + 1)
    return np.sum(y**2)


def eye_and_arange_filled(x):
    y = np.arange(3.0)
    y[1] = x[0]
    z = np.eye(3)
    z[0, 1] = x[1]
    return y @ z @ y


def copy_of_plain(x):
    y = np.copy(A)
    y[0, 0] = x[0]
    z = np.array(A)
    z[:, 1] *= x[1]
    return np.sum(y * z)


def list_assign(x):
    y = np.zeros((2, 2))
    y[:] = [[x[0], 1], [2, x[1]]]
    return np.sum(y**2)


def derived_blank(x):
    y = np.ones(3) * 0.5
    y[0] = x[0]
    z = np.zeros(3) + y
    z[1] = x[1]
    return np.sum(z**2)


def zeros_like_plain(x):
    y = np.zeros_like(A)
    y[0, :3] = x
    return np.sum(y**2)


def plain_dot(x):
    return np.sum(M.dot(x) ** 2)


def dot_of_matrices(w):
    return np.sum(A.T.dot(w) ** 2)


def dot_of_a_blank(x):
    return np.sum(np.ones((2, 3)).dot(x) ** 2)


def dot_of_expressions(x):
    return np.sum((2 * M).dot(x) ** 2) + np.sum(M.reshape(3, 3).T.dot(x))


def vector_dot(x):
    return X3.dot(x) * X3.dot(x)


def plain_clip(x):
    return np.sum(np.array([0.1, 0.5, 2.0]).clip(0, x[2])) + np.sum(M.clip(0, x[2] * 0.4))


def functions_of_math(x):
    return (
        math.exp(x[0])
        + math.log(x[2]) * math.sqrt(x[0])
        + math.atan2(x[0], x[1])
        + math.pow(x[2], 2)
        + math.hypot(x[0], x[1])
        + math.tanh(x[1])
        + math.fsum([x[0], x[1]])
        + math.dist(x, [0, 0, 0])
        + math.log(x[2], 2)
    )


def more_functions_of_math(x):
    return (
        math.fabs(x[1])
        + math.radians(x[0])
        + math.erf(x[0])
        + math.gamma(x[2])
        + math.lgamma(x[2])
        + math.prod([x[0], x[1]])
        + math.fsum(v * v for v in x)
    )


def builtin_functions(x):
    return (
        sum(x)
        + max(x)
        + min(x)
        + sum(sorted(x)[:2])
        + abs(x[1])
        + pow(x[2], 2)
        + divmod(x[2], 0.5)[1]
    )


def formatting(x):
    s = f"{x[0]:.3f} {x[1]} %.2f %s" % (x[2], x[0])
    assert s.startswith("0.")
    return np.sum(x**2)


def ndenumerate_traced(x):
    y = np.zeros((1, 3))
    for (i,), v in np.ndenumerate(x):
        y[0, i] = v * i
    return np.sum(y * x)


def nditer_traced(x):
    t = 0.0
    for v in np.nditer(x):
        t = t + v * v
    return t


def nditer_multi_index(x):
    y = np.zeros(3)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        y[it.multi_index] = it[0] ** 2
        it.iternext()
    return np.sum(y * x)


def nditer_written(x):
    y = np.zeros(3)
    y[:] = x
    with np.nditer(y, op_flags=["readwrite"]) as it:
        for v in it:
            v[...] = 2 * v * v
    return np.sum(y * x)


def ndindex_loop(x):
    y = np.zeros((2, 3))
    for i, j in np.ndindex(2, 3):
        y[i, j] = x[j] * (i + 1)
    return np.sum(y**2)


def complex_blank(x):
    y = np.zeros(3, complex)
    y[0] = x[0] + 1j * x[1]
    y[1:] = x[1:]
    return np.sum(np.abs(y) ** 2 * np.arange(1, 4.0))


def astype_float(x):
    y = np.zeros(3, np.float64)
    y[:] = x
    return np.sum(y.astype(float) * 2)


def fortran_order(x):
    y = np.zeros((2, 3), order="F")
    y[1] = x
    v = y[:, ::-1]
    v[0, 0] = x[0] * 2
    return np.sum(y * np.arange(6.0).reshape(2, 3)) + np.sum(v[1] * np.arange(3.0))


def sort_in_place(x):
    y = np.zeros(3)
    y[:] = x
    y.sort()
    return np.sum(y * np.arange(3.0))


def inner_grad(x):
    g = ad.grad(lambda z: np.sum(np.array([z[0] * z[1], z[2] ** 2 * z[0]])))(x)
    return np.sum(g**2)


def inner_fill(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2

    def g(z):
        w = np.zeros(3)
        w[1] = z * y[0]
        w[0] = x[1] * z * z
        return np.sum(w)

    return ad.grad(g)(2.0) + ad.derivative(g)(x[2])


def asserts_of_numpy(x):
    y = np.array([x[0], x[1]])
    np.testing.assert_allclose(y, y)
    assert np.allclose(y, y)
    return np.sum(y)


def block_of_lists(x):
    return np.sum(
        np.block([[np.eye(2), np.array([[x[0]], [x[1]]])], [np.array([[x[2], 1.0, 2.0]])]]) ** 2
    )


def polyval_and_interp_of_lists(x):
    return np.polyval([x[0], x[1], 1.0], 2.0) + np.interp(0.5, [0, 1], [x[0], x[1]])


def outer_list(x):
    return np.sum(np.outer([x[0], 1], [x[1], 2]) ** 2)


def where_of_lists(x):
    return np.sum(np.where([True, False], [x[0], x[1]], [x[2], 1]))


def apply_along_axis_with_array(x):
    return np.sum(np.apply_along_axis(lambda r: np.array([r[0] * r[1], r[2]]), 1, np.outer(x, x)))


def linspace_filled(x):
    t = np.linspace(0, 1, 4)
    t[2] = x[0]
    return np.sum(t**2 * x[1])


def literal_scaled_and_masked(x):
    y = np.array([1.0, 2.0, 3.0])
    y *= x
    y[y < 0] = 0
    return np.sum(y**2)


def array_of_a_generators_list(x):
    return np.sum(np.array(list(v * v for v in x)))


def norm_of_difference(x):
    return np.linalg.norm(np.array([x[0], x[1]]) - [1.0, 2.0])


PROGRAMS = [
    array_nested,
    array_rows,
    asarray_of_traced,
    array_copy,
    array_dtype,
    full_of_traced,
    full_like_plain,
    fromiter_generator,
    fromiter_map,
    fromfunction_with_traced,
    vectorize_branches,
    vectorize_closure,
    vectorize_two_arguments,
    r_of_parts,
    c_of_columns,
    r_with_a_directive,
    mean_list,
    var_list,
    sum_nested,
    max_list,
    norm_list,
    dot_list,
    append_lists,
    append_loop,
    concat_lists,
    vstack_lists,
    hstack_mixed,
    stack_tuple,
    solve_lists,
    det_lists,
    fill_index,
    fill_slice,
    fill_mask,
    fill_iadd,
    augmented_assignments,
    view_before,
    view_after,
    copyto_blank,
    copyto_where,
    put_blank,
    place_blank,
    putmask_blank,
    fill_diagonal_blank,
    add_at_blank,
    multiply_at_blank,
    out_blank,
    out_sum,
    flat_blank,
    flat_all,
    fill_method,
    swap_and_shift,
    shape_set,
    rows_changed_in_a_loop,
    eye_and_arange_filled,
    copy_of_plain,
    list_assign,
    derived_blank,
    zeros_like_plain,
    plain_dot,
    dot_of_matrices,
    dot_of_a_blank,
    dot_of_expressions,
    vector_dot,
    plain_clip,
    functions_of_math,
    more_functions_of_math,
    builtin_functions,
    formatting,
    ndenumerate_traced,
    nditer_traced,
    nditer_multi_index,
    nditer_written,
    ndindex_loop,
    complex_blank,
    astype_float,
    fortran_order,
    sort_in_place,
    inner_grad,
    inner_fill,
    asserts_of_numpy,
    block_of_lists,
    polyval_and_interp_of_lists,
    outer_list,
    where_of_lists,
    apply_along_axis_with_array,
    linspace_filled,
    literal_scaled_and_masked,
    array_of_a_generators_list,
    norm_of_difference,
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_the_value_is_numpys_and_the_derivatives_are_right(program):
    at = M if program is dot_of_matrices else X3
    value, gradient = ad.value_and_grad(program)(at)
    np.testing.assert_allclose(value, program(at), rtol=1e-12)
    assert gradient.__class__ is np.ndarray
    ad.check_grad(program, at, order=2)


@pytest.mark.parametrize("mode", [ad.grad, ad.derivative])
def test_isscalar_answers_as_for_the_value(mode):
    seen = []

    def weights(z):
        seen.append(
            (
                np.isscalar(z),
                np.isscalar(np.atleast_1d(z)),
                np.isscalar(z * np.ones(())),
                np.isscalar(2.0),
            )
        )
        scalar = np.isscalar(z)
        z = np.atleast_1d(z)
        found = 1 / (1 + z**2)
        return found[0] if scalar else found

    assert mode(weights)(1.0) == -0.5
    assert weights(np.float64(1.0)) == 0.5
    assert seen[0] == seen[1] == (True, False, True, True)


def test_a_vectorized_function_is_differentiated_itself():
    square = np.vectorize(lambda v: v * v if v > 0 else -v)
    assert ad.grad(square)(3.0) == 6.0
    np.testing.assert_array_equal(ad.jacobian(square)(X3), np.diag([0.6, -1.0, 2.4]))


def test_a_number_among_the_parts_of_r_leaves_their_dtype():
    seen = []

    def f(x):
        parts = np.r_[x, 0.5, x], np.c_[x, x], np.r_[x, np.float64(0.5)], np.r_[1, x, 2j]
        seen.append([part.dtype for part in parts])
        return np.sum(parts[0] ** 2)

    x = np.array([0.5, 2.0], np.float32)
    f(x)
    ad.grad(f)(x)
    ad.jvp(f, (x,), (x,))
    assert seen[0] == seen[1] == seen[2]
