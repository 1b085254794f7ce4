"""The dual sweep, stepped through: value and tangent together, an operand's share at a time."""

from __future__ import annotations

from typing import Any

from autodiff.core.language.equation import Equation
from autodiff.view.findings.cancelled import cancelled
from autodiff.view.player.steps import Step, Sweep
from autodiff.view.player.sweeps import CANCELS, answer_of, numbers_along, numbers_in, rows_of
from autodiff.view.records.annotate import annotate
from autodiff.view.records.graph import Edge, Graph, Node, skeleton
from autodiff.view.records.subject import Subject
from autodiff.view.words.text import amount, is_zero, short
from autodiff.view.words.tiles import tiles


def dual_sweep(subject: Subject, starts: dict[Equation, Any] | None = None) -> Sweep:
    """Value and tangent together: dual numbers, op by op, an operand's share at a time."""
    graph = annotate(skeleton(subject, "forward", "none"), starts)
    forward = graph.forward
    assert forward is not None
    sweep = Sweep(
        "dual",
        "Dual sweep: values and tangents together",
        rows_of(graph),
        ["value", "tangent", "received"],
        {},
    )
    edges = {(e.target.equation, e.index): e for e in graph.edges}
    for node in graph.nodes:
        equation = node.equation
        if equation is None:
            continue
        value, tangent = short(node.value), forward.tangents.get(equation)
        symbol = f"d{node.name}"
        if equation.op is None:
            shown = "0 (exactly)" if tangent is None or is_zero(tangent) else short(tangent)
            sweep.steps.append(
                Step(
                    "dual",
                    "input",
                    node.key,
                    None,
                    node.key,
                    f"({node.name}, {symbol})",
                    f"({value}, {shown})",
                    f"{node.name} starts with the tangent {shown}",
                    {node.key: {"value": value, "tangent": shown}},
                    tiles=tiles(tangent),
                )
            )
            continue
        sweep.steps.append(
            Step(
                "dual",
                "value",
                node.key,
                None,
                node.key,
                f"{node.name} = {node.formula}",
                f"{numbers_in(equation)} = {value}",
                f"the value of {node.name} comes first",
                {node.key: {"value": value} | ({"tangent": "none"} if tangent is None else {})},
                answer_of(node.value),
            )
        )
        sweep.steps += _shares(graph, node, edges)
    return sweep


def _shares(graph: Graph, node: Node, edges: dict[Any, Edge]) -> list[Step]:
    """One step an operand that has a tangent: its share of the tangent of the result."""
    forward, equation = graph.forward, node.equation
    assert forward is not None
    assert equation is not None
    uses = [(equation, i) for i in range(len(equation.inputs)) if (equation, i) in forward.terms]
    uses = [use for use in uses if forward.terms[use] is not None]
    symbol = f"d{node.name}"
    gone = cancelled(graph.subject, forward)
    steps, total = [], None
    for count, use in enumerate(uses, 1):
        edge, term = edges[use], forward.terms[use]
        old, total = total, term if total is None else total + term
        carried = forward.tangents[edge.source.equation]
        source = f"d{edge.source.name}"
        partial = edge.partial
        known = partial is not None and partial.value is not None
        product = f"{partial.symbol} · {source}" if known else f"share of {source}"
        steps.append(
            Step(
                "dual",
                "contribution",
                node.key,
                edge.key,
                node.key,
                f"{symbol} += {product}",
                f"{'0' if old is None else amount(old)} + "
                f"{numbers_along(edge, carried, term, True)}"
                f" = {short(total)}",
                f"share {count} of {len(uses)} of the tangent of {node.name}, "
                f"from {edge.source.name}" + CANCELS * (count == len(uses) and equation in gone),
                {node.key: {"tangent": short(total), "received": f"{count} of {len(uses)}"}},
                answer_of(total),
                answer_of(term),
                tiles=tiles(total),
            )
        )
    return steps
