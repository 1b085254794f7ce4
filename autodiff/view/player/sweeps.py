"""The sweeps that are stepped through: forward, reverse and dual, made from an annotated graph."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.sweep import add_cotangents
from autodiff.view.player.products import contribution, question
from autodiff.view.player.steps import Changes, Step, Sweep
from autodiff.view.records.annotate import annotate
from autodiff.view.records.graph import Edge, Graph, Node, skeleton
from autodiff.view.records.subject import Subject
from autodiff.view.words.calls import call_of
from autodiff.view.words.text import LONGEST, amount, cleaned, clipped, is_zero, shape_of, short
from autodiff.view.words.tiles import tiles


def rows_of(graph: Graph, rules: bool = False) -> list[dict[str, str]]:
    """A table row for each value, in order of execution: its name, its line, and its rule."""
    told: dict[str, list[str]] = {}
    for edge in graph.edges if rules else []:
        if edge.partial is not None and edge.carries != "constant":
            partial = edge.partial
            text = partial.short_formula if partial.value is not None else partial.short_rule
            sign = " = " if partial.value is not None else ": "
            told.setdefault(edge.target.key, []).append(f"{partial.symbol}{sign}{text}")
    return [
        {
            "key": node.key,
            "name": node.name,
            "line": node.place.expression if node.place is not None else "",
            "rule": "; ".join(dict.fromkeys(told.get(node.key, []))),
        }
        for node in graph.nodes
        if node.equation is not None
    ]


def answer_of(value: Any) -> float | None:
    """The number to predict: a finite scalar, else nothing."""
    value = ground(value)
    if isinstance(value, tuple | list) or np.ndim(value) or np.iscomplexobj(value):
        return None
    return float(value) if math.isfinite(value) else None


def forward_sweep(graph: Graph) -> Sweep:
    """Each value in order: the formula, and the formula with its numbers."""
    sweep = Sweep("forward", "Forward sweep: values", rows_of(graph), ["value"], {})
    for node in graph.nodes:
        if node.equation is None:
            continue
        value = short(node.value)
        changes: Changes = {node.key: {"value": value}}
        if node.equation.op is None:
            sweep.steps.append(
                Step(
                    "forward",
                    "input",
                    node.key,
                    None,
                    node.key,
                    f"{node.name} = {value}",
                    "",
                    f"{node.name} is given as {article(node.role)}",
                    changes,
                )
            )
            continue
        sweep.steps.append(
            Step(
                "forward",
                "value",
                node.key,
                None,
                node.key,
                f"{node.name} = {node.formula}",
                f"{numbers_in(node.equation)} = {value}",
                f"{cleaned(node.equation.op.name)} computes {node.name}",
                changes,
                answer_of(node.value),
                question=question(node.value, None, None, len(sweep.steps), node.name),
            )
        )
    return sweep


def article(role: str) -> str:
    """`an input`, `a parameter`."""
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


def numbers_in(equation: Equation) -> str:
    """The equation's formula with values instead of names."""
    assert equation.op is not None
    numbers = [amount(p) for p in equation.primals]
    return clipped(call_of(equation, numbers), 10 * LONGEST)


def reverse_sweep(graph: Graph) -> Sweep:
    """The seed, then one contribution along one edge at a time, into a running sum."""
    backward, subject = graph.backward, graph.subject
    assert backward is not None
    start: Changes = {
        n.key: {"value": short(n.value)} for n in graph.nodes if n.equation is not None
    }
    sweep = Sweep(
        "reverse",
        "Reverse sweep: adjoints",
        rows_of(graph, rules=True),
        ["value", "adjoint", "received"],
        start,
    )
    nodes = {n.equation: n for n in graph.nodes if n.equation is not None}
    edges = {(e.target.equation, e.index): e for e in graph.edges}
    expected = Counter(u.inputs[i] for u, i in backward.order if backward.terms[u, i] is not None)
    received: Counter[Equation] = Counter()
    sums: dict[Equation, Any] = {}
    target = subject.names[subject.target]
    for equation, seed in subject.seeds.items():
        sums[equation] = seed
        expected[equation] += 1
        received[equation] += 1
        key, shown = nodes[equation].key, short(seed)
        name = nodes[equation].name
        sweep.steps.append(
            Step(
                "reverse",
                "seed",
                key,
                None,
                key,
                f"d{target}/d{name} = {shown}",
                "",
                f"the sweep starts at {name} with the seed {shown}",
                {key: {"adjoint": shown, "received": f"1 of {expected[equation]}"}},
                tiles=tiles(seed),
            )
        )
    for user, index in backward.order:
        source, term = user.inputs[index], backward.terms[user, index]
        edge, node = edges[user, index], nodes[source]
        if term is None:
            sweep.steps.append(_blocked("reverse", edge, node, nodes[user]))
            continue
        old = sums.get(source)
        sums[source] = term if old is None else add_cotangents(old, term)
        received[source] += 1
        count = f"{received[source]} of {expected[source]}"
        words = f"contribution {count} to the adjoint of {node.name}, from {nodes[user].name}"
        if received[source] == expected[source]:
            words += "; its adjoint is complete"
        product = contribution(graph, edge, backward.adjoints[user], term, old)
        sweep.steps.append(
            Step(
                "reverse",
                "contribution",
                node.key,
                edge.key,
                node.key,
                f"d{target}/d{node.name} += {_product(edge, f'd{target}/d{edge.target.name}')}",
                f"{'0' if old is None else amount(old)} + "
                f"{_numbers(edge, backward.adjoints[user], term)} = {short(sums[source])}",
                words,
                {node.key: {"adjoint": short(sums[source]), "received": count}},
                answer_of(sums[source]),
                answer_of(term),
                product,
                question(sums[source], term, old, len(sweep.steps), f"d{target}/d{node.name}"),
                None if product else tiles(sums[source]),
            )
        )
    return sweep


def _blocked(sweep: str, edge: Edge, node: Node, user: Node) -> Step:
    op = user.equation.op if user.equation else None
    name = cleaned(op.name) if op else "the op"
    return Step(
        sweep,
        "blocked",
        node.key,
        edge.key,
        node.key,
        f"{user.name} → {node.name}: nothing",
        "",
        f"{name} has no derivative with respect to {node.name}, so nothing flows along this edge",
        {},
    )


def _product(edge: Edge, carried: str) -> str:
    """What flows along an edge: carried derivative times local partial, or the op's rule."""
    partial = edge.partial
    if partial is None or (partial.value is None and not partial.rule):
        return f"({carried} through {cleaned(edge.target.equation.op.name)})"
    return f"{carried} · {partial.symbol}" if partial.value is not None else partial.rule


def _numbers(edge: Edge, carried: Any, term: Any, partial_first: bool = False) -> str:
    """The same with numbers: `2 × 0.42`; arrays by the contribution itself."""
    partial = edge.partial
    scalar = shape_of(carried) == shape_of(term) == ()
    if scalar and partial is not None and partial.scalar:
        factors = [amount(carried), amount(partial.value)]
        return " × ".join(factors[::-1] if partial_first else factors)
    return amount(term)


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
                f"{_numbers(edge, carried, term, True)}"
                f" = {short(total)}",
                f"share {count} of {len(uses)} of the tangent of {node.name}, "
                f"from {edge.source.name}",
                {node.key: {"tangent": short(total), "received": f"{count} of {len(uses)}"}},
                answer_of(total),
                answer_of(term),
                tiles=tiles(total),
            )
        )
    return steps
