"""Names that a module bound itself, `from numpy import zeros`: served like `np.zeros`, or named in the refusal."""

import math
import sys
import types
from math import hypot as length
from math import sin

import numpy as np
import pytest
from numpy import array, c_, mean
from numpy import zeros as nothing
from numpy.linalg import norm

import autodiff as ad

X = np.array([0.3, 0.7, 1.2])
OUTSIDE = np.ones(3)
OWN = (array, c_, mean, nothing, norm, sin, length)


def filled(x):
    y = nothing(3)
    y[0] = sin(x[0]) * x[2]
    y[1:] = array([x[1], x[2] * x[0]])
    return np.sum(y * x)


PROGRAMS = [
    filled,
    lambda x: mean([x[0], x[1] * x[2]]),
    lambda x: length(x[0], x[1]) * x[2],
    lambda x: norm([x[0], x[1] * x[2]]),
    lambda x: np.sum(c_[x, x**2] ** 2),
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_names_of_this_module_are_served_in_both_modes(f):
    ad.check_grad(f, X, order=2)
    assert (array, c_, mean, nothing, norm, sin, length) == OWN
    assert nothing is np.zeros


def test_names_that_mean_something_else_by_now_are_left_alone():
    module = types.ModuleType("students_own")
    module.__file__ = "students_own.py"
    sys.modules["students_own"] = module
    try:
        exec(
            "from numpy import zeros\ndef f(x):\n    y = zeros(3)\n    y[0] = x\n    return y[0]",
            vars(module),
        )
        assert ad.grad(module.f)(2.0) == 1.0
        module.zeros = own = lambda n: [5.0] * n
        seen = []
        ad.grad(lambda x: (seen.append(module.zeros), x * module.zeros(1)[0])[1])(2.0)
        assert seen == [own]
        assert module.zeros is own
    finally:
        del sys.modules["students_own"]


def test_an_exception_puts_this_modules_names_back():
    def f(x):
        nothing(2)[0] = x[0]
        raise ValueError

    with pytest.raises(ValueError):
        ad.grad(f)(X)
    assert (array, c_, mean, nothing, norm, sin, length) == OWN


def into_outside(x):
    OUTSIDE[0] = x[0]
    return OUTSIDE.sum()


def into_a_copy_of_it(x):
    y = np.array(OUTSIDE)
    y[0] = x[0]
    return y.sum()


def into_a_result_of_outside(x):
    y = OUTSIDE * 2
    last = y[2:]  # while another name shows it, y can't be exchanged
    y[:2] = x[:2]
    return y.sum() + last.sum()


def into_whole_numbers(x):
    y = np.zeros(3, int)
    y[0] = x[0]
    return y.sum()


def on_a_tape(f):
    with ad.Tape():
        f(ad.Tensor(X))


MODES = {
    "grad": lambda f: ad.grad(f)(X),
    "jvp": lambda f: ad.jvp(f, (X,), (X,)),
    "tape": on_a_tape,
}


@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize(
    ("f", "says"),
    [
        (into_outside, r"y = np\.array\(OUTSIDE\), and fill the copy"),
        (into_a_result_of_outside, r"write y = np\.array\(OUTSIDE \* 2\)"),
        (into_whole_numbers, r"whole numbers.*np\.zeros\(y\.shape\)"),
        (lambda x, own=math.sin: own(x[0]), r"Call it as math\.sin: "),
        (lambda x, own=np.mean: own([x[0], x[1]]), r"Call it as np\.mean: "),
        (lambda x: [x[0], x[1]] * OUTSIDE[:2], r"Make an array of the list first: write np\.array"),
    ],
)
def test_what_is_refused_says_where_it_is_served(f, says, mode):
    before = OUTSIDE.copy()
    with pytest.raises(ad.DetachError, match=says) as caught:
        MODES[mode](f)
    assert "test_names_bound.py, line" in str(caught.value)
    assert np.array_equal(OUTSIDE, before)


def test_the_copy_that_the_message_asks_for_works():
    assert ad.grad(into_a_copy_of_it)(X).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("np.array([t[0], t[1]])", r"Inside of `with ad\.Tape\(\):`.*np\.stack"),
        ("np.mean([t[0], t[1]])", r"Inside of `with ad\.Tape\(\):`.*np\.stack"),
        ("math.sin(t[0])", r"Inside of `with ad\.Tape\(\):`.*np\.sin"),
        ("np.r_[t, 1.0]", r"np\.r_.*Inside of `with ad\.Tape\(\):`.*np\.concatenate"),
        ("np.zeros((2, 3)).__setitem__(0, t)", r"plain array"),
    ],
)
def test_the_eager_style_is_told_of_the_tape(line, says):
    t = ad.Tensor(X)
    with pytest.raises(ad.DetachError, match=f"(?s){says}"):
        eval(line, {"np": np, "math": math, "t": t})
    if "setitem" not in line:
        with ad.Tape():
            assert isinstance(eval(line, {"np": np, "math": math, "t": t}), ad.Tensor)


