"""The NaN detective: the first value that is not finite, its reason, and the rewrite that cures."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.nan import NonFiniteError, NonFiniteWarning, detect_nan
from autodiff.core.ground.watchers import watchers
from autodiff.ops.networks import nn

V = np.array([1.0, 0.0, -1.0])
BIG = 1000 * V


def mask(x):
    return np.where(np.array([True, True, False]), x, -np.inf)


VALUES = [
    (lambda x: np.sum(np.log(x[:2])), V, "log", (1,), "log of 0", "np.where(x > 0, np.log("),
    (lambda x: np.sum(np.log(x)), -V[2:] - 2, "log", (0,), "log of a negative", "np.where"),
    (lambda x: np.sum(x / np.abs(x)), V, "divide", (1,), "0/0", "np.where(ok, x / np.where(ok, y, 1.0)"),
    (lambda x: np.sum(1 / x), V, "divide", (1,), "division by 0", "np.where(ok, x / np.where(ok, y, 1.0)"),
    (lambda x: np.sum(np.sqrt(x)), V, "sqrt", (2,), "square root of a negative", "np.where(x > 0"),
    (lambda x: np.sum(x**0.5), V, "power", (2,), "not whole", "np.abs(x)**p"),
    (lambda x: np.sum(x**-1.0), V, "power", (1,), "0 to a negative power", "np.where(abs(x) > 1e-12"),
    (lambda x: np.sum(np.arcsin(2 * x)), V, "arcsin", (0,), "outside of its domain", "np.clip"),
    (lambda x: np.sum(np.exp(x)), BIG, "exp", (0,), "overflow", "logarithm"),
    (lambda x: np.sum(np.exp(x) / np.sum(np.exp(x))), BIG, "exp", (0,), "naive softmax", "softmax"),
    (lambda x: np.log(np.sum(np.exp(x))), BIG, "exp", (0,), "naive log(sum(exp", "logsumexp"),
    (lambda x: np.sum(np.log(nn.softmax(x))), BIG, "log", (1,), "log(softmax", "log_softmax"),
    (lambda x: np.sum(np.log(1 / (1 + np.exp(-x)))), BIG, "log", (2,), "log(sigmoid", "softplus(-x)"),
    (lambda x: np.sum(np.log(1 + np.exp(x))), BIG, "exp", (0,), "log(1 + exp", "softplus"),
    (lambda x: np.sum(np.log1p(np.exp(x))), BIG, "exp", (0,), "log(1 + exp", "softplus"),
    (lambda x: np.sum(x * np.array([1, np.nan, 2])), V, "multiply", (1,), "constant operand", "isfinite"),
    (lambda x: np.sum(x * 2), np.array([1, np.nan]), "", (1,), "the data hold it", "isfinite"),
    (lambda x: np.sum(x + 1.7e308), np.ones(2), "sum", (), "overflow", "scale"),
]  # fmt: skip
SLOPES = [
    (lambda x: np.sqrt(np.sum(x)), V, "sqrt", "infinite slope at 0", "np.linalg.norm"),
    (lambda x: np.sum(np.sqrt(x)), V[:2], "sqrt", "infinite slope at 0", "np.where"),
    (lambda x: np.sum(np.cbrt(x)), V, "cbrt", "infinite slope at 0", "np.where"),
    (lambda x: np.sum(x**0.5), V[:2], "power", "infinite slope at 0", "np.where"),
    (lambda x: np.sum(np.arcsin(x)), V, "arcsin", "end of its domain", "np.clip"),
]


@pytest.mark.parametrize(("f", "x", "op", "element", "reason", "cure"), VALUES)
def test_the_first_value_is_named_with_reason_line_and_cure(f, x, op, element, reason, cure):
    with pytest.raises(NonFiniteError) as caught, detect_nan() as detective:
        ad.grad(f)(x)
    finding = detective.findings[0]
    assert (finding.op, finding.element) == (op, element)
    assert reason in finding.reason
    assert cure in finding.cure
    assert finding.reaches
    assert reason in str(caught.value)
    assert not op or "test_detect_nan.py" in str(caught.value)


@pytest.mark.parametrize(("f", "x", "op", "reason", "cure"), SLOPES)
def test_the_first_infinite_slope_is_named(f, x, op, reason, cure):
    words = "first infinite or NaN derivative"
    with pytest.raises(NonFiniteError, match=words) as caught, detect_nan() as detective:
        ad.grad(f)(x)
    finding = detective.findings[0]
    assert (finding.kind, finding.op) == ("derivative", op)
    assert reason in str(caught.value)
    assert cure in finding.cure


def test_the_unused_branch_of_where_is_a_warning_since_the_gradient_is_right():
    words = r"in the unused branch of np\.where"
    with pytest.warns(NonFiniteWarning, match=words) as told, detect_nan():
        slope = ad.grad(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)))(V)
    np.testing.assert_array_equal(slope, [0.5, 0, 0])
    assert "np.where(condition, np.sqrt(np.where(condition, x, 1.0)), other)" in str(
        told[0].message
    )
    assert told[0].filename == __file__
    with pytest.warns(NonFiniteWarning, match=r"infinite slope at 0[^$]*norm"), detect_nan():
        ad.grad(lambda x: np.sqrt(np.sum(x**2)))(np.zeros(2))
    with pytest.warns(NonFiniteWarning, match="naive sigmoid"), detect_nan():
        ad.grad(lambda x: np.sum(1 / (1 + np.exp(-x))))(BIG)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x**2),
        lambda x: np.sum(nn.softmax(mask(x))[0]),
        lambda x: np.linalg.norm(x - x),
        lambda x: nn.logsumexp(1000 * x),
        lambda x: np.sum(nn.max_pool2d(np.ones((1, 1, 4, 4)) * x[0], 2, padding=1)),
        lambda x: np.sum(np.where(abs(x) > 1e-9, 1 / np.where(abs(x) > 1e-9, x, 1.0), 0.0)),
    ],
)
def test_what_is_finite_passes_in_silence(f):
    with detect_nan() as detective:
        plain = ad.grad(f)(V)
    assert detective.findings == []
    np.testing.assert_array_equal(plain, ad.grad(f)(V))


@pytest.mark.parametrize(
    "run",
    [
        lambda: ad.jvp(lambda x: np.sum(np.log(x)), (V,), (V,)),
        lambda: ad.jacobian(np.log)(V),
        lambda: ad.hessian(lambda x: np.sum(np.log(x)))(V),
        lambda: ad.vjp(np.log, V)[1](np.ones(3)),
        lambda: np.log(ad.Tensor(V)).sum().backward(),
        lambda: np.log(ad.Tensor(V)).sum(),
        lambda: np.log(ad.Dual(0.0, 1.0)),
    ],
)
def test_every_mode_and_style_is_watched(run):
    with pytest.raises(NonFiniteError, match="log of 0"), detect_nan():
        run()


def test_forward_mode_warns_of_what_a_zero_tangent_stops():
    with pytest.warns(NonFiniteWarning, match="square root has an infinite slope"), detect_nan():
        assert ad.jvp(lambda x: np.sum(np.sqrt(x**2)), (V,), (np.ones(3),))[1] == 0.0


def test_another_error_gets_a_note_of_what_was_there_before():
    def fails():
        return (ad.Tensor(V) / 0.0)[5]

    with pytest.raises(IndexError) as caught, detect_nan():
        fails()
    assert "Before this, the first value that is not finite is divide" in caught.value.__notes__[0]


def test_nothing_is_watched_outside_of_the_block():
    with pytest.raises(NonFiniteError), detect_nan():
        ad.grad(lambda x: np.log(x - x))(1.0)
    assert watchers == []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        assert ad.grad(lambda x: np.sqrt(x))(0.0) == np.inf


def test_the_detective_changes_no_gradient():
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(5, 4)), rng.normal(size=(3, 5))
    f = ad.grad(lambda w: np.sum(np.tanh(x @ w) ** 2))
    with detect_nan():
        watched = f(w)
    np.testing.assert_array_equal(watched, f(w))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "f", [lambda x: np.mean(x[x > 5]) + np.sum(x), lambda x: np.var(x[:1], ddof=1)]
)
def test_a_mean_of_nothing_is_no_overflow(f):
    few = pytest.raises(ad.NonFiniteError, match=r"0/0: the (mean|var) of too few elements")
    with few, ad.detect_nan():
        ad.grad(f)(np.ones(3))
