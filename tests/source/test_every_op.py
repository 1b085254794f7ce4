"""The text of every op's cases, in both modes and in second order, bit for bit.

A program is written at one point and run at another, where it must give what the transform gives
there.
"""

import importlib

import numpy as np
import pytest
from directed import directed

import autodiff as ad
from autodiff.check.samples import all_cases, draw
from autodiff.core.arguments.tree import flatten
from autodiff.core.language.registry import registry
from autodiff.source.program.source import identical
from autodiff.source.words.literals import array_literal as literals

statements = importlib.import_module("autodiff.source.text.statements")
registry.meet()
CASES = list(all_cases(registry))
IDS = [f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
DECIDING = {"bessel_i", "i0", "max"}
"""Ops of which a rule decides by values: at another point they refuse, see test_guards."""


def programs(op, one):
    arrays, f, pulled, tangents = directed(op, one)
    return arrays, {
        "reverse": pulled,
        "forward": lambda *xs: ad.jvp(f, xs, tangents),
        "second": lambda *xs: ad.jvp(pulled, xs, tangents)[1],
    }


@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_the_text_gives_every_bit(op, one):
    arrays, modes = programs(op, one)
    others = draw(op, one, np.random.default_rng(11))[0]
    for mode, f in modes.items():
        written = ad.source(f, *arrays)
        wanted = flatten(f(*others))[0]
        if op.name in DECIDING:
            others = arrays
            wanted = flatten(f(*others))[0]
        got = flatten(written(*others))[0]
        assert len(got) == len(wanted)
        assert all(map(identical, got, wanted)), f"{mode}\n{written}"
        assert "autodiff" not in str(written).partition("def ")[2]


@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_arrays_that_are_no_short_text_reach_every_function(op, one, monkeypatch):
    """As in large programs: each constant array is an argument by keyword, inside of ops too."""
    short = lambda array: None if np.size(array) > 1 else literals(array)
    monkeypatch.setattr(statements, "array_literal", short)
    arrays, modes = programs(op, one)
    written = ad.source(modes["forward"], *arrays)
    got, wanted = (flatten(run(*arrays))[0] for run in (written, modes["forward"]))
    assert all(map(identical, got, wanted)), str(written)
