"""What a panel offers: inputs to move, values that can be held, edges that can be cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.live.trees import trees
from autodiff.view.records.graph import Graph
from autodiff.view.words.tiles import tiles

ENTRIES = 4096
"""Entries of an input that can be chosen one by one; a larger one is moved as a whole."""


def panel_record(graph: Graph) -> dict[str, Any]:
    """The inputs, values, edges and formulas of a graph, ready for JSON.

    >>> import autodiff as ad
    >>> record = panel_record(ad.steps(lambda x, w: x * w, 2.0, 3.0).graph)
    >>> [(own["name"], own["values"]) for own in record["inputs"]]
    [('x', [2.0]), ('w', [3.0])]
    >>> [edge["words"] for edge in record["edges"]], record["output"]
    (['x → y', 'w → y'], 'n3')
    """
    keys = {node.equation: node.key for node in graph.nodes if node.equation is not None}
    uses: dict[str, int] = {}
    edges = []
    for edge in graph.edges:
        if edge.source.equation is None or edge.carries not in ("number", "zero"):
            continue
        words = f"{edge.source.name} → {edge.target.name}"
        uses[words] = uses.get(words, 0) + 1
        again = f" (use {uses[words]})" if uses[words] > 1 else ""
        edges.append({"key": edge.key, "words": words + again})
    return {
        "nodes": [{"key": node.key, "name": node.name} for node in graph.nodes if node.equation],
        "edges": edges,
        "inputs": [
            _input(place, equation, keys[equation], graph.subject.names[equation])
            for place, equation in enumerate(graph.subject.inputs)
        ],
        "trees": trees(graph),
        "output": keys[graph.subject.target],
    }


def _input(place: int, equation: Equation, key: str, name: str) -> dict[str, Any]:
    value = np.asarray(ground(equation.value))
    few = value.size <= ENTRIES and value.dtype.kind == "f" and bool(np.all(np.isfinite(value)))
    return {
        "place": place,
        "key": key,
        "name": name,
        "shape": list(value.shape),
        "values": [float(entry) for entry in value.flat] if few else None,
        "tiles": tiles(value),
    }
