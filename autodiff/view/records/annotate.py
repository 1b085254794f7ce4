"""The numbers of a sweep on the nodes and edges of a graph, and the words where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation, history
from autodiff.view.records.derive import Use, cut, pull, push
from autodiff.view.records.graph import Edge, Graph, Node, Quantity
from autodiff.view.records.subject import Subject
from autodiff.view.words.calls import call_of
from autodiff.view.words.partials import broadcasting, partial_of
from autodiff.view.words.text import LONGEST, cleaned, clipped, is_zero, short


def annotate(
    graph: Graph,
    starts: dict[Equation, Any] | None = None,
    rules: bool = True,
    swept: Graph | None = None,
) -> Graph:
    """Run the sweep that the graph's mode asks for, and write its numbers on nodes and edges.

    `starts` are the tangents of the inputs in forward mode (default: `direction`); without
    `rules` the local partials are left out, which are most of the work.  `swept` is another graph
    of the same run, whose sweep is taken over.
    """
    subject = graph.subject
    terms: dict[Use, Any] = {}
    if graph.mode == "reverse" and subject.asked:
        known = swept.backward if swept is not None else None
        graph.backward = known or pull(subject.program, subject.seeds)
        terms = graph.backward.terms
    elif graph.mode == "forward":
        ran = swept.forward if swept is not None else None
        begun = direction(subject) if starts is None else starts
        graph.forward = ran or push(subject.program, begun)
        terms = graph.forward.terms
        graph.notes.append(_direction_in_words(subject, starts))
    sums = terms_by_owner(graph)
    why = blocked_because(graph) if graph.backward else {}
    for node in graph.nodes:
        if node.equation is not None:
            if node.equation.op is not None:
                told = subject.formulas.get(node.equation)
                told = _call(graph, node.equation) if told is None else told
                node.formula = clipped(told, 10 * LONGEST)
            if graph.mode != "values":
                node.quantity = _quantity(graph, node, sums.get(node.equation, []), why)
    target = subject.names[subject.target]
    for edge in graph.edges:
        if edge.uses:
            _total(edge, terms)
        elif edge.target.equation is not None and edge.carries != "order":
            _label(graph, edge, target, terms, rules)
    return graph


def _call(graph: Graph, equation: Equation) -> str:
    assert equation.op is not None
    return call_of(equation, operands(graph, equation), graph.subject.name_constant)


def direction(subject: Subject) -> dict[Equation, Any]:
    """The tangent 1 for (every element of) the first variable: one column of the Jacobian."""
    first = subject.inputs[0]
    value = ground(first.value)
    return {first: np.ones_like(value, dtype=np.result_type(value, float))[()]}


def _direction_in_words(subject: Subject, starts: dict[Equation, Any] | None) -> str:
    first, *others = (subject.names[e] for e in subject.inputs)
    if starts is not None:
        return "forward mode: one pass, along the tangents given."
    one = "d" + first + (" = 1" if np.ndim(ground(subject.inputs[0].value)) == 0 else " = all ones")
    rest = f"; the tangents of {', '.join(others)} are 0, each would take a pass of its own"
    return f"forward mode: one pass, along {one}{rest if others else ''}."


def operands(graph: Graph, equation: Equation) -> list[str]:
    """The operands of an equation as texts: names of values, small constants written out."""
    return [
        graph.subject.names[i]
        if i.__class__ is Equation
        else graph.constants.get(id(i)) or short(i)
        for i in equation.inputs
    ]


def terms_by_owner(graph: Graph) -> dict[Equation, list[Any]]:
    """The contributions that each adjoint (or tangent) is the sum of, in the sweep's order."""
    sums: dict[Equation, list[Any]] = {}
    if graph.backward:
        for equation, seed in graph.subject.seeds.items():
            sums[equation] = [seed]
        for user, index in graph.backward.order:
            term = graph.backward.terms[user, index]
            if term is not None:
                sums.setdefault(user.inputs[index], []).append(term)
    elif graph.forward:
        for (equation, _), term in graph.forward.terms.items():
            if term is not None:
                sums.setdefault(equation, []).append(term)
    return sums


def blocked_because(graph: Graph) -> dict[Equation, str]:
    """For each value that no adjoint reaches: at which op the way back ends."""
    assert graph.backward is not None
    target = graph.subject.target
    reached = set(history([target]))
    stops: dict[Equation, list[str]] = {}
    for user, index in graph.backward.order:
        if graph.backward.terms[user, index] is None and user.op is not None:
            stops.setdefault(user.inputs[index], []).append(cleaned(user.op.name))
    why = {}
    for equation in graph.subject.program:
        if equation in stops:
            why[equation] = f"cut at {', '.join(dict.fromkeys(stops[equation]))}"
        elif equation not in reached:
            why[equation] = f"no path to {graph.subject.names[target]}"
        else:
            why[equation] = "cut further on"
    return why


def _quantity(graph: Graph, node: Node, terms: list[Any], why: dict[Equation, str]) -> Quantity:
    equation = node.equation
    assert equation is not None
    if graph.forward:
        symbol, found = f"tangent d{node.name}", graph.forward.tangents.get(equation)
        if found is None and equation.op is None:
            return Quantity(symbol, "zero", 0.0)
        reason = f"cut at {cut(equation)}" if cut(equation) else ""
        if found is None and not reason:
            moved = [e for e in graph.subject.inputs if e in graph.forward.tangents]
            listed = ", ".join(graph.subject.names[e] for e in moved)
            reason = f"does not depend on {listed}"
    else:
        symbol = f"adjoint d{graph.subject.names[graph.subject.target]}/d{node.name}"
        if graph.backward is None:
            return Quantity(symbol, "not computed")
        found, reason = graph.backward.adjoints.get(equation), why.get(equation, "")
    if found is None:
        return Quantity(symbol, "blocked", why=reason)
    state = "zero" if is_zero(found) else "number"
    seed = graph.backward is not None and equation in graph.subject.seeds
    return Quantity(symbol, state, found, terms=terms, seed=seed)


def _label(graph: Graph, edge: Edge, target: str, terms: dict[Use, Any], rules: bool) -> None:
    equation = edge.target.equation
    assert equation is not None
    edge.broadcast = broadcasting(equation, edge.index)
    if edge.source.equation is None:
        edge.carries = "constant"
        return
    if graph.mode == "values":
        return
    if rules:
        texts = operands(graph, equation)
        edge.partial = partial_of(
            equation, edge.index, texts, edge.target.name, target, graph.subject.name_constant
        )
    if not terms:
        edge.carries = "not computed"
        return
    edge.term = terms.get((equation, edge.index))
    edge.carries = "blocked" if edge.term is None else "zero" if is_zero(edge.term) else "number"
    if edge.term is None:
        if graph.forward:
            edge.stop = "no tangent" if edge.source.equation not in graph.forward.tangents else ""
        else:
            edge.stop = "" if (equation, edge.index) in terms else "nothing flows back here"
        edge.stop = edge.stop or "no derivative"


def _total(edge: Edge, terms: dict[Use, Any]) -> None:
    """What flows along an edge of a group: of each value on it the sum over its uses."""
    sums: dict[Equation, Any] = {}
    for user, index in edge.uses:
        term, source = terms.get((user, index)), user.inputs[index]
        if term is not None and source.__class__ is Equation and not isinstance(term, tuple):
            sums[source] = sums[source] + term if source in sums else term
    if len(sums) == 1:
        (edge.term,) = sums.values()
    elif sums:
        edge.term = np.concatenate([np.ravel(ground(term)) for term in sums.values()])
    if sums:
        edge.carries = "zero" if is_zero(edge.term) else "number"
