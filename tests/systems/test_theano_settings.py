"""What a program of Theano asks for is what it gets: settings that once had no effect.

The truth is NumPy's, or what Theano's sources say.
"""

import numpy as np
import pytest

from autodiff.frontends import theano
from autodiff.frontends.theano import tensor as T

WIDE = np.array([0.1, 0.2])


@pytest.mark.parametrize("asked", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("axes", [0, 1, 2])
@pytest.mark.parametrize("make", [T.as_tensor_variable, T.constant])
def test_a_variable_has_as_many_axes_as_asked(make, axes, asked):
    value = np.arange(4.0)[:, None] if axes == 2 else np.arange(4.0) if axes else np.float64(3)
    if asked < axes:
        with pytest.raises(ValueError, match=f"first {axes - asked} can't be taken off"):
            make(value, ndim=asked)
        return
    made = make(value, ndim=asked)
    assert made.broadcastable[: asked - axes] == (True,) * (asked - axes)
    assert (made.eval() == value.reshape((1,) * (asked - axes) + value.shape)).all()


def test_axes_of_length_1_in_front_are_taken_off():
    row = T.row("row")
    flat = T.as_tensor_variable(row, ndim=1)
    assert flat.ndim == 1
    assert flat.eval({row: WIDE[None]}).tolist() == WIDE.tolist()


@pytest.mark.parametrize("of", ["an input", "a shared variable"])
@pytest.mark.parametrize("downcast", [True, False])
def test_digits_are_lost_only_where_that_is_allowed(of, downcast):
    if of == "an input":
        x = T.fvector("x")
        run = theano.function([theano.In(x, allow_downcast=downcast)], x * 2)
    else:
        run = theano.shared(np.float32([1, 2]), allow_downcast=downcast).set_value
    if downcast:
        run(WIDE)
    else:
        with pytest.raises(TypeError, match="without losing"):
            run(WIDE)


@pytest.mark.parametrize(("rel_tol", "abs_tol"), [(1e-4, 1e-4), (1e-1, 1e-4), (1e-4, 1e-1)])
def test_a_gradient_may_be_as_wrong_as_asked(rel_tol, abs_tol):
    nearly = lambda x: theano.gradient.grad_scale(x * x, 1.01)
    settings = {"rel_tol": rel_tol, "abs_tol": abs_tol}
    check = lambda: T.verify_grad(nearly, [np.array([1.0, 2.0])], **settings)
    if max(rel_tol, abs_tol) == 1e-4:
        with pytest.raises(ValueError, match="the gradient gives"):
            check()
    else:
        check()


@pytest.mark.parametrize("n_tests", [1, 3])
def test_a_gradient_is_checked_as_often_as_asked(n_tests):
    class Counting(np.random.RandomState):
        drawn = 0

        def normal(self, *args, **named):
            Counting.drawn += 1
            return super().normal(*args, **named)

    T.verify_grad(lambda x: x**2, [WIDE], n_tests=n_tests, rng=Counting(0))
    assert Counting.drawn == n_tests


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: theano.In(T.scalar(), update=T.scalar()), "update"),
        (lambda: theano.clone(T.scalar(), share_inputs=False), "share_inputs"),
        (lambda: theano.printing.pydotprint(T.scalar(), return_image=True), "return_image"),
    ],
)
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises(TypeError, match=name):
        call()
