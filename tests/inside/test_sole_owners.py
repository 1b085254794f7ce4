"""Plain arrays that only a variable of the running function holds are filled with traced values."""

import copy
import itertools
import math

import numpy as np
import pytest

import autodiff as ad

A = np.array([[0.4, -1.1, 0.7], [1.3, 0.2, -0.5]])
X = np.array([0.6, -0.3, 1.2])
OBJECT = type("Holder", (), {})()

MADE = (
    "A.copy()", "A.flatten()", "A.astype(float)", "A*1.0", "-A", "np.sin(A)", "A[[0,1]]",
    "A.T.copy()", "A[:,::-1]*2", "np.where(A>0,A,0.0)", "np.dot(A,A.T)", "A@A.T",
    "copy.deepcopy(A)", "np.random.default_rng(0).normal(size=(2,3))", "np.cumsum(A,axis=1)",
    "A.sum(0)[None]*np.ones((2,1))", "np.ndarray((2,3))", "np.linalg.inv(A@A.T+np.eye(2))",
    "np.array([[1,2],[3,4]])*0.5", "np.asarray(A)+0", "np.maximum(A,0)", "A.clip(0,1)",
    "A.round(1)", "np.sort(A)",
)  # fmt: skip
WRITES = (
    "y[0] = x[1]", "y[...] = x[0]", "y[-1:] = x[2]**2", "y[0, 1] += x[0]", "y[i] = x[i]*y[i]",
    "y[i, ...] = x[0]", "y[[0, 1]] = x[1]", "y[mask] = x[2]", "y[0], y[1] = x[0], y[0]*x[1]",
    "y[i+1-1] = x[0]; y[1] = y[0]*x[1]", "y[0] = y[-1] = x[2]", "y[order] = x[0]",
)  # fmt: skip
REFUSED = (
    "y[len(y)-1] = x[0]", "y[0][...] = x[1]", "y[1] += x[0]", "y[:] *= x[1]", "y[0] = [x[0]]*3",
)  # fmt: skip
"""An index that calls something, views of the array, a list; what is blank already takes them."""


def function_of(made, write, tmp_path, number=itertools.count()):  # noqa: B008
    """`y = made; write; ...` as a file of the user's."""
    path = tmp_path / f"program_{next(number)}.py"
    path.write_text(
        "import copy, math\nimport numpy as np\n"
        f"A = np.array({A.tolist()!r})\n"
        "def f(x):\n"
        f"    i, y = 0, {made}\n"
        + ("    y[...] = A\n" if "ndarray" in made else "")
        + "    mask = np.zeros(y.shape, bool)\n    mask[0] = True\n    order = np.array([1, 0])\n"
        f"    {write}\n"
        "    return np.sum(np.sin(y) * (y + 1.0)) + np.sum(x)\n"
    )
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space["f"]


def plainly(f):
    """NumPy's own value, if there is one."""
    try:
        return f(X)
    except (ValueError, IndexError, TypeError):
        pytest.skip("no program of NumPy's")


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("made", MADE)
def test_what_is_made_inside_is_filled(made, write, tmp_path):
    f = function_of(made, write, tmp_path)
    value = plainly(f)
    assert ad.value_and_grad(f)(X)[0] == pytest.approx(value, rel=1e-13)
    ad.check_grad(f, X)


@pytest.mark.parametrize("write", REFUSED)
@pytest.mark.parametrize("made", MADE)
def test_other_writes_are_right_or_refused(made, write, tmp_path):
    f = function_of(made, write, tmp_path)
    wanted = plainly(f)
    try:
        value, _ = ad.value_and_grad(f)(X)
    except ad.DetachError:
        return
    assert value == pytest.approx(wanted, rel=1e-13)
    ad.check_grad(f, X)


