"""Small random programs that decide by their data: branches, loops, masks, indices, ties.

Inputs are of few values, so that ties, zeros and other branches come often.  Each program is the
text of a function `f(x, n, s)` of three numbers, three whole numbers and one number of Python's.
"""

import textwrap

import numpy as np

VECTORS = (
    "np.tanh({v})", "{v} * {w}", "{v} + {a}", "np.maximum({v}, {w})", "{v}[::-1]", "np.abs({v})",
    "np.where({v} > {a}, {v}, {w} * 2)", "np.sort({v})", "{v}[np.argsort({v})]", "{v}[n]",
    "np.cumsum({v})", "{v} - np.max({v})", "np.concatenate([{v}[{v} > 0], {w}])[:3]",
    "np.roll({v}, n[{i}])", "np.repeat({v}, n)[:1] + {w}", "np.take({v}, n % 2) * {a}",
    "np.clip({v}, {c}, None)", "np.array([{a}, {v}[0], {b}])", "{v} / (1 + {w} ** 2)",
    "np.eye(3)[n] @ {v}", "np.stack([{v}, {w}])[int(n[{i}] > 0)]", "np.outer({v}, {w})[n[{i}]]",
    "np.sqrt({v} ** 2 + 1)", "{v} * (n == {k})", "np.bincount(n, {v}, 3)[:3]",
    "np.zeros(3) + np.pad({v}[:n[{i}]], (0, 3))[:3]", "np.flip(np.minimum({v}, {a}))",
    "np.interp({v}, [-2.0, 0.0, 2.0], {w})", "np.convolve({v}, {w}, 'same')",
    "np.linspace({a}, {b}, 3) * {v}", "{v} ** n", "np.unique({v})[0] * {w}",
)  # fmt: skip
NUMBERS = (
    "np.sum({v})", "np.mean({v}[: n[{i}] + 1])", "{v}[np.argmax({w})]", "max({v}[0], {v}[1])",
    "{v} @ {w}", "len(np.unique(n)) * {a}", "np.count_nonzero({v} > {c}) * {a}", "{a} * {b}",
    "np.mean({v}[{v} > {c}]) if np.any({v} > {c}) else {a}", "sum({v})", "np.max({v})",
    "{v}[n[{i}]]", "[{a}, {b}, 1.5][n[{i}]]", "{a} + round({b})", "min({v}, key=abs)",
    "np.linalg.norm({v})", "np.median({v})", "{a} ** int(n[{i}])", "abs({a} - {b})",
    "np.mean(np.arange(n[{i}] + 1) * {a})", "np.std({v})", "{a} if {b} > {c} else {b}",
    "np.prod({v})", "np.sum(np.ones(n[{i}] + 1)) * {a}", "{{0: 1.0, 1: 2.0}}.get(n[{i}], 0.5) * {a}",
    "np.sum({v}[np.nonzero(n)])", "np.sum(np.where({v} == {w}, {v}, 0.0))", "{a} * s",
    "np.sum(np.diff(np.unique({v})))", "float(n[{i}]) * {a}", "np.ptp({v})",
)  # fmt: skip
BLOCKS = (
    "if {a} > {c}:\n    {v} = {V}\nelse:\n    {a} = {N}",
    "if np.all({v} > {c}) or {b} < 0:\n    {b} = {N}",
    "for _ in range(int(n[{i}])):\n    {v} = {V}",
    "for one in {v}:\n    if one > {c}:\n        {a} = {a} + one\n    else:\n        break",
    "count = 0\nwhile abs({a}) < 2 and count < 4:\n    {a} = {a} * 2 + 1\n    count += 1",
    "{v} = {v}.copy()\n{v}[n[{i}]] += {a}",
    "{v} = {v} + 0\n{v}[{v} > {c}] = {a}",
    "{v} = {v} * 1.0\n{v} *= {w}",
    "if n[{i}] == {k}:\n    {v}, {w} = {w}, {v}",
    "for k, one in enumerate(n):\n    if one == n[{i}]:\n        {a} = {a} + {v}[k] * k",
    "y = np.zeros(3)\nfor k in range(3):\n    y[n[k]] = {v}[k] * {a}\n{w} = y + {w}",
    "if s > {c} and {v}[0] == {w}[0]:\n    return {a} + np.sum({v})",
    "{b} = {b} if np.array_equal({v}, {w}) else {N}",
)
VALUES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)


def program(seed):
    """The text of a function."""
    rng = np.random.default_rng(seed)
    pick = lambda among: among[int(rng.integers(len(among)))]

    def filled(template, depth=0):
        slots = {
            "v": pick("uvx"), "w": pick("uvx"), "a": pick("ab"), "b": pick("ab"), "i": pick("012"),
            "k": pick("012"), "c": pick(("0", "0.5", "-0.5", "1")),
        }  # fmt: skip
        if depth == 0:
            slots["V"], slots["N"] = filled(pick(VECTORS), 1), filled(pick(NUMBERS), 1)
        return template.format(**slots)

    lines = ["u, v, a, b = x * 1.5, np.sin(x), x[0] * 2, s"]
    for _ in range(int(rng.integers(2, 7))):
        kind = rng.random()
        if kind < 0.35:
            lines.append(f"{pick('uv')} = {filled(pick(VECTORS))}")
        elif kind < 0.6:
            lines.append(f"{pick('ab')} = {filled(pick(NUMBERS))}")
        else:
            lines += filled(pick(BLOCKS)).split("\n")
    lines.append("return np.sum(u * v) + np.sum(x) * a + b")
    return "def f(x, n, s):\n" + textwrap.indent("\n".join(lines), "    ") + "\n"


def inputs(seed, count):
    """Arguments for it, of few values."""
    rng = np.random.default_rng((seed, 1))
    return [
        (rng.choice(VALUES, 3), rng.integers(0, 3, 3), float(rng.choice(VALUES)))
        for _ in range(count)
    ]
