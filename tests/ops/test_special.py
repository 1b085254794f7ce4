"""SciPy's special functions by their own names, in both modes and to second order."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.registry import registry

special = pytest.importorskip("scipy.special")

from autodiff.check.samples import all_cases, draw  # noqa: E402
from autodiff.ops.later import special as entries  # noqa: E402

OPS = [op for op in vars(entries).values() if hasattr(op, "kind")]
CASES = list(all_cases(OPS))


@pytest.mark.parametrize(
    ("op", "one"), CASES, ids=[f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
)
def test_against_differences(op, one):
    arrays, f = draw(op, one, np.random.default_rng(4))
    np.testing.assert_allclose(ad.vjp(f, *arrays)[0], f(*arrays))
    ad.check_grad(f, *arrays, order=2)


def test_loaded_only_when_met():
    import subprocess
    import sys

    code = (
        "import sys, autodiff as ad, numpy as np; assert 'scipy' not in sys.modules;"
        "from scipy.special import erf; print(ad.grad(lambda x: erf(x))(0.0))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(found.stdout.strip().strip(")").split("(")[-1]) == pytest.approx(
        2 / np.sqrt(np.pi)
    )


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: special.jv(x, 1.0), "order"),
        (lambda x: special.hyp2f1(x, 1.0, 1.0, 0.5), "scipy.special.hyp2f1"),
    ],
)
def test_refused_by_name(f, name):
    x = np.array([1.0, 2.0])
    with pytest.raises(AutodiffError, match=name):
        ad.vjp(f, x)[1](x)


def test_second_derivatives_at_complex_numbers_are_refused_where_scipy_has_none():
    slope = ad.jvp(special.psi, (2.5,), (1.0,))[1]
    assert slope == pytest.approx(special.polygamma(1, 2.5))
    for f in (special.psi, lambda z: ad.jvp(special.gamma, (z,), (1.0,))[1]):
        with pytest.raises(AutodiffError, match=r"psi .* at complex numbers"):
            ad.jvp(f, (2.5 + 1j,), (1.0,))


def test_same_values_as_the_library_of_numpy():
    x = np.array([0.0, 0.5, -3.0, 20.0])
    np.testing.assert_allclose(registry["bessel_i"](x, order=0), special.i0(x), rtol=1e-13)
    np.testing.assert_allclose(
        registry["bessel_i"](x, order=3), special.iv(3, x), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(ad.grad(lambda v: np.sum(np.i0(v)))(x), special.i1(x), rtol=1e-13)


@pytest.mark.parametrize("name", ["cbrt", "exp2", "expm1", "log1p"])
def test_names_that_scipy_has_once_more(name):
    f = getattr(special, name)
    ad.check_grad(f, np.array([0.4, 2.0]), order=2)


def test_a_function_without_a_rule_is_named_as_scipys():
    with pytest.raises(ad.UnsupportedError, match=r"scipy.special.spence has no derivative rule"):
        ad.grad(special.spence)(1.0)
