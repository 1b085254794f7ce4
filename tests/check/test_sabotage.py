"""Every rule of the registry, made wrong by one part in 100,000: the checker names it."""

import numpy as np
import pytest
from sabotage import sabotaged

import autodiff as ad
from autodiff.check.samples import all_cases, draw

FIRST = {op.name: (op, one) for op, one in reversed(list(all_cases(ad.ops)))}
FLAT = {"imag", "angle", "heaviside"}
"""Ops whose derivative along real numbers is 0, which no factor makes wrong."""


@pytest.mark.parametrize("name", sorted(set(FIRST) - FLAT))
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_rule_off_by_a_hundred_thousandth_is_named(name, mode):
    op, one = FIRST[name]
    arrays, f = draw(op, one, np.random.default_rng(4))
    with sabotaged(op, mode):
        report = ad.check(f, *arrays)
    if mode == "forward" and op.limits_at and op.limits_at(f(*arrays)):
        assert report.kind == "right", "forward mode goes by the other rule there"
        return
    assert report.kind == "wrong", report
    assert report.rules[0].equation.op is op
    assert report.rules[0].mode == mode
    assert f"rule of {name} is wrong in {mode} mode" in report.verdict


def test_where_the_phases_of_vectors_are_not_known_forward_mode_goes_by_the_other_rule():
    eig, turning = FIRST["eig"][0], np.array([[1.0, 2.0, 0.3], [-1.5, 0.5, 0.2], [0.4, 0.1, 3.0]])
    f = lambda a: np.sum(np.real(np.linalg.eig(a)[0]) ** 2)
    with sabotaged(eig, "forward"):
        assert ad.check(f, turning).kind == "right"
    with sabotaged(eig, "reverse"):
        report = ad.check(f, turning)
    assert report.kind == "wrong"
    assert "the rule of eig is wrong in reverse mode" in report.verdict
