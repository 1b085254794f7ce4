"""Every op of the registry, in both modes, against NumPy and finite differences."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.compare import _paired, _random_like
from autodiff.check.samples import all_cases, cases, draw
from autodiff.core.arguments.tree import flatten
from autodiff.core.language.registry import registry

INTERNAL = {"held", "part"}
CASES = list(all_cases(registry))
IDS = [f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]


@pytest.mark.parametrize("room", ["arranging", "elementwise", "linear", "networks", "summing"])
def test_every_file_of_ops_is_in_the_registry_from_the_start(room):
    folder = Path(ad.ops.__file__).parent / room
    names = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    script = (
        "import sys, autodiff; "
        f"print([n for n in {names} if 'autodiff.ops.{room}.' + n not in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", f"autodiff.ops does not import {found.stdout}"
    assert all(hasattr(ad.ops, name) for name in ad.ops.__all__)


@pytest.mark.parametrize(
    "op", [op for op in registry if op.kind != "constant"], ids=lambda o: o.name
)
def test_has_cases(op):
    assert cases(op) or op.name in INTERNAL, f"{op.name} has no cases: add cases=(case(...),)"


@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_derivatives(op, one):
    rng = np.random.default_rng(7)
    arrays, f = draw(op, one, rng)
    plain = f(*arrays)
    out, pullback = ad.vjp(f, *arrays)
    np.testing.assert_allclose(np.asarray(flatten(out)[0][0]), np.asarray(flatten(plain)[0][0]))
    tangents = tuple(_random_like(a, rng) for a in arrays)
    ct = _random_like(out, rng)
    value, pushed = ad.jvp(f, tuple(arrays), tangents)
    np.testing.assert_allclose(np.asarray(flatten(value)[0][0]), np.asarray(flatten(plain)[0][0]))
    pulled = pullback(ct)
    for array, own in zip(arrays, pulled, strict=True):
        assert np.shape(own) == np.shape(array)
    left, right = _paired(ct, pushed), sum(np.sum(c * t) for c, t in zip(pulled, tangents))
    assert left == pytest.approx(right, rel=1e-12, abs=1e-12)
    ad.check_grad(f, *arrays)


@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_second_order(op, one):
    rng = np.random.default_rng(8)
    arrays, f = draw(op, one, rng)
    tangents = tuple(_random_like(a, rng) for a in arrays)
    ct = _random_like(f(*arrays), rng)

    def gradient(*xs):
        return ad.vjp(f, *xs)[1](ct)

    _, forward_over_reverse = ad.jvp(gradient, tuple(arrays), tangents)
    step = 1e-5
    plus = gradient(*[a + step * t for a, t in zip(arrays, tangents)])
    minus = gradient(*[a - step * t for a, t in zip(arrays, tangents)])
    for own, p, m in zip(forward_over_reverse, plus, minus):
        np.testing.assert_allclose(own, (p - m) / (2 * step), rtol=1e-5, atol=2e-6)

    # all four pairs of modes agree on t.H.t
    def along(*xs):
        return _paired(ct, ad.jvp(f, xs, tangents)[1])

    expected = sum(np.sum(h * t) for h, t in zip(forward_over_reverse, tangents))
    reverse_over_forward = ad.vjp(along, *arrays)[1](1.0)
    forward_over_forward = ad.jvp(along, tuple(arrays), tangents)[1]
    inner = lambda *xs: sum(np.sum(g * t) for g, t in zip(gradient(*xs), tangents))
    reverse_over_reverse = ad.vjp(inner, *arrays)[1](1.0)
    for got in (
        sum(np.sum(g * t) for g, t in zip(reverse_over_forward, tangents)),
        forward_over_forward,
        sum(np.sum(g * t) for g, t in zip(reverse_over_reverse, tangents)),
    ):
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_comparison_in_a_formula_is_written_as_one():
    assert "∂x = x > 0" in ad.ops.table("relu")
