"""Every verdict of the checker, reached from the kind of mistake that it stands for."""

import functools
import json

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.report import Report
from autodiff.ops.networks import nn


def square(factor=1.0):
    return ad.custom_op(lambda x: x**2, partials=lambda ans, x: 2 * factor * x, name="square")


X = np.array([0.3, -1.0, 2.0])


# -- right ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.exp, 10.0),
        (np.exp, -300.0),
        (np.cos, 1e-6),
        (np.log, 1e-6),
        (np.square, np.array([1e-6, 1e6, -1.0, 0.0])),
        (lambda x: np.sum(x**2), np.array([1e-6, 1e6, 1.0, 0.0])),
        (lambda x: x**3 + np.exp(-abs(x)), np.array([1e-6, 1e6, -1e-6])),
        (lambda x: np.sum(x) ** 2, np.array([1e10, -1e10, 1.0, 3.0])),
        (lambda x: np.sum(np.abs(x) * 1e12 - 1e12 * np.abs(x) + x), X),
        (lambda x: (np.abs(x) + 1e8) - 1e8, 1.0),
        (lambda x: 1e-12 * np.abs(x) * x, 1.0),
        (lambda x: np.maximum(x, 0), 1e-7),
        (lambda x: np.tanh(1000 * x), 1e-3),
        (lambda x: x * np.abs(x), 0.0),
        (lambda x: np.floor(x) * x, 2.5),
        (lambda z: np.sum(np.abs(z) ** 2), np.array([1 + 2j, 3j])),
        (lambda x: np.linalg.slogdet(x)[1], np.eye(3) + 0.1),
    ],
)
def test_right_rules_pass_over_wide_ranges(f, x):
    report = ad.check(f, x)
    assert report.kind == "right", report
    assert "all derivatives agree" in report.verdict or "every recorded rule" in report.verdict


def test_the_complex_step_is_used_where_all_ops_are_analytic():
    assert ad.check(lambda x: np.sin(x) * np.exp(x), 0.5).rows[0].method == "complex step"
    assert ad.check(lambda x: x * np.shape(x)[0], np.ones(2)).rows[0].method == "complex step"
    assert ad.check(lambda x: np.sin(x) * np.abs(x), 0.5).rows[0].method == "differences"


# -- a wrong rule, named --------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1.00001, 0.99999, 2.0, -1.0, 0.0])
@pytest.mark.parametrize("x", [X, 1e-6 * X, 1e6 * X])
def test_a_scaled_rule_is_named_with_its_line(factor, x):
    bad = square(factor)

    def loss(x):
        y = np.abs(x) + x
        return np.sum(bad(y) * 3)  # the line

    report = ad.check(loss, x)
    assert report.kind == "wrong"
    assert "rule of square is wrong in forward and reverse mode" in report.verdict
    assert "test_verdicts.py" in report.verdict
    assert "bad(y) * 3" in report.verdict
    worst = report.rules[0]
    assert worst.equation.op is bad
    assert report.equation == worst.place
    assert worst.said == pytest.approx(factor * worst.numeric, rel=1e-7, abs=1e-12)


def test_a_wrong_rule_is_found_under_noise_that_hides_it():
    bad = square(1.00001)
    report = ad.check(lambda x: np.sum(1e12 * np.abs(x) - 1e12 * np.abs(x) + bad(x)), X)
    assert report.kind == "wrong"
    assert report.rules[0].equation.op is bad


def test_a_tiny_derivative_is_checked_too():
    bad = square(2.0)
    assert ad.check(lambda x: 1e-12 * bad(x), 1.0).kind == "wrong"


