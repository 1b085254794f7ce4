"""A picture with empty places, laid out once: a page's script writes the numbers into them.

Each value has a place for its numbers, wide enough for what will come: a text for a number, a
grid for an array.  Steps and live runs then change texts and colours, and never the layout.

>>> import autodiff as ad
>>> graph = ad.steps(lambda x: x * x, 3.0).graph
>>> made = stage(graph, (("value", "value"),), "p-")
>>> 'data-slot="n2:value"' in made["svg"]
True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from autodiff.core.language.display.grids import panels_of
from autodiff.view.pictures.boxes.dot import BACK, VALUE, WIDE, head, swatch_of
from autodiff.view.pictures.boxes.label import FAINT, HOLE, INK, Hole, Line, Row, text
from autodiff.view.pictures.build import build
from autodiff.view.pictures.layout.render import find_renderer
from autodiff.view.pictures.pages.in_page import layout
from autodiff.view.records.graph import Graph, Node
from autodiff.view.words.text import clipped, shape_text, short, wrapped

Places = Sequence[tuple[str, str]]
"""The places of a node: the kind of each, and the word before it; "" leaves a place for a word."""
_SLOT = re.compile(r"<text([^>]*)>\|(\w)(\w+)\|</text>")
_HOLE = re.compile(
    rf'<polygon fill="{HOLE}"[^>]* points="([^"]*)"/>\s*<text[^>]*>\|(\w)(\w+)\|</text>'
)
_KINDS = {kind[0]: kind for kind in ("word", "value", "derivative", "adjoint", "tangent")}
"""The kinds of places; a place is marked by the first letter, so that the mark fits in it."""
NUMBER, LEAST = 10, 5
"""Characters of a number, where nobody says how long it gets, and at least."""


def stage(
    graph: Graph,
    places: Places,
    prefix: str,
    direction: str = "LR",
    room: Callable[[Node, str], int] | None = None,
) -> dict[str, Any]:
    """The "svg" with empty places, each with `data-slot="key:kind"`; ids begin with the prefix.

    `room` says how many characters a text of a node needs; an array has the size of its grid.
    Where this machine has no Graphviz it is a "layout" instead, for `in_page.js`.
    """

    def rows(own: Graph, node: Node) -> list[Row]:
        return _rows(own, node, places, room)

    drawing = build(graph, "stage", direction, rows_of=rows)
    if find_renderer().name == "text":
        own = {"kinds": _KINDS, "hole": HOLE}
        return {"layout": layout(graph, drawing.source, drawing.alt) | own}
    svg = drawing.svg(theme="page", prefix=prefix)
    return {"svg": _SLOT.sub(_as_slot, _HOLE.sub(_as_grid, svg))}


def _as_slot(match: re.Match[str]) -> str:
    look = re.sub(r' (?:fill|textLength|lengthAdjust)="[^"]*"', "", match[1])
    kind, key = _KINDS[match[2]], match[3]
    return f'<text{look} class="ad-slot ad-slot-{kind}" data-slot="{key}:{kind}"></text>'


def _as_grid(match: re.Match[str]) -> str:
    corners = [tuple(map(float, pair.split(","))) for pair in match[1].split()]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    wide, high = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    box, slot = f"{left:g} {top:g} {wide:g} {high:g}", f"{match[3]}:{_KINDS[match[2]]}"
    return f'<g class="ad-slot ad-grid" data-slot="{slot}" data-box="{box}"></g>'


def _rows(
    graph: Graph, node: Node, places: Places, room: Callable[[Node, str], int] | None
) -> list[Row]:
    rows: list[Row] = [*head(node)]
    shape = shape_text(node.value)
    if shape:
        rows.append(text(shape, FAINT, 10))
    swatch = swatch_of(graph, node.value)
    if node.equation is None:
        label = text("value", FAINT, 10)
        held = swatch or text(clipped(short(node.value), 40), VALUE)
        return [*rows, (label, held)]
    wide = max((room(node, kind) if room else NUMBER for kind, _ in places), default=0)
    wide = max(wide, LEAST)
    for kind, word in places:
        before = text(word, FAINT, 10) if word else _slot("word", node, 7)
        if swatch is not None:
            rows.append((before, Hole(f"|{kind[0]}{node.key}|", panels_of(node.value))))
        else:
            rows.append((before, _slot(kind, node, wide)))
    if node.mark:
        rows += [text(line, BACK, 11, bold=True) for line in wrapped(node.mark, WIDE)]
    return rows


def _slot(kind: str, node: Node, width: int) -> Line:
    """An empty place: a mark that the picture's SVG is searched for, with room for a text."""
    colour, size = (FAINT, 10) if kind == "word" else (INK, 11)
    return text(f"|{kind[0]}{node.key}|", colour, size, room="0" * width)
