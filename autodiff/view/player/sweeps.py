"""The sweeps that are stepped through: forward, reverse and dual, made from an annotated graph."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.sweep import add_cotangents
from autodiff.view.findings.cancelled import cancelled
from autodiff.view.player.products import contribution, question
from autodiff.view.player.steps import Changes, Step, Sweep
from autodiff.view.records.graph import Edge, Graph, Node
from autodiff.view.words.calls import call_of
from autodiff.view.words.text import LONGEST, amount, cleaned, clipped, shape_of, short
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


CANCELS = ", and 0 up to rounding: large terms cancel in it"
"""What is said of an adjoint or a tangent of which a rest like 1e-17 is shown."""


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
    gone = cancelled(subject, backward)
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
            words += "; its adjoint is complete" + CANCELS * (source in gone)
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
                f"{numbers_along(edge, backward.adjoints[user], term)} = {short(sums[source])}",
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


def numbers_along(edge: Edge, carried: Any, term: Any, partial_first: bool = False) -> str:
    """The same with numbers: `2 × 0.42`; arrays by the contribution itself."""
    partial = edge.partial
    scalar = shape_of(carried) == shape_of(term) == ()
    if scalar and partial is not None and partial.scalar:
        factors = [amount(carried), amount(partial.value)]
        return " × ".join(factors[::-1] if partial_first else factors)
    return amount(term)
