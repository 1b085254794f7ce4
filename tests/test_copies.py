"""Copies and pickles: of traced values, of functions made by transforms, of ops; processes."""

import copy
import dataclasses
import functools
import multiprocessing
import pickle
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten

ALONG = {
    "forward": lambda f: lambda x: ad.jvp(f, (x,), (np.ones_like(x),))[1],
    "reverse": lambda f: lambda x: np.sum(ad.vjp(f, x)[1](1.0)[0]),
}
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "in a list": lambda x: copy.deepcopy([x, x])[1],
    "in a dict": lambda x: copy.deepcopy({"state": {"x": x}})["state"]["x"],
    "asdict": lambda x: dataclasses.asdict(Body(x, 1.0))["place"],
    "astuple": lambda x: dataclasses.astuple(Body([x], 1.0))[0][0],
}


@dataclasses.dataclass
class Body:
    place: Any
    speed: Any


@pytest.mark.parametrize("through", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("outer", ALONG)
@pytest.mark.parametrize("inner", ["none", *ALONG])
def test_the_derivative_passes_through_a_copy(through, outer, inner):
    def f(x):
        y = x * 1.0
        z = through(y)
        if np.ndim(y):
            z[0] *= 3.0  # a copy, not a view: y stays as it is
        return np.sum(y * z * z)

    def plain(x):
        z = x * np.array([3.0, 1.0]) if np.ndim(x) else x
        return np.sum(x * z * z)

    for x in (np.array([2.0, -1.0]), 3.0):
        g, h = f, plain
        if inner != "none":
            g, h = ALONG[inner](f), ALONG[inner](plain)
        assert ALONG[outer](g)(x) == pytest.approx(ALONG[outer](h)(x), rel=1e-12)
        e = 1e-5
        slope = (g(x + e) - g(x - e)) / (2 * e)
        assert ALONG[outer](g)(x) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("transform", [ad.grad, ad.derivative])
def test_a_traced_value_is_not_pickled(transform):
    for kept in (lambda x: x, lambda x: x * 2, lambda x: {"x": [x]}, lambda x: Body(x, 1.0)):
        with pytest.raises(ad.UnsupportedError, match=r"(?s)y.data.*y.copy\(\).*test_copies.py"):
            transform(lambda x, kept=kept: pickle.loads(pickle.dumps(kept(x))) * x)(2.0)


def test_dual_numbers_made_by_hand_are_copied_and_pickled():
    x = ad.Dual(3.0, 1.0) ** 2
    for made in (copy.copy(x), copy.deepcopy([x])[0], pickle.loads(pickle.dumps(x))):
        assert ((made * 2).primal, (made * 2).tangent) == (18.0, 12.0)


@pytest.mark.parametrize("transform", [ad.grad, ad.derivative])
def test_a_simulation_that_copies_its_state_at_every_step(transform):
    def run(x, copied):
        body = Body(x, 1.0)
        for _ in range(4):
            body = copied(body)
            body.place, body.speed = (
                body.place + 0.1 * body.speed,
                body.speed - 0.1 * np.sin(body.place),
            )
        return body.place

    expected = (run(1.0 + 1e-6, copy.copy) - run(1.0 - 1e-6, copy.copy)) / 2e-6
    for copied in (copy.copy, copy.deepcopy, lambda body: Body(**dataclasses.asdict(body))):
        found = transform(lambda x, copied=copied: run(x, copied))(1.0)
        assert found == pytest.approx(expected, rel=1e-7)


# -- functions that are pickled --------------------------------------------------------------------


def cubes(x):
    """The sum of cubes."""
    return np.sum(x**3)


@ad.grad
def decorated(x):
    return np.sum(x**3)


@ad.checkpoint
def lean(x):
    return np.sum(np.sin(x) ** 2)


def scaled(x, by):
    return np.sum(cube(x) * by)


cube = ad.custom_op(lambda x: x**3, partials=lambda ans, x: 3 * x**2, name="cube")
X = np.array([1.0, -2.0])
FUNCTIONS = {
    "grad": ad.grad(cubes),
    "value_and_grad": ad.value_and_grad(cubes),
    "derivative": ad.derivative(np.sin),
    "jacobian": ad.jacobian(np.tanh, mode="forward"),
    "hessian": ad.hessian(cubes),
    "nested": ad.jacobian(ad.grad(cubes)),
    "options": ad.grad(scaled, argnums=(0, 1), convention="derivative"),
    "decorated": decorated,
    "checkpoint": ad.grad(lean),
    "jvp": functools.partial(ad.jvp, cubes),
    "hvp": functools.partial(ad.hvp, cubes),
    "vjp": functools.partial(ad.vjp, cubes),
    "op": ad.ops["tanh"],
    "custom op": cube,
    "grad of an op": ad.grad(ad.ops["sin"]),
}


def arguments(name):
    if name in ("derivative", "grad of an op"):
        return (0.5,)
    if name == "options":
        return (X, 2.0)
    return {"jvp": ((X,), (X,)), "hvp": (X, X)}.get(name, (X,))


def call(task):
    name, function = task
    result = function(*arguments(name))
    return result[0] if name == "vjp" else result


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_made_by_transforms_are_pickled(name, protocol):
    again = pickle.loads(pickle.dumps(FUNCTIONS[name], protocol))
    found, expected = call((name, again)), call((name, FUNCTIONS[name]))
    for a, b in zip(flatten(found)[0], flatten(expected)[0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # JAX on a fork
def test_gradients_in_other_processes():
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool:
        found = pool.map(ad.grad(cubes), [X, 2 * X, 3 * X])
        everything = pool.map(call, FUNCTIONS.items())
    np.testing.assert_allclose(found, [3 * X**2, 12 * X**2, 27 * X**2])
    for name, result in zip(FUNCTIONS, everything, strict=True):
        expected = call((name, FUNCTIONS[name]))
        for a, b in zip(flatten(result)[0], flatten(expected)[0], strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_function_made_by_a_transform_is_still_a_function():
    made = ad.grad(cubes)
    assert (made.__name__, made.__doc__, made.__wrapped__) == ("cubes", "The sum of cubes.", cubes)
    assert repr(made) == "<ad.grad of cubes>"
    assert copy.deepcopy(made)(X).tolist() == [3.0, 12.0]

    class Model:
        def __init__(self, w):
            self.w = w

        def loss(self, x):
            return np.sum(self.w * x**2)

        slope = ad.grad(loss, argnums=1)

    assert Model(2.0).slope(X).tolist() == [4.0, -8.0]
    assert ad.grad(Model(2.0).loss)(X).tolist() == [4.0, -8.0]


def test_what_can_not_be_pickled_says_so():
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(ad.grad(lambda x: x))
    inside = ad.custom_op(lambda x: x**3, partials=lambda ans, x: 3 * x**2, name="inside")
    with pytest.raises(pickle.PicklingError, match=r"custom op 'inside'.*top level of a module"):
        pickle.dumps(inside)
    assert copy.deepcopy({"activation": inside})["activation"] is inside
    assert pickle.loads(pickle.dumps(ad.ops["tanh"])) is ad.ops["tanh"]
    assert pickle.loads(pickle.dumps(cube)) is cube
