"""A check says where a run takes another way at its point than on both sides of it."""

import numpy as np
import pytest

import autodiff as ad


def root(c):
    """Newton's iteration, which has nothing to do where it begins at the root."""
    x = c * 1.0
    while abs(x * x - c) > 1e-12:
        x = (x + c / x) / 2
    return x


def root_by_squares(c):
    x = c * 1.0
    while (x * x - c) ** 2 > 1e-24:
        x = (x + c / x) / 2
    return x


@pytest.mark.parametrize(
    ("f", "line"), [(root, "abs(x * x - c) > 1e-12"), (root_by_squares, "(x * x - c) ** 2 > 1e-24")]
)
def test_a_loop_that_ends_at_once_here_alone(f, line):
    report = ad.check(f, 1.0)
    assert report.kind == "single point"
    assert f"since `{line}`" in report.sentence
    assert "another way than beside it" in report.sentence
    assert ad.check(f, 2.0).passed


def bisection(c):
    """The root of x**3 = c between 0 and 4, which ends where it hits the root."""
    low, high = 0.0, 4.0
    middle = 2.0
    while abs(middle**3 - c) > 1e-12 and high - low > 1e-6:
        low, high = (low, middle) if middle**3 > c else (middle, high)
        middle = (low + high) / 2
    return middle + 0 * c


def test_slopes_that_are_the_same_on_both_sides_are_no_kink():
    report = ad.check(bisection, 1.0)
    assert report.kind == "single point"
    assert "comes out otherwise there" in report.sentence
    assert "the slope is 0.333" in report.sentence
    kink = ad.check(lambda c: c if c > 1 else (2 - c if c < 1 else 1 + 0 * c), 1.0)
    assert kink.kind == "not differentiable"


def test_a_way_that_is_the_same_beside_is_no_reason():
    wrong = ad.custom_op(lambda x: x**2, partials=lambda ans, x: 3 * x, name="square")
    report = ad.check(lambda x: wrong(x) if x > 0.5 else x, 1.0)
    assert report.kind == "wrong"
    assert "another way" not in report.sentence


def test_a_value_that_is_lost_is_told_before():
    report = ad.check(lambda x: np.floor(x) * x + ad.stop_gradient(x) ** 2, 1.5)
    assert report.kind == "cut"


def test_comparisons_of_whole_arrays_are_no_branches():
    x = np.array([0.0, 5e-5, -5e-5, 1.0])  # some change beside it, and a kink is the reason
    report = ad.check(lambda x: np.sum(np.where(x > 0, np.abs(x), -np.abs(x))), x)
    assert report.kind == "wrong"
    assert "absolute has a kink" in report.sentence