@pytest.mark.parametrize(
    ("name", "f", "x"),
    [
        ("tanh", np.tanh, X),
        ("matmul", lambda x: x @ x, np.arange(4.0).reshape(2, 2)),
        ("sum", lambda x: np.sum(x * x, axis=0), np.ones((2, 3))),
        ("sort", lambda x: np.sort(x) * np.arange(3.0), X),
        ("inv", np.linalg.inv, np.eye(3) + 0.1),
        ("reshape", lambda x: np.sin(np.reshape(x, (3, 1))), X),
        ("softmax", lambda x: nn.softmax(x), X),
    ],
)
@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_a_sabotaged_registry_rule_is_named(name, f, x, mode):
    op = ad.ops[name]
    original = getattr(op, mode)
    object.__setattr__(op, mode, lambda *args: original(*args) * 1.00001)
    try:
        report = ad.check(f, x)
    finally:
        object.__setattr__(op, mode, original)
    assert report.kind == "wrong"
    assert report.rules[0].equation.op is op
    assert report.rules[0].mode == ("reverse" if mode == "vjp" else "forward")
    assert ad.check(f, x).kind == "right"


def test_the_argument_of_a_wrong_rule_is_named():
    bad = ad.custom_op(
        lambda x, y: x * y, partials=(lambda a, x, y: y, lambda a, x, y: -x), name="times"
    )
    report = ad.check(lambda x, y: np.sum(bad(x, y)), X, X + 1)
    assert "rule of times is wrong in forward and reverse mode for argument 2" in report.verdict


# -- not differentiable ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "left", "right", "answer", "words"),
    [
        (np.abs, 0.0, -1, 1, 0, "|x| at 0"),
        (nn.relu, 0.0, 0, 1, 0, "relu at 0"),
        (lambda x: np.maximum(x, 0), 0.0, 0, 1, 0.5, "a tie of the two arguments"),
        (lambda x: np.minimum(x, 2.0), 2.0, 1, 0, 0.5, "a tie"),
        (lambda x: np.clip(x, -1, 1), 1.0, 1, 0, 0.5, "x on a bound"),
        (lambda x: np.clip(x, -1, 1), -1.0, 0, 1, 0.5, "x on a bound"),
        (lambda x: np.max(np.stack([x, 2 * x])), 0.0, 1, 2, 1.5, "2 elements tie"),
        (lambda x: 2 * x if x > 0 else x, 0.0, 1, 2, 1, "`x > 0`"),
        (lambda x: np.where(x > 0, x, 0), 0.0, 0, 1, 0, "`x > 0`"),
        (lambda x: np.linalg.norm(np.stack([x, x])), 0.0, -(2**0.5), 2**0.5, 0, "the norm of 0"),
        (lambda x: np.floor(x) * x, 2.0, np.inf, 2, 2, "floor"),
        (np.cbrt, 0.0, np.inf, np.inf, np.inf, "the cube root at 0"),
        (np.sqrt, 0.0, np.nan, np.inf, np.inf, "the square root at 0"),
    ],
)
def test_a_kink_is_called_not_differentiable(f, x, left, right, answer, words):
    report = ad.check(f, x)
    assert report.kind == "not differentiable", report
    assert not report
    assert words in report.verdict
    corner = report.rows[0].corners[0]
    np.testing.assert_allclose([corner.left, corner.right, corner.answer], [left, right, answer])
    with pytest.raises(ad.GradientCheckError, match="not differentiable here"):
        ad.check_grad(f, x)


def test_the_element_at_the_kink_is_named():
    report = ad.check(np.abs, np.array([1.0, 0.0]))
    assert "along x[1] the slope of f(x)[1] is -1 on the left and 1 on the right" in report.verdict


def test_kinks_that_cancel_in_a_smooth_function_are_named():
    report = ad.check(lambda x: nn.relu(x) - nn.relu(-x), 0.0)
    assert report.kind == "wrong"
    assert "the run meets a kink" in report.sentence
    assert "relu at 0" in report.sentence
    assert "numeric differences say 1" in report.sentence
    assert not report.notes


def test_a_wrong_rule_counts_more_than_a_kink():
    bad = square(1.1)
    assert ad.check(lambda x: bad(x) + np.abs(x), np.array([0.0, 1.0])).kind == "wrong"


# -- not a function -------------------------------------------------------------------------