def test_an_array_that_was_filled_says_what_to_write_for_what_it_lacks():
    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        return y.relu()

    with pytest.raises(AttributeError, match=r"(?s)Write np\.maximum.*test_names_bound\.py, line"):
        ad.grad(f)(X)


ELEMENTS = [
    lambda x: x[0].item() ** 2,
    lambda x: x.item(1) * x.item((2,)),
    lambda x: np.reshape(x, (1, 3)).item(0, 2) ** 2,
    lambda x: sum(x.tolist()),
    lambda x: np.sum(np.array((x * x).tolist())),
    lambda x: np.stack([x, 2 * x]).tolist()[1][0],
]


@pytest.mark.parametrize("f", ELEMENTS)
def test_elements_by_item_and_tolist_keep_their_derivative(f):
    ad.check_grad(f, X)
    kept = []
    ad.grad(lambda x: (kept.append(x * x), f(x))[1])(X)
    assert kept[0].tolist() == (X * X).tolist()
    with pytest.raises(ad.DetachError, match=r"x\.data"):
        f(ad.Tensor(X))


@pytest.mark.parametrize(
    ("module", "name", "says"),
    [
        ("scipy.linalg", "solve_sylvester", "Write its formula in NumPy"),
        ("scipy.linalg", "eigvals_banded", "Write its formula in NumPy"),
        ("scipy.fft", "dct", "Write its formula in NumPy"),
        ("scipy.fftpack", "rfft", "Write its formula in NumPy"),
    ],
)
def test_a_name_of_scipy_is_sent_to_numpys_only_where_numpy_has_it(module, name, says):
    function = getattr(pytest.importorskip(module), name)
    arguments = 3 if name == "solve_sylvester" else 1
    with pytest.raises(ad.DetachError, match=says):
        ad.grad(lambda x: function(*[np.stack([x, 2 * x, x * x])] * arguments))(X)


def test_what_to_write_keeps_the_keywords():
    signal, linalg = pytest.importorskip("scipy.signal"), pytest.importorskip("scipy.linalg")
    with pytest.raises(ad.DetachError, match=r"np\.convolve\(x, X, mode='same'\)"):
        ad.grad(lambda x: signal.convolve(x, X, mode="same").sum())(X)
    with pytest.raises(ad.DetachError, match=r"np\.linalg\.lstsq\(x, x\)"):
        ad.grad(lambda x: linalg.lstsq(x, x, check_finite=False)[0].sum())(np.outer(X, X))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[0].item() ** 2,
        lambda x: np.sum(np.array(x.tolist()) ** 2),
        lambda x: math.sin(x[0]) * x[1],
        lambda x: math.sin(x[0].item()),
    ],
)
def test_numbers_of_single_precision_become_pythons_of_double_precision(f):
    x = X.astype(np.float32)
    value, gradient = ad.value_and_grad(f)(x)
    assert np.asarray(value).dtype == np.float64
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(value, f(x.astype(float)), rtol=1e-12)
    np.testing.assert_allclose(gradient, ad.grad(f)(x.astype(float)), rtol=1e-6)
    out, slope = ad.jvp(f, (x,), (x,))
    np.testing.assert_allclose([out, slope], [value, np.dot(gradient, x)], rtol=1e-6)


def test_item_has_numpys_errors():
    with pytest.raises(ValueError, match="can only convert an array of size 1"):
        ad.grad(lambda x: x.item())(X)
