"""From a graph to Graphviz source: what each node and edge looks like, and nothing else.

A node's kind is told by its shape and by a word; the three ways of having no derivative are
told by a word, a style of line and a colour.  Colours are readable on white for every reader:
blue for values, a dark orange for adjoints, which flow back, purple for tangents.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autodiff.core.language.abstract import Abstract
from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.grids import is_shown, is_small, left_out, panels_of
from autodiff.view.pictures.boxes.label import FAINT, INK, Line, Row, Swatch, table, text
from autodiff.view.records.graph import ZEROS, Edge, Graph, Node
from autodiff.view.words.text import (
    FULL,
    clipped,
    is_empty,
    mean_text,
    number,
    rms,
    shape_of,
    shape_text,
    short,
    wrapped,
)

FONT = "DejaVu Sans,Verdana,sans-serif"
VALUE, BACK, TANGENT = "#0b4a8f", "#9a3412", "#6b21a8"
DETAILS = ("value", "grad", "full")
SHAPES = {
    "input": {"shape": "box", "style": "rounded,filled", "fillcolor": "#e6f0fb"},
    "parameter": {
        "shape": "box",
        "style": "diagonals,filled",
        "fillcolor": "#fdf3d8",
        "margin": "0.14,0.06",
    },
    "constant": {"shape": "note", "style": "filled", "fillcolor": "#f0f1f3"},
    "result": {"shape": "box", "style": "filled", "fillcolor": "#ffffff"},
    "output": {"shape": "box", "style": "filled", "fillcolor": "#ffffff", "peripheries": "2"},
    "backward": {"shape": "box", "style": "filled", "fillcolor": "#fdeee6"},
    "group": {"shape": "box3d", "style": "filled", "fillcolor": "#f3eefb", "margin": "0.14,0.08"},
}
STATES = {
    "zero": {"penwidth": "1.6", "color": FAINT},
    "rounding": {"penwidth": "1.6", "color": FAINT},
    "blocked": {"style_more": "dashed", "color": FAINT},
    "not computed": {},
}
LINES = {
    "number": {"color": BACK},
    "zero": {"color": FAINT, "style": "dotted", "penwidth": "1.6"},
    "rounding": {"color": FAINT, "style": "dotted", "penwidth": "1.6"},
    "blocked": {"color": FAINT, "style": "dashed", "arrowhead": "tee"},
    "constant": {"color": FAINT},
    "not computed": {"color": INK},
    "nothing": {"color": INK},
    "order": {"color": FAINT, "style": "dashed", "arrowhead": "open"},
}


def node_rows(graph: Graph, node: Node, detail: str) -> list[Row]:
    """What is written in a node, top to bottom: name and formula, value, derivative."""
    rows: list[Row] = [*head(node)]
    rows += [text(line, FAINT, 10) for line in node.lines]
    if node.role != "group" and detail != "flow":
        rows += _value_rows(graph, node, detail)
    if detail not in ("value", "flow") and node.quantity is not None:
        rows += _quantity_rows(graph, node)
    if detail == "full" and node.place is not None:
        rows.append(text(f"line {node.place.line}: {clipped(node.place.expression, 40)}", FAINT, 9))
    if node.mark:
        rows += [text(line, BACK, 11, bold=True) for line in wrapped(node.mark, WIDE)]
    return rows


def head(node: Node) -> list[Line]:
    """Name, formula and role: on one line where they fit, a long formula on several."""
    name = text(clipped(node.name, 40), bold=True, size=12)
    role = () if node.role == "result" else text(f"   {node.role}", FAINT, 9, italic=True)
    if not node.formula:
        return [name + role]
    first, *more = wrapped(f"= {clipped(node.formula, 4 * WIDE)}", WIDE - 6)
    lines = [name + text(f" {first}", size=12)]
    lines += [text(f"    {line}", size=12) for line in more]
    return [*lines[:-1], lines[-1] + role]


def swatch_of(graph: Graph, value: Any) -> Swatch | None:
    """An array as a grid of numbers or of colours, in a picture with room for it."""
    if not is_shown(value) or len(graph.nodes) > (NUMBERS if is_small(value) else GRIDS):
        return None
    return Swatch(panels_of(value))


def _value_rows(graph: Graph, node: Node, detail: str) -> list[Row]:
    value = ground(node.value)
    rows: list[Row] = []
    shape = shape_text(value)
    swatch = swatch_of(graph, value)
    if swatch is not None:
        seen = "" if is_small(value) else f"   {short(value)}"
        cut = left_out(value)
        parts = (shape, FAINT), (seen, VALUE), (cut and f"   {cut}", FAINT)
        return [
            tuple(span for words, ink in parts if words for span in text(words, ink, 10)),
            swatch,
        ]
    if shape:
        rows.append(text(shape, FAINT, 10))
    if isinstance(value, tuple):
        count = f"{len(value)} result{'s' if len(value) > 1 else ''}"
        return [*rows, text(count, FAINT, 10)]
    if isinstance(value, Abstract):
        return rows
    shown = "no entries" if is_empty(value) else clipped(short(value), 46)
    rows.append((text("value", FAINT, 10), text(shown, VALUE)))
    mean = mean_text(value)
    if mean and detail != "value":
        rows.append((text("", FAINT, 10), text(mean, VALUE, 10)))
    return rows


def _quantity_rows(graph: Graph, node: Node) -> list[Row]:
    quantity = node.quantity
    assert quantity is not None
    label = text(clipped(quantity.symbol, WIDE), FAINT, 10)
    if quantity.state != "number":
        words = {**ZEROS, "not computed": "· not computed ·"}
        shown = words.get(quantity.state) or f"⊣ {quantity.text}"
        zero = quantity.state in ZEROS
        return [(label, text(shown, FAINT, 10, bold=zero, italic=not zero))]
    colour = flow_colour(graph)
    swatch = swatch_of(graph, quantity.value)
    if swatch is not None:
        several = len(quantity.terms)
        told = "" if is_small(quantity.value) else f"   {short(quantity.value)}"
        told += f"   the sum of {several} terms" if several > 1 else ""
        told += "   (seed)" if quantity.seed and several < 2 else ""
        return [label + text(told, colour, 10) if told else label, swatch]
    told = quantity.text
    rows: list[Row] = [(label, text(clipped(told, WIDE), colour))]
    if len(told) > WIDE and len(quantity.terms) > 1:
        rows = [(label, text(clipped(short(quantity.value), WIDE), colour))]
        rows.append((text("", FAINT, 10), text(f"sum of {len(quantity.terms)} terms", colour, 10)))
    mean = mean_text(quantity.value)
    if mean:
        rows.append((text("", FAINT, 10), text(mean, colour, 10)))
    return rows


def flow_colour(graph: Graph) -> str:
    """The colour of what the graph's sweep carries."""
    return BACK if graph.forward is None else TANGENT


