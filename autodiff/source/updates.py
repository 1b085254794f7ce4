"""Changes in place as new values, where nobody else sees the memory.

The engine adds cotangents up in place, and fills new arrays; a person writes `total = a + b`, and
`np.full(shape, v)`.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from autodiff.source.body import OPERATORS, Body, moved, without_dead
from autodiff.source.nodes import Call, Node

BLANK = ("np.empty", "np.zeros", "np.ones", "np.empty_like", "np.zeros_like")


def filled_at_once(body: Body) -> None:
    """`y = np.empty(shape); y[...] = v` as `y = np.full(shape, v)`."""
    for place, node in enumerate(body.nodes):
        if node.call.name not in BLANK or not node.written:
            continue
        follower = next((n for n in body.nodes[place + 1 :] if _touches(n, node)), None)
        if follower is None or follower.call.kind != "setitem" or follower.target is not node:
            continue
        _, index, value = follower.args
        if index is not Ellipsis or follower.operands.count(node) != 1:
            continue
        own = value.value if value.__class__ is Node else value
        extra = {} if np.asarray(own).dtype == node.value.dtype else {"dtype": node.value.dtype}
        node.call = Call("function", "np.full", np.full)
        node.args, node.kwargs = (node.value.shape, value), extra
        node.dynamic = value.__class__ is Node and value.dynamic
        body.nodes[body.nodes.index(follower)] = node
        body.nodes.remove(node)
    without_dead(body)


def _touches(node: Node, root: Node) -> bool:
    return node.root is root or any(one.root is root for one in node.operands)


def updates_as_values(body: Body) -> None:
    """`y += v` as a new value, where nobody else sees the memory of y."""
    for root in [node for node in body.nodes if node.written]:
        own = [node for node in body.nodes if node.root is root and node is not root]
        acts = [node for node in body.nodes if node.target is not None and node.target.root is root]
        if own or root.call.kind == "input" or not all(_is_whole_update(one, root) for one in acts):
            continue
        body.nodes = _versions(body, root, acts)
        root.written = False


def _is_whole_update(node: Node, root: Node) -> bool:
    if node.call.kind != "update" or node.args[0] is not root:
        return False
    other = node.args[1].value if node.args[1].__class__ is Node else node.args[1]
    wide = np.broadcast_shapes(root.value.shape, np.shape(other)) == root.value.shape
    return wide and np.result_type(root.value, other) == root.value.dtype


def _versions(body: Body, root: Node, acts: list[Node]) -> list[Node]:
    """The nodes with every update of a root as a value of its own, read by those that follow."""
    nodes, latest = [], {root: root}
    ends = {}
    for node in body.nodes:
        if node in acts:
            sign = node.call.name[:-1]
            new = Node(Call("operator", sign, getattr(operator, OPERATORS[sign])), node.args)
            for name in ("number", "stack", "role", "origin", "dynamic"):
                setattr(new, name, getattr(node, name))
            new.args = moved(node.args, latest)
            new.value = root.value
            new.dynamic = new.dynamic or root.dynamic
            known = body.derivative_of.get(root)
            if known is not None:
                body.derivative_of[new] = known
            latest = {root: new}
            node = new
            ends[new.number] = new
        else:
            node.args, node.kwargs = moved(node.args, latest), moved(node.kwargs, latest)
            if node.origin in latest:
                node.origin = latest[node.origin]
        nodes.append(node)
    guards = []
    for guard in body.guards:
        if guard.node is root:
            before = [end for number, end in ends.items() if number < guard.after]
            guard = replace(guard, node=before[-1] if before else root)
        guards.append(guard)
    body.guards = guards
    body.outputs = moved(body.outputs, latest)
    return nodes
