"""Only the names that a function can come to are exchanged, whatever way it comes to them."""

import functools
import math
import sys
import types

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.inside.exchange import exchanges
from autodiff.core.inside.reachable import reach

X = np.array([0.5, 2.0])
stands_for = vars(np).__getitem__
"""What a name of NumPy stands for now, without a mention of it."""
OWN = {name: stands_for(name) for name in exchanges[np]}
NAMES = "\n".join(OWN)


def seen_in(f):
    """The names that stand for others while f runs in a derivative."""
    seen = []

    def looking(x):
        seen.extend(map(stands_for, NAMES.splitlines()))
        return f(x)

    ad.grad(looking)(X)
    assert all(stands_for(name) is own for name, own in OWN.items())
    return {name for name, now in zip(OWN, seen, strict=True) if now is not OWN[name]}


def test_a_function_that_mentions_nothing_exchanges_nothing():
    assert seen_in(lambda x: (x * x + 3 * x)[0]) == set()
    assert seen_in(lambda x: x[0] + np.pi + math.pi) == set()


def test_a_function_that_mentions_a_few_exchanges_those():
    assert seen_in(lambda x: np.mean(x)) == {"mean"}
    assert seen_in(lambda x: x.sum() + np.trapezoid([x[0], x[1]])) == {"sum", "trapezoid"}


def test_an_op_of_the_library_comes_to_nothing_and_a_users_to_all():
    from autodiff.nn import logsumexp, relu

    assert seen_in(lambda x: logsumexp(relu(x))) == set()
    held = relu
    assert seen_in(lambda x: np.mean(held(x))) == {"mean"}
    own = ad.custom_op(lambda x: np.mean([x, x]), partials=lambda ans, x: 1.0)
    assert seen_in(lambda x: own(x[0])) == set(OWN)


def test_an_object_is_followed_to_what_its_class_mentions():
    assert seen_in(lambda x: MODEL(x)) == seen_in(MODEL) == {"mean"}
    assert seen_in(lambda x: DEEPER.of_a_part(x)) == seen_in(DEEPER.alone) == {"mean"}
    assert seen_in(lambda x, tanh=np.tanh: tanh(x)[0]) == set()
    assert seen_in(lambda x: helpers.average(x)) == {"mean", "average"}
    assert seen_in(lambda x: x[0] * len(helpers.__name__)) == set()


def test_a_maker_of_arrays_brings_those_that_packages_ask_for():
    assert {"zeros", "asarray", "array", "full"} <= seen_in(lambda x: np.zeros(2)[0] + x[0])
    assert {"asarray", "array"} <= seen_in(lambda x: np.eye(2).dot(x)[0])


def average(x):
    return np.mean([x[0], 3 * x[1]])


def by_default(x, mean=average):
    return mean(x)


def by_keyword_default(x, *, mean=average):
    return mean(x)


def by_attribute(x):
    return by_attribute.helper(x)


by_attribute.helper = average


def recursive(x, n=3):
    return recursive(x, n - 1) if n else np.mean([x[0], 3 * x[1]])


class Model:
    factor = 1.0

    def __call__(self, x):
        return np.mean([x[0], 3 * x[1]])

    mean = __call__

    @classmethod
    def of_class(cls, x):
        return cls.factor * np.mean([x[0], 3 * x[1]])

    @property
    def value(self):
        return lambda x: np.mean([x[0], 3 * x[1]])


class Deeper(Model):
    def __init__(self):
        self.parts = {"first": [Model()]}

    def __call__(self, x):
        return super().__call__(x)

    def of_a_part(self, x):
        return self.parts["first"][0](x)

    @staticmethod
    def alone(x):
        return np.mean([x[0], 3 * x[1]])


class Slotted:
    __slots__ = ("f",)

    def __init__(self, f):
        self.f = f

    def go(self, x):
        return self.f(x)


class Table(dict):
    def go(self, x):
        return self["f"](x)


class Delegating:
    def __getattr__(self, name):
        return getattr(np, name)


MODEL = Model()
DEEPER = Deeper()
XP = Delegating()
SLOTTED = Slotted(average)
TABLE = Table(f=average)
IN_A_LIST = [average]
IN_A_TABLE = {"mean": (average,)}
IN_AN_ARRAY = np.array([average, None])
LATER = functools.partial(lambda scale, x: scale * average(x), 1.0)
ALIAS = np.mean
look_up = getattr


@functools.lru_cache
def cached():
    return average


@functools.singledispatch
def dispatched(x):
    return np.mean([x[0], 3 * x[1]])


