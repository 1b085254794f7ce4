"""A recording as single calls of NumPy: an op of several calls is taken apart again."""

from __future__ import annotations

import numpy as np

from autodiff.source.records.nodes import Node, changed, value_of
from autodiff.source.records.recorder import owner_of
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import Body, copied, copy_nodes, substitute
from autodiff.source.rewriting.simplify import simplifying
from autodiff.source.rewriting.updates import updates_as_values


def flat(recording: Recording, steps: int = 9) -> Body:
    """The simplified body of a recording, in which each node is one call."""
    body = copied(recording)
    while any(node.inner is not None for node in body.nodes):
        expand(body)
    for step in simplifying[:steps]:
        step(body)
    evaluate(body)
    return body


def flat_values(recording: Recording) -> Body:
    """The same, in which sums that are added up in place are values too, where nobody sees it."""
    body = flat(recording)
    updates_as_values(body)
    evaluate(body)
    return body


def evaluate(body: Body) -> None:
    """Give all nodes the values that the simplified calls make, and whose memory these show.

    A copy that was left out leaves views of it behind, which must become views of the original.
    """
    owners: dict[int, tuple[np.ndarray, Node]] = {}
    for node in body.nodes:
        node.written = False
        kind = node.call.kind
        if kind != "input":
            args, kwargs = changed((node.args, node.kwargs), value_of)
            if kind == "part":
                node.value = args[0][args[1]]
            elif kind == "update item":
                target, index, other = args
                target[index] = node.call.function(target[index], other)
            elif kind == "update":
                node.call.function(*args)
            else:
                found = node.call.function(*args, **kwargs)
                node.value = None if node.target is not None else found
        if node.target is None:
            node.root = node
            if isinstance(node.value, np.ndarray):
                owner = owner_of(node.value)
                node.root = owners.setdefault(id(owner), (owner, node))[1]
    for node in body.nodes:
        if node.target is not None:
            node.target.root.written = True


def expand(body: Body) -> None:
    """Put the calls of which ops are made in the place of their calls."""
    nodes, new = [], {}
    for node in body.nodes:
        inner = node.inner
        if inner is None:
            nodes.append(node)
            continue
        args = [new.get(arg, arg) for arg in node.args]
        own: dict[Node, Node] = dict(zip(inner.given, args, strict=True))
        for given, arg in list(own.items()):
            own.setdefault(given.root, arg.root)
        count = len(own)
        copy_nodes(inner.nodes, own)
        made = list(own.values())[count:]
        for one in made:
            one.stack, one.role, one.origin = node.stack, node.role, node.origin
            one.number = node.number
        nodes += made
        new[node] = own[inner.result]
        if node in body.derivative_of:
            body.derivative_of[new[node]] = body.derivative_of[node]
        for user in body.nodes:
            if user.root is node:
                user.root = own[inner.result].root
    body.nodes = nodes
    substitute(body, new)
