"""A body: the calls of a program in order, and what keeps them consistent while they change."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Call, Guard, Node, changed, value_of
from autodiff.source.records.running import Recording


@dataclass(slots=True)
class Body:
    """The calls of a program in order, its guards, and what it returns."""

    nodes: list[Node]
    guards: list[Guard]
    outputs: list[Any]
    derivative_of: dict[Node, tuple[str, Node]]

    def uses(self) -> dict[Node, int]:
        """How often each node is read: by others, by guards and as an output."""
        found: dict[Node, int] = {}
        for node in self.read():
            found[node] = found.get(node, 0) + 1
        return found

    def read(self) -> Iterator[Node]:
        """Every node, as often as it is read."""
        for node in self.nodes:
            yield from node.operands
        yield from (guard.node for guard in self.guards)
        yield from (out for out in self.outputs if out.__class__ is Node)


def copied(recording: Recording) -> Body:
    """The nodes of a recording as others, which may be changed."""
    new: dict[Node, Node] = {}
    copy_nodes(recording.nodes, new)
    derivative_of = {
        new[one]: (mode, new[of])
        for one, (mode, of) in recording.derivative_of.items()
        if one in new and of in new
    }
    guards = [replace(guard, node=new[guard.node]) for guard in recording.guards]
    return Body(list(new.values()), guards, moved(recording.outputs, new), derivative_of)


SIGNS = {
    "np.matmul": "@", "np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/",
    "np.true_divide": "/", "np.less": "<", "np.less_equal": "<=", "np.greater": ">",
    "np.greater_equal": ">=", "np.equal": "==", "np.not_equal": "!=",
}  # fmt: skip


OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "@": "matmul", "&": "and_", "|": "or_", "^": "xor", "<": "lt", "<=": "le", ">": "gt",
    ">=": "ge", "==": "eq", "!=": "ne",
}  # fmt: skip


def copy_nodes(nodes: list[Node], new: dict[Node, Node]) -> None:
    """Enter a copy of each node."""
    for old in nodes:
        node = Node(old.call, moved(old.args, new), moved(old.kwargs, new), old.value)
        for name in ("number", "stack", "role", "dynamic", "written", "inner"):
            setattr(node, name, getattr(old, name))
        as_operator(node)
        node.root = node if old.root is old else new[old.root]
        node.target = None if old.target is None else new[old.target]
        new[old] = node
    for old in nodes:
        new[old].origin = new.get(old.origin) if old.origin is not None else None


def as_operator(node: Node) -> None:
    """`np.multiply(x, y)` as `x * y`, which is the same where one of them is NumPy's."""
    sign = SIGNS.get(node.call.name)
    if sign is None or len(node.args) != 2 or node.kwargs or node.target is not None:
        return
    values = [value_of(arg) for arg in node.args]
    if any(isinstance(value, np.ndarray | np.generic) for value in values):
        node.call = Call("operator", sign, getattr(operator, OPERATORS[sign]))


def moved(tree: Any, new: dict[Node, Node]) -> Any:
    """Arguments with other nodes instead of some."""
    return changed(tree, lambda leaf: new.get(leaf, leaf) if leaf.__class__ is Node else leaf)


def substitute(body: Body, new: dict[Node, Node]) -> None:
    """Read other nodes instead of some, everywhere."""
    if not new:
        return

    def last(node: Node) -> Node:
        while node in new:
            node = new[node]
        return node

    found = {node: last(node) for node in new}
    for node in body.nodes:
        node.args, node.kwargs = moved(node.args, found), moved(node.kwargs, found)
        if node.target in found:
            node.target = found[node.target]
        if node.origin in found:
            node.origin = found[node.origin]
    body.guards = [replace(g, node=found.get(g.node, g.node)) for g in body.guards]
    body.outputs = moved(body.outputs, found)
    for old, one in found.items():
        if old in body.derivative_of:
            body.derivative_of.setdefault(one, body.derivative_of[old])
    body.derivative_of = {
        one: (mode, found.get(of, of))
        for one, (mode, of) in body.derivative_of.items()
        if one is not found.get(of, of)
    }
    gone = set(found)
    body.nodes = [node for node in body.nodes if node not in gone]


def without_dead(body: Body) -> None:
    """Leave out what leads to no output and to no guard; inputs stay."""
    needed = {out for out in body.outputs if out.__class__ is Node}
    needed |= {guard.node for guard in body.guards}
    roots = {node.root for node in needed}
    kept = []
    for node in reversed(body.nodes):
        if node.target is not None:
            alive = node.target.root in roots or node.target.root.call.kind == "input"
        else:
            alive = node in needed or node.call.kind == "input" or node in roots
        if alive:
            kept.append(node)
            needed.update(node.operands)
            roots.update(one.root for one in node.operands)
    body.nodes = kept[::-1]
    written = {node.target.root for node in body.nodes if node.target is not None}
    for node in body.nodes:
        node.written = node in written


def is_steady(node: Node) -> bool:
    """Whether nobody changes the memory that a value shows, or any that it was made from."""
    return not node.root.written and not any(one.root.written for one in node.operands)
