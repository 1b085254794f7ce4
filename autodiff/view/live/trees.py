"""A program of numbers that the page can run again: an input is dragged, and all follows.

Where every value is one real number and every formula is plain code, the page gets the formulas
as trees, values and local partials alike: the same texts that stand in the picture.  It computes
the values forwards, the adjoints backwards and the tangents with no kernel.  A condition that the
program asked (`x > 0`) goes along as a formula too: where it comes out otherwise, the recorded
way is not the program's any more, and the page says so instead of showing numbers.

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
from autodiff.view.records.subject import Subject
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


def trees(graph: Graph) -> dict[str, Any] | None:
    """The trees of all values and partials of a graph; None where the page can't run it."""
    subject = graph.subject
    if subject.run is None:  # operations done by hand: nobody knows what was asked in between
        return None
    keys = {node.name: node.key for node in graph.nodes}
    values, inputs = [], []
    for node in graph.nodes:
        value = ground(node.value)
        if shape_of(value) or isinstance(value, tuple | complex) or node.equation is None:
            return None
        if not np.isrealobj(value) or not np.isfinite(value):
            return None
        if node.equation.op is None:
            inputs.append(node.key)
        else:
            values.append({"key": node.key, "tree": _call(subject, node.equation, keys)})
    partials = []
    for edge in graph.edges:
        if edge.partial is None or edge.carries == "blocked":
            continue
        made = {"key": edge.key, "source": edge.source.key, "target": edge.target.key}
        partials.append(made | {"tree": tree(edge.partial.code, keys)})
    asked = [
        {"tree": _call(subject, cut, keys), "came": float(ground(cut.value))}
        | {"words": call_of(cut, _operands(subject, cut))}
        for cut in subject.run.trace.cuts
        if np.ndim(ground(cut.value)) == 0
    ]
    if len(asked) < len(subject.run.trace.cuts) or not inputs:
        return None
    if any(part["tree"] is None for part in (*values, *partials, *asked)):
        return None
    return {"inputs": inputs, "values": values, "partials": partials, "asked": asked}


def _operands(subject: Subject, equation: Equation) -> list[str]:
    return [
        subject.names.get(i, "?") if i.__class__ is Equation else repr(float(ground(i)))
        for i in equation.inputs
    ]


def _call(subject: Subject, equation: Equation, keys: dict[str, str]) -> Any:
    """The operation as a tree; None where the page does not know it or its operands."""
    return tree(call_of(equation, _operands(subject, equation)), keys)


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
