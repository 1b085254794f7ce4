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


def gemm(out, at, m, n, k, *operands):
    """What BLAS does, of memory that is read as BLAS is told to."""
    x = matrix(*operands[:4], (m, k))
    y = matrix(*operands[4:8], (k, n))
    own = matrix(out, at, n, 0, (m, n))
    own[...] = x @ y + (own if operands[8] else 0)


def matrix(array, first, ahead, turned, shape):
    steps = (1, ahead) if turned else (ahead, 1)
    assert ahead >= shape[0 if turned else 1], "BLAS refuses rows that overlap"
    count = 1 + sum((n - 1) * step for n, step in zip(shape, steps))
    kind = C_TYPES[array.dtype.str[1:]]
    address = array.ctypes.data + first * array.itemsize
    own = np.frombuffer((kind * count).from_address(address), array.dtype)
    return np.lib.stride_tricks.as_strided(own, shape, [s * array.itemsize for s in steps])


def expit(x):
    return 1 / (1 + np.exp(-x))


SPACE = {
    "np": np, "math": math, "load": load, "store": store, "gemm": gemm, "plus": lambda a, b: a + b,
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


VIEWS = {
    "whole": lambda x: x,
    "turned": lambda x: np.swapaxes(np.ascontiguousarray(np.swapaxes(x, -1, -2)), -1, -2),
    "rows with gaps": lambda x: np.repeat(x, 2, axis=-2)[..., ::2, :],
    "columns with gaps": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "a part": lambda x: np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 2), (2, 1)])[..., 1:-2, 2:-1],
    "backwards": lambda x: x[..., ::-1, :],
}
SHAPES = [((2, 3), (3, 4)), ((1, 3), (3, 1)), ((3, 1), (1, 2)), ((5, 2, 3), (5, 3, 2)),
          ((2, 3), (4, 3, 2)), ((4, 2, 3), (3, 2)), ((1, 2, 3), (1, 3, 2)), ((2, 3), (3,)),
          ((3,), (3, 2))]  # fmt: skip


def of_views(first, second, outside):
    """A function of a product of views, that a kernel or NumPy makes."""

    def f(x, y):
        x, y = (x, y) if outside else (2.0 * x, 2.0 * y)
        return np.tanh(first(x) @ second(y)) * 2.0 + 1.0

    return f


