"""Gradient flow: the same graph with the size of every adjoint as width and colour.

The scale is logarithmic and absolute (1e-8 .. 1e3), so that two pictures can be compared, and
its colours are those of viridis, which colour-blind readers can order too.
"""

from __future__ import annotations

import math

from autodiff.core.language.display.grids import Tile
from autodiff.core.language.equation import Equation
from autodiff.view.findings.cancelled import cancelled, carries_rounding
from autodiff.view.findings.health import Trouble, active, finding, first_trouble, state_of
from autodiff.view.pictures.boxes.label import FAINT, INK, Swatch, table, text
from autodiff.view.pictures.build import build
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.records.graph import Edge, Graph, Node
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import number, rms

LOW, HIGH = -8.0, 3.0
COLOURS = (
    "#440154",
    "#482173",
    "#433e85",
    "#38588c",
    "#2d708e",
    "#25858e",
    "#1e9b8a",
    "#2ab07f",
    "#52c569",
    "#86d549",
    "#c2df23",
)
"""Eleven steps of viridis, dark for small and light for large: one a power of ten."""
MAGENTA = "#c2188f"


def flow_drawing(graph: Graph, rankdir: str, scale: str = "absolute") -> Drawing:
    """The gradient-flow picture of an annotated graph, with its finding above and its legend."""
    if scale not in ("absolute", "relative"):
        raise ViewError(f"scale={scale!r}: choose 'absolute' or 'relative'.")
    assert graph.backward is not None
    sizes = [rms(edge.term) for edge in graph.edges if edge.carries == "number"]
    sizes = [math.log10(size) for size in sizes if 0 < size < math.inf]
    low, high = (LOW, HIGH) if scale == "absolute" or not sizes else (min(sizes), max(sizes))
    high = max(high, low + 1e-9)
    reference = max((rms(seed) for seed in graph.subject.seeds.values()), default=1.0) or 1.0
    trouble = first_trouble(graph.subject, graph.backward)
    gone = set() if trouble else cancelled(graph.subject, graph.backward)
    styles: dict[str, dict[str, str]] = {}
    for node in graph.nodes:
        here = trouble if trouble is not None and node.equation is trouble.equation else None
        styles[node.key] = _node(graph, node, reference, here, gone)
    for edge in graph.edges:
        styles[edge.key] = _edge(edge, low, high, reference, gone)
    sentence = finding(graph.subject, graph.backward, gone)
    drawing = build(graph, "flow", rankdir, styles, [sentence], legend(low, high, scale))
    drawing.graph.notes = [sentence, *graph.notes]
    return drawing


def _node(
    graph: Graph, node: Node, reference: float, trouble: Trouble | None, gone: set[Equation]
) -> dict[str, str]:
    """The look of a node by the state of its adjoint; the words are added to its lines."""
    assert graph.backward is not None
    look: dict[str, str] = {}
    if node.equation is None:
        return look
    adjoint = graph.backward.adjoints.get(node.equation)
    state = "" if adjoint is None else state_of(adjoint, reference)
    units = active(node.equation)
    if units is not None:
        node.lines.append(f"{units[0]} of {units[1]} units active")
    if adjoint is not None and state != "not finite":
        node.lines.append(f"adjoint size {number(rms(adjoint))}")
    if trouble is not None:
        node.mark = f"first {trouble.word} here"
        look |= {
            "style": "striped",
            "fillcolor": "#f7b9e4:white:" * 3 + "#f7b9e4",
            "shape": "box",
            "color": MAGENTA,
            "penwidth": "4",
        }
    elif node.equation in gone:
        node.lines[-1] = "adjoint 0 up to rounding: its terms cancel"
        look |= {"style": "filled,dashed", "color": FAINT}
    elif state == "not finite":
        node.lines.append("adjoint is not finite")
        look |= {"color": MAGENTA, "penwidth": "3"}
    elif state == "vanishing":
        node.lines.append("vanishing")
        look |= {"style": "filled,dotted"}
    elif state == "exploding":
        node.lines.append("exploding")
        look |= {"penwidth": "4"}
    elif state == "zero":
        node.lines[-1] = "adjoint 0 (exactly)"
        look |= {"style": "filled,dashed", "color": FAINT}
    elif adjoint is None and node.quantity is not None:
        node.lines.append(f"⊣ {node.quantity.text}")
        look |= {"style": "filled,dashed", "color": FAINT}
    if units and units[0] == 0:
        node.lines.append("dead")
    return look


def _edge(
    edge: Edge, low: float, high: float, reference: float, gone: set[Equation]
) -> dict[str, str]:
    """Width 1..7 and one of the colours, both by log10 of the size of what flows back."""
    if edge.carries == "blocked":
        return {"color": FAINT, "style": "dashed", "arrowhead": "tee"}
    if edge.carries == "zero":
        return {"color": FAINT, "style": "dashed"} | _words("0 (exactly)")
    if edge.carries != "number":
        return {"color": FAINT}
    if carries_rounding(edge, gone):
        return {"color": FAINT, "style": "dashed", "dir": "back"} | _words("0 up to rounding")
    state = state_of(edge.term, reference)
    if state == "not finite":
        look = {"color": f"{MAGENTA}:black:{MAGENTA}", "penwidth": "2"}
        return look | _words("not finite")
    size = rms(edge.term)
    place = min(max((math.log10(size) - low) / (high - low), 0.0), 1.0)
    colour = COLOURS[min(int(place * len(COLOURS)), len(COLOURS) - 1)]
    look = {"color": colour, "penwidth": f"{1 + 6 * place:.2f}", "dir": "back"}
    if state == "vanishing":
        look |= {"style": "dotted"}
    if state == "exploding":
        look |= {"color": f"{colour}:white:{colour}", "penwidth": "3"}
    return look | _words(f"{number(size)} {state}")


def _words(words: str) -> dict[str, str]:
    return {"label": table([text(words.strip(), INK, 10)], indent=8)}


def legend(low: float, high: float, scale: str) -> str:
    """The colour scale as a row of the heading: its words, then a patch for each colour."""
    step = (high - low) / len(COLOURS)
    tiles = tuple(
        Tile(f"1e{low + i * step:.3g}", colour, "#ffffff" if i < 8 else "#000000")
        for i, colour in enumerate(COLOURS)
    )
    words = text(f"size of the adjoint on an edge (root mean square, {scale} scale):", FAINT, 10)
    return table([(words, Swatch(((tiles,),)))])[1:-1]
