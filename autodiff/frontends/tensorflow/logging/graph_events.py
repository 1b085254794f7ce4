"""A graph of ours as the nodes that TensorBoard draws: names, scopes, shapes, control edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.program import Equation
from autodiff.core.reverse import part_of
from autodiff.data.graphs import Node
from autodiff.frontends.tensorflow.graph import Graph

SHOWN = 200
"""How many characters of a constant's value are shown."""


def nodes_of(graph: Graph) -> list[Node]:
    """A node for each operation, and one for each constant that stands among its operands."""
    made: list[Node] = []
    taken = set(graph.by_name)
    for equation in graph.equations:
        if equation.op is part_of or equation.note is None:
            continue
        note = equation.note
        inputs = []
        for place, operand in enumerate(equation.inputs):
            if operand.__class__ is Equation:
                inputs.append(_reference(operand))
                continue
            name = _free(
                f"{note['name']}/{'xy'[place] if place < 2 else f'operand_{place}'}", taken
            )
            inputs.append(name)
            made.append(_constant(name, operand))
        outputs = tuple((tensor.dims, tensor.dtype) for tensor in graph.outputs_of(equation))
        after = tuple(node.note["name"] for node in note.get("control", ()))
        notes = {"line": equation.location} if equation.location else {}
        if "constant" in note:
            notes["value"] = _text(note["constant"])
        made.append(Node(note["name"], note["type"], tuple(inputs), after, outputs, notes))
    return made


def _reference(equation: Equation) -> str:
    note = equation.note or {}
    place = note.get("output", 0)
    return f"{note['name']}:{place}" if place else str(note["name"])


def _constant(name: str, value: Any) -> Node:
    array = np.asarray(value)
    return Node(name, "Const", outputs=((array.shape, array.dtype),), notes={"value": _text(value)})


def _text(value: Any) -> str:
    return np.array2string(np.asarray(value), threshold=20)[:SHOWN]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
