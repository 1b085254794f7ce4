"""Every ufunc of NumPy takes lists of traced values while a derivative is being taken, and stays itself."""

import functools
import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.inside.exchange import exchanges
from autodiff.core.language.registry import registry

UFUNCS = {
    name: getattr(np, name)
    for name in exchanges[np]
    if isinstance(getattr(np, name), np.ufunc) and getattr(np, name).signature is None
}
SMOOTH = {
    name: own
    for name, own in UFUNCS.items()
    if own.nin <= 2 and own in registry.by_function and name != "ldexp"  # of whole numbers
}
X = np.array([0.31, 0.62, 1.13])
HIGH = {"arccosh"}


def calls(own, name):
    """The ufunc of lists, of tuples, nested, beside an array; and of the arrays that they stand for."""
    shift = 1.5 if name in HIGH else 0.0
    A = np.array([[0.4, 0.7], [0.2, 0.9]]) + shift
    pair = (lambda x: [x[0] + shift, 0.5 + shift], lambda x: np.stack([x[0] + shift, 0.5 + shift]))
    nested = (
        lambda x: [[x[0] + shift, 0.6 + shift], (x[1] + shift, x[0] + shift)],
        lambda x: np.stack([x[0] + shift, 0.6 + shift, x[1] + shift, x[0] + shift]).reshape(2, 2),
    )
    if own.nin == 1:
        for lists, arrays in (pair, nested):
            yield lambda f, x, a=lists: f(a(x)), lambda f, x, a=arrays: f(a(x))
        return
    for lists, arrays in (pair, nested):
        yield lambda f, x, a=lists: f(a(x), A), lambda f, x, a=arrays: f(a(x), A)
        yield lambda f, x, a=lists: f(A, tuple(a(x))), lambda f, x, a=arrays: f(A, a(x))
        yield lambda f, x, a=lists: f(a(x), x[2]), lambda f, x, a=arrays: f(a(x), x[2])
        yield lambda f, x, a=lists: f(a(x), a(x)), lambda f, x, a=arrays: f(a(x), a(x))


def total(found):
    found = found if isinstance(found, tuple) else (found,)
    return sum(np.sum(np.cos(1.0 + np.arange(np.size(a))).reshape(np.shape(a)) * a) for a in found)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.filterwarnings("ignore")
def test_a_list_is_the_array_that_it_stands_for(name):
    for of_lists, of_arrays in calls(UFUNCS[name], name):
        try:
            wanted = ad.vjp(lambda x, f=of_arrays: total(f(getattr(np, name), x)) + 0 * x[0], X)
        except ad.AutodiffError:
            continue
        found = ad.vjp(lambda x, f=of_lists: total(f(getattr(np, name), x)) + 0 * x[0], X)
        plain = total(of_lists(UFUNCS[name], X))
        np.testing.assert_allclose(found[0], plain, rtol=1e-12)
        np.testing.assert_allclose(found[1](1.0)[0], wanted[1](1.0)[0], rtol=1e-12)
        _, slope = ad.jvp(
            lambda x, f=of_lists: total(f(getattr(np, name), x)) + 0 * x[0], (X,), (X,)
        )
        np.testing.assert_allclose(slope, np.vdot(wanted[1](1.0)[0], X), rtol=1e-10, atol=1e-12)


METHODS = {
    "add.reduce": lambda x: np.add.reduce([x[0], x[1] * x[0], 2.0]),
    "multiply.reduce": lambda x: np.multiply.reduce([[x[0], x[1]], [2.0, x[2]]], axis=0).sum(),
    "maximum.reduce": lambda x: np.maximum.reduce([x * x, 2 * x, x - 1]).sum(),
    "add.accumulate": lambda x: (np.add.accumulate([x[0], x[1], x[2]]) ** 2).sum(),
    "multiply.outer": lambda x: (np.multiply.outer([x[0], x[1]], [1.0, x[2]]) ** 2).sum(),
    "subtract.outer": lambda x: (np.subtract.outer((x[0], x[1]), X) ** 3).sum(),
    "where": lambda x: np.multiply([x[0], x[1]], 2.0, out=np.zeros(2), where=[True, False]).sum(),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_ufuncs_take_lists(name):
    ad.check_grad(METHODS[name], X, order=2)


@pytest.mark.parametrize("name", UFUNCS)
def test_what_stands_for_a_ufunc_has_its_attributes_and_its_values(name):
    own, seen = UFUNCS[name], []

    def f(x):
        now = getattr(np, name)
        seen.append(now)
        assert now is not own
        assert (now.__name__, now.__doc__) == (own.__name__, own.__doc__)
        for attribute in dir(own):
            if not attribute.startswith("_") and attribute not in (
                "reduce",
                "accumulate",
                "reduceat",
                "outer",
            ):
                assert getattr(now, attribute) == getattr(own, attribute)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for kind in (float, np.float32, int, bool):
                args = [np.array([1, 2, 3]).astype(kind)] * own.nin
                try:
                    wanted = own(*args)
                except TypeError:
                    with pytest.raises(TypeError):
                        now(*args)
                    continue
                np.testing.assert_array_equal(now(*args), wanted)
                np.testing.assert_array_equal(
                    now(*[a.tolist() for a in args]), own(*[a.tolist() for a in args])
                )
        return np.sum(x)

    ad.grad(f)(X)
    assert getattr(np, name) is own
    assert seen[0].__name__ == own.__name__


def test_as_an_attribute_of_a_class_it_is_no_method():
    def f(x):
        class Layer:
            activation = np.tanh
            loss = np.subtract

        layer = Layer()
        return np.sum(layer.activation(x) + layer.loss(x, [x[0], 1.0, 2.0]))

    ad.check_grad(f, X)


def test_a_ufunc_that_is_handed_on_is_served():
    ad.check_grad(lambda x: functools.reduce(np.logaddexp, list(x)), X)
    ad.check_grad(lambda x: sum(map(np.exp, x)), X)
    ad.check_grad(lambda x: np.apply_along_axis(np.sin, 0, x).sum(), X)


def test_add_at_inside_of_a_function_adds_repeated_places():
    def f(x):
        y = x * 1.0
        np.add.at(y, [0, 0, 1], x)
        np.subtract.at(y, [2, 2], x[:2] * x[0])
        return np.sum(y**2)

    ad.check_grad(f, X, order=2)


def test_a_list_in_the_eager_style_is_refused_outside_of_a_tape_and_served_inside():
    x = ad.Tensor(X)
    with pytest.raises(ad.DetachError, match=r"np.stack\(\[\.\.\.\]\)"):
        np.exp([x[0], x[1]])
    with ad.Tape():
        y = np.sum(np.exp([x[0], x[1]]))
    y.backward()
    np.testing.assert_allclose(x.grad, [*np.exp(X[:2]), 0])
