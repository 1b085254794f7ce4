"""A graph that one can touch: groups unfold by a click, with zoom, search and a small map.

The page holds the nodes, the groups and what flows between them as plain data, and lays out what
is unfolded by itself, with box sizes from the product's own table of widths; so it needs no
Graphviz, no network and no kernel, and opens in the same time whether the graph has fifty
equations or ten thousand.  Where no script runs, the still picture stands for it.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from html import escape
from typing import Any

from autodiff.core.language.display.table import brief
from autodiff.view.findings.cancelled import call_zeros
from autodiff.view.pictures.outline import alt_text, outline
from autodiff.view.pictures.pages.page import asset, piece, style, whole_page
from autodiff.view.records.graph import ZEROS, Edge, Graph, Node
from autodiff.view.records.nesting import Group, Nesting, nested
from autodiff.view.words.text import clipped, number, rms, shape_of, shape_text, short, wrapped
from autodiff.view.words.tiles import tiles
from autodiff.view.words.widths import width

WIDEST, DETAILED, OUTLINED = 36, 400, 2000
"""Characters of a line in a box; nodes up to which rules and arrays, and the twin in words, are
in the page."""
TOLD_OF = {"zero": "0", "blocked": "⊣", "rounding": ZEROS["rounding"]}
"""What stands on a line that carries no number."""
TOLD = sorted({*"0123456789.e+-↑↓ infan", *"".join(TOLD_OF.values())})
"""The characters of what stands on a line."""
_shown = itertools.count(1)


def explorer(graph: Graph, still: str, number: int | None = None) -> str:
    """The fragment of a page that shows a whole graph, folded; `still` is its still picture."""
    tree = nested(graph)
    call_zeros(graph)
    many = len(graph.nodes) > DETAILED
    record: dict[str, Any] = {
        "title": graph.subject.title,
        "notes": graph.notes,
        "forward": graph.forward is not None,
        "groups": [
            {"key": group.key, "title": group.title, "outer": group.outer} | _folded(group)
            for group in tree.groups
        ],
        "widths": {c: round(width(c, 1), 3) for c in TOLD},
        "open": _opening(tree),
        "nodes": [_node(node, tree, many) for node in graph.nodes],
        "edges": [_edge(edge, many) for edge in graph.edges if edge.carries != "order"],
    }
    told = "\n".join(line for node in record["nodes"] for line in node["lines"])
    digest = hashlib.sha256(told.encode()).hexdigest()[:8]
    number = next(_shown) if number is None else number
    record |= {"id": f"ad-{digest}-x{number}", "css": style("pictures.map", "explorer.css")}
    alt = alt_text(graph)
    sentence = f"{alt} Where the notebook is trusted, groups unfold here by a click."
    code = asset("pictures.map", "layers.js") + asset("pictures.map", "explorer.js")
    return piece("explore", record, still, sentence, code)


def page(graph: Graph, still: str) -> str:
    """A page of its own with the explorer, and the same graph in words below it."""
    words = ""
    if len(graph.nodes) <= OUTLINED:
        words = (
            "<details><summary>The same graph in words</summary>"
            f"<pre>{escape(outline(graph))}</pre></details>"
        )
    title = f"Graph of {graph.subject.title}"
    return whole_page(title, explorer(graph, still, 0) + words)


def _opening(tree: Nesting) -> list[str]:
    """The groups that are unfolded at first: small ones that stand alone at their level."""
    alone: dict[str, list[str]] = {}
    for group in tree.groups:
        alone.setdefault(group.outer, []).append(group.key)
    found: list[str] = []
    level = alone.get("", [])
    while len(level) == 1:  # what wraps all the rest says nothing by itself
        found += level
        level = alone.get(level[0], [])
    return found


def _node(node: Node, tree: Nesting, many: bool) -> dict[str, Any]:
    """A node as data: what its box says, how large that is, and what a click shows."""
    head = clipped(f"{node.name} = {node.formula}" if node.formula else node.name, 3 * WIDEST)
    lines = [part for line in wrapped(head, WIDEST) for part in _pieces(line)]
    heads = len(lines)
    value = short(node.value) if node.role != "group" else ""
    if node.role != "group":
        shape = f"{shape_of(node.value)} " if shape_of(node.value) else ""
        lines.append(_within(f"{shape}{value}", f"{shape}{brief(node.value)}"))
    derivative = ""
    if node.quantity is not None:
        derivative = node.quantity.text
        sized = node.quantity.state == "number" and shape_of(node.quantity.value)
        shown = f"size {number(rms(node.quantity.value))}" if sized else derivative
        symbol = node.quantity.symbol.split()[-1]
        lines.append(_within(f"{symbol}: {shown}", shown))
    found: dict[str, Any] = {
        "key": node.key,
        "role": node.role,
        "group": tree.owner[node.key],
        "name": node.name,
        "heads": heads,
    } | _written(lines, heads)
    if not many:
        place = node.place
        found |= {
            "formula": node.formula,
            "value": f"{shape_text(node.value)} {value}".strip() if node.role != "group" else "",
            "symbol": node.quantity.symbol if node.quantity else "",
            "derivative": derivative,
            "line": f"line {place.line}: {place.text}" if place is not None else "",
            "tiles": tiles(node.value),
            "tilesOfDerivative": tiles(node.quantity.value) if node.quantity else None,
        }
    return found


def _folded(group: Group) -> dict[str, Any]:
    """What the box of a folded group says."""
    operations = f"{group.count} operation{'s' if group.count != 1 else ''}"
    return _written([f"▸ {group.title}", operations], 1)


def _written(lines: list[str], heads: int) -> dict[str, Any]:
    """Lines of a box, the first of them bold, with the width of each and the size of the box."""
    widths = [round(width(line, 12, bold=at < heads), 1) for at, line in enumerate(lines)]
    size = {"w": math.ceil(max(widths)) + 18, "h": 10 + 16 * len(lines)}
    return {"lines": lines, "widths": widths} | size


def _within(full: str, brief: str) -> str:
    """The text in full where it fits into a box, else what says it in fewer characters."""
    return full if len(full) <= WIDEST else clipped(brief, WIDEST)


def _pieces(line: str) -> list[str]:
    """A line in which no place to break was found, in pieces that fit."""
    return [line[start : start + WIDEST] for start in range(0, len(line), WIDEST)]


def _edge(edge: Edge, many: bool) -> dict[str, Any]:
    """An edge as data: its ends, the size of what flows on it, and the rule in words."""
    found: dict[str, Any] = {"source": edge.source.key, "target": edge.target.key}
    if edge.carries == "number":
        size = rms(edge.term)
        found["size"] = size if size < float("inf") else None
        found["told"] = number(size)
    elif edge.carries in TOLD_OF:
        found["told"] = TOLD_OF[edge.carries]
    if not many and edge.partial is not None:
        found["rule"] = edge.stop if edge.carries == "blocked" else edge.partial.text
    return found
