"""A program of numbers that the page can run again: an input is dragged, and all follows.

Where every value is one real number and every formula is plain code, the page gets the formulas
as trees, values and local partials alike: the same texts that stand in the picture.  It computes
the values forwards and the adjoints backwards, with no kernel; else there is nothing to drag.

>>> tree("1 - h**2", {"h": "n3"})
['-', 1.0, ['**', 'n3', 2.0]]
"""

from __future__ import annotations

import ast
import math
import re
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.records.graph import Graph
from autodiff.view.words.calls import call_of
from autodiff.view.words.text import shape_of

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
COMPARISONS = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
FUNCTIONS = frozenset(
    (
        *("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "expm1", "log", "log1p", "log2"),
        *("log10", "sqrt", "cbrt", "abs", "sign", "sigmoid", "max", "min", "where", "floor"),
    )
)
"""What the page can compute besides arithmetic and comparisons."""
SPELLED = (("√(", "sqrt("), ("σ(", "sigmoid("), ("π", str(math.pi)))
BARS = re.compile(r"\|([^|]+)\|")


def live(graph: Graph) -> dict[str, Any] | None:
    """The trees of all values and partials of a graph; None where the page can't run it."""
    keys = {node.name: node.key for node in graph.nodes}
    values, inputs = [], []
    for node in graph.nodes:
        value = ground(node.value)
        if shape_of(value) or isinstance(value, tuple | complex) or node.equation is None:
            return None
        if not np.isrealobj(value) or not np.isfinite(value):
            return None
        if node.equation.op is None:
            wide = max(1.0, 2 * abs(float(value)))
            inputs.append({"key": node.key, "name": node.name, "value": float(value), "wide": wide})
        else:
            operands = [
                graph.subject.names[i] if i.__class__ is Equation else repr(float(ground(i)))
                for i in node.equation.inputs
            ]
            values.append({"key": node.key, "tree": tree(call_of(node.equation, operands), keys)})
    partials = []
    for edge in graph.edges:
        if edge.partial is None or edge.carries == "blocked":
            continue
        made = tree(edge.partial.code, keys)
        partials.append({"source": edge.source.key, "target": edge.target.key, "tree": made})
    if not inputs or any(part["tree"] is None for part in (*values, *partials)):
        return None
    return {"inputs": inputs, "values": values, "partials": partials, "output": _output(graph)}


def _output(graph: Graph) -> str:
    target = graph.node(graph.subject.target)
    assert target is not None
    return target.key


def tree(text: str, keys: dict[str, str]) -> Any:
    """A formula as nested lists [sign, operands...], its names as keys; None where it is more."""
    for sign, word in SPELLED:
        text = text.replace(sign, word)
    try:
        return _node(ast.parse(BARS.sub(r"abs(\1)", text), mode="eval").body, keys)
    except (SyntaxError, KeyError, ValueError):
        return None


def _node(node: ast.AST, keys: dict[str, str]) -> Any:
    """One node of a formula; raises KeyError for what the page does not know."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value) if math.isfinite(node.value) else keys["no such number"]
    if isinstance(node, ast.Name):
        return keys[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return ["neg", _node(node.operand, keys)]
    if isinstance(node, ast.BinOp):
        sign = OPERATORS[type(node.op)]  # type: ignore[index]
        return [sign, _node(node.left, keys), _node(node.right, keys)]
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sign = COMPARISONS[type(node.ops[0])]  # type: ignore[index]
        return [sign, _node(node.left, keys), _node(node.comparators[0], keys)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id not in FUNCTIONS:
            raise KeyError(node.func.id)
        return [node.func.id, *(_node(part, keys) for part in node.args)]
    raise KeyError(type(node).__name__)
