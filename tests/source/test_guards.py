"""A program refuses whatever it was not written for, and names it."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import autodiff as ad


def check_refused(written, *args, match):
    with pytest.raises(ValueError, match=match):
        written(*args)


def test_another_shape_or_dtype():
    written = ad.source(ad.grad(lambda x: np.sum(np.sin(x))), np.ones(3))
    check_refused(written, np.ones(4), match=r"x is float64 \(4,\); this program is for float64")
    check_refused(written, np.ones(3, np.float32), match="x is float32")
    check_refused(written, [1.0, 2.0, 3.0], match="x is list")


def test_another_container():
    def f(p):
        return np.sum(p["w"] ** 2) + p["b"][0] * p["b"][1]

    p = {"w": np.ones(2), "b": [1.0, 2.0]}
    written = ad.source(ad.value_and_grad(f), p)
    assert written(p)[0] == ad.value_and_grad(f)(p)[0]
    check_refused(written, {"w": np.ones(2), "b": [1.0]}, match=r"b has the parts \[0\]")
    check_refused(written, {**p, "c": 1.0}, match="p has the parts")


def test_a_constant_of_a_container_is_part_of_the_program():
    def f(p):
        return np.sum(p["x"] ** p["n"])

    written = ad.source(ad.grad(f), {"x": np.ones(2), "n": 3})
    check_refused(written, {"x": np.ones(2), "n": 2}, match="this program is for 3")


def test_a_branch():
    def f(x):
        if x > 1:
            return x**2
        return x

    written = ad.source(ad.grad(f), 3.0)
    assert written(4.0) == 8.0
    check_refused(written, 0.5, match="if x > 1")


def test_the_number_of_steps_of_a_loop():
    def f(x):
        while x < 10:
            x = x * 2
        return x

    written = ad.source(ad.grad(f), 1.0)
    assert written(1.1) == 16.0
    check_refused(written, 4.0, match="while x < 10")


def test_an_index_from_the_data():
    def f(x):
        i = int(np.argmax(x))
        return x[i] ** 2 + [1.0, 2.0, 3.0][np.argmin(x)]

    written = ad.source(ad.grad(f), np.array([1.0, 3.0, 2.0]))
    assert written(np.array([0.0, 4.0, 1.0])).tolist() == [0.0, 8.0, 0.0]
    check_refused(written, np.array([3.0, 1.0, 2.0]), match="argmax")


def test_an_index_inside_of_numpy_is_no_decision():
    def f(x):
        return np.sum(x[np.argsort(x)] * np.arange(3.0))

    written = ad.source(ad.grad(f), np.array([1.0, 3.0, 2.0]))
    assert written(np.array([3.0, 1.0, 2.0])).tolist() == [2.0, 0.0, 1.0]


def test_a_mask_fixes_how_many_it_chooses():
    def f(x):
        return np.sum(x[x > 0] ** 2)

    written = ad.source(ad.grad(f), np.array([1.0, -3.0, 2.0]))
    assert written(np.array([-1.0, 3.0, 2.0])).tolist() == [0.0, 6.0, 4.0]
    check_refused(written, np.array([1.0, 3.0, 2.0]), match="had this shape")


def test_labels_may_change():
    def f(w, x, y):
        z = x @ w
        one = np.eye(3)[y]
        return -np.sum(one * (z - np.log(np.sum(np.exp(z), 1, keepdims=True)))) + z[0, y[0]]

    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(4, 3)), rng.normal(size=(5, 4))
    written = ad.source(ad.grad(f), w, x, np.array([0, 1, 2, 0, 1]))
    y = np.array([2, 2, 0, 1, 1])
    assert np.array_equal(written(w, x, y), ad.grad(f)(w, x, y))


def test_a_derivative_that_is_not_finite_goes_by_other_rules():
    def f(x):
        return np.sum(np.where(x > 0, np.sqrt(np.abs(x)), 0.0))

    written = ad.source(ad.grad(f), np.ones(2))
    with pytest.raises(FloatingPointError, match="infinite or NaN"), np.errstate(all="ignore"):
        written(np.array([1.0, 0.0]))


def test_random_draws_are_refused():
    rng = np.random.default_rng(0)

    def f(x):
        return np.sum(x * rng.normal(size=3))

    with pytest.raises(ad.UnsupportedError, match=r"(?s)draws at random.*rng.normal"):
        ad.source(ad.grad(f), np.ones(3))


def test_draws_of_a_generator_made_inside_are_constants():
    def f(x):
        return np.sum(x * np.random.default_rng(0).normal(size=3))

    assert np.array_equal(ad.source(ad.grad(f), np.ones(3))(np.ones(3)), ad.grad(f)(np.ones(3)))


def test_plain_numbers_of_what_changes_are_refused():
    with pytest.raises(ad.DetachError, match="plain number"):
        ad.source(lambda x: float(x) * 2, 3.0)
    buffer = np.zeros(3)

    def f(x):
        buffer[:] = x
        return np.sum(buffer)

    with pytest.raises(ad.DetachError, match=r"np.zeros|plain"):
        ad.source(f, np.ones(3))


class Model:
    def __init__(self):
        self.x, self.rate = np.arange(6.0).reshape(3, 2), 0.5

    def loss(self, w):
        return self.rate * np.sum((self.x @ w) ** 2)


def test_captured_arrays_are_read_anew():
    model = Model()
    written = ad.source(ad.grad(model.loss), np.ones(2))
    assert list(written.captured) == ["x"]
    assert np.array_equal(written(np.ones(2)), ad.grad(model.loss)(np.ones(2)))
    model.x[0] = 7.0
    assert np.array_equal(written(np.ones(2)), ad.grad(model.loss)(np.ones(2)))
    model.x = np.ones((3, 2))
    assert np.array_equal(written(np.ones(2)), ad.grad(model.loss)(np.ones(2)))


def test_a_captured_number_that_changed_is_refused():
    model = Model()
    written = ad.source(ad.grad(model.loss), np.ones(2))
    model.rate = 0.25
    check_refused(written, np.ones(2), match="self.rate.*is not what it was")


def test_a_captured_array_that_is_used_indirectly():
    scale = np.array([1.0, 2.0])

    def f(w):
        return np.sum(w * np.max(scale))

    written = ad.source(ad.grad(f), np.ones(2))
    assert np.array_equal(written(np.ones(2)), [2.0, 2.0])
    scale[0] = 9.0
    assert np.array_equal(written(np.ones(2)), [9.0, 9.0])


def test_what_is_computed_of_a_captured_array_is_computed_anew():
    data, labels = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])

    def f(w):
        h = np.tanh(data @ w) * data.std()
        if data.max() > 10:
            h = h * 2
        return np.sum(h.T @ data) + np.sum(np.eye(2)[labels] @ w)

    written = ad.source(ad.value_and_grad(f), np.ones(2))
    data *= 1.5
    labels[0] = 1
    value, d = ad.value_and_grad(f)(np.ones(2))
    assert written(np.ones(2))[0] == value
    assert np.array_equal(written(np.ones(2))[1], d)
    data *= 2
    check_refused(written, np.ones(2), match="if data.max")


def test_a_captured_array_of_another_shape_or_dtype():
    space = {"data": np.ones(3)}

    def f(w):
        return np.mean(space["data"] * w)

    written = ad.source(ad.grad(f), 2.0)
    space["data"] = np.ones(4)
    check_refused(written, 2.0, match=r"data is float64 \(4,\)")


def test_a_captured_array_behind_a_wrapper():
    data = np.ones(3)
    f = ad.checkpoint(lambda w: np.sum(data * w**2))
    written = ad.source(ad.grad(lambda w: f(w)), 2.0)
    data[0] = 5.0
    assert written(2.0) == ad.grad(f)(2.0)


def test_what_a_function_keeps_between_calls_is_refused_or_seen():
    count = np.zeros(1)

    def f(w):
        count[0] += 1
        return w * count[0]

    with pytest.raises(ad.UnsupportedError):
        ad.source(ad.grad(f), 2.0)


def test_a_part_of_a_captured_array():
    data = np.arange(10.0)

    def f(w):
        return np.sum(w * data[2:5])

    written = ad.source(ad.grad(f), np.ones(3))
    data[:] = -1.0
    assert np.array_equal(written(np.ones(3)), [-1.0, -1.0, -1.0])


@dataclass
class Layer:
    w: np.ndarray
    b: float


Pair = namedtuple("Pair", "a b")


def test_results_of_the_users_classes():
    def f(layer, pair):
        return np.sum(layer.w * layer.b) + np.sum(pair.a) * pair.b

    args = Layer(np.ones(2), 3.0), Pair(np.ones(3), 2.0)
    written = ad.source(ad.grad(f, (0, 1)), *args)
    layer, pair = written(*args)
    assert isinstance(layer, Layer)
    assert isinstance(pair, Pair)
    assert layer.w.tolist() == [3.0, 3.0]
    assert pair.a.tolist() == [2.0, 2.0, 2.0]
    assert (layer.b, pair.b) == (2.0, 3.0)


def test_every_guard_is_needed():
    """Without its line the program would go on with wrong numbers."""

    def f(x):
        return np.sum(x**2) if np.sum(x) > 0 else np.sum(x)

    written = ad.source(ad.grad(f), np.ones(2))
    text = str(written).replace("if not holds:", "if False:")
    space = {}
    exec(text, space)
    x = -np.ones(2)
    assert not np.array_equal(space["grad_f"](x), ad.grad(f)(x))


class Caching:
    """A layer as homework has them: it keeps what its backward pass wants."""

    def __init__(self):
        self.w, self.cache = np.ones(2), {}

    def __call__(self, x):
        self.cache = {"x": x, "y": self.w * x}
        return np.sum(np.sin(self.cache["y"]))


def test_traced_values_that_an_object_keeps_are_refused_in_words():
    layer, x = Caching(), np.array([0.3, 0.7])
    f = ad.grad(lambda x: layer(x))
    f(x)
    with pytest.raises(ad.UnsupportedError, match=r"the function changes layer.* each time"):
        ad.source(f, x)
    fast = ad.compile(f, backend="numpy")
    for scale in (1.0, 2.0):
        np.testing.assert_array_equal(fast(scale * x), f(scale * x))


class Shim:
    """What forwards everything to a module that can be exchanged."""

    def __init__(self, module):
        self.module, self.scale = module, np.full(2, 2.0)

    def __getattr__(self, name):
        return getattr(self.module, name)


def test_objects_that_forward_every_attribute():
    xp, x = Shim(np), np.array([0.3, 0.7])
    f = ad.grad(lambda x: xp.sum(xp.sin(x * xp.scale)))
    np.testing.assert_array_equal(ad.source(f, x)(x + 1), f(x + 1))
