"""Equal repeated steps are written as loops, and the text still gives every bit."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten, map_tree
from autodiff.source.loops.folding import folded
from autodiff.source.program.source import identical


def network(p, x, y):
    h = np.zeros(4)
    for t in range(len(x)):
        h = np.tanh(x[t] @ p["W"] + h @ p["U"] + p["b"])
    return np.sum((h @ p["V"] - y) ** 2)


def outputs(p, x, y):
    """A recurrent network with an output at each step, whose states are kept."""
    h, total = np.ones(4), 0.0
    for t in range(len(x)):
        h = np.tanh(x[t] @ p["W"] + h @ p["U"])
        total = total + (h @ p["V"] - y) ** 2
    return total + np.sum(p["b"])


def runge_kutta(p, x, y):
    z = x[0] @ p["W"]
    for _ in range(15):
        k1 = np.sin(z * y)
        k2 = np.sin((z + 0.05 * k1) * y)
        z = z + 0.1 * k2
    return np.sum(z * p["V"]) + np.sum(p["b"] * 0)


def newton(p, x, y):
    a = np.abs(p["b"]) + 1.0
    for _ in range(12):
        a = 0.5 * (a + y / a)
    return np.sum(a)


def verlet(p, x, y):
    """Two values that are carried, one of them read after it was replaced."""
    q, v = p["b"], p["V"]
    for _ in range(10):
        before = q
        q = q + 0.1 * v
        v = v - 0.05 * (np.sin(q) + np.sin(before)) * y
    return np.sum(q**2) + np.sum(v**2)


def layers(p, x, y):
    """Layers of one shape, whose weights are in a list."""
    h = x
    for k in range(6):
        h = np.tanh(h @ p["list"][k])
    return np.sum(h) * y


def written(p, x, y):
    z = np.zeros(12)
    for i in range(12):
        z[i] = x[i, 0] ** 2 * y
    return np.sum(z * np.arange(12.0)) + np.sum(p["V"])


def lagged(p, x, y):
    """A step that reads what was made two steps before."""
    a, b = p["b"], p["V"]
    for _ in range(9):
        a, b = b, np.cos(a) + y * b
    return np.sum(a * b)


def branching(p, x, y):
    """A decision at each step, which is checked at each step."""
    z = p["b"]
    for _ in range(10):
        z = z * 0.9 if np.sum(z) > -100.0 else z
    return np.sum(z * y)


def draw(seed):
    rng = np.random.default_rng(seed)
    p = {"W": (3, 4), "U": (4, 4), "b": 4, "V": 4}
    p = {name: rng.normal(size=shape) for name, shape in p.items()}
    p["list"] = [rng.normal(size=(3, 3)) for _ in range(6)]
    return p, rng.normal(size=(12, 3)), float(rng.normal() ** 2 + 0.5)


PROGRAMS = [network, outputs, runge_kutta, newton, verlet, layers, written, lagged, branching]
TRANSFORMS = {
    "value": lambda f: f,
    "grad": ad.grad,
    "hvp": lambda f: lambda p, x, y: ad.hvp(lambda p: f(p, x, y), p, p),
    "jvp": lambda f: lambda p, x, y: ad.jvp(lambda p: f(p, x, y), (p,), (p,)),
}


def check(g, text, points):
    for point in points:
        wanted, got = flatten(g(*point))[0], flatten(text(*point))[0]
        assert all(map(identical, got, wanted)), str(text)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("f", PROGRAMS)
@pytest.mark.filterwarnings("ignore::autodiff.AutodiffWarning")
def test_every_bit(f, transform):
    g = TRANSFORMS[transform](f)
    check(g, ad.source(g, *draw(0)), [draw(seed) for seed in range(3)])


@pytest.mark.parametrize("f", [network, outputs, runge_kutta, newton, verlet, written, branching])
def test_a_long_run_is_no_longer_than_a_short_one(f):
    text = str(ad.source(f, *draw(0)))
    assert "for " in text.partition("def ")[2]
    assert len(ad.source(f, *draw(0)).body.splitlines()) < 24


@pytest.mark.filterwarnings("ignore::autodiff.AutodiffWarning")
def test_fifty_steps_read_as_one():
    def run(steps):
        p, _, y = draw(0)
        x = np.random.default_rng(1).normal(size=(steps, 3))
        return ad.source(ad.grad(network), p, x, y).body.splitlines()

    assert len(run(50)) == len(run(25)) < 60
    text = "\n".join(run(50))
    assert "    h_2 = np.tanh(x[i] @ W + h_2 @ U + b)\n    all_h_2.append(h_2)" in text
    assert re.search(r"for i in range\(4\d, 0, -1\):", text)


def random_program(seed):
    """A function that repeats a random step of three carried values."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(int(rng.integers(2, 6))):
        one, two = rng.choice(["a", "b", "c"], 2)
        act = rng.choice(["np.sin({})", "np.tanh({})", "{} * 0.5", "{}"])
        sign = rng.choice(["+", "-", "*"])
        other = rng.choice([str(two), "x[t]", "w", "0.3", "x[n - 1 - t]"])
        lines.append(
            f"        {rng.choice(['a', 'b', 'c'])} = {act.format(f'{one} {sign} {other}')}"
        )
    code = "\n".join(
        ["def f(w, x):", "    a, b, c = w, np.cos(w), 1.0 * w", "    n = len(x)",
         "    for t in range(n):", *lines, "    return np.sum(a * b + c)"]
    )  # fmt: skip
    space = {"np": np}
    exec(code, space)
    return space["f"], code


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore::autodiff.AutodiffWarning")
def test_random_steps(seed):
    f, code = random_program(seed)
    rng = np.random.default_rng(seed)
    points = [(rng.normal(size=2), rng.normal(size=(9, 2))) for _ in range(2)]
    for g in (f, ad.grad(f), ad.grad(f, (0, 1))):
        text = ad.source(g, *points[0])
        try:
            check(g, text, points)
        except ValueError as error:
            raise AssertionError(code) from error


