"""Which values of a body are written on lines of their own: derivatives, the parts of long sums."""

from __future__ import annotations

from autodiff.source.records.nodes import Node
from autodiff.source.rewriting.body import Body

LONG_SUM = 5
"""A sum of more parts has a line for each."""


def last_derivatives(body: Body) -> dict[tuple[str, Node], Node]:
    """What ends each derivative: the last node of it, or the last that adds to it in place."""
    found: dict[tuple[str, Node], Node] = {}
    for node in body.nodes:
        one = added_to(node)
        if one in body.derivative_of:
            found[body.derivative_of[one]] = node
    return found


def added_to(node: Node) -> Node:
    """The value that a node changes in place, or itself."""
    return node if node.target is None else node.target.root


def long_sums(body: Body, uses: dict[Node, int]) -> set[Node]:
    """The sums of many parts, which get a line for each part: `d_b = d_b + ...` in a loop."""
    found: set[Node] = set()
    chains: dict[Node, list[Node]] = {}
    for node in body.nodes:
        if node.call.kind == "operator" and node.call.name == "+" and node.role == "reverse":
            left = node.args[0]
            before = chains.get(left, []) if left.__class__ is Node and uses[left] == 1 else []
            chains[node] = [*before[-LONG_SUM:], node]
            if len(chains[node]) >= LONG_SUM:
                found.update(chains[node])
    return found


def is_item(node: Node) -> bool:
    """Whether this is an element or a row of an input at a place that is written: `x[3]`."""
    if node.call.kind != "getitem" or node.args[0].__class__ is not Node:
        return False
    return node.args[0].call.kind == "input" and node.args[1].__class__ is int


def is_conversion(node: Node) -> bool:
    """Whether this makes NumPy's number of an argument that is Python's."""
    return node.call.name in ("np.float64", "np.complex128") and (
        node.args[0].__class__ is Node and node.args[0].call.kind == "input"
    )
