"""The graph of a subject as plain records, from which pictures, outlines and steps are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np

from autodiff.core.ground.locations import Location
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.records.derive import Backward, Forward, Use
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.partials import Partial
from autodiff.view.words.text import amount, cleaned, shape_of, short

FEW = 4
"""So many inputs at most always stand outside of all scopes."""
ZEROS = {"zero": "0 (exactly)", "rounding": "0 up to rounding"}
"""What is said of an adjoint that is 0, by its state."""
MODES = ("values", "reverse", "forward")


@dataclass(slots=True)
class Quantity:
    """An adjoint or a tangent in one of its four states.

    `state` is "number", "zero" (exactly), "rounding" (0 but for what rounding left), "blocked" (no
    derivative arrives here; `why`), or "not computed".  `terms` are the contributions that it is
    the sum of.
    """

    symbol: str
    state: str
    value: Any = None
    why: str = ""
    terms: list[Any] = field(default_factory=list)
    seed: bool = False

    @property
    def text(self) -> str:
        """The state in words and numbers, with the sum written out where several uses meet."""
        if self.state == "number":
            several = len(self.terms) > 1 and not any(shape_of(t) for t in self.terms)
            if several and len(self.terms) <= 4:
                return f"{' + '.join(map(amount, self.terms))} = {short(self.value)}"
            if len(self.terms) > 1:
                return f"{short(self.value)}, sum of {len(self.terms)} terms"
            return short(self.value) + (" (seed)" if self.seed and len(self.terms) < 2 else "")
        if self.state in ZEROS:
            return ZEROS[self.state]
        return f"blocked: {self.why}" if self.state == "blocked" else "not computed"


@dataclass(slots=True)
class Node:
    """One value: an equation, a constant array (`equation` None), or a collapsed group."""

    key: str
    name: str
    role: str
    formula: str
    value: Any
    equation: Equation | None = None
    scope: tuple[str, ...] = ()
    quantity: Quantity | None = None
    lines: list[str] = field(default_factory=list)
    mark: str = ""

    @property
    def place(self) -> Location | None:
        """The user's line that made this value."""
        return self.equation.location if self.equation is not None else None


@dataclass(slots=True)
class Edge:
    """One use of a value as one operand; `term` is what the derivative carries along it.

    `carries` is "number", "zero", "rounding", "blocked" (`stop` says why), "not computed",
    "constant", or "nothing" where no sweep was asked for.  An edge of a collapsed group stands for
    the `uses` (equation, place of the operand) that cross the group's border there.
    """

    key: str
    source: Node
    target: Node
    index: int
    partial: Partial | None = None
    term: Any = None
    carries: str = "nothing"
    stop: str = ""
    broadcast: str = ""
    mark: str = ""
    uses: list[Use] = field(default_factory=list)


@dataclass(slots=True)
class Graph:
    """Nodes in order of execution, edges in order of use, and what was computed on them.

    `constants` names the constants that have a box, by identity; `rankdir` is the direction that
    values take in the picture, "LR" or "TB".
    """

    subject: Subject
    mode: str
    nodes: list[Node]
    edges: list[Edge]
    backward: Backward | None = None
    forward: Forward | None = None
    notes: list[str] = field(default_factory=list)
    constants: dict[int, str] = field(default_factory=dict)
    rankdir: str = "LR"

    def node(self, equation: Equation) -> Node | None:
        """The node of an equation, None where it is hidden."""
        return next((node for node in self.nodes if node.equation is equation), None)


def skeleton(subject: Subject, mode: str = "reverse", constants: str = "arrays") -> Graph:
    """Nodes and edges without numbers on them: cheap also for a tape of 10,000 equations.

    `constants` says which to draw as nodes of their own: "all", "arrays" or "none"; others are
    written inside the formula that uses them.
    """
    if mode not in MODES:
        raise ViewError(f"mode={mode!r}: choose one of {', '.join(map(repr, MODES))}.")
    if constants not in ("all", "arrays", "none"):
        raise ViewError(f"constants={constants!r}: choose 'all', 'arrays' or 'none'.")
    graph = Graph(subject, mode, [], [], notes=list(subject.notes))
    nodes: dict[Equation, Node] = {}
    held: dict[Any, Node] = {}
    told = {scope: tuple(map(cleaned, scope)) for scope in map(subject.scope_of, subject.program)}
    for equation in subject.program:
        scope = told[subject.scope_of(equation)]
        spots: list[Node | None] = []
        for operand in equation.inputs:
            if operand.__class__ is Equation:
                spots.append(nodes.get(operand))
            elif _shows(operand, constants):
                content = _content(operand)
                if content not in held:
                    key = f"c{len(held) + 1}"
                    name = subject.name_constant(operand) or key
                    made = Node(key, name, "constant", "", operand, scope=scope)
                    held[content] = made
                    graph.nodes.append(made)
                graph.constants[id(operand)] = held[content].name
                spots.append(held[content])
            else:
                spots.append(None)
        node = Node(
            f"n{len(nodes) + 1}",
            subject.titles.get(equation) or subject.names[equation],
            subject.role(equation),
            "",
            subject.value_of(equation),
            equation,
            scope,
        )
        nodes[equation] = node
        graph.nodes.append(node)
        for index, spot in enumerate(spots):
            if spot is not None:
                graph.edges.append(Edge(f"e{len(graph.edges) + 1}", spot, node, index))
        for earlier in subject.after.get(equation, ()):
            if earlier in nodes:
                key = f"e{len(graph.edges) + 1}"
                graph.edges.append(Edge(key, nodes[earlier], node, -1, carries="order"))
    _settle(graph)
    return graph


def _settle(graph: Graph) -> None:
    """Put a parameter that only one scope uses into that scope; of many inputs each as well."""
    inputs = sum(node.role == "input" for node in graph.nodes)
    moving = ("parameter", "input") if inputs > FEW else ("parameter",)
    users: dict[str, list[tuple[str, ...]]] = {}
    for edge in graph.edges:
        if edge.source.role in moving:
            users.setdefault(edge.source.key, []).append(edge.target.scope)
    for node in graph.nodes:
        if node.key in users and not node.scope:
            levels = zip(*users[node.key], strict=False)
            node.scope = tuple(level[0] for level in takewhile(lambda x: len(set(x)) == 1, levels))


def _content(operand: Any) -> Any:
    """What makes two constants the same box: equal content (a tape keeps a copy for each use)."""
    array = np.asarray(ground(operand))
    if array.dtype.kind == "O" or array.nbytes > 1_000_000:
        return id(operand)
    return array.shape, array.dtype.str, array.tobytes()


def _shows(operand: Any, constants: str) -> bool:
    if constants == "none" or isinstance(operand, str | bool | type(None)):
        return False
    return constants == "all" or shape_of(operand) != ()