def test_a_random_function_is_not_deterministic():
    rng = np.random.default_rng(0)
    report = ad.check(lambda x: np.sum(nn.dropout(x, 0.5, rng)), np.ones(20))
    assert report.kind == "not deterministic"
    assert "draws random numbers from rng" in report.verdict
    assert "np.random.default_rng(0)" in report.verdict
    calls = []
    report = ad.check(lambda x: x * (calls.append(1) or len(calls)), 1.0)
    assert report.kind == "not deterministic"
    assert "(1, then 2)" in report.verdict


def test_a_frozen_mask_is_deterministic():
    mask = np.random.default_rng(0).random(4) > 0.5
    assert ad.check(lambda x: np.sum(x * mask), np.ones(4))


def test_changed_arrays_are_named_and_put_back():
    scale = np.ones(3)

    def changes_a_captured_array(x):
        scale[1] += 1
        return np.sum(scale * x)

    report = ad.check(changes_a_captured_array, X)
    assert report.kind == "mutated"
    assert "f changed scale (scale[1] was 1)" in report.verdict
    np.testing.assert_array_equal(scale, np.ones(3))

    def changes_its_argument(p):
        p["w"][0] = 3.0
        return np.sum(p["w"])

    given = {"w": np.ones(2)}
    report = ad.check(changes_its_argument, given)
    assert report.kind == "mutated"
    assert "p['w']" in report.verdict
    np.testing.assert_array_equal(given["w"], np.ones(2))


# -- precision ------------------------------------------------------------------------------


def test_float32_arguments_are_checked_in_double_precision():
    report = ad.check(lambda x: np.sum(x**2), np.ones(3, np.float32))
    assert report
    assert "float32" in report.notes[0]
    assert not ad.check(lambda x: np.sum(square(1.00001)(x)), np.ones(3, np.float32))


def test_float32_inside_is_not_enough_precision():
    report = ad.check(lambda x: np.sum(x.astype(np.float32) ** 2), np.array([1.0, 0.3]))
    assert report.kind == "not precise"
    assert "astype works in float32" in report.verdict


# -- what else a disagreement can mean ------------------------------------------------------


def test_a_cut_is_named():
    report = ad.check(lambda x: ad.stop_gradient(x) * x, 2.0)
    assert report.kind == "cut"
    assert "stop_gradient" in report.verdict


def test_a_single_point_branch_is_named():
    report = ad.check(lambda x: 1.0 * x if x == 1 else x**2, 1.0)
    assert report.kind == "single point"
    assert "x == 1" in report.verdict
    report = ad.check(lambda x: np.where(x == 0, x, np.sin(3 * x)), np.array([0.0, 1.0]))
    assert report.kind == "single point"


def test_a_value_that_is_not_finite_is_explained():
    report = ad.check(lambda x: np.log(x - 1), np.array([1.0, 2.0]))
    assert report.kind == "not finite"
    assert "log of 0" in report.verdict
    assert "np.where" in report.notes[0]


# -- the report -----------------------------------------------------------------------------


def test_the_report_prints_as_a_table_and_shows_as_html():
    report = ad.check(lambda x, b: np.sum(np.abs(x)) + b, np.array([1.0, 0.0]), 2.0)
    text, page = str(report), report._repr_html_()
    assert text.splitlines()[0].split()[:3] == ["variable", "shape", "order"]
    assert text.splitlines()[-1] == report.verdict
    assert page.count("<tr>") == 3
    for cell in ("<th>noise</th>", "<td>not differentiable</td>", "<td>agrees</td>", "<pre>"):
        assert cell in page
    assert isinstance(report, Report)
    assert "not differentiable" in repr(report)


def test_check_grad_raises_with_table_and_verdict():
    with pytest.raises(ad.GradientCheckError) as caught:
        ad.check_grad(square(1.1), X)
    text = str(caught.value)
    assert "forward error" in text
    assert "WRONG" in text
    assert "rule of square" in text


