"""One rule at kinks for every spelling, and the switch that shows the others."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.kinks import KinkError

relu = ad.ops.nn.relu
SPELLINGS = [
    relu,
    lambda x: np.maximum(x, 0.0),
    lambda x: np.maximum(0.0, x),
    lambda x: np.fmax(x, 0.0),
    lambda x: np.clip(x, 0.0, 5.0),
    lambda x: -np.minimum(-x, 0.0),
]


@pytest.mark.parametrize("f", SPELLINGS)
@pytest.mark.parametrize(("choice", "slope"), [("zero", 0.0), ("half", 0.5), ("right", 1.0)])
@pytest.mark.parametrize("mode", [ad.grad, ad.derivative])
def test_every_spelling_of_relu_agrees(f, choice, slope, mode):
    with ad.kinks(choice):
        if choice != "right" or f is not SPELLINGS[-1]:  # the right of x is the left of -x
            assert mode(f)(0.0) == slope
        assert mode(f)(1.0) == 1.0
        assert mode(f)(-1.0) == 0.0
    assert mode(f)(0.0) == 0.0


@pytest.mark.parametrize("f", SPELLINGS[:-1])
def test_left_is_the_slope_from_below(f):
    with ad.kinks("left"):
        assert ad.grad(f)(0.0) == 0.0


@pytest.mark.parametrize(
    ("choice", "slope"), [("zero", 0), ("half", 0), ("left", -1), ("right", 1)]
)
def test_the_absolute_value(choice, slope):
    with ad.kinks(choice):
        assert ad.grad(np.abs)(0.0) == slope
        assert ad.grad(np.abs)(-3.0) == -1.0


def test_the_upper_bound_of_clip_and_minimum():
    for choice, slope in (("zero", 0.0), ("left", 1.0), ("right", 0.0), ("half", 0.5)):
        with ad.kinks(choice):
            assert ad.grad(lambda x: np.clip(x, 0.0, 5.0))(5.0) == slope
            assert ad.grad(lambda x: np.minimum(x, 5.0))(5.0) == slope


def test_raise_names_both_slopes_and_the_line():
    def f(x):
        return np.abs(x)

    with ad.kinks("raise"):
        assert ad.grad(f)(2.0) == 1.0
        with pytest.raises(KinkError, match="-1 on the left and 1 on the right"):
            ad.grad(f)(0.0)
    with pytest.raises(ValueError, match="choose from"):
        ad.kinks("sideways").__enter__()


def test_a_zero_factor_stops_an_infinite_one_in_both_modes():
    with np.errstate(all="ignore"):
        for f in (lambda x: np.sqrt(0.0 * x), lambda x: np.sqrt(x**2), lambda x: np.sqrt(x) ** 2):
            assert ad.grad(f)(0.0) == 0.0
            assert ad.derivative(f)(0.0) == 0.0
        assert ad.grad(np.sqrt)(0.0) == np.inf
