"""Traced values in plain NumPy code: operators, methods, refusals, messages."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad

kept = SimpleNamespace(sin=math.sin, array=np.array, asarray=np.asarray, full_like=np.full_like)
"""Functions kept in objects, where nobody can reach them."""


def both_modes(f, x):
    """d/dt f(x * t) at 1 by each mode; they must agree."""
    g = np.sum(ad.grad(lambda x: np.sum(f(x)))(x) * x)
    _, t = ad.jvp(lambda x: np.sum(f(x)), (x,), (x,))
    assert g == pytest.approx(t, rel=1e-12)
    return g


X = np.array([[0.5, 1.5, 2.5], [1.1, 2.1, 3.2]])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 2 + x - 1.5,
        lambda x: 3 - x,
        lambda x: 2 * x / 4,
        lambda x: 1 / x,
        lambda x: x**2,
        lambda x: 2**x,
        lambda x: -x,
        lambda x: +x,
        lambda x: abs(x),
        lambda x: x % 0.77,
        lambda x: X * x,
        lambda x: X - x,
        lambda x: X.T @ x,
        lambda x: x @ X.T,
        lambda x: np.float64(2) * x,
        lambda x: x.sum(axis=0, keepdims=True),
        lambda x: x.mean(0),
        lambda x: x.var(axis=1, ddof=1),
        lambda x: x.std(),
        lambda x: x.max(1),
        lambda x: x.min(),
        lambda x: x.prod(axis=0),
        lambda x: x.cumsum(axis=1),
        lambda x: x.reshape(3, 2),
        lambda x: x.reshape((6,)),
        lambda x: x.transpose(1, 0),
        lambda x: x.T,
        lambda x: x.ravel(),
        lambda x: x.flatten(),
        lambda x: x.swapaxes(0, 1),
        lambda x: x.squeeze(),
        lambda x: x.repeat(2, axis=0),
        lambda x: x.take([0, 2, 2], axis=1),
        lambda x: x.dot(X.T),
        lambda x: x.clip(1.0, 2.2),
        lambda x: x[0] * x[1, ::-1],
        lambda x: x[x > 1],
        lambda x: x[[0, 0], [1, 1]],
        lambda x: [row * 2 for row in x][1],
        lambda x: x.astype(np.float64),
        lambda x: x.copy(),
        lambda x: np.where(x > 1, x, x**2),
        lambda x: x if x.shape == (2, 3) else None,
        lambda x: x * 1 if x.sum() > 0 else -x,
        lambda x: x.mT,
        lambda x: x.real,
        lambda x: x.trace(offset=1),
    ],
)
def test_operators_and_methods(f):
    value = f(X)
    out, _ = ad.vjp(f, X)
    assert np.allclose(out, value)
    ad.check_grad(f, X)
    both_modes(f, X)


def test_numpy_scalars_and_arrays_on_the_left():
    assert ad.grad(lambda x: np.float64(3.0) * x)(2.0) == 3.0
    assert np.array_equal(
        ad.grad(lambda x: np.sum(np.array([1.0, 2.0]) * x))(np.ones(2)), [1.0, 2.0]
    )
    assert ad.grad(lambda x: np.sum([1.0, 2.0] * x))(3.0) == 3.0


@pytest.mark.parametrize(
    ("f", "fix"),
    [
        (lambda x: float(x), "NumPy function"),
        (lambda x: kept.sin(x), "math.sin: this name was bound before"),
        (lambda x: kept.array([x, x]), "np.array: this name was bound before"),
        (lambda x: kept.asarray(x), "np.asarray: this name was bound before"),
        (lambda x: [1, 2, 3][x], "np.floor"),
    ],
)
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_silent_detaching_is_refused(f, fix, mode):
    transform = ad.grad if mode == "reverse" else ad.derivative
    with pytest.raises(ad.DetachError, match=fix) as caught:
        transform(f)(1.0)
    assert "test_interface.py" in str(caught.value)


def test_assigning_into_a_plain_array_is_refused():
    out = np.zeros(2)  # the caller's, since it is made outside of the function

    def f(x):
        out[0] = x
        return out.sum()

    with pytest.raises(ad.DetachError, match=r"(?s)y = np.array\(out\).*out\[0\] = x"):
        ad.grad(f)(1.0)

    def g(x):
        nonlocal out
        out += x
        return out.sum()

    with pytest.raises(ad.DetachError, match="a = a \\+ b"):
        ad.grad(g)(np.ones(2))


def test_unknown_functions_and_keywords_are_refused_by_name():
    with pytest.raises(ad.UnsupportedError, match=r"np.packbits has no derivative rule"):
        ad.grad(lambda x: np.packbits(x))(1.0)
    with pytest.raises(ad.UnsupportedError, match=r"np.var with mean=.*axis"):
        ad.grad(lambda x: np.var(x, mean=0.0))(np.ones(2))
    out = np.zeros(())
    with pytest.raises(ad.UnsupportedError, match=r"out="):
        ad.grad(lambda x: np.dot(x, x, out=out))(np.ones(2))


def test_shape_errors_name_the_line_the_shapes_and_the_fix():
    with pytest.raises(ad.ShapeError) as caught:
        ad.grad(lambda x: np.sum(x @ np.ones((4, 3))))(np.ones(3))
    message = str(caught.value)
    assert "(3,) and (4, 3)" in message
    assert "x @ y.T" in message
    assert "test_interface.py" in message
    assert "np.ones((4, 3))" in message
    with pytest.raises(ad.ShapeError, match=r"x\[:, None\]"):
        ad.jvp(lambda x: x + np.ones((3, 4)), (np.ones(3),), (np.ones(3),))
    with pytest.raises(IndexError, match=r"getitem.*index=7"):
        ad.grad(lambda x: x[7])(np.ones(3))


def test_kinks_follow_one_table():
    at_zero = {
        ad.ops.nn.relu: 0.0,
        lambda x: np.maximum(x, 0): 0.5,
        lambda x: np.maximum(0.0, x): 0.5,
        lambda x: np.clip(x, 0, None): 0.5,
        lambda x: np.where(x > 0, x, 0.0): 0.0,
    }
    for f, slope in at_zero.items():
        assert ad.grad(f)(0.0) == slope
        assert ad.derivative(f)(0.0) == slope
        assert ad.grad(f)(1.0) == 1.0
    assert ad.grad(np.abs)(0.0) == 0.0
    assert np.array_equal(ad.grad(np.max)(np.array([2.0, 1.0, 2.0])), [0.5, 0.0, 0.5])
    assert ad.grad(lambda x: np.maximum(x, x))(1.0) == 1.0
    assert ad.grad(np.linalg.norm)(np.zeros(2)).tolist() == [0.0, 0.0]
    assert ad.grad(np.std)(np.ones(3)).tolist() == [0.0, 0.0, 0.0]
    assert ad.grad(lambda x: x**0)(0.0) == 0.0
    assert ad.grad(lambda x: x**2)(0.0) == 0.0
    assert ad.grad(lambda x: (-2.0 + x * 0) ** 2 * x)(1.0) == 4.0
    assert ad.grad(np.prod)(np.array([0.0, 2.0, 3.0])).tolist() == [6.0, 0.0, 0.0]


def test_formatting_and_comparisons_work_on_the_value():
    def f(x):
        assert f"{x:.2f}" == "2.00"
        assert x > 1
        assert x == 2.0
        assert (x < np.array([1.0, 3.0])).tolist() == [False, True]
        assert len(np.stack([x, x])) == 2
        return x * x

    with pytest.warns(ad.SinglePointWarning, match="single point"):
        assert ad.grad(f)(2.0) == 4.0


def test_scope_and_named_mark_equations():
    x = ad.Tensor(1.0)
    with ad.scope("layer1"):
        y = ad.named(np.exp(x), "y")
    assert y.node.scope == ("layer1",) or y.node.name == "y"
    assert (y * 2).node.scope == ()


def test_a_notebook_cell_is_named_as_jupyter_names_it():
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import autodiff as ad", store_history=True)
shell.run_cell("x = ad.Tensor(2.0)\\ny = x * 3", store_history=True)
shell.run_cell("print(y.node.location)", store_history=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("Cell In[2], line 2, in <module>: y = x * 3")


def test_locations_can_be_switched_off():
    x = ad.Tensor(1.0)
    with ad.locations(False):
        assert (x * 2).node.location is None
    place = (x * 3).node.location
    assert place.expression == "x * 3"


def test_the_librarys_frames_do_not_stand_in_the_way(monkeypatch):
    def f(x):
        return np.sum(x @ np.ones((4, 3)))

    def files():
        with pytest.raises(ad.ShapeError) as caught:
            ad.grad(f)(np.ones(3))
        return [entry.path.name for entry in caught.traceback]

    below = files()[files().index("record.py") + 1 :] if "record.py" in files() else files()
    assert below[-1] == "test_interface.py"
    monkeypatch.setenv("AUTODIFF_FRAMES", "1")
    assert files()[-1] != "test_interface.py"


@pytest.mark.parametrize("mode", [ad.grad, ad.derivative])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * float(ad.stop_gradient(x)),
        lambda x: x * int(ad.stop_gradient(x)),
        lambda x: x * ad.stop_gradient(x).item(),
        lambda x: x * np.array([ad.stop_gradient(x)])[0],
        lambda x: x * float(np.sin(ad.stop_gradient(x)) * 2),
        lambda x: x * np.packbits(ad.stop_gradient(x) > np.zeros(8))[0],
    ],
)
def test_what_stop_gradient_gives_may_become_a_plain_value(f, mode):
    assert mode(f)(3.0) == pytest.approx(f(np.float64(3.0)) / 3.0)


def test_what_is_cut_from_one_variable_but_not_from_another_stays_refused():
    with pytest.raises(ad.DetachError):
        ad.grad(lambda x: x * float(ad.stop_gradient(x) + x))(3.0)
    with pytest.raises(ad.DetachError):  # cut inside, but not from the outer variable
        ad.grad(lambda x: ad.grad(lambda y: y * float(x))(x))(3.0)


def test_what_numpy_raises_for_a_singular_matrix_can_be_caught_as_usual():
    def root(a):
        try:
            return np.sum(np.linalg.cholesky(a))
        except np.linalg.LinAlgError:
            return np.sum(np.linalg.cholesky(a + 2 * np.eye(2)))

    assert np.isfinite(ad.grad(root)(-np.eye(2))).all()
    with pytest.raises(np.linalg.LinAlgError, match=r"(?s)cholesky .* \(2, 2\).*test_interface.py"):
        ad.grad(lambda a: np.sum(np.linalg.cholesky(a)))(-np.eye(2))


def test_wrong_uses_of_grad_are_named():
    with pytest.raises(ad.DisconnectedError, match=r"(?s)x holds no variable.*1.0 for 1"):
        ad.grad(lambda x: x[0] * x[1])([1, 2])
    with pytest.raises(ad.TreeError, match="argnums='x'"):
        ad.grad(lambda x: x, "x")(1.0)


@pytest.mark.parametrize("make", [np.matrix, np.ma.array])
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_arrays_with_an_arithmetic_of_their_own_are_refused(make):
    own = make([[1.0, 2.0], [3.0, 4.0]])
    for call in (
        lambda: ad.grad(lambda x: np.sum(x * x))(own),
        lambda: ad.Tensor(own),
        lambda: ad.jvp(lambda x: x * own, (np.ones((2, 2)),), (np.ones((2, 2)),)),
    ):
        with pytest.raises(ad.TreeError, match=r"(?s)np.asarray\(x\).*test_interface.py"):
            call()


@pytest.mark.parametrize("make", [lambda x: ad.Tensor(x), lambda x: ad.Dual(x, x)])
def test_attributes_that_there_are_not_say_what_to_write(make):
    x = make(np.ones(3))
    for name, hint in {
        "itemset": r"x\[i\] = v",
        "ctypes": "x.data.ctypes",
        "numpy": "x.data",
        "detach": "ad.stop_gradient",
        "zero_grad": "backward",
    }.items():
        with pytest.raises(AttributeError, match=rf"(?s)no attribute '{name}'.*{hint}.*test_inter"):
            getattr(x, name)
    assert not hasattr(x, "__array_interface__")
    assert x.data.strides == (8,)
    assert (x * 2).data.tolist() == [2.0, 2.0, 2.0]


def test_the_plain_value_is_at_hand_in_both_modes():
    f = lambda x: x * round(float(x.data))
    assert ad.derivative(f)(2.2) == ad.grad(f)(2.2) == 2.0


@pytest.mark.parametrize(
    "transform", [ad.grad, ad.value_and_grad, ad.jacobian, ad.hessian, ad.derivative]
)
def test_a_value_is_no_function(transform):
    with pytest.raises(TypeError, match=r"(?s)given a Tensor.*ad.\w+\(f\).*test_interface.py"):
        transform(ad.Tensor(2.0) ** 2)


def test_an_own_ufunc_is_named_as_it_is():
    own = np.frompyfunc(lambda v: v * v, 1, 1)
    with pytest.raises(ad.UnsupportedError, match=r"^<lambda> \(vectorized\) has no derivative"):
        ad.grad(own)(2.0)


def test_the_line_named_is_never_one_of_numpys():
    plain = np.zeros(3)
    with pytest.raises(ad.DetachError, match=r"test_interface.py, line \d+, in <lambda>"):
        ad.grad(lambda x: np.sum(kept.full_like(plain, x)))(1.0)
    with ad.Tape() as tape:
        np.vander(ad.Tensor([1.0, 2.0]), 3)
    assert {equation.location.file for equation in tape if equation.op} == {__file__}
