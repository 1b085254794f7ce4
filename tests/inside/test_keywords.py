"""Keywords of NumPy's functions that NumPy does not look at when it hands a call over."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.inside.names import COMBINED
from autodiff.core.language.registry import registry

X = np.array([[0.3, -1.2, 2.1], [1.4, 0.2, -0.6]])
CONSTANT = sorted(
    {
        function.__name__
        for function, op in registry.by_function.items()
        if isinstance(function, np.ufunc) and op.kind == "constant" and function.nin < 3
    }
)


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
@pytest.mark.parametrize("name", COMBINED)
def test_a_reduction_starts_from_a_traced_value(name, axis):
    start = {"sum": 0.7, "prod": 0.7}.get(name, 1.0)
    own = getattr(np, name)

    def of_plain(t):
        return np.sum(np.sin(getattr(np, name)(X, axis=axis, initial=t)))

    def of_both(x):
        return np.sum(np.sin(getattr(np, name)(x, axis=axis, initial=x[0, 0] + 0.9)))

    want = np.sum(np.sin(own(X, axis=axis, initial=start)))
    assert ad.value_and_grad(of_plain)(start)[0] == pytest.approx(want, rel=1e-14)
    ad.check_grad(of_plain, start)
    ad.check_grad(of_both, X)


@pytest.mark.parametrize("mode", [ad.grad, ad.derivative])
@pytest.mark.parametrize("name", [name for name in CONSTANT if hasattr(np, name)])
def test_what_has_no_derivative_may_be_put_into_a_plain_array(name, mode):
    ufunc = getattr(np, name)
    more = (X,) * (ufunc.nin - 1)
    try:
        want = ufunc(X * 1.5, *more)
    except TypeError:
        pytest.skip("not of floating point numbers")
    found = [np.zeros_like(part) for part in (want if ufunc.nout > 1 else [want])]

    def f(t):
        getattr(np, name)(X * t, *more, out=tuple(found))
        return t * t

    assert mode(f)(1.5) == 3.0
    np.testing.assert_array_equal(found[0], want[0] if ufunc.nout > 1 else want)


@pytest.mark.parametrize("casting", ["no", "safe", "same_kind", "unsafe"])
def test_casting_refuses_and_changes_no_result(casting):
    def f(x):
        y = np.add(x, X, casting=casting)
        return np.sum(np.clip(y, -1.0, 1.5, casting=casting) ** 2)

    assert ad.value_and_grad(f)(X)[0] == f(X)
    ad.check_grad(f, X)


def test_code_of_the_array_standard_takes_traced_values():
    def f(x):
        xp = x.__array_namespace__()
        assert xp is np
        assert x.device == np.zeros(1).device
        return xp.sum(xp.exp(x) * x)

    ad.check_grad(f, X, order=2)


def test_a_package_of_the_standard_is_given_what_it_has_for_plain_arrays():
    asking = {"array_namespace": lambda *arrays, api_version=None: "its own"}
    exec("def of(x):\n    return x.__array_namespace__()", asking)
    seen = []
    ad.grad(lambda x: seen.append(asking["of"](x)) or np.sum(x))(X)
    assert seen == ["its own"]
