"""Put a graph into a drawing: nodes, edges, clusters for scopes, the title and the legend."""

from __future__ import annotations

from typing import Any

import graphviz

from autodiff.view.pictures.boxes.dot import FONT, Rows, edge_attributes, node_attributes, quoted
from autodiff.view.pictures.boxes.label import FAINT, INK, table, text
from autodiff.view.pictures.boxes.stops import halves, has_frames, scope_between, stop
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.records.graph import Graph, Node
from autodiff.view.words.text import wrapped

HEADING = 120
"""Characters of a line above the picture."""
TITLES = {
    "TB": {"labeljust": "l", "labelloc": "t"},
    "LR": {"labeljust": "c", "labelloc": "b"},
}
"""Where the title of a group stands: where no edge comes in, by the direction of the picture."""
Styles = dict[str, dict[str, str]]
Stops = dict[tuple[str, ...], list[tuple[str, dict[str, str]]]]
"""By scope: the labels of edges that stand in it, each with its name and its attributes."""


def build(
    graph: Graph,
    detail: str,
    rankdir: str = "LR",
    styles: Styles | None = None,
    heading: list[str] | None = None,
    legend: str = "",
    rows_of: Rows | None = None,
) -> Drawing:
    """The drawing of a graph; `styles` changes the look of single nodes and edges, by key.

    `heading` are lines of text above the picture, `legend` a table row under them, `rows_of`
    writes what stands in a node, where that is not what the detail says.
    """
    graph.rankdir = rankdir
    drawing = Drawing(graph, detail)
    framed = has_frames(graph)
    start_drawing(drawing, rankdir, [*(heading or []), *graph.notes], legend, framed)
    add_graph(drawing, graph, detail, styles, rows_of, framed=framed)
    return drawing


def start_drawing(
    drawing: Any, rankdir: str, lines: list[str], legend: str, framed: bool = False
) -> None:
    """What holds for the whole picture: direction, fonts, the lines above it.

    Where there are frames, every edge leads over two rows: its label stands on the one between.
    """
    rows = [text(part, INK, 12) for line in lines for part in wrapped(line, HEADING)]
    drawing.attr(
        "graph",
        rankdir=rankdir,
        bgcolor="white",
        fontname=FONT,
        nodesep="0.35",
        ranksep="0.175" if framed else "0.35",
        labelloc="t",
        labeljust="l",
        pad="0.15",
        tooltip=" ",
        label=table(rows, extra=legend) if rows or legend else "",
    )
    drawing.attr("node", fontname=FONT, margin="0.06,0.03", color=INK, fontcolor=INK)
    rows_down = {"minlen": "2"} if framed else {}
    drawing.attr("edge", fontname=FONT, arrowsize="0.7", color=INK, fontcolor=INK, **rows_down)


def add_graph(
    into: Any,
    graph: Graph,
    detail: str,
    styles: Styles | None = None,
    rows_of: Rows | None = None,
    title: str = "",
    mark: str = "",
    framed: bool = False,
) -> None:
    """Add nodes, clusters and edges; with a title, all of it inside one more cluster."""
    styles = styles or {}
    whole = graphviz.Digraph(f"cluster_{mark}") if title else into
    if title:
        whole.attr(**_cluster_look(title, f"k{mark}"))
    looks = {
        edge.key: edge_attributes(graph, edge, detail) | styles.get(edge.key, {})
        for edge in graph.edges
    }
    stops: Stops = {}
    for edge in graph.edges:
        if framed and "label" in looks[edge.key]:
            look = stop(looks[edge.key], graph.rankdir)
            stops.setdefault(scope_between(edge), []).append((look["id"], look))
    _clusters(whole, graph, detail, styles, (), graph.nodes, rows_of, mark, stops)
    for edge in graph.edges:
        look = looks[edge.key]
        if framed and "label" in look:
            to, on = halves(look, graph.rankdir)
            whole.edge(edge.source.key, f"{look['id']}.stop", minlen="1", **to)
            whole.edge(f"{look['id']}.stop", edge.target.key, minlen="1", **on)
        else:
            whole.edge(edge.source.key, edge.target.key, **look)
    if title:
        into.subgraph(whole)


def _cluster_look(name: str, key: str) -> dict[str, str]:
    return {
        "label": table([text(name, FAINT, 11, bold=True)]),
        "style": "rounded",
        "color": FAINT,
        "id": key,
        "tooltip": " ",
    }


def _clusters(
    into: Any,
    graph: Graph,
    detail: str,
    styles: Styles,
    scope: tuple[str, ...],
    nodes: list[Node],
    rows_of: Rows | None,
    mark: str,
    stops: Stops,
) -> None:
    """Draw the nodes of one scope, and each scope inside it as a cluster."""
    depth = len(scope)
    inner: dict[str, list[Node]] = {}
    for node in nodes:
        if len(node.scope) > depth:
            inner.setdefault(node.scope[depth], []).append(node)
        else:
            look = node_attributes(graph, node, detail, rows_of) | styles.get(node.key, {})
            into.node(node.key, **look)
    for name, look in stops.get(scope, ()):
        into.node(name, **look)
    for name, members in inner.items():
        path = (*scope, name)
        cluster = graphviz.Digraph(quoted(f"cluster_{mark}" + "/".join(path)))
        look = _cluster_look(name, f"k{members[0].key}_{depth}")
        where = TITLES[graph.rankdir]
        cluster.attr(**where, **look)
        _clusters(cluster, graph, detail, styles, path, members, rows_of, mark, stops)
        into.subgraph(cluster)
