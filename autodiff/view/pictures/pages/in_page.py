"""A picture that the reader's browser lays out: where Python finds no Graphviz at all.

There is no `dot` and no wheel of `pygraphviz` on every machine.  Then the page gets the DOT source
and Graphviz itself, compiled for browsers (`vendor`, 0.5 MB compressed, no network); it needs a
page that runs scripts, and elsewhere the words stand for the picture.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from importlib import resources
from typing import Any

from autodiff.view.pictures.layout.svg import VARIABLES
from autodiff.view.pictures.outline import title_of
from autodiff.view.pictures.pages.page import asset, piece, style
from autodiff.view.records.graph import Graph
from autodiff.view.words.widths import BOLD, REGULAR, UNKNOWN

SMALLER = 0.6
"""Without fonts Graphviz guesses widths, and moves a text out of a cell that it takes for too
narrow; so it gets smaller letters, and the page writes them in their size."""
_SIZED = re.compile(r'(POINT-SIZE=")([\d.]+)')
_shown = itertools.count(1)


def layout(graph: Graph, source: str, alt: str) -> dict[str, Any]:
    """What a page needs to lay a graph's DOT source out, ready for JSON."""
    package = resources.files("autodiff.view.pictures.pages").joinpath("vendor", "viz-global.js.gz")
    return {
        "dot": _SIZED.sub(lambda found: f"{found[1]}{float(found[2]) * SMALLER:g}", source),
        "smaller": SMALLER,
        "alt": alt,
        "titles": {node.key: title_of(node) for node in graph.nodes},
        "colours": {colour: f"var(--ad-{name})" for colour, (name, _) in VARIABLES.items()},
        "widths": {"regular": REGULAR, "bold": BOLD, "unknown": UNKNOWN},
        "graphviz": base64.b64encode(package.read_bytes()).decode(),
    }


def fragment(graph: Graph, source: str, alt: str, still: str) -> str:
    """A picture as a piece of a page: `still` stands there until the browser has laid it out."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    record = {
        "id": f"ad-{digest}-p{next(_shown)}",
        "css": style("player", "player.css"),
        "layout": layout(graph, source, alt),
    }
    return piece("picture", record, still, alt, asset("pictures.pages", "in_page.js"))
