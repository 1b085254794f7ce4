"""The smoothness report: every kink, tie, cut and single-point branch, with line and convention."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.kinks.kinks import DETECTORS, QUIET
from autodiff.check.kinks.smoothness import smoothness
from autodiff.core.reverse.single_points import (
    SinglePointWarning,
    single_points,
    warn_single_points,
)
from autodiff.core.transforms.record import record
from autodiff.ops.networks import nn
from autodiff.ops.networks.channels_last import max_pool_last


def _pooled(x):
    return max_pool_last(x, kernel=(2, 3), strides=(2, 3), padding="VALID")


@pytest.mark.parametrize(
    ("f", "x", "what", "op", "elements", "words"),
    [
        (np.abs, np.array([0.0, 1.0, 0.0]), "kink", "absolute", 2, "0"),
        (nn.relu, np.array([0.0, 1.0]), "kink", "relu", 1, "0"),
        (nn.relu6, np.array([0.0, 1.0, 6.0]), "kink", "relu6", 2, "0"),
        (_pooled, np.ones((1, 4, 6, 1)), "kink", "max_pool_channels_last", 4, "shared"),
        (lambda x: np.maximum(x, 0), np.zeros(3), "kink", "maximum", 3, "1/2 each"),
        (lambda x: np.maximum(x, x), np.ones(3), "kink", "maximum", 3, "1/2 each"),
        (lambda x: np.clip(x, -1, 1), np.array([1.0, -1, 0]), "kink", "clip", 2, "1/2"),
        (np.max, np.array([1.0, 2, 2]), "kink", "max", 2, "shared equally"),
        (lambda x: np.max(x, axis=0), np.ones((3, 2)), "kink", "max", 6, "shared equally"),
        (np.sort, np.array([1.0, 2, 1]), "kink", "sort", 2, "shared equally"),
        (np.linalg.norm, np.zeros(2), "kink", "norm", 1, "0"),
        (np.std, np.ones(2), "kink", "std", 1, "0"),
        (np.sqrt, np.array([0.0, 1]), "kink", "sqrt", 1, "infinite"),
        (lambda x: x**0.5, np.array([0.0, 1]), "kink", "power", 1, "infinite"),
        (lambda x: nn.max_pool2d(x, 2), np.ones((1, 1, 4, 4)), "kink", "block_max", 16, "shared"),
        (lambda x: np.linalg.eigh(x)[0], np.eye(3), "kink", "eigh", 2, "refused"),
        (lambda x: np.linalg.svd(x)[1], np.eye(2), "kink", "svd", 1, "refused"),
        (np.roots, np.array([1.0, -2.0, 1.0]), "kink", "roots", 1, "infinite"),
        (lambda x: np.hypot(x, x), 0.0, "kink", "hypot", 1, "0"),
        (lambda x: x % 2.0, np.array([4.0, 1]), "kink", "remainder", 1, "1 along x"),
        (lambda x: x + np.floor(x), np.array([1.5, 2]), "jump", "floor", 1, "0"),
        (lambda x: x + np.floor(x), np.array([1.5]), "cut", "floor", 1, "works on the value"),
        (lambda x: x + np.sign(x), 0.0, "jump", "sign", 1, "0"),
        (lambda x: x * ad.stop_gradient(x), 1.0, "cut", "stop_gradient", 1, "works on the value"),
        (lambda x: x[np.argmax(x)], np.array([1.0, 2]), "cut", "argmax", 1, "works on the value"),
        (lambda x: x if x > 1 else 2 * x, 1.0, "branch", "greater", 1, "that was taken"),
        (lambda x: x * 1 if x == 1 else x**2, 1.0, "single point", "equal", 1, "may be wrong"),
        (lambda x: x**2 if x != 1 else x * 1, 1.0, "single point", "not_equal", 1, "may be wrong"),
        (lambda x: np.where(x == 0, x, 1), np.zeros(2), "single point", "equal", 2, "may be wrong"),
    ],
)
def test_each_kind_of_roughness_is_listed(f, x, what, op, elements, words):
    report = smoothness(f, x)
    assert not report
    found = [rough for rough in report if rough.op == op]
    assert [(rough.what, rough.elements) for rough in found] == [(what, elements)]
    assert words in found[0].convention
    assert f.__name__ != "<lambda>" or found[0].location.file == __file__


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.tanh, 0.5),
        (np.abs, 1.0),
        (np.max, np.array([1.0, 2.0])),
        (lambda x: x if x > 1 else 2 * x, 3.0),
        (lambda x: x * 1 if x == 1 else x**2, 2.0),
        (lambda x: np.sum(x[x == 1]) + np.sum(x), np.ones(2)),
        (lambda x: x**2, 0.0),
        (lambda x: x * np.ndim(x) * np.shape(x)[0] + np.zeros_like(x), np.ones(2)),
        (lambda x: np.linalg.eigh(x)[0], np.diag([1.0, 2.0])),
        (lambda x: nn.max_pool2d(x, 2), np.arange(16.0).reshape(1, 1, 4, 4)),
    ],
)
def test_a_smooth_run_says_so(f, x):
    report = smoothness(f, x)
    assert report
    assert "smooth here" in str(report)
    assert len(report) == 0


def test_the_report_is_a_table_with_lines():
    def f(x):
        y = np.abs(x)
        return np.sum(y) + np.max(y)

    report = smoothness(f, np.array([0.0, 1.0, 1.0]))
    text = str(report)
    assert ": np.abs(x)" in text
    assert "f: not smooth here; 2 kinks." in text
    page = report._repr_html_()
    assert page.count("<tr>") == 3
    assert "<td>kink</td>" in page


def test_a_rule_that_compares_inside_is_not_the_users_single_point():
    run = record(
        ad.grad(lambda x: np.hypot(x, 2.0) + np.linalg.norm(np.stack([x, x]))), (0.0,), {}, (0,)
    )
    assert single_points(run.trace.cuts, run.program) == []


def test_a_single_point_warns_with_the_line():
    run = record(lambda x: 1.0 * x if x == 1 else x**2, (1.0,), {}, (0,))
    with pytest.warns(SinglePointWarning, match=r"x == 1"):
        warn_single_points(run.trace.cuts, run.program)
    run = record(lambda x: 1.0 * x if x == 1 else x**2, (2.0,), {}, (0,))
    warn_single_points(run.trace.cuts, run.program)


def test_a_comparison_of_two_variables_is_no_single_point():
    run = record(lambda x: np.where(x == np.max(x), x, 0.0), (np.array([1.0, 2.0]),), {}, (0,))
    assert single_points(run.trace.cuts, run.program) == []


def test_every_kink_of_the_registry_has_a_detector():
    elsewhere = {"where", "cholesky", "pinv", "lstsq"}  # steered by a comparison, or by a rank
    words = {op.name for op in ad.ops if isinstance(op.kinks, str) and op.kinks}
    missing = words - set(DETECTORS)
    assert missing <= elsewhere


def test_every_detected_op_is_in_the_registry():
    special = {"i0e", "i1e", "ive", "xlogy", "xlog1py"}  # there once SciPy has been imported
    assert {name for name in (*DETECTORS, *QUIET) if name not in ad.ops} <= special
