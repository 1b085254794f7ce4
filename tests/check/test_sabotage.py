"""Every rule of the registry, made wrong by one part in 100,000: the checker names it."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.samples import all_cases, draw
from autodiff.core.reverse.sweep import Parts

FIRST = {op.name: (op, one) for op, one in reversed(list(all_cases(ad.ops)))}
FLAT = {"imag", "angle", "heaviside"}
"""Ops whose derivative along real numbers is 0, which no factor makes wrong."""


def scaled(value):
    if value is None:
        return None
    if isinstance(value, tuple | list):
        made = Parts if isinstance(value, Parts) else tuple
        return made(map(scaled, value))
    return value * 1.00001


@pytest.mark.parametrize("name", sorted(set(FIRST) - FLAT))
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_rule_off_by_a_hundred_thousandth_is_named(name, mode):
    op, one = FIRST[name]
    arrays, f = draw(op, one, np.random.default_rng(4))
    joint = mode == "reverse" and op.joint_vjp
    field = "joint_vjp" if joint else {"reverse": "vjp", "forward": "jvp"}[mode]
    original, adds = getattr(op, field), op.add_vjp
    object.__setattr__(op, field, lambda *args: scaled(original(*args)))
    if mode == "reverse" and adds:
        add = lambda total, ct, params: adds(total, scaled(ct), params)
        object.__setattr__(op, "add_vjp", add)
    try:
        report = ad.check(f, *arrays)
    finally:
        object.__setattr__(op, field, original)
        object.__setattr__(op, "add_vjp", adds)
    assert report.kind == "wrong", report
    assert report.rules[0].equation.op is op
    assert report.rules[0].mode == mode
    assert f"rule of {name} is wrong in {mode} mode" in report.verdict
