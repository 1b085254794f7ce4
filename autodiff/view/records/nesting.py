"""The groups of a graph as a tree that can be unfolded: scopes or calls, repeats, and chunks.

A page shows the outermost groups first.  Where a group has more members than a reader can look
at, a loop that was not written as a function, they are gathered once more: by the repeats of a
block where there are any, else by runs.

>>> from autodiff.view.records.given import subject_of
>>> from autodiff.view.records.graph import skeleton
>>> def power(x):
...     y = x
...     for _ in range(200):
...         y = 0.99 * y
...     return y
>>> [group.title for group in nested(skeleton(subject_of(power, (2.0,)))).groups if not group.outer]
['y × 200']
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from autodiff.view.records.graph import Graph, Node
from autodiff.view.records.groups import repeats

MOST = 60
"""More members than this of one group are gathered into runs."""


@dataclass(slots=True)
class Group:
    """A group: its key, its title, the key of the group around it, and how many operations."""

    key: str
    title: str
    outer: str
    count: int = 0


@dataclass(slots=True)
class Nesting:
    """All groups, outer ones first, and for each node the key of the group it is in, or ''."""

    groups: list[Group] = field(default_factory=list)
    owner: dict[str, str] = field(default_factory=dict)


def nested(graph: Graph) -> Nesting:
    """The tree of groups of a graph whose nodes are all there."""
    found = Nesting()
    keys: dict[tuple[str, ...], str] = {(): ""}
    for node in graph.nodes:
        for depth in range(1, len(node.scope) + 1):
            path = node.scope[:depth]
            if path not in keys:
                keys[path] = _new(found, path[-1], keys[path[:-1]])
        found.owner[node.key] = keys[node.scope]
    members: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if node.equation is not None and node.equation.op is not None:
            members.setdefault(found.owner[node.key], []).append(node)
    for outer, chain in members.items():
        if len(chain) > MOST:
            _gather(found, outer, chain)
    _chunk(found, graph)
    _count(found, graph)
    return found


def _new(found: Nesting, title: str, outer: str) -> str:
    key = f"g{len(found.groups) + 1}"
    found.groups.append(Group(key, title, outer))
    return key


def _gather(found: Nesting, outer: str, chain: Sequence[Node]) -> None:
    """Each run of a repeated block as a group, with a group for every time."""
    for start, period, times in repeats(chain):
        last = chain[start + period - 1]
        whole = _new(found, f"{_bare(last.name)} × {times}", outer)
        for time in range(times):
            block = chain[start + time * period : start + (time + 1) * period]
            inner = _new(found, f"{time + 1}: {block[-1].name}", whole) if period > 1 else whole
            for node in block:
                found.owner[node.key] = inner


def _bare(name: str) -> str:
    """A name without the number that makes it unique."""
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdigit() else name


def _chunk(found: Nesting, graph: Graph) -> None:
    """Gather the members of a group that has too many of them, in order, in runs."""
    order: dict[str, list[tuple[str, Group | Node]]] = {}
    seen: set[str] = set()
    groups = {group.key: group for group in found.groups}
    for node in graph.nodes:
        key = found.owner[node.key]
        order.setdefault(key, []).append((node.name, node))
        while key and key not in seen:
            seen.add(key)
            group = groups[key]
            order.setdefault(group.outer, []).append((group.title, group))
            key = group.outer
    for outer, members in order.items():
        while len(members) > MOST:
            gathered: list[tuple[str, Group | Node]] = []
            size = math.isqrt(len(members) - 1) + 1 if len(members) <= MOST**2 else MOST
            for start in range(0, len(members), size):
                run = members[start : start + size]
                first, last = run[0][0].partition(" … ")[0], run[-1][0].rpartition(" … ")[2]
                title = f"{first} … {last}"
                key = _new(found, title, outer)
                gathered.append((title, found.groups[-1]))
                for _, member in run:
                    if isinstance(member, Group):
                        member.outer = key
                    else:
                        found.owner[member.key] = key
            members = gathered


def _count(found: Nesting, graph: Graph) -> None:
    groups = {group.key: group for group in found.groups}
    for node in graph.nodes:
        if node.equation is not None and node.equation.op is not None:
            key = found.owner[node.key]
            while key:
                groups[key].count += 1
                key = groups[key].outer
