"""Programs in everybody's style: the text gives each bit of what the transform gives, elsewhere too."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.source.program.preparing import STEPS, prepared
from autodiff.source.program.source import identical


def network(p, x, y):
    for W, b in p[:-1]:
        x = np.maximum(x @ W + b, 0.0)
    W, b = p[-1]
    z = x @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.mean(np.log(np.exp(z) / np.sum(np.exp(z), 1, keepdims=True))[np.arange(len(y)), y])


def filled(x, v):
    y = np.zeros(4)
    for i in range(3):
        y[i] = x[i] ** 2 * v[i]
    y[3] = v[0]
    y[1:] += x
    return np.sum(y * np.array([x[0], v[1], 1.0, math.sin(0.5)]))


def rotated(x, v):
    c, s = math.cos(v[0]), np.sin(x[0])
    return np.sum((np.array([[c, -s], [s, c]]) @ np.stack([x[:2], v[:2]]).T) ** 3)


def solver(x, v):
    y = x.copy()
    for _ in range(4):
        k1 = -y * v
        k2 = -(y + 0.05 * k1) * v
        y = y + 0.1 * k2
    return y @ y


def accumulated(x, v):
    total = 0.0
    for a, b in zip(x, v):
        total += a * math.exp(b)
    out = np.empty_like(v)
    np.multiply(v, 2.0, out=out)
    out[::2] -= 1.0
    return total**2 + np.mean([total, x[0], 1.0]) + np.sum(out * x)


def shaped(x, v):
    y = x.reshape(-1, 1).T.repeat(2, axis=0).swapaxes(0, 1).astype(np.float64)
    z = np.array([v.reshape(3, 1).sum(axis=1), x.copy()]).transpose().flatten()
    return np.sum(y.ravel() * z) + x.max() * v.min() + x.dot(v) + np.std(x) + x.clip(-1, 1).mean()


class Scaled:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x, v):
        return np.linalg.norm(x * self.scale) + np.sum(np.where(x > v, x, v) ** 2)


def draw(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=3), rng.normal(size=3)


@pytest.mark.parametrize(
    "f", [filled, rotated, solver, accumulated, shaped, Scaled(np.arange(1.0, 4.0))]
)
@pytest.mark.parametrize(
    "transform",
    [
        ad.grad,
        ad.value_and_grad,
        ad.hessian,
        lambda f: lambda x, v: ad.jvp(lambda x: f(x, v), (x,), (v,)),
        lambda f: lambda x, v: ad.hvp(lambda x: f(x, v), x, v),
        lambda f: f,
    ],
    ids=["grad", "value_and_grad", "hessian", "jvp", "hvp", "value"],
)
def test_other_points(f, transform):
    g = transform(f)
    written = ad.source(g, *draw(0))
    for seed in range(1, 4):
        wanted, got = flatten(g(*draw(seed)))[0], flatten(written(*draw(seed)))[0]
        assert all(map(identical, got, wanted)), str(written)


def test_a_module_runs_without_this_library(tmp_path):
    rng = np.random.default_rng(0)
    sizes = [5, 6, 4, 3]
    p = [(rng.normal(size=(m, n)), rng.normal(size=n)) for m, n in itertools.pairwise(sizes)]
    x, y = rng.normal(size=(7, 5)), rng.integers(0, 3, 7)
    written = ad.source(ad.grad(network), p, x, y)
    written.save(tmp_path / "program.py")
    np.savez(tmp_path / "data.npz", *[leaf for layer in p for leaf in layer], x=x, y=y)
    code = (
        "import sys, numpy as np\n"
        "from program import grad_network\n"
        "d = np.load('data.npz')\n"
        "p = [(d[f'arr_{2 * i}'], d[f'arr_{2 * i + 1}']) for i in range(3)]\n"
        "g = grad_network(p, d['x'], d['y'])\n"
        "np.savez('out.npz', *[leaf for layer in g for leaf in layer])\n"
        "assert 'autodiff' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    found = np.load(tmp_path / "out.npz")
    wanted = [leaf for layer in ad.grad(network)(p, x, y) for leaf in layer]
    for i, leaf in enumerate(wanted):
        assert identical(found[f"arr_{i}"], leaf)


def test_the_text_is_what_a_person_would_write():
    def loss(params, x):
        h = np.tanh(x @ params["W"] + params["b"])
        return np.sum(h**2)

    params = {"W": np.ones((3, 2)), "b": np.zeros(2)}
    assert ad.source(ad.grad(loss), params, np.ones((4, 3))).body == (
        '# h = np.tanh(x @ params["W"] + params["b"])\n'
        "h = np.tanh(x @ W + b)\n"
        "# derivative of: return np.sum(h**2)\n"
        "d_h = 2 * h\n"
        '# derivative of: h = np.tanh(x @ params["W"] + params["b"])\n'
        "t1 = (1 - h ** 2) * d_h\n"
        "d_b = np.sum(t1, axis=0)\n"
        "d_W = x.T @ t1\n"
        "finite(d_b, d_W)\n"
        'return {"W": d_W, "b": d_b}'
    )


def test_lines_are_short():

    def wide(x):
        y = sum((np.sin(x * k) * np.cos(x + k) for k in range(1, 12)), x)
        return np.sum(np.concatenate([y, y * 2, y * 3, y * 4, y * 5, y * 6, y * 7, y * 8]) ** 2)

    text = str(ad.source(ad.grad(wide), np.ones(3)))
    assert max(map(len, text.splitlines())) <= 88


def test_what_asks_for_a_class_is_no_part_of_the_program():
    def f(x):
        return np.sum(x**2) if isinstance(x, np.ndarray) and not np.isscalar(x) else x

    for g in (f, ad.grad(f), lambda x: ad.hvp(f, x, x)):
        lines = ad.source(g, np.ones(3)).body.splitlines()
        assert not [line for line in lines if "isinstance" in line and line[0] != "#"]


OF_ONE = {
    "1 x": lambda x: 1.0 * x,
    "x 1": lambda x: x * 1.0,
    "x / 1": lambda x: x / 1.0,
    "x ** 1": lambda x: x**1,
    "ones x": lambda x: np.ones_like(x) * x,
    "copy": lambda x: np.copy(x),
    "array": lambda x: np.array(x),
    "contiguous": lambda x: np.ascontiguousarray(x),
}
SHOWN = {
    "itself": lambda x: x,
    "turned": lambda x: x.T,
    "another shape": lambda x: x.reshape(3, 2, 1),
    "a part": lambda x: x[1:],
    "backwards": lambda x: x[::-1],
    "a value": lambda x: np.sin(x),
    "a view of a value": lambda x: np.sin(x).reshape(6),
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("times", OF_ONE)
def test_all_simplifications_keep_what_is_returned(times, shown):
    """A factor of 1 goes, but a result that shows other memory is a copy of its own, not a square.

    `module_for` would take fewer simplifications where the bits differ, and other systems may not.
    """
    x = np.arange(1.0, 7.0).reshape(2, 3) / 7
    view, one = SHOWN[shown], OF_ONE[times]
    for f in (
        lambda x: one(view(x)),
        lambda x: (one(view(x)), view(x), one(x)),
        lambda x: one(one(view(x))),
        ad.grad(lambda x: np.sum(np.cos(one(view(x)) * 2.0))),
        ad.grad(lambda x: np.sum(view(one(x)) ** 3)),
    ):
        ready = prepared(f, (x,))
        made = next(ready.candidates(STEPS[0], checked=False))
        found = flatten(made.function(x.copy(), **made.captured))[0]
        assert all(map(identical, found, ready.want)), str(made)


@pytest.mark.parametrize("to", ["numpy", "jax", "torch"])
def test_the_text_of_a_linear_program_grows_with_its_steps(to):
    """Its derivative depends on no input: what is used twice is written once all the same."""
    pytest.importorskip(to)

    def smoothed(a, b, steps):
        a, b = a * 1.0, b * 1.0
        for _ in range(steps):
            b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[:-2, 1:-1] + a[1:-1, 2:])
            a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[:-2, 1:-1] + b[1:-1, 2:])
        return np.sum(a * np.cos(np.arange(64.0)).reshape(8, 8)) + np.sum(b)

    x = np.linspace(0.0, 1.0, 64).reshape(8, 8)
    lengths = []
    for steps in (1, 2, 3):
        g = ad.grad(lambda a, b, steps=steps: smoothed(a, b, steps), (0, 1))
        lengths.append(len(str(ad.source(g, x, x, to=to))))
    first, second, third = lengths
    assert third - second < 1.5 * (second - first)
    if to == "numpy":
        assert all(map(identical, ad.source(g, x, x)(x, x), g(x, x)))


def test_a_row_of_a_new_array_is_set_at_a_recorded_place():
    places = np.array([2, 3])

    def f(W, x):
        z = np.zeros((5, 2))
        z[places[0]] = 1.0
        z[places[1]] += x
        return np.sum((W @ z) ** 2)

    W = np.random.default_rng(0).normal(size=(5, 5))
    g = ad.grad(f, (0, 1))
    program = ad.source(g, W, 2.0)
    for found, expected in zip(program(W, 3.0), g(W, 3.0)):
        np.testing.assert_array_equal(found, expected)
    places[0] = 4
    with pytest.raises(ValueError, match="holds only as long as"):
        program(W, 3.0)