Rows = Callable[[Graph, Node], list[Row]]
"""What is written in a node, where a page does not want the rows of `node_rows`."""


def node_attributes(
    graph: Graph, node: Node, detail: str, rows_of: Rows | None = None
) -> dict[str, str]:
    """The Graphviz attributes of a node."""
    look: dict[str, Any] = {"color": INK, **SHAPES[node.role]}
    if detail not in ("value", "flow", "stage") and node.quantity is not None:
        state = dict(STATES.get(node.quantity.state, {}))
        more = state.pop("style_more", "")
        look |= state
        if more:
            look["style"] = f"{look['style']},{more}"
    if node.mark:
        look |= {"color": BACK, "penwidth": "3"}
    tooltip = clipped(f"{node.name} {node.role}", 80)
    rows = node_rows(graph, node, detail) if rows_of is None else rows_of(graph, node)
    return {"label": table(rows), "id": node.key, "tooltip": quoted(tooltip), **look}


def edge_lines(graph: Graph, edge: Edge, detail: str) -> list[Row]:
    """What is written on an edge: the local partial, then what flows along it."""
    lines: list[Row] = []
    if detail == "stage":
        return [text(words, INK, 10) for words in _rule_only(edge)]
    if detail != "value" and edge.partial is not None:
        if edge.carries == "blocked":
            return [text(edge.stop, FAINT, 10, italic=True)]
        for line in _partial_lines(edge):
            lines.append(text(line, INK, 10))
        if edge.partial.rule and edge.partial.shapes and edge.partial.value is None:
            lines.append(text(edge.partial.shapes, FAINT, 9))
        lines += _flow_rows(graph, edge, detail)
    if edge.uses and edge.carries == "number" and detail not in ("value", "flow"):
        arrow = ARROWS[graph.rankdir, graph.forward is not None]
        lines.append(text(f"{arrow} {group_flow(edge)}", flow_colour(graph), 10))
    if edge.broadcast:
        shown = edge.broadcast if detail != "value" else edge.broadcast.partition(";")[0]
        lines.append(text(shown, FAINT, 9, italic=True))
    return lines


