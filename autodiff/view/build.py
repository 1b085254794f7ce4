"""Put a graph into a drawing: nodes, edges, clusters for scopes, the title and the legend."""

from __future__ import annotations

from typing import Any

import graphviz

from autodiff.view.dot import FAINT, FONT, INK, edge_attributes, node_attributes, table, text
from autodiff.view.drawing import Drawing
from autodiff.view.graph import Graph, Node


def build(
    graph: Graph,
    detail: str,
    rankdir: str = "LR",
    styles: dict[str, dict[str, str]] | None = None,
    heading: list[str] | None = None,
    legend: str = "",
    room: dict[tuple[str, str], int] | None = None,
) -> Drawing:
    """The drawing of a graph; `styles` changes the look of single nodes and edges, by key.

    `heading` are lines of text above the picture, `legend` a table row under them, `room` the
    widths of the player's empty places.
    """
    drawing = Drawing(graph, detail)
    styles = styles or {}
    drawing.attr(
        "graph",
        rankdir=rankdir,
        bgcolor="white",
        fontname=FONT,
        nodesep="0.25",
        ranksep="0.35",
        labelloc="t",
        labeljust="l",
        pad="0.15",
        tooltip=" ",
        label=_heading([*(heading or []), *graph.notes], legend),
    )
    drawing.attr("node", fontname=FONT, margin="0.06,0.03", color=INK, fontcolor=INK)
    drawing.attr("edge", fontname=FONT, arrowsize="0.7", color=INK, fontcolor=INK)
    _clusters(drawing, graph, detail, styles, (), graph.nodes, room)
    for edge in graph.edges:
        look = edge_attributes(graph, edge, detail) | styles.get(edge.key, {})
        drawing.edge(edge.source.key, edge.target.key, **look)
    return drawing


def _heading(lines: list[str], legend: str) -> str:
    rows = [(text(line, INK, 12),) for line in lines]
    if legend:
        rows.append((legend,))
    return table(rows) if rows else ""


def _clusters(
    into: Any,
    graph: Graph,
    detail: str,
    styles: dict[str, dict[str, str]],
    scope: tuple[str, ...],
    nodes: list[Node],
    room: dict[tuple[str, str], int] | None,
) -> None:
    """Draw the nodes of one scope, and each scope inside it as a cluster."""
    depth = len(scope)
    inner: dict[str, list[Node]] = {}
    for node in nodes:
        if len(node.scope) > depth:
            inner.setdefault(node.scope[depth], []).append(node)
        else:
            look = node_attributes(graph, node, detail, room) | styles.get(node.key, {})
            into.node(node.key, **look)
    for name, members in inner.items():
        path = (*scope, name)
        cluster = graphviz.Digraph("cluster_" + "/".join(path))
        cluster.attr(
            label=table([(text(name, FAINT, 11, bold=True),)]),
            style="rounded",
            color=FAINT,
            labeljust="r",
            labelloc="b",
            id=f"k{members[0].key}_{depth}",
            tooltip=" ",
        )
        _clusters(cluster, graph, detail, styles, path, members, room)
        into.subgraph(cluster)
