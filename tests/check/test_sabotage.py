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
    if mode == "forward" and op.limits_at and op.limits_at(f(*arrays)):
        pytest.skip("forward mode goes by the rule for reverse mode: phases are not known")
    with sabotaged(op, mode):
        report = ad.check(f, *arrays)
    assert report.kind == "wrong", report
    assert report.rules[0].equation.op is op
    assert report.rules[0].mode == mode
    assert f"rule of {name} is wrong in {mode} mode" in report.verdict
