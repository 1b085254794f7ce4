"""What a function came to the last time counts only while all that it hung on is the same."""

import gc
import types
import weakref

import numpy as np
import pytest

from autodiff.core.inside import reachable
from autodiff.core.inside.reachable import reach

SOURCE = """
import numpy as np

def inner(x, scale=1.0):
    return np.sin(x) * scale

def other(x):
    return np.cos(x)

def middle(x):
    return inner(x) + data[0] + module.far(x)

def made():
    held, count = inner, 1.0
    def f(x):
        return held(x) * count + middle(x) + absent_yet(x) if count else x
    def hold(new):
        nonlocal held
        held = new
    def counting(new):
        nonlocal count
        count = new
    return f, hold, counting
"""


def program():
    """A function that comes to others in every way that is remembered, and what can change them."""
    space = {"__name__": "students", "data": [1.0, np.ones(2)]}
    exec(compile(SOURCE, "students.py", "exec"), space)
    module = space["module"] = types.ModuleType("helpers")
    module.__file__ = "helpers.py"
    module.far = lambda x: np.exp(x)
    f, hold, counting = space["made"]()
    return types.SimpleNamespace(f=f, hold=hold, counting=counting, space=space, module=module)


def log(x):
    return np.log(x)


CHANGES = {
    "a global function": lambda p: p.space.update(inner=log),
    "a global function's code": lambda p: setattr(p.space["inner"], "__code__", log.__code__),
    "a global that was data": lambda p: p.space.update(data=[log]),
    "an element of a global list": lambda p: p.space["data"].append(log),
    "a global that was not there": lambda p: p.space.update(absent_yet=log),
    "a function in the closure": lambda p: p.hold(log),
    "data in the closure": lambda p: p.counting(log),
    "the default of a function": lambda p: setattr(p.space["inner"], "__defaults__", (log,)),
    "an attribute of a function": lambda p: setattr(p.space["inner"], "hook", log),
    "an attribute of the function itself": lambda p: setattr(p.f, "hook", log),
    "the code of the function itself": lambda p: setattr(p.space["middle"], "__code__", log.__code__),
    "a name of a module": lambda p: setattr(p.module, "far", log),
    "a name that a module had not": lambda p: setattr(p.module, "sin", log),
    "a module": lambda p: p.space.update(module=types.SimpleNamespace(far=log)),
}  # fmt: skip


def names_of(codes):
    return None if codes is None else sorted(sorted(code.names) for code in codes)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_followed_as_by_one_who_remembers_nothing(change):
    p = program()
    before = names_of(reach(p.f))
    assert reach(p.f) is reach(p.f)
    change(p)
    found = names_of(reach(p.f))
    reachable._reached.clear()
    assert found == names_of(reach(p.f)) != before


def test_data_may_change():
    p = program()
    before = reach(p.f, ([np.ones(3)], 1.0))
    p.space["data"] = {"other": [2.0, (np.zeros(3),)]}
    p.counting(np.float64(3.0))
    assert reach(p.f, (2.0, {"W": np.ones(2)})) is before


def test_another_closure_of_the_same_code_is_followed_by_itself():
    def around(g):
        return lambda x: g(x)

    one, two = around(np.sum), around(log)
    assert names_of(reach(one)) != names_of(reach(two))
    assert names_of(reach(one)) == [[]]


def test_an_argument_that_calls_something_is_followed_every_time():
    def f(x, g):
        return g(x)

    assert names_of(reach(f, (1.0, 2.0))) == [[]]
    assert names_of(reach(f, (1.0, [log]))) == [[], ["log", "np"]]
    assert reach(f, (np.array([log]), log)) is None
    assert names_of(reach(f, (1.0, 2.0))) == [[]]


def test_nothing_of_the_user_s_is_kept_alive():
    p = program()
    reach(p.f)
    functions = [weakref.ref(p.f), *map(weakref.ref, (p.space["middle"], p.module.far))]
    p.module.far = None
    p.space.clear()
    del p
    gc.collect()
    assert [reference() for reference in functions] == [None, None, None]
