"""Runs of calls in blocks of rows give the very bits, whatever the shapes and what is read outside."""

import importlib

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten

blocks = importlib.import_module("autodiff.source.compiled.blocks")
run_text = importlib.import_module("autodiff.source.compiled.run_text")
numpy_backend = importlib.import_module("autodiff.source.compiled.numpy")


@pytest.fixture(autouse=True)
def always_in_blocks(monkeypatch):
    """Programs in blocks are taken where they are right, quicker or not."""
    monkeypatch.setattr(numpy_backend, "quickest", lambda programs, ready: programs[0])


@pytest.fixture
def small_blocks(monkeypatch):
    """Everything counts as large, and blocks have a few rows."""
    for module, name in ((blocks, "LARGE"), (numpy_backend, "LARGE"), (numpy_backend, "WORTH")):
        monkeypatch.setattr(module, name, 64)
    monkeypatch.setattr(run_text, "BLOCK", 256)


def check_bits(f, *args):
    """The compiled function gives f's bits, twice; its text."""
    fast = ad.compile(f, backend="numpy")
    for _ in range(2):
        found, wanted = flatten(fast(*args)), flatten(f(*args))
        assert found[1] == wanted[1]
        for a, b in zip(found[0], wanted[0], strict=True):
            assert type(a) is type(b)
            assert np.asarray(a).dtype == np.asarray(b).dtype
            assert np.shape(a) == np.shape(b)
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes()
            assert np.asarray(a).strides == np.asarray(b).strides
        args = [np.roll(arg, 1, 0) for arg in args]
    return str(fast.source)


UNARY = (
    *(np.sin, np.tanh, np.exp, np.square, np.negative, np.abs),
    *(lambda v: v**3, lambda v: v**2, lambda v: (2 + v) ** 0.5, lambda v: (2 + v) ** -1),
)
BINARY = (
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    lambda a, b: np.arctan2(a, 2 + b * b),
    lambda a, b: a / (2 + b * b),
)


def random_program(seed):
    """A function of a table, a row and a column: elementwise, by rows, over all; several results."""
    rng = np.random.default_rng(seed)
    steps = [int(rng.integers(7)) for _ in range(14)]
    picks = rng.integers(0, 2**31, (14, 3))

    def f(table, row, column):
        filled = np.zeros(table.shape)  # in place, as stencils are written
        filled[:3] = 0.5
        filled[3:] = table[3:] * table[:-3]
        values, numbers = [table, table + row, table * column + filled], [np.sum(table)]
        for step, pick in zip(steps, picks):
            a, b = (values[p % len(values)] for p in pick[:2])
            if step == 0:
                made = UNARY[pick[2] % len(UNARY)](a)
            elif step == 1:
                made = BINARY[pick[2] % len(BINARY)](a, b)
            elif step == 2:
                made = np.where(a > b, a, 0.5 * b)
            elif step == 3:
                made = a - np.max(a, axis=-1, keepdims=True)
            elif step == 4:
                made = a * numbers[pick[2] % len(numbers)] + row
            elif step == 5:
                made = a - np.sum(b, axis=0)
            else:
                numbers.append(np.sum(a) / a.size)
                made = a + np.sum(b, axis=1, keepdims=True)
            values.append(np.tanh(made))
        total = np.sum(values[-1] * values[-2]) + sum(np.sum(v * v) for v in values[:3])
        return total, values[-1], values[picks[0][0] % len(values)]

    return f


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("seed", range(16))
def test_random_programs(seed, kind, small_blocks):
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(30, 70))
    columns = 5 if seed % 3 else rows  # in a square a row may be taken for a column
    f = random_program(seed)
    args = [rng.normal(size=s).astype(kind) for s in ((rows, columns), (columns,), (rows, 1))]
    text = check_bits(f, *args)
    text += check_bits(ad.value_and_grad(lambda *a: f(*a)[0], argnums=(0, 1, 2)), *args)
    text += check_bits(lambda *a: ad.jvp(f, a, [np.ones_like(v) for v in a]), *args)
    assert text.count("def block_") > 3


