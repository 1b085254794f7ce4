"""A long line that is broken says what it said."""

import ast
import random

import pytest

from autodiff.source.words.wrapping import WIDTH, wrapped

NAMES = ["x", "upper_right_3", "the_running_total_of_all", "cosb", "w2"]


def expression(draw, depth):
    """A random expression, as the writer puts them: names, numbers, sums, calls, choices by index."""
    kind = draw.choice(
        ["name", "number"] if depth == 0 else ["sum", "call", "pick", "index", "text", "name"]
    )
    if kind == "name":
        return draw.choice(NAMES)
    if kind == "number":
        return str(draw.randint(0, 10**6))
    if kind == "text":
        return f'say("{" ".join(draw.choices(NAMES, k=2))} (of it", {expression(draw, depth - 1)})'
    parts = [expression(draw, depth - 1) for _ in range(draw.randint(2, 5))]
    if kind == "sum":
        return f" {draw.choice('+-*')} ".join(
            f"({p})" if " " in p and p[-1] not in ")]" else p for p in parts
        )
    if kind == "call":
        return f"np.{draw.choice(NAMES)}({', '.join(parts)})"
    return (
        f"({', '.join(parts)})[i]"
        if kind == "pick"
        else f"{draw.choice(NAMES)}[{', '.join(parts)}]"
    )


@pytest.mark.parametrize("seed", range(300))
def test_random_lines(seed):
    draw = random.Random(seed)
    text = expression(draw, draw.randint(1, 3))
    several = ", ".join(draw.choices(NAMES, k=draw.randint(1, 9))) + ", = "
    start = draw.choice(["new = ", "return ", "", "a, b = ", several, "total += "])
    lines = wrapped(start + text, 1)
    got, wanted = (
        ast.dump(ast.parse("def f():\n" + own)) for own in ("\n".join(lines), f"    {start}{text}")
    )
    assert got == wanted


def test_two_choices_by_index_in_one_line():
    text = (
        "new = ("
        + ", ".join(["above"] * 9)
        + ")[i] * ("
        + ", ".join(["below"] * 9)
        + ")[i] + (x, y)[i]"
    )
    lines = wrapped(text, 0)
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(text))
    assert max(map(len, lines)) <= WIDTH


def test_many_names_on_the_left():
    names = [f"W_layers_{place}_attention_weight" for place in range(6)]
    text = f"{', '.join(names)} = parts(W, {', '.join(map(repr, names))})"
    lines = wrapped(text, 1)
    assert ast.dump(ast.parse("if x:\n" + "\n".join(lines))) == ast.dump(
        ast.parse(f"if x:\n    {text}")
    )
    assert max(map(len, lines)) <= WIDTH
