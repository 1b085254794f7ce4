"""Second order through every call of the coverage list: all four pairs of modes agree."""

import warnings

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.arguments.tree import flatten

NAMES = [(family, name) for family, names in FAMILIES.items() for name in names]


@pytest.mark.parametrize(("family", "name"), NAMES)
def test_mode_pairs_agree(family, name):
    draw = np.random.default_rng(0)
    for f, *arrays in FAMILIES[family][name]:
        tangents = tuple(draw.normal(size=np.shape(a)) for a in arrays)
        found = curvatures(f, tuple(arrays), tangents)
        np.testing.assert_allclose(found[1:], found[0], rtol=1e-8, atol=1e-9)


def curvatures(f, arrays, tangents):
    """t.H.t of the sum of squares of the results, by each pair of modes."""

    def squares(*xs):
        return sum(np.sum(np.abs(leaf) ** 2) for leaf in flatten(f(*xs))[0])

    def gradient(*xs):
        return ad.vjp(squares, *xs)[1](1.0)

    def along(*xs):
        return ad.jvp(squares, xs, tangents)[1]

    def paired(parts):
        return sum(np.sum(part * t) for part, t in zip(parts, tangents, strict=True))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ad.core.ground.errors.AutodiffWarning)
        return [
            paired(ad.jvp(gradient, arrays, tangents)[1]),
            paired(ad.vjp(along, *arrays)[1](1.0)),
            paired(ad.vjp(lambda *xs: paired(gradient(*xs)), *arrays)[1](1.0)),
            ad.jvp(along, arrays, tangents)[1],
        ]