def test_what_is_handed_on_is_never_whole():
    def f(x):
        y = np.sin(x) * 1.5 + 0.25
        return np.sum(np.tanh(y) / (1 + y * y))

    x = np.random.default_rng(0).normal(size=300_001)
    text = check_bits(ad.value_and_grad(f), x)
    assert text.count("def block_") == 1
    assert text.count("np.empty(300001)") == 2  # what is summed, and the gradient
    assert "for start in range(0, 300001, 16384):" in text
    assert "# y = np.sin(x) * 1.5 + 0.25" in text
    assert text.count("np.empty((16384,))") <= 8, "memory of one block is used again"


def test_decisions_about_whole_arrays_are_taken_in_the_loop():
    def f(x):
        y = np.maximum(x * 1.5, x)
        return np.sum(y * np.sin(y))

    grad = ad.grad(f)
    x = np.random.default_rng(0).normal(size=200_000)
    fast = ad.compile(grad, backend="numpy")
    assert np.array_equal(fast(x), grad(x))
    assert ".any()" in str(fast.source).partition("def block_1")[2]
    x[150_000] = 0.0  # a tie, in a late block
    assert np.array_equal(fast(x), grad(x))


def test_what_others_need_comes_in_time():
    """A run that waits for a product, and a product that waits for a run."""
    rng = np.random.default_rng(0)

    def f(x, w):
        h = np.tanh(x @ w)
        p = np.exp(h - np.max(h, axis=1, keepdims=True))
        p = p / np.sum(p, axis=1, keepdims=True)
        return np.sum((p.T @ x) ** 2) + np.sum(p * h)

    text = check_bits(ad.value_and_grad(f, argnums=(0, 1)), *rng.normal(size=(2, 400, 400)))
    assert "def block_1" in text


def test_memory_that_is_changed_in_place_keeps_its_order():
    def f(x):
        y = np.sin(x) * 2.0 + x
        z = y.copy()
        z[:5] *= y[5:10]
        w = np.cos(z) * y - z
        z += 1.0
        return np.sum(w * z)

    x = np.random.default_rng(0).normal(size=200_000)
    check_bits(f, x)
    check_bits(ad.grad(f), x)


def test_reads_after_a_change_come_after_it():
    def f(x):
        y = np.sin(x) * 2.0 + x
        total = np.sum(y)
        later = np.cos(x * total) * x + total
        scale = np.sum(later)
        later = np.sin(later * scale) + scale
        y[:5] = later[:5]
        return y[:3] * 2.0, np.sum(y[1:4])

    assert check_bits(f, np.random.default_rng(0).normal(size=200_000)).count("def block_") > 1


def test_functions_of_other_packages_are_imported():
    special = pytest.importorskip("scipy.special")

    def f(x):
        return np.sum(x * (1.0 + special.erf(x / np.sqrt(2.0))) / 2.0)

    text = check_bits(ad.value_and_grad(f), np.random.default_rng(0).normal(size=200_000))
    assert "scipy.special.erf(" in text.partition("def block_1")[2]


def test_memory_of_one_run_goes_to_the_next():
    def f(x):
        for _ in range(4):
            x = np.tanh(np.sin(x) * 1.5 + 0.25)
            x = x - np.max(x) * 0.5
        return x

    text = check_bits(f, np.random.default_rng(0).normal(size=200_000))
    assert text.count("np.empty(200000)") < 4


def test_equal_steps_share_a_function():
    def f(x):
        for _ in range(3):
            x = (np.sin(x) + 1.0) * 0.5
            x = x - np.sum(x) * 1e-7
        return x

    text = check_bits(f, np.random.default_rng(0).normal(size=200_000))
    assert text.count("def block_") < 3
    assert text.count("block_1(") > 1
