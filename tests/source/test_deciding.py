"""Random programs that decide by their data: a text agrees or refuses, compiled they always agree."""

import linecache
import warnings

import numpy as np
import pytest
from deciding import inputs, program

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.source.program.source import identical

PROGRAMS = 24
REFUSALS = (ValueError, FloatingPointError, IndexError, np.linalg.LinAlgError)
"""What a text may raise where it does not hold."""


def function(seed):
    text, file = program(seed), f"<deciding {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space = {"np": np}
    exec(compile(text, file, "exec"), space)
    return space["f"]


def transforms(f):
    yield f
    yield ad.value_and_grad(f)
    yield lambda x, n, s: ad.jvp(lambda x: f(x, n, s), (x,), (np.ones(3),))


def outcome(f, args):
    """What comes out: a result, or the class of an error."""
    own = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return flatten(f(*own))
        except Exception as error:
            return type(error)


def differ(a, b, same=identical):
    if isinstance(a, type) or isinstance(b, type):
        return a is not b
    return a[1] != b[1] or not all(map(same, a[0], b[0]))


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_text_and_compiled(seed):
    f = function(seed)
    points = inputs(seed, 5)
    for kind, g in enumerate(transforms(f)):
        if kind == 2 and seed % 3:
            continue
        wanted = [outcome(g, point) for point in points]
        fast = ad.compile(g, backend="numpy")
        for point, want in zip(points * 2, wanted * 2):
            found = outcome(fast, point)
            assert not differ(found, want), (program(seed), kind, point, found, want)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                written = ad.source(g, *points[0])
            except Exception as error:
                if type(error) is wanted[0] or isinstance(error, ad.AutodiffError):
                    continue
                raise
        for point, want in zip(points, wanted):
            found = outcome(written, point)
            if found in REFUSALS:
                continue
            assert not differ(found, want), (program(seed), kind, point, found, want)
