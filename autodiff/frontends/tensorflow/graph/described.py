"""A graph of ours as the nodes that TensorBoard draws: names, scopes, shapes, control edges."""

from __future__ import annotations

from typing import Any

from autodiff.core.language.equation import Equation
from autodiff.core.reverse.parts import part_of
from autodiff.data.events.graphs import Node
from autodiff.data.events.program_graph import Names, constant_node, line_of, text


def nodes_of(graph: Any) -> list[Node]:
    """A node for each operation, and one for each constant that stands among its operands."""
    made: list[Node] = []
    names = Names(graph.by_name)
    for equation in graph.equations:
        if equation.op is part_of:
            continue
        note = equation.note or {}
        inputs = []
        for place, operand in enumerate(equation.inputs):
            if operand.__class__ is Equation:
                inputs.append(_reference(operand))
            else:
                made.append(constant_node(note["name"], place, operand, names))
                inputs.append(made[-1].name)
        notes = line_of(equation)
        if "constant" in note:
            notes["value"] = text(note["constant"])
        outputs = tuple((tensor.dims, tensor.dtype) for tensor in graph.outputs_of(equation))
        after = tuple(node.note["name"] for node in note.get("control", ()))
        made.append(Node(note["name"], note["type"], tuple(inputs), after, outputs, notes))
    return made


def _reference(equation: Equation) -> str:
    note = equation.note or {}
    place = note.get("output", 0)
    return f"{note['name']}:{place}" if place else str(note["name"])
