"""What a traced value says it is: what its plain value would say, to the user's own code, and only then."""

import builtins
import collections.abc
import fractions
import json
import numbers

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.inside.opened import is_open

X = np.array([0.7, 1.3, 2.2])
KINDS = [
    np.ndarray, float, int, complex, bool, str, list, tuple, dict, np.generic, np.floating, np.float64,
    np.float32, np.integer, np.number, numbers.Number, numbers.Real, numbers.Integral, object,
    (int, float), (float, np.ndarray), (list, (np.ndarray,)), int | float, np.ndarray | None,
    collections.abc.Hashable, fractions.Fraction, collections.abc.Iterable, collections.abc.Sized,
    collections.abc.Container, collections.abc.Collection, collections.abc.Sequence,
]  # fmt: skip
OWN = builtins.isinstance


def values(x):
    """Values of every kind that a program meets."""
    y = x * 1.0
    z = np.zeros(3)
    z[0] = x[1]
    w = x * 2.0
    w[1] = x[0]
    return [
        x, y, z, w, x[0], np.sum(x), z[0], z[1], z[1:], w[0:2], np.asarray(x[0]), x[:0], x > 1, np.argmax(x),
        x.astype(np.float32), x.astype(np.float32)[0], x + 1j, (x + 1j)[0], np.array([x, x]), float, 3, "a", None,
        [x[0], x[1]], x.reshape(1, 3), x.shape, np.float64(2.0), x.copy(),
    ]  # fmt: skip


def answers(x):
    return [[isinstance(value, kind) for kind in KINDS] for value in values(x)]


MODES = {
    "grad": lambda f: ad.grad(f)(X),
    "jvp": lambda f: ad.jvp(f, (X,), (X,)),
    "hessian": lambda f: ad.hessian(f)(X),
    "jacobian": lambda f: ad.jacobian(f, mode="forward")(X),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.filterwarnings("ignore")
def test_isinstance_answers_as_for_the_plain_value(mode):
    seen, wanted = [], answers(X)
    MODES[mode](lambda x: (seen.append(answers(x)), np.sum(x**2))[1])
    hashable = KINDS.index(collections.abc.Hashable)
    for found in seen:
        for own, right in zip(found, wanted, strict=True):
            own[hashable] = right[hashable] = True  # a traced value has a hash, an array has none
            assert own == right
    assert builtins.isinstance is OWN
    assert not is_open()


ATTRIBUTES = [
    "__iter__", "__len__", "__getitem__", "__contains__", "__array__", "__float__", "__index__", "shape",
    "size", "ndim", "dtype", "tolist", "item", "real", "conjugate", "T", "is_integer", "append", "keys",
    "sort", "detach", "columns", "__add__", "__array_ufunc__",
]  # fmt: skip


def attributes(x):
    return [{name: hasattr(value, name) for name in ATTRIBUTES} for value in values(x)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.filterwarnings("ignore")
def test_hasattr_answers_as_for_the_plain_value(mode):
    seen, wanted = [], attributes(X)
    MODES[mode](lambda x: (seen.append(attributes(x)), np.sum(x**2))[1])
    for found in seen:
        for own, right in zip(found, wanted, strict=True):
            assert own == right


def test_hasattr_of_numbers_arguments_and_in_packages():
    def f(x, y):
        assert not hasattr(x, "__iter__")
        assert not hasattr(x, "__len__")
        assert hasattr(y, "__iter__")
        assert not isinstance(x, collections.abc.Iterable)
        return x * np.sum([v for v in y])

    assert f(2.0, X) == ad.value_and_grad(f)(2.0, X)[0]
    ad.grad(f, (0, 1))(2.0, X)
    with ad.Tape():
        x = ad.Tensor(2.0)
        assert hasattr(x, "backward")
        assert isinstance(x, ad.Tensor)
        assert not hasattr(x, "__len__")


def test_in_the_eager_style_it_answers_so_inside_of_a_tape():
    x = ad.Tensor(X)
    assert not isinstance(x, np.ndarray)
    assert isinstance(x, ad.Tensor)
    with ad.Tape():
        assert isinstance(x, np.ndarray)
        assert isinstance(x, ad.Tensor)
        assert isinstance(x[0], float)


def getvector(v, dim):
    """As real programs look at their arguments."""
    if isinstance(v, int | float):
        v = [v]
    if isinstance(v, list | tuple):
        v = np.array(v)
    if not isinstance(v, np.ndarray):
        raise TypeError("invalid input type")
    if v.shape not in ((dim,), (1, dim), (dim, 1)):
        raise ValueError("incorrect vector length")
    return v.flatten()


def test_programs_that_look_at_their_arguments_run():
    ad.check_grad(lambda x: np.sum(getvector(x, 3) ** 3), X, order=2)
    ad.check_grad(
        lambda x: np.sum(getvector([x[0], x[1], 2.0], 3) ** 3) + getvector(x[0], 1)[0], X, order=2
    )
    with pytest.raises(ValueError, match="incorrect vector length"):
        ad.grad(lambda x: getvector(x, 4)[0])(X)


def test_what_the_answer_leads_to_is_right_or_refused():
    def numbers_only(x):
        return float(x) ** 2 if isinstance(x, float) else x

    with pytest.raises(ad.DetachError, match="Leave it out"):
        ad.grad(lambda x: numbers_only(x[0]))(X)
    with pytest.raises(ad.DetachError):
        ad.grad(lambda x: json.loads(json.dumps(x[0])) * x[1])(X)


def test_a_window_is_not_put_together_by_the_question():
    def f(x):
        y = np.zeros(100)
        for i in range(100):
            y[i] = x[i % 3]
            assert isinstance(y, np.ndarray)
            assert not np.isscalar(y)
        return np.sum(y**2)

    with ad.Tape() as tape:
        f(ad.Tensor(X))
    assert sum(row.op is not None and row.op.name == "filled" for row in tape) == 1
    ad.check_grad(f, X)


def test_packages_see_what_it_is():
    seen = []

    def f(x):
        seen.append(np.iterable(x))
        seen.append(ad.core.language.dispatch.is_traced(x))
        assert np.testing.assert_allclose(x, X) is None
        return np.sum(x) if isinstance(x, np.ndarray) else 0.0

    ad.grad(f)(X)
    assert seen == [True, True]
