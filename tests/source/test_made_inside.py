"""Every function of NumPy, of arrays that a program makes itself: the text says the same."""

import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten

sys.path.insert(0, str(Path(__file__).parent.parent / "ops"))
from recipes import FAMILIES

NAMES = [
    (family, name)
    for family in ("shapes", "indexing", "numeric")
    for name in FAMILIES[family]
    if name != "piecewise"  # a function among the arguments has no text
]


@pytest.mark.parametrize(("family", "name"), NAMES)
def test_of_arrays_that_are_made_inside(family, name):
    f, *arrays = FAMILIES[family][name][0]

    def program(a):
        found = flatten(f(*[np.array(x) for x in arrays]))[0]
        return a * sum(np.sum(np.real(np.asarray(x))) for x in found if np.size(x))

    gradient = ad.grad(program)
    assert ad.source(gradient, 1.5)(2.5) == pytest.approx(gradient(2.5))