def _rule_only(edge: Edge) -> list[str]:
    """The local partial without its number, which the player's steps bring."""
    partial = edge.partial
    if partial is None or edge.carries == "blocked":
        return [edge.stop] if edge.stop else []
    if partial.value is not None:
        shown = partial.short_formula
        return wrapped(f"{partial.symbol} = {shown}" if shown else partial.symbol, WIDE)
    return wrapped(partial.short_rule, WIDE) if partial.short_rule else []


def _partial_lines(edge: Edge) -> list[str]:
    """The local partial on an edge, on as many lines as it needs."""
    partial = edge.partial
    assert partial is not None
    told = partial.text if partial.value is not None else partial.short_rule
    return wrapped(told, WIDE) if told else []


ARROWS = {("LR", True): "→", ("LR", False): "←", ("TB", True): "↓", ("TB", False): "↑"}
"""Which way a derivative goes in the picture, by the picture's direction and forward mode."""


def flow_text(graph: Graph, edge: Edge, detail: str = "grad", rankdir: str = "LR") -> str:
    """`← 2 × 0.42 = 0.84`: the product that makes up this edge's contribution."""
    if edge.term is None:
        return ""
    forward = graph.forward is not None
    owner = edge.source if forward else edge.target
    arrow = ARROWS[rankdir, forward]
    carried = ground(owner.quantity.value) if owner.quantity else None
    if edge.carries in ZEROS:
        return f"{arrow} {ZEROS[edge.carries]}"
    scalar = shape_of(edge.term) == shape_of(carried) == ()
    if scalar and edge.partial is not None and edge.partial.scalar and carried is not None:
        factor = short(edge.partial.value)
        factor = f"({factor})" if factor.startswith("-") else factor
        return f"{arrow} {short(carried)} × {factor} = {short(edge.term)}"
    if math.prod(shape_of(edge.term)) <= FULL or detail == "full":
        return f"{arrow} {short(edge.term)}"
    return ""


def group_flow(edge: Edge) -> str:
    """`(6, 8), size 0.012`: what flows along an edge of a group, by its size."""
    shape = f"{shape_of(edge.term)}, " if shape_of(edge.term) else ""
    return f"{shape}size {number(rms(edge.term))}"


def _flow_rows(graph: Graph, edge: Edge, detail: str) -> list[Row]:
    """What flows along an edge; an array only where it is one term of several, or in full."""
    colour = flow_colour(graph)
    told = flow_text(graph, edge, detail, graph.rankdir)
    receiver = edge.target if graph.forward is not None else edge.source
    several = receiver.quantity is not None and len(receiver.quantity.terms) > 1
    swatch = swatch_of(graph, edge.term) if edge.carries == "number" else None
    if swatch is None:
        return [text(clipped(told, WIDE), colour, 10)] if told else []
    if not several and detail != "full":
        return []
    words = f"{ARROWS[graph.rankdir, graph.forward is not None]} {short(edge.term)}"
    arrow = words[:1] if is_small(edge.term) else words
    return [text(arrow, colour, 10), swatch]


GRIDS, NUMBERS = 40, 150
"""In a picture of more boxes than this, arrays are told by their range; small ones in text."""
WIDE = 46
"""Characters of a formula, or of an array on an edge, on one line."""


def edge_attributes(graph: Graph, edge: Edge, detail: str) -> dict[str, str]:
    """The Graphviz attributes of an edge."""
    plain = (detail == "value" and edge.carries != "order") or (
        detail == "stage" and edge.carries != "blocked"
    )
    look = {"color": INK} if plain else dict(LINES[edge.carries])
    if detail == "stage" and plain and edge.source.equation is not None:
        look |= {"dir": "both", "arrowtail": "normal"}  # the page shows the one that is needed
    if edge.carries == "number" and not plain:
        look["color"] = TANGENT if graph.forward is not None else f"{INK}:{BACK}"
        if graph.forward is None and detail != "flow":  # values go one way, adjoints the other
            look |= {"dir": "both", "arrowtail": "normal"}
    lines = edge_lines(graph, edge, detail) if detail != "flow" else []
    if lines:
        look["label"] = table(lines, indent=5)
    if edge.mark:
        look |= {"color": BACK, "penwidth": "3", "dir": "back"}
    words = f"{edge.source.name} to {edge.target.name}, operand {edge.index + 1}"
    return {"id": edge.key, "tooltip": quoted(words), "labeltooltip": quoted(words), **look}


def quoted(words: str) -> str:
    """Text for a plain attribute: no escape sequences of Graphviz's own."""
    return "".join(c if c.isprintable() else " " for c in words).replace("\\", "\\\\")
