"""The text of every op's cases for PyTorch and JAX: the same numbers, or refused when it is written.

The programs run there as they stand, forward and in reverse mode.
"""

import importlib.util

import numpy as np
import pytest
from directed import directed

import autodiff as ad
from autodiff.check.samples import all_cases
from autodiff.core.arguments.tree import flatten
from autodiff.core.language.registry import registry

pytest.importorskip("scipy.special", reason="its functions are ops where SciPy is imported")
registry.meet()
CASES = list(all_cases(registry))
IDS = [f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
SIGNS = {"eigh", "qr"}
"""Ops whose vectors are right up to their signs."""


def asked(system):
    missing = importlib.util.find_spec(system) is None
    return pytest.param(system, marks=pytest.mark.skipif(missing, reason=f"{system} is missing"))


def given(system, array):
    if system == "torch":
        import torch

        return torch.from_numpy(np.array(array))
    return array


def plain(leaf):
    return np.asarray(leaf.resolve_conj().numpy() if hasattr(leaf, "resolve_conj") else leaf)


@pytest.fixture(autouse=True)
def double():
    if importlib.util.find_spec("jax") is None:
        yield
        return
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("system", [asked("torch"), asked("jax")])
@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_the_same_numbers_or_refused(op, one, system):
    arrays, f, pulled, _ = directed(op, one)
    for g in (f, pulled):
        try:
            written = ad.source(g, *arrays, to=system)
        except ad.UnsupportedError:
            continue
        got = flatten(written(*[given(system, array) for array in arrays]))[0]
        want = flatten(g(*arrays))[0]
        assert len(got) == len(want)
        for own, other in zip(map(plain, got), want):
            if op.name in SIGNS and g is f:
                own, other = np.abs(own), np.abs(other)
            np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-10)


NEEDED = """conv2d conv2d_input conv2d_weights sliding_window_view softmax_cross_entropy prod sort
    take_along_axis fft ifft rfft irfft expit gammaln psi erf tile roll diff einsum matmul logsumexp
    cumsum cumprod where clip pad transpose sum mean max"""
"""Ops of which at least one case must be written, in both modes."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("system", [asked("torch"), asked("jax")])
def test_what_programs_are_made_of_is_written(system):
    lacking = set(NEEDED.split())
    for op, one in CASES:
        if op.name in lacking:
            arrays, f, pulled, _ = directed(op, one)
            try:
                for g in (f, pulled):
                    ad.source(g, *arrays, to=system)
            except ad.UnsupportedError:
                continue
            lacking.remove(op.name)
    assert lacking == set()