@pytest.mark.parametrize("transform", [ad.grad, lambda f: lambda x: ad.jvp(f, (x,), (x,))])
class TestWhatOthersHold:
    """An array that can be seen by another way stays what it is, and the write is refused."""

    def refused(self, transform, f):
        before = A.copy()
        with pytest.raises(ad.AutodiffError):
            transform(f)(X)
        np.testing.assert_array_equal(A, before)

    def test_another_name(self, transform):
        def f(x):
            y = A.copy()
            z = y
            y[0] = x
            return np.sum(z)

        self.refused(transform, f)

    def test_a_view(self, transform):
        def f(x):
            y = A.copy()
            row = y[0]
            y[0] = x
            return np.sum(row)

        self.refused(transform, f)

    def test_a_memoryview(self, transform):
        def f(x):
            y = A.copy()
            seen = memoryview(y)
            y[0] = x
            return np.sum(np.asarray(seen))

        self.refused(transform, f)

    def test_the_callers_array(self, transform):
        def f(x):
            y = A
            y[0] = x
            return np.sum(y)

        self.refused(transform, f)

    def test_a_part_of_the_callers_array(self, transform):
        def f(x):
            y = A[:]
            y[0] = x
            return np.sum(y)

        self.refused(transform, f)

    def test_a_variable_of_the_function_around(self, transform):
        y = A.copy()

        def f(x):
            y[0] = x
            return np.sum(y)

        self.refused(transform, f)

    def test_an_argument_that_the_caller_holds(self, transform):
        held = A.copy()

        def fill(y, x):
            y[0] = x

        def f(x):
            fill(held, x)
            return np.sum(held)

        self.refused(transform, f)

    def test_a_list_and_an_attribute(self, transform):
        def f(x):
            y = A.copy()
            OBJECT.kept = [y]
            y[0] = x
            return np.sum(OBJECT.kept[0])

        self.refused(transform, f)

    def test_a_list_of_values(self, transform):
        def f(x):
            y = A.copy()
            y[0] = [x[0], 1.0, 2.0]
            return np.sum(y)

        self.refused(transform, f)

    def test_a_list_of_several(self, transform):
        def f(x):
            y = A.copy()
            y[0] = [x[0], x[1], x[2]]
            return np.sum(y)

        self.refused(transform, f)

    def test_a_traced_index(self, transform):
        def f(x):
            y = A.copy()
            y[[0, x[0]]] = 1.0
            return np.sum(y)

        self.refused(transform, f)

    def test_whole_numbers(self, transform):
        def f(x):
            y = np.arange(3) * 2
            y[0] = x[0]
            return np.sum(y)

        self.refused(transform, f)


def variables_of_inner_functions(x):
    y = A.copy()

    def fill(i):
        return y[i] * 2.0

    y[0] = x * fill(1)
    return np.sum(fill(0) ** 2)


def an_argument_that_nobody_holds(x):
    def fill(y):
        y[0] = x
        return y

    return np.sum(fill(A.copy()) ** 2)


def rows_of_a_loop(x):
    total = 0.0
    for i in range(3):
        y = A[:, i].copy()
        y[0] = x[i]
        total = total + np.sum(y**2) * math.exp(y[1])
    return total


def a_generator(x):
    def rows():
        y = -A
        for i in range(2):
            y[i] = x * y[i]
            yield np.sum(y**2)

    return sum(rows())


def elimination(b):
    m = A[:, :2] * 1.0
    r = b.copy()
    m[1] = m[1] - m[0] * (b[2] / m[0, 0])
    r[1] = r[1] - r[0] * m[1, 0]
    return np.sum(r) + np.sum(m**2)


@pytest.mark.parametrize("f", [
    variables_of_inner_functions, an_argument_that_nobody_holds, rows_of_a_loop, a_generator, elimination,
])  # fmt: skip
def test_programs_are_right_in_both_modes_and_in_second_order(f):
    assert ad.value_and_grad(f)(X)[0] == pytest.approx(f(X), rel=1e-13)
    ad.check_grad(f, X, order=2)


def test_an_array_that_is_kept_is_plain_again():
    kept = []

    def f(x):
        y = A.copy()
        y[0] = x
        kept.append(y)
        return np.sum(y**2)

    ad.grad(f)(X)
    np.testing.assert_array_equal(np.asarray(kept[0]) * 1.0, np.stack([X, A[1]]))


def test_a_write_that_nobody_reads_is_no_fault():
    def f(x):
        y = copy.copy(A)
        y[0] = x
        return np.sum(x)

    np.testing.assert_array_equal(ad.grad(f)(X), np.ones(3))
