"""The label of an edge as a stop on its way, where the picture has frames of groups.

Graphviz keeps boxes inside the frames of their groups and outside of all others, but not the
labels of edges: frames ran through them.  So where there are frames, a label is a box without a
border, in the innermost group that holds both ends; the edge leads to it, along it, and on.
`whole_edges` then makes one edge of the three parts again.

>>> svg = '<g id="e1" class="edge">a</g><g id="e1.stop" class="node">b</g>'
>>> whole_edges(svg + '<g id="e1.rest" class="edge">c</g>')
'<g id="e1" class="edge">a<g>b</g>c</g>'
"""

from __future__ import annotations

import re
from itertools import takewhile

from autodiff.view.pictures.boxes.label import PLAIN
from autodiff.view.records.graph import Edge, Graph

_PART = re.compile(r'<g id="([^"]*)\.(stop|rest)" class="(?:node|edge)">(.*?)</g>\n?', re.DOTALL)
Look = dict[str, str]
APART = 2
"""Points between the lines of an edge of several colours."""
NEAR = "2"
"""Weight of the way from a label on: a label stands near the box that its edge leads to."""


def has_frames(graph: Graph) -> bool:
    """Whether the picture of a graph has frames of groups that labels could lie on."""
    return any(node.scope for node in graph.nodes)


def scope_between(edge: Edge) -> tuple[str, ...]:
    """The innermost group that holds both ends of an edge."""
    pairs = zip(edge.source.scope, edge.target.scope, strict=False)
    return tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def stop(look: Look, rankdir: str) -> Look:
    """The attributes of the box that holds an edge's label, with its line beside it."""
    label = look["label"].removeprefix("<").removesuffix(">")
    line = _line(look, rankdir)
    if rankdir == "TB":
        rows = f"<TR>{line}<TD>{label}</TD></TR>"
    else:
        rows = f"<TR><TD>{label}</TD></TR><TR>{line}</TR>"
    return {
        "label": f"<{PLAIN}{rows}</TABLE>>",
        "id": f"{look['id']}.stop",
        "shape": "plain",
        "tooltip": look.get("tooltip", " "),
    }


def halves(look: Look, rankdir: str) -> tuple[Look, Look]:
    """The attributes of an edge as far as its label, and from there on."""
    heads = look.get("dir", "forward")
    ends = "ns" if rankdir == "TB" else "we"
    common = {k: v for k, v in look.items() if k not in ("label", "dir", "id", "labeltooltip")}
    back = "back" if heads in ("back", "both") else "none"
    ahead = "forward" if heads in ("forward", "both") else "none"
    to = {"headport": f"line:{ends[0]}", "dir": back, "id": look["id"]}
    on = {"tailport": f"line:{ends[1]}", "dir": ahead, "id": f"{look['id']}.rest", "weight": NEAR}
    return common | to, common | on


def _line(look: Look, rankdir: str) -> str:
    """The cell through which the line goes on, as thick and in the colours of the edge."""
    colours = look.get("color", "black").split(":")
    if rankdir == "LR":  # they lie side by side from the right of the way to its left
        colours = colours[::-1]
    thick = max(1, round(float(look.get("penwidth", "1"))))
    along, side = ("WIDTH", "L") if rankdir == "TB" else ("HEIGHT", "T")
    style = look.get("style", "").upper()
    if style in ("DASHED", "DOTTED"):  # Graphviz keeps room for a border at the other side, too
        border = f'BORDER="{thick}" SIDES="{side}" STYLE="{style}" COLOR="{colours[0]}"'
        cells = [f'<TD {along}="{thick}"></TD>', f"<TD {border}></TD>"]
    else:
        cells = []
        for colour in colours[:-1]:  # whose lines begin at every second point
            cells.append(f'<TD {along}="{min(thick, APART)}" BGCOLOR="{colour}"></TD>')
            cells += [f'<TD {along}="{APART - thick}"></TD>'] if thick < APART else []
        cells.append(f'<TD {along}="{thick}" BGCOLOR="{colours[-1]}"></TD>')
    rows = "".join(cells) if rankdir == "TB" else "</TR><TR>".join(cells)
    return f'<TD PORT="line">{PLAIN}<TR>{rows}</TR></TABLE></TD>'


def whole_edges(svg: str) -> str:
    """An SVG in which the parts of an edge and its label are one edge again.

    The label is a part of its own in it, so that the polygons beside it are the edge's heads.
    """
    parts: dict[str, str] = {}
    for key, part, inner in _PART.findall(svg):
        parts[key] = parts.get(key, "") + (f"<g>{inner}</g>" if part == "stop" else inner)
    if not parts:
        return svg
    svg = _PART.sub("", svg)

    def join(found: re.Match[str]) -> str:
        return f"{found[1]}{parts.get(found[2], '')}</g>"

    return re.sub(r'(<g id="([^"]*)" class="edge">.*?)</g>', join, svg, flags=re.DOTALL)
