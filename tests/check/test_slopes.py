"""Numeric slopes: as precise as float64 allows, with an honest estimate of their noise."""

import numpy as np
import pytest

from autodiff.check.best_slopes import agree, best_slope, measured_noise
from autodiff.check.numeric import Line, complex_step, differences


def along(f, x, **more):
    return Line(lambda h: [f(x + h)], [1.0], **more)


@pytest.mark.parametrize(
    ("f", "x", "true"),
    [
        (np.exp, 10.0, np.exp(10.0)),
        (np.sin, 1e-6, np.cos(1e-6)),
        (np.log, 1e-6, 1e6),
        (np.square, 1e6, 2e6),
        (np.cosh, 0.0, 0.0),
        (lambda x: (x + 1e8) - 1e8, 1.0, 1.0),
        (lambda x: np.maximum(x, 0), 1e-8, 1.0),
        (lambda x: 1 / (1 + np.exp(-1000 * x)), 0.0, 250.0),
    ],
)
def test_the_error_is_within_the_estimated_noise(f, x, true):
    found = best_slope(along(f, x), abs(x) or 1.0)
    assert found.smooth
    assert abs(found.value - true) <= 10 * found.noise
    assert found.noise <= 1e-6 * max(abs(true), 1.0)


def test_the_complex_step_has_no_cancellation():
    found = complex_step(along(np.exp, 10.0), 10.0)
    assert found.value == pytest.approx(np.exp(10.0), rel=1e-15)
    assert complex_step(along(np.cos, 1e-6), 1e-6).value == pytest.approx(-1e-6, rel=1e-12)


def test_the_complex_step_refuses_what_is_not_analytic():
    assert complex_step(along(np.abs, 1.0), 1.0) is None
    assert complex_step(along(lambda x: np.maximum(x.real, 0) * 2, 1.0), 1.0) is None
    assert complex_step(along(lambda x: float(x), 1.0), 1.0) is None


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [
        (abs, -1, 1),
        (lambda x: np.maximum(x, 0), 0, 1),
        (lambda x: 1e-3 * abs(x) + x**2 + 5, -1e-3, 1e-3),
        (np.floor, np.inf, 0),
        (np.sign, np.inf, np.inf),
        (np.cbrt, np.inf, np.inf),
        (lambda x: np.sqrt(abs(x)), -np.inf, np.inf),
    ],
)
def test_kinks_and_jumps_have_two_slopes(f, left, right):
    found = best_slope(along(f, 0.0), 1.0)
    assert not found.smooth
    np.testing.assert_allclose([found.left, found.right], [left, right], atol=1e-6)


def test_short_numbers_are_noise_and_not_a_kink():
    f = along(lambda x: np.float64(np.float32(x) ** 2), 1.0, epsilon=float(np.finfo("f4").eps))
    found = best_slope(f, 1.0)
    assert found.smooth
    assert found.noise > 1e-7


def test_noise_inside_of_f_is_measured():
    line = along(lambda x: (x + 1e8) - 1e8, 0.3)
    assert 1e-9 < measured_noise(line, 0.3) < 1e-7
    assert measured_noise(along(np.sin, 0.3), 0.3) < 1e-15


def test_what_does_not_change_adds_no_noise():
    apart = Line(lambda h: [np.array([(1e-6 + h) ** 2, 1e12])], [np.ones(2)])
    found = differences(apart, 2e-8)
    assert found.value == pytest.approx(2e-6, rel=1e-9)
    assert found.noise < 1e-14


@pytest.mark.parametrize("seed", range(400))
def test_of_straight_pieces_the_slope_at_0_is_found_wherever_their_kinks_are(seed):
    """As of max pooling behind a relu, whose quotients agree at steps beyond a kink, too."""
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.normal(size=(60, 4)), 0) if seed % 2 else rng.normal(size=(60, 4))
    weights, moved = rng.normal(size=60), rng.normal(size=x.shape)
    largest = x == x.max(axis=1, keepdims=True)
    moved[largest.sum(axis=1) > 1] = 0
    true = np.sum(weights * np.sum(np.where(largest, moved, 0), axis=1))
    line = Line(lambda h: [np.max(x + h * moved, axis=1)], [weights])
    found = best_slope(line, 1.0, expected=[true])
    assert found.smooth
    assert agree(true, found)
    assert not agree(1.01 * true, best_slope(line, 1.0, expected=[1.01 * true]))
