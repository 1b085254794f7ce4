"""A symbol as text, the JSON that `prefix-symbol.json` holds, and back."""

from __future__ import annotations

import ast
import json

from autodiff.core.language.equation import Equation
from autodiff.frontends.mxnet.symbols.nodes import applied, variable
from autodiff.frontends.mxnet.table.operators import OPS

Head = tuple[Equation, int]
"""One output of an equation."""


def written(nodes: list[Equation], heads: list[Head]) -> str:
    """The text of a graph."""
    place = {n: i for i, n in enumerate(nodes)}
    rows = [
        {"op": n.note["entry"].name if n.op else "null", "name": n.name,
         "param": {k: str(v) for k, v in n.note.get("settings", {}).items()},
         "inputs": [[place[p], i] for p, i in n.note["from"]]}
        for n in nodes
    ]  # fmt: skip
    return json.dumps({"nodes": rows, "heads": [[place[n], i] for n, i in heads]}, indent=1)


def read(text: str) -> list[Head]:
    """The outputs of the graph of a text."""
    graph = json.loads(text)
    made: list[Equation] = []
    for row in graph["nodes"]:
        parents = [(made[i], k) for i, k in row["inputs"]]
        if row["op"] == "null":
            made.append(variable(row["name"]))
            continue
        entry = OPS[row["op"]]
        settings = dict(entry.settings)
        for key, value in row["param"].items():
            try:
                settings[key] = ast.literal_eval(value)
            except (ValueError, SyntaxError):
                settings[key] = value
        for place in range(len(parents) - len(entry.aux), len(parents) if entry.aux else 0):
            parents[place][0].note["aux"] = True
        made.append(applied(entry, parents, settings, row["name"]))
    return [(made[i], k) for i, k in graph["heads"]]
