"""What has no entry is listed, with a reason, and refused by name."""

import numpy as np
import pytest
from recipes import FAMILIES

import autodiff as ad
from autodiff.core.ground.errors import UnsupportedError
from autodiff.ops.missing import UNREACHABLE, functions, missing

NEWER = {"matvec", "vecmat", "unstack", "cumulative_sum", "cumulative_prod", "astype"}


def test_every_missing_name_has_its_reason():
    without = [name for name, why in missing().items() if why == "not yet"]
    assert without == []


def test_no_name_is_listed_and_differentiable():
    called = set().union(*FAMILIES.values())
    assert called & set(missing()) <= set(UNREACHABLE)


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


def test_kaisers_window_by_its_formula():
    def window(beta):
        n = 2 * np.arange(5) / 4 - 1
        return np.i0(beta * np.sqrt(1 - n * n)) / np.i0(beta)

    np.testing.assert_allclose(window(2.5), np.kaiser(5, 2.5))
    ad.check_grad(window, 2.5)
    with pytest.raises(ad.DetachError, match=r"np.kaiser.*Write n = "):
        ad.grad(lambda beta: np.sum(np.kaiser(5, beta)))(2.5)
