"""The arithmetic of one step on arrays: the factors as grids, their product, the sum.

Of `dL/dW += xᵀ @ dL/dz` a reader wants to see xᵀ, dL/dz and what a row of the one and a column
of the other give.  The rule is run once more, on the step's own numbers, with values that know
how they came about (`words.formula`); its last operation gives the factors.

>>> import autodiff as ad, numpy as np
>>> made = ad.steps(lambda W: np.sum(W @ np.ones(2)), np.ones((3, 2)), sweeps="reverse")
>>> [(part["sign"], part["name"], part["shape"]) for part in made[-1].product]
[('', '(dy/dv2)[:, None]', '(3, 1)'), ('*', 'c1', '(2,)'), ('=', '', '(3, 2)')]
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.grids import is_shown
from autodiff.core.language.equation import Equation
from autodiff.view.records.graph import Edge, Graph
from autodiff.view.words.formula import Written
from autodiff.view.words.partials import run_rule
from autodiff.view.words.text import number, shape_of, short
from autodiff.view.words.tiles import tiles

Part = dict[str, Any]
SIGNS = {"multiply": "*", "matmul": "@", "add": "+", "subtract": "-", "divide": "/"}


def grid(value: Any, name: str = "", sign: str = "") -> Part:
    """An array as data for the player: its tiles, and its numbers where they can be read."""
    value = ground(value)
    made: Part = {"sign": sign, "name": name, "shape": str(shape_of(value)), "range": short(value)}
    if not is_shown(value):
        return made | {"small": True, "panels": [[[[short(value), ""]]]], "numbers": None}
    made |= {**(tiles(value) or {}), "numbers": None}
    if made["small"] and np.ndim(value) <= 2 and np.all(np.isfinite(value)):
        made["numbers"] = [[float(f"{v:.4g}") for v in row] for row in np.atleast_2d(value)]
    return made


def contribution(graph: Graph, edge: Edge, carried: Any, term: Any, old: Any) -> list[Part] | None:
    """The factors of one contribution of the reverse sweep, and what they give; None for numbers.

    `carried` is the adjoint that comes in, `term` what goes out, `old` the sum so far.
    """
    equation, partial = edge.target.equation, edge.partial
    if partial is None or equation is None or isinstance(ground(carried), tuple | list):
        return None
    if not any(map(shape_of, (carried, term))) or isinstance(ground(term), tuple | list):
        return None
    target = graph.subject.names[graph.subject.target]
    name = f"d{target}/d{edge.target.name}"
    if partial.value is not None:
        expanded = equation.op.expand(carried, equation.primals[edge.index], equation.params)
        raw = ground(expanded) * ground(partial.value)
        factors = [grid(expanded, name), grid(partial.value, partial.symbol, "*")]
        if np.all(ground(partial.value) == 1):
            factors = [grid(expanded, name)]
        parts = _summed(factors, raw, term)
    else:
        parts = _by_rule(graph, edge, name, carried, term)
    if old is not None:
        source = f"d{target}/d{edge.source.name}"
        total = ground(old) + ground(term)
        parts += [grid(old, f"{source} so far", "+"), grid(total, source, "=")]
    return parts


def _summed(factors: list[Part], raw: Any, term: Any) -> list[Part]:
    """Factors, their product, and its sum where an operand had been broadcast."""
    if shape_of(raw) == shape_of(term):
        return [*factors, grid(term, "", "=")] if len(factors) > 1 else factors
    middle = [grid(raw, "", "=")] if len(factors) > 1 else []
    if np.size(raw) < math.prod(shape_of(term)) or np.ndim(raw) < np.ndim(term):
        return [*factors, *middle, grid(term, "copied to every entry that was summed", "→")]
    own = (1,) * (np.ndim(raw) - np.ndim(term)) + shape_of(term)
    pairs = zip(shape_of(raw), own, strict=True)
    axes = [place for place, (whole, part) in enumerate(pairs) if whole != part]
    word = "axis" if len(axes) == 1 else "axes"
    told = f"summed over {word} {', '.join(map(str, axes))}, along which it was broadcast"
    return [*factors, *middle, grid(term, told, "→")]


def _by_rule(graph: Graph, edge: Edge, name: str, carried: Any, term: Any) -> list[Part]:
    """The operands of the last operation of a rule, or what comes in and what goes out."""
    equation = edge.target.equation
    names = [
        graph.subject.names[i] if i.__class__ is Equation else graph.constants.get(id(i), short(i))
        for i in equation.inputs
    ]
    found = run_rule(equation, edge.index, name, names, edge.target.name, carried)
    if isinstance(found, Written) and found.made is not None:
        sign, left, right = found.made
        if shape_of(found.value) == shape_of(term):
            return [_factor(left), _factor(right) | {"sign": sign}, grid(term, "", "=")]
    told = edge.partial.words if edge.partial is not None else ""
    return [grid(carried, name), grid(term, told, "→")]


def _factor(value: Any) -> Part:
    if isinstance(value, Written):
        return grid(value.value, value.text)
    return grid(value, short(value))


def question(value: Any, term: Any, old: Any, place: int, name: str) -> dict[str, Any] | None:
    """What "predict" asks about an array: its shape, or one entry of it; None for numbers."""
    value = ground(value)
    if not is_shown(value):
        return None
    if place % 2 == 0:
        return {"kind": "shape", "words": f"the shape of {name}", "answer": list(shape_of(value))}
    index = np.unravel_index(7 * place % value.size, value.shape)
    answer = float(value[index])
    if not math.isfinite(answer):
        return None
    told = f"{name}[{', '.join(map(str, index))}]"
    asked = {"kind": "entry", "words": f"the entry {told}", "answer": answer}
    asked["told"] = f"{told} = {number(answer)}"
    if old is not None and shape_of(term) == value.shape:
        asked |= {"term": float(ground(term)[index]), "before": float(ground(old)[index])}
    return asked