@pytest.mark.parametrize("outside", [True, False], ids=["of arguments", "of values"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_products_of_matrices_wherever_they_lie(shapes, outside):
    rng = np.random.default_rng(3)
    for first in VIEWS.values():
        for second in VIEWS.values():
            if 1 in map(len, shapes) and not first is second is VIEWS["whole"]:
                continue
            x, y = (rng.normal(size=shape) for shape in shapes)
            if not outside:
                check_kernels(of_views(first, second, False), x, y)
            else:
                check_kernels(of_views(VIEWS["whole"], VIEWS["whole"], True), first(x), second(y))


def test_a_slice_of_a_stack_is_multiplied_where_it_lies():
    def f(x, w):
        pieces = np.tanh(x).reshape(4, 6, 5).transpose(1, 0, 2)
        return np.sum(np.tanh(w @ pieces))

    ready = prepared(f, (np.ones((4, 30)), np.ones((3, 4))))
    (text,) = stages.staged(lambda: flat(ready.recording)).kernels.values()
    assert re.search(r"gemm\(a\d+, i\d+ \* 15, 3, 5, 4, p\d+, 0, 4, 0, a\d+, 0 \+ i\d+ \* 5, 30, 0, 0\)",
                     text), text  # fmt: skip
    assert check_kernels(f, np.ones((4, 30)), np.ones((3, 4)))


def steps_of_a_network(xs, w, b):
    """A recurrent network: each step adds a product to what the weights' gradient was."""
    h = np.tanh(xs[0] @ w)
    for x in xs[1:]:
        h = np.tanh(x @ w + h @ w.T + b)
    return np.sum(h * h)


def test_a_product_that_is_added_goes_into_the_sum():
    rng = np.random.default_rng(4)
    args = [rng.normal(size=(2, 3)) for _ in range(4)], rng.normal(size=(3, 3)), np.ones(3)
    gradient = ad.grad(steps_of_a_network, 1)
    ready = prepared(gradient, args)
    (text,) = stages.staged(lambda: flat(ready.recording)).kernels.values()
    assert len(re.findall(r"gemm\(.*, 1\)", text)) >= 3, text
    assert check_kernels(gradient, *args)


@pytest.mark.parametrize("also", ["the product", "the sum before", "an operand that changes"])
def test_a_product_that_is_read_elsewhere_keeps_memory_of_its_own(also):
    def f(x, y, s):
        total = np.zeros((3, 3))
        total += s * 2.0
        x = x * 1.0
        product = x @ y
        if also == "the sum before":
            y = total + 1.0
        if also == "an operand that changes":
            x += 1.0
        total += product
        return total, x, y, product[1:] if also == "the product" else x

    args = [np.random.default_rng(n).normal(size=(3, 3)) for n in range(3)]
    assert check_kernels(f, *args)


def test_a_product_that_reads_the_sum_is_made_before_it():
    def f(x):
        total = np.zeros((3, 3))
        total += x
        total += total @ x
        return total

    assert check_kernels(f, np.arange(9.0).reshape(3, 3))


def test_a_product_with_a_constant_is_added():
    def f(x):
        total = np.ones((2, 2))
        total += x @ np.array([[1.0, 2.0], [0.5, 3.0], [2.0, 1.0]])
        total += np.arange(6.0).reshape(2, 3) @ x.T
        return total

    assert check_kernels(f, np.linspace(-1.0, 1.0, 6).reshape(2, 3))


def random_matrices(seed):
    """A program of products of views, sums that products are added to, and changes in place."""

    def f(x, y):
        rng = np.random.default_rng(seed)
        known = [x * 1.0, np.tanh(y), x.T + 0.5]
        total = known[0] * 0.5
        views = [lambda a: a, lambda a: a.T, lambda a: a[::-1], lambda a: a.T[:, ::-1].T]
        for _ in range(rng.integers(3, 9)):
            a, b = (
                views[rng.integers(len(views))](known[rng.integers(len(known))]) for _ in range(2)
            )
            product = a @ b
            way = rng.integers(7)
            if way < 2:
                total += product
            elif way == 2:
                total[1:] += product[1:]
            elif way == 3:
                total += a[:, :2] @ b[:2]
                known.append(product)
            elif way == 4:
                known.append(np.tanh(product + total))
            elif way == 5:
                known[0] += 0.1
                total -= product
            else:
                known.append(total.T * 1.0)
                total.T[...] += product
        return total, *known

    return f


@pytest.mark.parametrize("seed", range(40))
def test_random_products_and_changes_in_place(seed):
    x, y = np.random.default_rng(seed).normal(size=(2, 3, 3)) / 2
    f = random_matrices(seed)
    weights = np.arange(9.0).reshape(3, 3)
    check_kernels(f, x, y)
    check_kernels(ad.grad(lambda x, y: sum(np.sum(one * weights) for one in f(x, y))), x, y)


def below_the_diagonal(out, a, b):
    """Rows that take shares of those above, column by column, in memory that is used again."""
    out, share = out * 1.0, np.empty(3)
    out *= 1.2
    for i in range(4):
        for j in range(3):
            out[:i, j] += 1.5 * b[i, j] * a[i, :i]
            share[j] = b[:i, j] @ a[i, :i]
        out[i] += 1.5 * b[i] * a[i, i] + 1.5 * share
    return np.sum(out * np.cos(np.arange(12.0).reshape(4, 3)))


def test_what_is_fixed_but_made_of_what_changes_comes_after_it():
    args = [np.random.default_rng(n).normal(size=(4, n)) for n in (3, 4, 3)]
    assert check_kernels(ad.grad(below_the_diagonal, (0, 1, 2)), *args)
