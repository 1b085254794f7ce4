"""What has no entry is listed, with a reason, and refused by name."""

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.ground.errors import UnsupportedError
from autodiff.ops.missing import functions, missing

NEWER = {"matvec", "vecmat", "unstack", "cumulative_sum", "cumulative_prod", "astype"}


def test_every_missing_name_has_its_reason():
    without = [name for name, why in missing().items() if why == "not yet"]
    assert without == []


def test_no_name_is_listed_and_differentiable():
    called = set().union(*FAMILIES.values())
    assert not called & set(missing())


def test_the_walk_finds_numpy():
    names = dict(functions())
    assert {"sin", "linalg.svd", "fft.irfftn"} <= set(names)
    assert "ndarray" not in names
    assert len(names) > 350


@pytest.mark.parametrize("name", ["intersect1d", "gcd", "histogram2d"])
def test_a_call_of_one_is_refused_by_name(name):
    x = np.array([1.0, 2.0])
    with pytest.raises(UnsupportedError, match=rf"np\.{name}"):
        ad.vjp(lambda v: getattr(np, name)(v, v), x)


def test_what_needs_no_entry_works():
    x = np.array([1.0, 2.0])
    assert ad.grad(lambda v: np.sum(np.fromfunction(lambda i: v[0] * i, (3,))))(x).tolist() == [
        3,
        0,
    ]


def test_what_core_inside_serves_works():
    x = np.array([1.0, 2.0])
    served = {
        "fromiter": lambda v: np.fromiter((e * e for e in v), float),
        "full": lambda v: np.full(2, v[0] * v[1]),
        "ascontiguousarray": lambda v: np.ascontiguousarray(v * v),
        "asfortranarray": lambda v: np.asfortranarray(v * v),
        "vectorize": lambda v: np.vectorize(lambda e: e * e)(v),
    }
    for name, f in served.items():
        ad.check_grad(f, x)
        assert name not in missing() or "needs no entry" in missing()[name]


def test_kaisers_window_by_its_formula():
    def window(beta):
        n = 2 * np.arange(5) / 4 - 1
        return np.i0(beta * np.sqrt(1 - n * n)) / np.i0(beta)

    np.testing.assert_allclose(window(2.5), np.kaiser(5, 2.5))
    ad.check_grad(window, 2.5)
    with pytest.raises(ad.DetachError, match=r"np.kaiser.*Write n = "):
        ad.grad(lambda beta: np.sum(np.kaiser(5, beta)))(2.5)
