"""Which part of a graph was run: executed nodes in colour, the rest pale."""

from __future__ import annotations

from autodiff.view.pictures.boxes.dot import BACK, SHAPES, TANGENT, VALUE, node_attributes
from autodiff.view.pictures.boxes.label import FAINT, INK
from autodiff.view.records.graph import Graph, Node

PALE, PALE_EDGE = "#8b949e", "#c4cad1"
DONE = {"fillcolor": "#dcf3e3", "color": "#1a7f37"}


def ran_styles(graph: Graph, detail: str) -> dict[str, dict[str, str]]:
    """The look of nodes and edges, by key: green for what was executed, pale for the rest."""
    ran = graph.subject.ran
    if ran is None:
        return {}
    styles: dict[str, dict[str, str]] = {}
    for node in graph.nodes:
        if not _took_part(graph, node):
            label = node_attributes(graph, node, detail)["label"]
            for colour in (INK, FAINT, VALUE, BACK, TANGENT):
                label = label.replace(f'"{colour}"', f'"{PALE}"')
            styles[node.key] = {"label": label, "color": PALE_EDGE, "fillcolor": "#fafbfc"}
        elif node.equation in graph.subject.fed:
            node.mark = "fed"
            label = node_attributes(graph, node, detail)["label"]
            styles[node.key] = {"label": label, "fillcolor": SHAPES["input"]["fillcolor"]}
        elif node.equation is not None and node.equation.op is not None:
            styles[node.key] = dict(DONE)
    for edge in graph.edges:
        if "label" in styles.get(edge.target.key, {}):
            styles[edge.key] = {"color": PALE_EDGE}
    return styles


def _took_part(graph: Graph, node: Node) -> bool:
    """Whether a value was used; a constant or a group where something that uses it was run."""
    ran = graph.subject.ran or set()
    if node.equation is not None:
        return node.equation in ran
    users = [edge.target for edge in graph.edges if edge.source is node]
    return any(user.equation in ran for user in users)


def ran_note(graph: Graph) -> list[str]:
    """A line above the picture: how many of the operations were run."""
    ran = graph.subject.ran
    if ran is None:
        return []
    ops = [n for n in graph.nodes if n.equation is not None and n.equation.op is not None]
    done = sum(n.equation in ran - graph.subject.fed for n in ops)
    return [f"run: {done} of {len(ops)} operations (green); pale: not needed"]
