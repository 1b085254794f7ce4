"""`ad.compile`: the results of the function, whatever is given to it, and few compilations."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.source.compiled.cache import KEPT, THRASHING
from autodiff.source.program.source import identical


def same(a, b):
    a, b = flatten(a), flatten(b)
    return a[1] == b[1] and all(map(identical, a[0], b[0]))


def loss(p, x):
    return np.mean(np.tanh(x @ p["W"] + p["b"]) ** 2)


def parameters(seed, n=2):
    rng = np.random.default_rng(seed)
    return {"W": rng.normal(size=(3, n)), "b": rng.normal(size=n)}, rng.normal(size=(5, 3))


@pytest.mark.parametrize("transform", [ad.grad, ad.value_and_grad, ad.hessian])
def test_one_compilation_serves_all_values(transform):
    f = transform(loss)
    step = ad.compile(f)
    for seed in range(4):
        assert same(step(*parameters(seed)), f(*parameters(seed)))
    assert step.compilations == 1
    assert "def " in str(step.source)
    assert not same(step(*parameters(0)), step(*parameters(1)))


def test_another_shape_dtype_or_container_compiles_again():
    step = ad.compile(ad.grad(loss))
    for n in (2, 3, 2, 3):
        assert same(step(*parameters(0, n)), ad.grad(loss)(*parameters(0, n)))
    assert step.compilations == 2
    p, x = parameters(0)
    assert step(p, x.astype(np.float32))["W"].dtype == np.float64
    assert step.compilations == 3


def test_each_branch_is_compiled_once():
    def f(x):
        while x < 10:
            x = x * 2
        return x if x < 12 else x**2

    step = ad.compile(ad.grad(f))
    for x in (1.0, 1.3, 4.0, 1.1, 5.5, 20.0, 1.0, 5.4):
        assert step(x) == ad.grad(f)(x)
        assert type(step(x)) is float
    assert step.compilations == 5


def test_what_is_not_finite_goes_by_the_strict_rules():
    f = ad.grad(lambda x: np.sum(np.where(x > 0, np.sqrt(np.abs(x)), 0.0)))
    step = ad.compile(f)
    for x in (np.ones(2), np.array([1.0, 0.0])):
        with np.errstate(all="ignore"):
            assert same(step(x), f(x))
    assert step.source is None


def test_constants_from_outside_are_read_anew():
    data = {"x": np.ones((5, 3)), "rate": 2.0}
    f = ad.grad(lambda w: data["rate"] * np.sum((data["x"] @ w) ** 2))
    step = ad.compile(f)
    w = np.arange(3.0)
    assert same(step(w), f(w))
    data["x"][0] = 7.0
    assert same(step(w), f(w))
    assert step.compilations == 1
    data["rate"] = 3.0
    assert same(step(w), f(w))
    assert step.compilations == 2


def test_what_draws_at_random_is_called_as_it_is():
    rng = np.random.default_rng(0)
    step = ad.compile(lambda x: x + rng.normal(size=3))
    assert not np.array_equal(step(np.zeros(3)), step(np.zeros(3)))
    assert step.source is None
    assert "draws at random" in step.reason


def test_errors_are_those_of_the_function():
    f = ad.grad(lambda a: np.sum(np.linalg.inv(a)))
    step = ad.compile(f)
    assert same(step(np.eye(2)), f(np.eye(2)))
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        step(np.zeros((2, 2)))


def test_it_composes():
    def f(x):
        return np.sum(np.sin(x) ** 2)

    x = np.arange(3.0)
    assert same(ad.grad(ad.compile(f))(x), ad.grad(f)(x))
    assert same(ad.jvp(ad.compile(ad.grad(f)), (x,), (x,)), ad.jvp(ad.grad(f), (x,), (x,)))
    assert same(ad.compile(ad.compile(ad.grad(f)))(x=x), ad.grad(f)(x))


def test_a_training_step_with_its_optimizer():
    def step(p, m, x):
        value, g = ad.value_and_grad(loss)(p, x)
        m = {k: 0.9 * m[k] + g[k] for k in p}
        return value, {k: p[k] - 0.1 * m[k] for k in p}, m

    fast = ad.compile(step)
    p, x = parameters(0)
    own = other = (p, {k: np.zeros_like(v) for k, v in p.items()})
    for _ in range(5):
        a, b = step(*own, x), fast(*other, x)
        assert same(a, b)
        own, other = a[1:], b[1:]
    assert fast.compilations == 1


def test_arguments_that_the_function_changes():
    def f(x):
        x *= 2
        return np.sum(x)

    step = ad.compile(f)
    for _ in range(3):
        x = np.ones(3)
        assert step(x) == 6.0
        assert x.tolist() == [2.0, 2.0, 2.0]


def test_thrashing_is_told_and_bounded():
    step = ad.compile(lambda x: np.sum(x**2))
    for n in range(1, THRASHING):
        step(np.ones(n))
    with pytest.warns(ad.AutodiffWarning, match="other shapes, dtypes or constants each time"):
        step(np.ones(THRASHING))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(THRASHING + 1, KEPT + 8):
            step(np.ones(n))
    assert sum(map(len, step.programs.values())) <= KEPT


def test_backends_are_named():
    with pytest.raises(ValueError, match="choose from"):
        ad.compile(loss, backend="fortran")