def decorated(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call


def holding(f):
    """A function that has another one in its closure."""
    return lambda x: f(x)


def made_inside(x):
    def inner(y):
        return (lambda z: np.mean([z[0], 3 * z[1]]))(y)

    return inner(x)


def class_inside(x):
    class Inner:
        def mean(self, y):
            return np.mean([y[0], 3 * y[1]])

    return Inner().mean(x)


def imported_inside(x):
    from numpy import mean

    return mean([x[0], 3 * x[1]])


def as_the_array(x):
    return np.vectorize(lambda a, b: np.mean([a, 3 * b]))(x[:1], x[1:])[0]


SENTINEL = object()


def with_a_sentinel(x, default=SENTINEL):
    return np.mean([x[0], 3 * x[1]]) if default is SENTINEL else x


def in_a_generator(x):
    return sum(np.mean([a, 3 * b]) for a, b in [(x[0], x[1])])


def not_yet(x):
    raise AssertionError("the tests bind this name anew")


def defined_later(x):
    return not_yet(x)


helpers = types.ModuleType("helpers_of_a_student")
helpers.__file__ = "/home/student/helpers.py"
exec("import numpy as np\ndef average(x): return np.mean([x[0], 3 * x[1]])", vars(helpers))
others = types.ModuleType("others_of_a_student")
others.__file__ = "/home/student/others.py"
exec("from numpy import mean\ndef average(x): return mean([x[0], 3 * x[1]])", vars(others))
others.helpers = helpers

WAYS = {
    "global": average,
    "default": by_default,
    "keyword default": by_keyword_default,
    "attribute": by_attribute,
    "recursive": recursive,
    "instance": MODEL,
    "method": MODEL.mean,
    "class method": Model.of_class,
    "parent's method": lambda x: DEEPER(x),
    "part of an object": lambda x: DEEPER.of_a_part(x),
    "static method": lambda x: DEEPER.alone(x),
    "slot": lambda x: SLOTTED.go(x),
    "dictionary of a class": lambda x: TABLE.go(x),
    "object that stands for NumPy": lambda x: XP.mean([x[0], 3 * x[1]]),
    "global instance": lambda x: MODEL(x),
    "global property": lambda x: MODEL.value(x),
    "global class": lambda x: Model()(x),
    "list": lambda x: IN_A_LIST[0](x),
    "table": lambda x: IN_A_TABLE["mean"][0](x),
    "array": lambda x: IN_AN_ARRAY[0](x),
    "partial": LATER,
    "global partial": lambda x: LATER(x),
    "alias": lambda x: ALIAS([x[0], 3 * x[1]]),
    "text": lambda x: getattr(np, "me" + "an")([x[0], 3 * x[1]]),
    "look-up by another name": lambda x: look_up(np, "me" + "an")([x[0], 3 * x[1]]),
    "table of NumPy": lambda x: np.__dict__["mean"]([x[0], 3 * x[1]]),
    "evaluated": lambda x: eval("np.me" + "an([x[0], 3 * x[1]])", {"np": np, "x": x}),
    "cache": lambda x: cached()(x),
    "single dispatch": lambda x: dispatched(x),
    "decorator": decorated(average),
    "closure": holding(average),
    "closure of a closure": holding(holding(lambda x: MODEL(x))),
    "map": lambda x: next(map(average, [x])),
    "inner function": made_inside,
    "inner class": class_inside,
    "inner import": imported_inside,
    "vectorized": as_the_array,
    "sentinel": with_a_sentinel,
    "generator": in_a_generator,
    "defined later": defined_later,
    "module of the user": lambda x: helpers.average(x),
    "module in a table": lambda x: {"m": helpers}["m"].average(x),
    "module that binds names": lambda x: others.average(x),
    "module in a module": lambda x: others.helpers.average(x),
    "loaded module": lambda x: sys.modules["helpers_of_a_student"].average(x),
    "derived": lambda x: ad.value_and_grad(average)(x)[0],
    "custom": ad.checkpoint(average),
    "method as a text": lambda x: __import__("operator").methodcaller("mean", x)(MODEL),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_name_is_exchanged_whatever_way_leads_to_it(way, monkeypatch):
    f = WAYS[way]
    monkeypatch.setitem(sys.modules, "helpers_of_a_student", helpers)
    monkeypatch.setitem(sys.modules, "others_of_a_student", others)
    monkeypatch.delitem(globals(), "not_yet")
    monkeypatch.setitem(globals(), "not_yet", average)
    assert ad.grad(f)(X).tolist() == [0.5, 1.5]
    assert ad.jvp(f, (X,), (np.array([1.0, 0.0]),))[1] == 0.5


def test_a_function_given_as_an_argument_is_followed():
    assert ad.grad(lambda x, f: f(x))(X, average).tolist() == [0.5, 1.5]
    assert ad.grad(lambda x, fs: fs["f"][0](x))(X, {"f": [MODEL.mean]}).tolist() == [0.5, 1.5]
    assert ad.grad(lambda x, *, f: f(x))(X, f=average).tolist() == [0.5, 1.5]


def test_a_global_that_is_bound_anew_is_followed_anew(monkeypatch):
    monkeypatch.setitem(globals(), "not_yet", lambda x: x[0] * x[1])
    assert ad.grad(defined_later)(X).tolist() == [2.0, 0.5]
    monkeypatch.setitem(globals(), "not_yet", average)
    assert ad.grad(defined_later)(X).tolist() == [0.5, 1.5]


def test_large_programs_come_to_all_names():
    many = [lambda x: x[0]] * 100
    assert reach(lambda x: many[0](x)) is None
    assert reach(lambda x: x, [[1.0] * 1000]) is None
