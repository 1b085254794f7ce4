"""In float32 the value has NumPy's dtype, and every derivative that of what it belongs to."""

import warnings

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.arguments.tree import flatten, unflatten

NAMES = [(family, name) for family, names in FAMILIES.items() for name in names]


def dtypes(leaves):
    return [np.asarray(leaf).dtype for leaf in leaves]


def ones(leaf):
    array = np.asarray(leaf)
    return np.ones(array.shape, array.dtype if array.dtype.kind in "fc" else float)[()]


@pytest.mark.parametrize(("family", "name"), NAMES)
def test_float32(family, name):
    for f, *arrays in FAMILIES[family][name]:
        arrays = [a.astype(np.float32)[()] for a in arrays]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some least-squares fits are badly conditioned here
            plain = flatten(f(*arrays))[0]
            out, pullback = ad.vjp(f, *arrays)
            leaves, structure = flatten(out)
            cts = pullback(unflatten(structure, [ones(leaf) for leaf in leaves]))
            value, tangent = ad.jvp(f, tuple(arrays), tuple(np.ones_like(a) for a in arrays))
        assert dtypes(leaves) == dtypes(plain)
        assert dtypes(cts) == [np.float32] * len(arrays)
        pairs = zip(flatten(value)[0], flatten(tangent)[0], strict=True)
        for v, t in pairs:
            if np.asarray(v).dtype.kind in "fc":
                assert np.asarray(t).dtype == np.asarray(v).dtype
