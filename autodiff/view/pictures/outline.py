"""The text twin of a drawing: everything that the picture shows, in words."""

from __future__ import annotations

import numpy as np

from autodiff.core.language.abstract import Abstract
from autodiff.core.language.dispatch import ground
from autodiff.view.records.graph import Graph, Node
from autodiff.view.words.text import is_empty, rms, shape_text, short


def alt_text(graph: Graph) -> str:
    """One sentence: how many nodes, the outputs, the largest adjoint."""
    outputs = ", ".join(f"{n.name} = {short(n.value)}" for n in graph.nodes if n.role == "output")
    words = f"Computation graph of {len(graph.nodes)} nodes, output {outputs or 'not shown'}"
    sized = [n for n in graph.nodes if n.quantity is not None and n.quantity.state == "number"]
    if not sized:
        return f"{words}."
    kind = "tangent" if graph.forward else "adjoint"
    leaves = [n for n in sized if n.equation is not None and n.equation.op is None] or sized
    top = max(leaves, key=lambda node: np.nan_to_num(rms(node.quantity.value), nan=np.inf))
    if graph.forward:
        top = next((n for n in sized if n.role == "output"), top)
        return f"{words}; its {kind} is {top.quantity.symbol} = {short(top.quantity.value)}."
    return (
        f"{words}; largest {kind} of an input: {top.quantity.symbol} = {short(top.quantity.value)}."
    )


def title_of(node: Node) -> str:
    """A node in one line, for tooltips and readers."""
    head = f"{node.name} = {node.formula}" if node.formula else f"{node.name} ({node.role})"
    parts = [head]
    if node.role != "group":
        parts.append(f"value {short(node.value)}" if not is_empty(node.value) else "no entries")
    if node.quantity is not None:
        parts.append(f"{node.quantity.symbol}: {node.quantity.text}")
    return "; ".join(parts)


def _only_acts(node: Node) -> bool:
    """Whether a node has no value of its own: it acts, or hands out parts."""
    value = ground(node.value)
    return isinstance(value, Abstract) and value.dtype.kind == "V"


def outline(graph: Graph, detail: str = "grad") -> str:
    """The graph as text, in order of execution: each value, then the edges that lead to it."""
    from autodiff.view.pictures.boxes.dot import flow_text, group_flow

    lines = [*graph.notes]
    for node in graph.nodes:
        head = f"{node.name} = {node.formula}" if node.formula else node.name
        lines.append(f"{head}   [{node.role}]" if node.role != "result" else head)
        shape = shape_text(node.value) if node.role != "group" else ""
        if node.role != "group" and not _only_acts(node):
            shown = short(node.value) if not is_empty(node.value) else "no entries"
            if shape and isinstance(ground(node.value), Abstract):
                shape += ","
            lines.append("    " + "  ".join(filter(None, ["value", shape, shown])))
        lines += [f"    {line}" for line in node.lines]
        if detail != "value" and node.quantity is not None:
            lines.append(f"    {node.quantity.symbol}: {node.quantity.text}")
        if node.mark:
            lines.append(f"    {node.mark}")
        for edge in graph.edges:
            if edge.target is not node:
                continue
            parts = [f"    from {edge.source.name}"]
            if detail != "value" and edge.partial is not None:
                if edge.carries == "blocked":
                    parts.append(edge.stop)
                else:
                    parts += [edge.partial.text, flow_text(graph, edge, detail)]
            if edge.uses and edge.carries == "number" and detail != "value":
                parts.append(f"{'→' if graph.forward else '←'} {group_flow(edge)}")
            parts.append(edge.broadcast)
            parts.append(edge.mark)
            if any(parts[1:]):
                lines.append("   ".join(filter(None, parts)))
    return "\n".join(lines)