def test_what_is_no_loop_stays():
    lines = ["a = f(x)", "b = g(a)", "c = f(b)", "return c"]
    assert folded(lines, {"x"}) == [(0, line) for line in lines]
    uneven = [f"a_{k} = x[{n}]" for k, n in enumerate([0, 1, 3, 7, 15])]
    assert all(depth == 0 for depth, _ in folded(uneven, {"x"}))


def test_names_of_keywords_are_left_alone():
    lines = [f"axis_{k + 1} = np.sum(axis_{k}, axis=0)" for k in range(5)] + ["return axis_5"]
    text = [line for _, line in folded(lines, {"axis_0"})]
    assert text[-2:] == ["axis = np.sum(axis, axis=0)", "return axis"]


def test_containers_are_not_taken_for_numbers():
    g = ad.grad(lambda ws, x: np.sum(sum(x @ w for w in ws) ** 2))
    ws = [np.full(3, float(k)) for k in range(5)]
    text = ad.source(g, ws, np.ones((2, 3)))
    check(g, text, [(ws, np.ones((2, 3))), (map_tree(np.negative, ws), np.eye(3)[:2])])


def test_lines_that_the_user_wrote_one_by_one_are_no_loop():
    def projections(x, q, k, v):
        first = np.tanh(x @ q)
        second = np.tanh(x @ k)
        third = np.tanh(x @ v)
        return np.sum(first * second * third)

    def repeated(x, *weights):
        total = 0.0
        for weight in weights:
            total = total + np.tanh(np.tanh(x @ weight) + 2.0 * x)
        return np.sum(total)

    rng = np.random.default_rng(0)
    given = [rng.normal(size=(3, 3)) for _ in range(9)]
    text = str(ad.source(projections, *given[:4]))
    assert "for i in range(" not in text
    assert "second = np.tanh(" in text
    assert "for i in range(" in str(ad.source(repeated, *given))
