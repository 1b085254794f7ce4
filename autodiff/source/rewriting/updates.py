"""Changes in place as new values, where nobody else sees the memory.

The engine adds cotangents up in place, and fills new arrays; a person writes `total = a + b`, and
`np.full(shape, v)`.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from autodiff.source.records.nodes import Call, Node, value_of
from autodiff.source.rewriting.body import OPERATORS, Body, moved, without_dead

BLANK = ("np.empty", "np.zeros", "np.ones", "np.empty_like", "np.zeros_like")


def filled_at_once(body: Body) -> None:
    """`y = np.empty(shape); y[...] = v` as `y = np.full(shape, v)`."""
    first: dict[Node, Node] = {}
    for node in body.nodes:
        for root in {node.root, *(one.root for one in node.operands)} - {node}:
            first.setdefault(root, node)
    filled: dict[Node, Node] = {}
    for node in body.nodes:
        act = first.get(node)
        if node.call.name not in BLANK or not node.written or act is None:
            continue
        if act.call.kind != "setitem" or act.target is not node:
            continue
        _, index, value = act.args
        if index is not Ellipsis or act.operands.count(node) != 1:
            continue
        own = value_of(value)
        extra = {} if np.asarray(own).dtype == node.value.dtype else {"dtype": node.value.dtype}
        node.call = Call("function", "np.full", np.full)
        node.args, node.kwargs = (node.value.shape, value), extra
        node.dynamic = value.__class__ is Node and value.dynamic
        node.number = act.number
        filled[act] = node
    moved_on = set(filled.values())
    body.nodes = [filled.get(node, node) for node in body.nodes if node not in moved_on]
    without_dead(body)


def updates_as_values(body: Body) -> None:
    """`y += v` as a new value, where nobody else sees the memory of y."""
    plain = {node for node in body.nodes if node.written and node.call.kind != "input"}
    for node in body.nodes:
        if node.root is not node:
            plain.discard(node.root)
        if node.target is not None and not _is_whole_update(node, node.target.root):
            plain.discard(node.target.root)
    latest: dict[Node, Node] = {}
    ends: dict[Node, list[Node]] = {root: [] for root in plain}
    nodes = []
    for node in body.nodes:
        node.args, node.kwargs = moved(node.args, latest), moved(node.kwargs, latest)
        if node.origin in latest:
            node.origin = latest[node.origin]
        if node.target is not None and node.target in plain:
            root = node.target
            node = _version(node, root)
            if root in body.derivative_of:
                body.derivative_of[node] = body.derivative_of[root]
            latest[root] = node
            ends[root].append(node)
        nodes.append(node)
    for root in plain:
        root.written = False
    body.nodes = nodes
    body.guards = [
        replace(guard, node=_at(guard.after, ends[guard.node], guard.node))
        if guard.node in plain
        else guard
        for guard in body.guards
    ]
    body.outputs = moved(body.outputs, latest)


def through_views(body: Body) -> None:
    """`part = y[i]; part += v` as `y[i] += v`."""
    uses = body.uses()
    gone = set()
    for node in body.nodes:
        if node.call.kind != "update" or node.target is None:
            continue
        view = node.args[0]
        if view.call.kind != "getitem" or uses[view] != 1:
            continue
        base, index = view.args
        node.call = Call("update item", node.call.name, node.call.function)
        node.args, node.target = (base, index, node.args[1]), base
        gone.add(view)
    body.nodes = [node for node in body.nodes if node not in gone]


def _at(after: int, versions: list[Node], root: Node) -> Node:
    """The version of a value that stood when so many calls had been made."""
    return next((one for one in reversed(versions) if one.number < after), root)


def _is_whole_update(node: Node, root: Node) -> bool:
    if node.call.kind != "update" or node.args[0] is not root:
        return False
    other = node.args[1].value if node.args[1].__class__ is Node else node.args[1]
    wide = np.broadcast_shapes(root.value.shape, np.shape(other)) == root.value.shape
    return wide and np.result_type(root.value, other) == root.value.dtype


def _version(act: Node, root: Node) -> Node:
    """An update as a value of its own."""
    sign = act.call.name[:-1]
    new = Node(Call("operator", sign, getattr(operator, OPERATORS[sign])), act.args)
    for name in ("number", "stack", "role", "origin", "dynamic"):
        setattr(new, name, getattr(act, name))
    new.value = root.value
    new.dynamic = new.dynamic or root.dynamic
    return new