def test_a_constant_argument_needs_no_derivative():
    report = ad.check(lambda p: np.sum(p["w"]) * p["n"], {"w": X, "n": 3})
    assert report
    assert len(report.rows) == 1


def test_the_report_as_data_is_json():
    report = ad.check(lambda x: np.sum(square(1.1)(x)), X)
    data = json.loads(json.dumps(report.data()))
    assert (data["passed"], data["kind"]) == (False, "wrong")
    assert data["wrong rules"][0]["op"] == "square"
    assert data["wrong rules"][0]["file"] == __file__
    assert data["table"][0]["verdict"] == "WRONG"


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 3.0, 1.0),
        (lambda x: (x * 2, None, "a", 3), 2.5),
        (lambda x: x > 1, 2.0),
        (lambda x: np.sum(x), np.zeros(0)),
        (functools.partial(np.power, 2.0), 3.0),
        (ad.ops["tanh"], 0.3),
    ],
)
def test_odd_functions_are_checked_too(f, x):
    assert ad.check(f, x)


def test_a_function_that_does_not_depend_on_its_argument_is_told_so():
    assert "does not depend" in ad.check(lambda x: 3.0, 1.0).notes[0]


def test_an_object_that_counts_is_found_out():
    class Counter:
        def __init__(self):
            self.w = np.ones(2)

        def __call__(self, x):
            self.w += 1
            return np.sum(self.w * x)

    report = ad.check(Counter(), np.ones(2))
    assert report.kind == "mutated"
    assert "self.w" in report.verdict


def test_derivatives_that_underflow_are_no_mistake():
    def damped(x):
        for _ in range(2000):
            x = np.sin(x) * 1.01 + 0.1
        return x

    assert ad.check(damped, 1.0)


def test_a_value_that_is_not_a_number_accuses_no_rule():
    wrong = ad.custom_op(lambda x: x * x, partials=lambda ans, x: 2.1 * x, name="wrong")
    holes = np.array([True, False, False])

    def f(x):
        y = np.where(holes, np.nan, wrong(x))
        return np.sum(np.where(np.isnan(y), 0.0, y))

    report = ad.check(f, np.array([1.0, 2.0, 3.0]))
    assert [rule.equation.op.name for rule in report.rules] == ["wrong"]


@pytest.mark.parametrize("k", [1e3, 1e4, 1e6, 1e8])
def test_a_fast_wave_is_differentiable(k):
    report = ad.check(lambda x: np.sin(k * x), 1.0)
    assert report.kind == "right", report


def test_what_cancels_inside_of_f_is_not_precise():
    report = ad.check(lambda x: (1 - np.cos(x)) / x**2, 1e-7)
    assert report.kind == "not precise"
    assert "cancel" in report.verdict
    twice = ad.custom_op(lambda x: np.cos(x), partials=lambda ans, x: -2 * np.sin(x), name="twice")
    assert ad.check(lambda x: (1 - twice(x)) / x**2, 1e-1).kind == "wrong"


STRAIGHT = (
    lambda z: np.maximum(z, 0),
    lambda z: np.sort(z, axis=-1),
    lambda z: np.abs(z) - 0.1,
    lambda z: np.where(z > 0.1, z, 0.2 * z),
    lambda z: np.clip(z, -0.5, 0.5),
)


@pytest.mark.parametrize("seed", [*range(6), 73])  # at 73 all is flat a little farther away
def test_layers_of_straight_pieces_are_right(seed):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 6, size=rng.integers(1, 4)) % len(STRAIGHT)
    rows = int(rng.integers(1, 6))

    def f(weights, x):
        for weight, kind in zip(weights, kinds):
            x = STRAIGHT[kind](x @ weight)
        if rows % 2:
            x = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-6)
        return np.mean(np.max(x, axis=1) + np.sum(x * x, axis=1))

    weights = [rng.normal(size=(6, 6)) * 0.6 for _ in kinds]
    assert ad.check(f, weights, rng.normal(size=(rows + 1, 6))).kind == "right"
