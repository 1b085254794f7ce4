"""The network as a table and as a picture."""

from __future__ import annotations

import math
from typing import Any

from autodiff.core.language.display.table import table
from autodiff.frontends.common.options import only


def print_summary(symbol: Any, shape: Any = None, **options: Any) -> int:
    """Print layers, output shapes and numbers of parameters; returns their sum."""
    only("print_summary", options, "line_length", "positions")
    known = shape or {}
    args, _, _ = symbol.infer_shape(**known)
    sizes = dict(zip(symbol.list_arguments(), args or [], strict=False))
    internals = symbol.get_internals()
    outs = dict(zip(internals.list_outputs(), internals.infer_shape(**known)[1], strict=True))
    rows, total = [], 0
    for node in symbol.nodes:
        if node.op is None:
            continue
        params = [p.name for p, _ in node.note["from"] if p.op is None and p.name not in known]
        count = sum(math.prod(sizes.get(n, ())) for n in params if not n.endswith("label"))
        total += count
        rows.append((f"{node.name} ({node.note['entry'].name})",
                     str(outs.get(f"{node.name}_output", "")), str(count)))  # fmt: skip
    print(table(("layer", "output", "parameters"), rows))
    print(f"total parameters: {total}")
    return total


def plot_network(symbol: Any, title: str = "plot", shape: Any = None, **options: Any) -> Any:
    """The picture of the graph, by the one visualizer."""
    only("plot_network", options, "node_attrs", "hide_weights", "save_format")
    import autodiff as ad

    return ad.draw(symbol)
