"""Whatever a recording freezes: called after it changed, a text refuses, and compiled it is right.

Each kind was silently wrong once: what an argument is (True is not 1), what a shape hangs on, what
a function reaches besides its arguments, what it catches, draws, prints or keeps between calls.
"""

import copy
import enum
import functools
import math
import random
import warnings
from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.source.program.source import identical

ONE, TWO = np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0])
A, B, SQUARE = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 1], [1, 1]]), np.eye(2)


class Mode(enum.Enum):
    ON, OFF = 1, 2


def scaled(k):
    return lambda x: x * k


def chained(p):
    return functools.reduce(np.matmul, p.values())


def caught(call, error, otherwise):
    """A function that goes another way where a call raises."""

    def f(*args):
        try:
            return call(*args)
        except error:
            return otherwise(*args)

    return f


def strict(x):
    try:
        with np.errstate(all="raise"):
            return np.exp(x)
    except FloatingPointError:
        return x


def strict_warnings(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.exp(x)
        except RuntimeWarning:
            return x


def flat_view(x):
    y = np.copy(x)
    z = y.reshape(-1)
    y += 1
    return z * 2


def changing(a, b):
    c = b * 2
    a += 1
    return b * 2 + c


jittered = caught(
    np.linalg.cholesky, np.linalg.LinAlgError, lambda a: np.linalg.cholesky(a + 2 * SQUARE)
)
ints = lambda *values: np.array(values)
SHARED = ONE.copy()
ARGUMENTS = {
    "a bool for an int": (lambda x, n: x[n] ** 2, (ONE, 1), (ONE, True)),
    "a float for an int": (lambda x, n: x.astype(int) ** n, (ONE, 2), (ONE, 2.0)),
    "the order of a dict": (chained, ({"a": A, "b": B},), ({"b": B, "a": A},)),
    "a tuple for a list": (lambda p: p[0] * isinstance(p, list), ([ONE],), ((ONE,),)),
    "another closure": (lambda x, g: g(x), (ONE, scaled(2.0)), (ONE, scaled(3.0))),
    "another ufunc": (lambda x, g: g(x), (ONE, np.sin), (ONE, np.cos)),
    "a member of an enum": (
        lambda x, m: x if m is Mode.ON else -x, (ONE, Mode.ON), (ONE, Mode.OFF)
    ),
    "bytes": (lambda x, m: x if m == b"a" else -x, (ONE, b"a"), (ONE, b"b")),
    "words in an array": (
        lambda x, c: x[c == "a"], (ONE, np.array(["a", "b", "c"])), (ONE, np.array(["c", "a", "c"]))
    ),
    "days in an array": (
        lambda x, t: x * (t - t[0]).astype(float),
        (ONE, np.array([0, 1, 3], "datetime64[D]")), (ONE, np.array([0, 2, 3], "datetime64[D]")),
    ),
    "objects in an array": (
        lambda x, c: x * c[0], (ONE, np.array([1.0], object)), (ONE, np.array([2.0], object))
    ),
    "the end of a slice": (lambda x: np.mean(x[: np.argmax(x) + 1]), (TWO,), (ONE,)),
    "the end of a slice, given": (lambda x, n: np.mean(x[: n[0]]), (ONE, ints(1)), (ONE, ints(3))),
    "how many zeros": (lambda x, n: np.mean(np.ones(n[0]) * x[0]), (ONE, ints(1)), (ONE, ints(3))),
    "how many are repeated": (
        lambda x, n: np.mean(np.tile(x[0], n[0])), (ONE, ints(1)), (ONE, ints(3))
    ),
    "how many numbers": (lambda x: np.mean(np.arange(0.0, x[0]) + x[1]), (ONE,), (TWO,)),
    "a set of indices": (
        lambda x, n: np.mean(x[np.union1d(n, n)]), (ONE, ints(1, 1)), (ONE, ints(1, 2))
    ),
    "zeros at the ends": (
        lambda x: np.mean(np.trim_zeros(x)), (np.array([1.0, 0, 0]),), (np.array([1.0, 2, 0]),)
    ),
    "parts of an array": (
        lambda x, n: np.mean(np.split(x, n)[0]), (ONE, ints(1, 2)), (ONE, ints(2, 3))
    ),
    "a key of a dict": (lambda x, n: x * {1: 5.0}.get(n[0], 2.0), (ONE, ints(7)), (ONE, ints(1))),
    "a member of a set": (lambda x, n: x * (n[0] in {1, 2}), (ONE, ints(7)), (ONE, ints(1))),
    "numbers in a set": (lambda x, n: x * len(set(n)), (ONE, ints(7, 7)), (ONE, ints(1, 7))),
    "round": (lambda x: x[round(x[0])], (ONE,), (TWO * 0.6,)),
    "text": (lambda x: x * (2.0 if f"{x[0]:.0f}" == "1" else 1.0), (ONE,), (TWO,)),
    "no Cholesky factor": (jittered, (-SQUARE,), (SQUARE,)),
    "a Cholesky factor": (jittered, (SQUARE,), (-SQUARE,)),
    "a division by zero": (
        caught(lambda x: 1.0 / x, ZeroDivisionError, lambda x: x + 5.0), (0.0,), (2.0,)
    ),
    "no square root": (caught(math.sqrt, ValueError, lambda x: x + 5.0), (-1.0,), (4.0,)),
    "no such place": (
        caught(lambda x, n: x[n[0]] * 2, IndexError, lambda x, n: x[0]),
        (ONE, ints(5)), (ONE, ints(1)),
    ),
    "an overflow as an error": (strict, (ONE,), (ONE * 1000,)),
    "an overflow, caught": (strict, (ONE * 1000,), (ONE,)),
    "a warning as an error": (strict_warnings, (ONE,), (ONE * 1000,)),
    "one array for two": (changing, (ONE, TWO), (SHARED, SHARED)),
    "a view or a copy": (flat_view, (A,), (np.asfortranarray(A),)),
    "how it lies in memory": (
        lambda x: x * (2.0 if x.flags["C_CONTIGUOUS"] else 1.0), (A,), (np.asfortranarray(A),)
    ),
}  # fmt: skip


def outcome(f, args):
    """Results as leaves and structure, or an error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return flatten(f(*args))
        except Exception as error:
            return error


def same(a, b):
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b)
    return a[1] == b[1] and all(map(identical, a[0], b[0]))


def check_text(f, args, others, change, want):
    """A text refuses to be written, or to be run, or is right."""
    try:
        written = ad.source(f, *args)
    except ad.AutodiffError:
        return
    change()
    found = outcome(written, others)
    if isinstance(found, ValueError | np.linalg.LinAlgError):
        assert len(str(found)) > 30
    else:
        assert same(found, want), (found, want)


def own(args):
    """Copies that lie in memory as they do, and share memory where they do."""
    memo = {id(a): a.copy("K") for a in args if isinstance(a, np.ndarray)}
    return [memo.get(id(a), a) for a in args]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_other_arguments(name):
    f, args, others = ARGUMENTS[name]
    want = outcome(f, own(others))
    check_text(f, own(args), own(others), lambda: None, want)
    fast = ad.compile(f, backend="numpy")
    for _ in range(2):
        outcome(fast, own(args))
    for _ in range(2):
        assert same(outcome(fast, own(others)), want)


SCALE = {"k": 1.0, "w": ONE}


class Model:
    rate = 1.0

    def inner(self, x):
        return x * self.rate * SCALE["k"] * SCALE["w"]

    def loss(self, x):
        return np.sum(self.inner(x))

    @staticmethod
    def static(x):
        return x * SCALE["k"]

    @property
    def doubled(self):
        return 2 * SCALE["k"]


class Slots:
    __slots__ = ("k",)

    def __init__(self):
        self.k = 1.0


def with_defaults(x, cfg={"k": 1.0}, *, w=[1.0]):  # noqa: B006
    return x * cfg["k"] * w[0] * with_defaults.k


def setter(owner, key, value):
    if isinstance(owner, dict | list | deque):
        return lambda: owner.__setitem__(key, value)
    return lambda: setattr(owner, key, value)


def nested(depth):
    return {"k": 1.0} if not depth else {"k": nested(depth - 1)}


def inner_of(box):
    while isinstance(box["k"], dict):
        box = box["k"]
    return box


def states():
    """Of each kind a function and what changes below it."""
    with_defaults.k = Model.rate = SCALE["k"] = with_defaults.__defaults__[0]["k"] = 1.0
    SCALE["w"], with_defaults.__kwdefaults__["w"][0] = ONE, 1.0
    yield "a class's attribute", lambda x: x * Model.rate, setter(Model, "rate", 2.0)
    yield "a class's attribute, by self", Model().loss, setter(Model, "rate", 3.0)
    yield "a global of another method", Model().loss, setter(SCALE, "k", 2.0)
    yield "an array of another method", Model().loss, setter(SCALE, "w", TWO)
    yield "a class that is called", lambda x: Model().loss(x), setter(SCALE, "k", 4.0)
    yield "a static method", lambda x: Model.static(x), setter(SCALE, "k", 5.0)
    model = Model()
    yield "a property", lambda x: x * model.doubled, setter(SCALE, "k", 6.0)
    slots, deep, long = Slots(), nested(6), [1.0] * 1000
    yield "slots", lambda x: x * slots.k, setter(slots, "k", 2.0)
    yield "a deep container", lambda x: x * inner_of(deep)["k"], setter(inner_of(deep), "k", 2.0)
    yield "a long list", lambda x: x * long[900], setter(long, 900, 2.0)
    short, empty, table, box = [1.0], [], {}, SimpleNamespace(a=None, act=np.sin, mode=Mode.ON)
    yield "a list that grows", lambda x: x * sum(short), lambda: short.append(2.0)
    yield "a list that is empty", lambda x: x * (1 + len(empty)), lambda: empty.append(2.0)
    yield "a new key", lambda x: x * table.get("k", 2.0), setter(table, "k", 3.0)
    yield "a new attribute", lambda x: x * getattr(box, "k", 2.0), setter(box, "k", 3.0)
    yield "None", lambda x: x * (2.0 if box.a is None else box.a), setter(box, "a", 3.0)
    yield "a function", lambda x: box.act(x), setter(box, "act", np.cos)
    yield "a mode", lambda x: x * (2.0 if box.mode is Mode.ON else 1.0), setter(box, "mode", 0)
    queue, chosen = deque([1.0]), {1}
    yield "a queue", lambda x: x * queue[0], setter(queue, 0, 2.0)
    yield "a set", lambda x: x * (2 in chosen), lambda: chosen.add(2)
    yield "a default", with_defaults, setter(with_defaults.__defaults__[0], "k", 2.0)
    yield "a default by keyword", with_defaults, setter(with_defaults.__kwdefaults__["w"], 0, 2.0)
    yield "an attribute of a function", with_defaults, setter(with_defaults, "k", 3.0)


@pytest.mark.parametrize("place", range(len(list(states()))), ids=[name for name, *_ in states()])
def test_what_is_reached(place):
    for kind in ("text", "compiled"):
        _, f, change = list(states())[place]
        if kind == "text":
            written = ad.source(f, ONE)
            before = written(ONE)
            change()
            with pytest.raises(ValueError, match="is not what it was"):
                written(ONE)
            assert not np.array_equal(before, f(ONE))
        else:
            fast = ad.compile(f, backend="numpy")
            fast(ONE)
            fast(ONE)
            change()
            assert same(outcome(fast, (ONE,)), outcome(f, (ONE,)))


class Counted:
    def __init__(self):
        self.t = 0

    def step(self, x):
        self.t += 1
        return x * (1.0 if self.t < 10 else 2.0)


def test_an_object_that_is_given():
    box = SimpleNamespace(w=ONE, rate=2.0)
    f = lambda x, box: np.sum(x * box.w) * box.rate
    written, fast = ad.source(f, ONE, box), ad.compile(f, backend="numpy")
    for change in (setter(box, "rate", 3.0), setter(box, "w", TWO)):
        assert fast(ONE, box) == f(ONE, box)
        change()
        assert fast(ONE, box) == f(ONE, box)
        with pytest.raises(ValueError, match=r"box.(rate|w), which"):
            written(ONE, box)
    with pytest.raises(ValueError, match="this program is for namespace"):
        written(ONE, copy.copy(box))


def test_what_is_counted():
    own_step, fast_step = Counted(), Counted()
    fast = ad.compile(fast_step.step, backend="numpy")
    fast(ONE)
    fast_step.t = own_step.t = 5
    for _ in range(8):
        assert same(outcome(fast, (ONE,)), outcome(own_step.step, (ONE,)))
    with pytest.raises(ad.UnsupportedError, match=r"changes self.t each time"):
        ad.source(Counted().step, ONE)


@pytest.mark.parametrize(
    "draw",
    [random.Random(4).random, random.random, np.random.rand, np.random.default_rng(0).random],
)
def test_a_draw_that_decides_the_same_twice(draw):
    with pytest.raises(ad.UnsupportedError, match="draws at random"):
        ad.source(lambda x: x if draw() < 2 else -x, ONE)
