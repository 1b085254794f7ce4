"""Every op of the registry can be drawn, in each mode, and stepped through."""

import json

import numpy as np
import pytest

from autodiff import ops
from autodiff.check.samples import cases
from autodiff.check.samples import draw as sample
from autodiff.view import draw, steps
from autodiff.view.player.steps import VERSION


@pytest.mark.parametrize("name", sorted(op.name for op in ops if op.kind != "constant"))
def test_the_op_is_drawn_and_stepped_through(name):
    for one in cases(ops[name]):
        arrays, f = sample(ops[name], one, np.random.default_rng(0))
        if not arrays:
            continue
        drawing = draw(f, *arrays)
        assert drawing.outline()
        for edge in drawing.graph.edges:
            assert edge.partial is None or edge.partial.text or edge.carries != "number"
        assert draw(f, *arrays, mode="forward").source
        assert draw(f, *arrays, flow=True).graph.notes
        found = steps(f, *arrays, sweeps=("forward", "reverse", "dual"))
        assert json.loads(found.to_json())["version"] == VERSION
