"""Kernels of every op's cases: their text is run by Python, element by element, without numba.

So every loop that is written for numba is checked within milliseconds, also where numba is not
installed; `test_backends.py` compiles some.
"""

import ctypes
import math
import re

import numpy as np
import pytest
from directed import directed

import autodiff as ad
from autodiff.check.samples import all_cases
from autodiff.core.arguments.tree import flatten
from autodiff.core.language.registry import registry
from autodiff.source.compiled.flat import flat
from autodiff.source.compiled.kernels import stages
from autodiff.source.compiled.rounding import close
from autodiff.source.program.preparing import prepared

registry.meet()
CASES = list(all_cases(registry))
IDS = [f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
C_TYPES = {"f8": ctypes.c_double, "f4": ctypes.c_float, "i8": ctypes.c_int64, "i4": ctypes.c_int32,
           "i1": ctypes.c_int8, "b1": ctypes.c_bool}  # fmt: skip


def element(array, place):
    kind = C_TYPES[array.dtype.str[1:]]
    return kind.from_address(array.ctypes.data + int(place) * array.itemsize)


def load(array, place, *marks):
    return array.dtype.type(element(array, place).value)


def store(array, place, value, *marks):
    element(array, place).value = array.dtype.type(value).item()


def expit(x):
    return 1 / (1 + np.exp(-x))


SPACE = {
    "np": np, "math": math, "load": load, "store": store, "plus": lambda a, b: a + b,
    "njit": lambda **_: lambda f: f, "expit": expit, "maximum": np.maximum,
    "minimum": np.minimum, "sign": np.sign,
    **{n: getattr(np, n) for n in ("cos", "exp", "log", "log1p", "sin", "tanh", "sqrt", "float32",
                                   "float64", "int64", "int32", "int8")},
}  # fmt: skip


def check_kernels(f, *args):
    """Run the program of f in stages; answers how many kernels it has."""
    ready = prepared(f, args)
    made = stages.staged(lambda: flat(ready.recording))
    space = dict(SPACE)
    for text in made.kernels.values():
        exec(text, space)
    values = {}
    inputs = dict(
        zip(
            [n for n in ready.recording.nodes if n.call.kind == "input"],
            [n for n in made.body.nodes if n.call.kind == "input"],
        )
    )
    for old, new in inputs.items():
        values[new] = old.value

    def real(leaf):
        return values[leaf] if type(leaf).__name__ == "Node" else leaf

    from autodiff.source.records.nodes import changed

    with np.errstate(all="ignore"):
        for node in made.body.nodes:
            if node.call.kind == "input":
                continue
            own, kwargs = changed((node.args, node.kwargs), real)
            if node.call.name in made.kernels:
                values[node] = space[node.call.name](*own)
            elif node.call.kind == "part":
                values[node] = own[0][own[1]]
            elif node.call.kind == "update item":
                own[0][own[1]] = node.call.function(own[0][own[1]], own[2])
            else:
                values[node] = node.call.function(*own, **kwargs)
    for guard in made.body.guards:
        if guard.kind == "truth":
            assert bool(values[guard.node]) == guard.expected
        elif guard.kind == "finite" and np.all(
            np.isfinite(
                np.concatenate(
                    [np.ravel(x) for x in flatten(ready.want)[0] if x is not None] or [0.0]
                )
            )
        ):
            assert values[guard.node] is not False
            assert values[guard.node] is not np.False_
    found = [real(out) for out in made.body.outputs]
    for a, b in zip(found, ready.want, strict=True):
        if type(b) is float:
            a = float(a)
        assert close(a, b), "\n".join(made.kernels.values())
    return len(made.kernels)


@pytest.fixture(autouse=True)
def all_small(monkeypatch):
    """Kernels of any size, so that all of them are seen."""
    monkeypatch.setattr(stages, "FEW", 0)


@pytest.mark.parametrize(("op", "one"), CASES, ids=IDS)
def test_the_kernels_of_every_op(op, one):
    arrays, _, pulled, tangents = directed(op, one)
    for g in (pulled, lambda *xs: ad.jvp(pulled, xs, tangents)):
        try:
            check_kernels(g, *arrays)
        except ad.UnsupportedError as error:
            if not re.search("changed in place|no kernel", str(error)):
                raise
