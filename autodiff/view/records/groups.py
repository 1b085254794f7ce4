"""Large graphs made small: scopes collapsed to one box, and repeats folded.

All of it works on the skeleton, before any number is computed, so that a tape of 10,000
equations costs no more than what is shown of it.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autodiff.core.language.equation import Equation, history
from autodiff.view.records.derive import Use
from autodiff.view.records.graph import Edge, Graph, Node
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.text import cleaned, shape_of

Scope = tuple[str, ...]


def scopes_of(graph: Graph) -> list[Scope]:
    """Every scope of the graph, outer ones first, in order of execution."""
    found: dict[Scope, None] = {}
    for node in graph.nodes:
        for depth in range(1, len(node.scope) + 1):
            found[node.scope[:depth]] = None
    return list(found)


def wanted_scopes(graph: Graph, collapse: str | Sequence[str] | bool) -> list[Scope]:
    """The scopes to draw as one box: by name (`layer1`, `net/layer1`), or all."""
    known = scopes_of(graph)
    if isinstance(collapse, bool):
        return [scope for scope in known if len(scope) == 1] if collapse else []
    names = [collapse] if isinstance(collapse, str) else list(collapse)
    chosen = []
    for name in names:
        path = "/".join(map(cleaned, name.split("/")))
        hits = [s for s in known if path == "/".join(s) or cleaned(name) == s[-1]]
        if not hits:
            listed = ["/".join(scope) for scope in known]
            near = difflib.get_close_matches(name, listed, 3) or listed[:6]
            hint = (
                f"Did you mean {', '.join(near)}?"
                if near
                else "No scope was recorded: write with ad.scope('layer1'): around it."
            )
            raise ViewError(f"there is no scope {name!r} in this graph. {hint}")
        chosen += hits
    return chosen


def collapse(graph: Graph, scopes: Iterable[Scope]) -> Graph:
    """The graph with each of these scopes drawn as one box."""
    chosen = set(scopes)
    owner: dict[str, Scope] = {}
    for node in graph.nodes:
        for depth in range(1, len(node.scope) + 1):
            if node.scope[:depth] in chosen:
                owner[node.key] = node.scope[:depth]
                break
    return merge(
        graph,
        {key: "/".join(scope) for key, scope in owner.items()},
        {"/".join(scope): scope[:-1] for scope in chosen},
        {"/".join(scope): scope[-1] for scope in chosen},
    )


def merge(
    graph: Graph,
    group_of: dict[str, str],
    outer: dict[str, Scope] | None = None,
    titles: dict[str, str] | None = None,
) -> Graph:
    """Replace the nodes of each group by one; edges inside vanish, the others are kept once."""
    outputs = {node.key for node in graph.nodes if node.role == "output"}
    group_of = {key: group for key, group in group_of.items() if key not in outputs}
    members: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if node.key in group_of:
            members.setdefault(group_of[node.key], []).append(node)
    boxes: dict[str, Node] = {}
    into: dict[str, set[str]] = {}
    out: dict[str, set[str]] = {}
    for edge in graph.edges:
        start, stop = group_of.get(edge.source.key), group_of.get(edge.target.key)
        if start != stop:
            if stop is not None and edge.source.role != "constant":
                into.setdefault(stop, set()).add(_shape(edge.source))
            if start is not None:
                out.setdefault(start, set()).add(_shape(edge.source))
    nodes: list[Node] = []
    for node in graph.nodes:
        group = group_of.get(node.key)
        if group is None:
            nodes.append(node)
        elif group not in boxes:
            ops = sum(m.equation is not None and m.equation.op is not None for m in members[group])
            held = sum(m.role == "parameter" for m in members[group])
            size = f"{ops} op{'s' if ops != 1 else ''}"
            size += f" · {held} parameter{'s' if held != 1 else ''}" if held else ""
            for word, shapes in (("in", into.get(group, set())), ("out", out.get(group, set()))):
                if shapes:
                    size += f" · {word} {', '.join(sorted(shapes)[:3])}"
            title = (titles or {}).get(group, group)
            boxes[group] = Node(
                f"g{len(boxes) + 1}",
                title,
                "group",
                "",
                None,
                None,
                (outer or {}).get(group, ()),
                lines=[size],
            )
            nodes.append(boxes[group])
    edges: list[Edge] = []
    across: dict[tuple[str, str], Edge] = {}
    for edge in graph.edges:
        source = boxes.get(group_of.get(edge.source.key, ""), edge.source)
        target = boxes.get(group_of.get(edge.target.key, ""), edge.target)
        if source is target and source.role == "group":
            continue
        if "group" not in (source.role, target.role):
            edges.append(Edge(edge.key, source, target, edge.index))
            continue
        ends = source.key, target.key
        if ends not in across:
            across[ends] = Edge(edge.key, source, target, edge.index)
            edges.append(across[ends])
        across[ends].uses += _uses(edge)
    return replace(graph, nodes=nodes, edges=edges)


def _uses(edge: Edge) -> list[Use]:
    """What an edge stands for: itself, or where it is an edge of a group already, its uses."""
    if edge.target.equation is None or edge.uses:
        return edge.uses
    return [(edge.target.equation, edge.index)]


def _shape(node: Node) -> str:
    return str(shape_of(node.value))


def fold_repeats(graph: Graph, least: int = 3) -> Graph:
    """Fold a block that repeats one after another: the first is shown, the rest are one box.

    Blocks are the same when they were made by the same places of the user's code (a loop), with
    the same ops and shapes.
    """
    chain = [n for n in graph.nodes if n.equation is not None and n.equation.op is not None]
    group_of: dict[str, str] = {}
    titles: dict[str, str] = {}
    for start, period, times in repeats(chain, least):
        name = f"repeat {len(titles) + 1}"
        for node in chain[start + period : start + period * times]:
            group_of[node.key] = name
        titles[name] = f"the block from {chain[start].name} × {times - 1} more"
    return merge(graph, group_of, titles=titles) if titles else graph


def repeats(chain: Sequence[Node], least: int = 3) -> Iterator[tuple[int, int, int]]:
    """Blocks that repeat one after another: where the first begins, its length, how many times."""
    marks = [(n.equation.code, n.equation.offset, n.equation.op, _shape(n)) for n in chain]
    following = _next_same(marks)
    start = 0
    while start < len(chain):
        period = following[start] - start if following[start] else 0
        times = _repeats(marks, start, period) if period else 1
        if times >= least and period * (times - 1) > 1 and chain[start].equation.code is not None:
            yield start, period, times
            start += period * times
        else:
            start += 1


def _next_same(marks: Sequence[object]) -> list[int]:
    later: dict[object, int] = {}
    found = [0] * len(marks)
    for index in range(len(marks) - 1, -1, -1):
        found[index] = later.get(marks[index], 0)
        later[marks[index]] = index
    return found


def _repeats(marks: Sequence[object], start: int, period: int) -> int:
    times = 1
    block = marks[start : start + period]
    while marks[start + times * period : start + (times + 1) * period] == block:
        times += 1
    return times


def fold_scopes(graph: Graph, least: int = 3) -> list[tuple[Scope, int]]:
    """Runs of sibling scopes with the same ops and shapes: the first of each, and how many."""
    runs: list[tuple[Scope, int, object]] = []
    inside: dict[Scope, Counter[object]] = {}
    for node in graph.nodes:
        if node.scope and node.equation is not None and node.equation.op is not None:
            inside.setdefault(node.scope[:1], Counter())[(node.equation.op, _shape(node))] += 1
    for scope, content in inside.items():
        if runs and runs[-1][2] == content:
            first, times, _ = runs[-1]
            runs[-1] = (first, times + 1, content)
        else:
            runs.append((scope, 1, content))
    return [(scope, times) for scope, times, _ in runs if times >= least]


def fold_siblings(graph: Graph) -> Graph:
    """Fold runs of equal sibling scopes: the first stays, the others become one box `× n more`."""
    order = [scope for scope in scopes_of(graph) if len(scope) == 1]
    owner: dict[Scope, str] = {}
    titles = {}
    for first, times in fold_scopes(graph):
        start = order.index(first)
        rest = order[start + 1 : start + times]
        name = "/".join(rest[0])
        titles[name] = f"{rest[0][0]} … {rest[-1][0]}: {first[0]} × {times - 1} more"
        owner |= dict.fromkeys(rest, name)
    group_of = {n.key: owner[n.scope[:1]] for n in graph.nodes if n.scope[:1] in owner}
    return merge(graph, group_of, titles=titles) if titles else graph


def between(graph: Graph, start: Equation, stop: Equation) -> Graph:
    """Only the values on some path from `start` to `stop`."""
    past = set(history([stop]))
    reached = {start}
    for equation in graph.subject.program:
        if equation in past and any(
            i in reached for i in equation.inputs if i.__class__ is Equation
        ):
            reached.add(equation)
    if stop not in reached:
        names = graph.subject.names
        raise ViewError(f"there is no path from {names[start]} to {names[stop]}.")
    return _only(graph, [n for n in graph.nodes if n.equation in reached])


def without_dead_ends(graph: Graph, subject: Subject) -> Graph:
    """Only the values from which the output can be reached, and that depend on an input."""
    wanted = set(history([subject.target]))
    return _only(graph, [n for n in graph.nodes if n.equation in wanted or n.role == "constant"])


def _only(graph: Graph, nodes: list[Node]) -> Graph:
    keys = {node.key for node in nodes}
    edges = [e for e in graph.edges if e.source.key in keys and e.target.key in keys]
    return replace(graph, nodes=nodes, edges=edges)
