"""Steps: a sweep as a list of plain records, one contribution along one edge each.

The terminal, the player and the tests read the same list.  Its JSON form, version 3:

    version   3
    title     the name of the function or tensor
    nodes     [{key, name, role, formula, place}], in order of execution; `place` is
              {file, line, before, lit, after}: the user's line, its lit part between two others
    edges     [{key, source, target, index}]
    files     {file: {line number: text}}: the lines around the places
    sweeps    [{name, title, rows: [{key, name, line, rule, program}], columns: [text],
              start: {row: {column: text}}, steps: [step]}]
    step      {sweep, kind, node, edge, row, symbolic, numeric, words, changes, answer, term,
              product, question, tiles}

`symbolic` is the equation, `numeric` the same with its numbers filled in, `words` what happens;
`changes` is {row: {column: new text}}; `answer` is the number to predict, `term` what this step
alone adds to it, or null.  Of arrays, `product` are the factors and their result, each
{sign, name, shape, range, small, panels, numbers} with panels as `words.tiles.tiles`
makes them; `tiles` is the array that the step leaves, {small, range, panels}, where no product
ends in it; `question` is what to predict: {kind, words, answer}, kind "shape" or "entry".
"""

from __future__ import annotations

import json
import linecache
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autodiff.core.ground.locations import Location
from autodiff.view.records.graph import Graph, Node

VERSION = 3
SWEEPS = ("forward", "reverse", "dual", "check")
Changes = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sweep; see the module's description of the JSON form for the fields."""

    sweep: str
    kind: str
    node: str
    edge: str | None
    row: str
    symbolic: str
    numeric: str
    words: str
    changes: Changes
    answer: float | None = None
    term: float | None = None
    product: list[dict[str, Any]] | None = None
    question: dict[str, Any] | None = None
    tiles: dict[str, Any] | None = None

    def __str__(self) -> str:
        line = f"{self.symbolic}  =  {self.numeric}" if self.numeric else self.symbolic
        return f"{line}   ({self.words})"


@dataclass(slots=True)
class Sweep:
    """The steps of one sweep, and the table that they change."""

    name: str
    title: str
    rows: list[dict[str, str]]
    columns: list[str]
    start: Changes
    steps: list[Step] = field(default_factory=list)

    def state(self, count: int) -> Changes:
        """The table after the first `count` steps."""
        table = {row: dict(cells) for row, cells in self.start.items()}
        for step in self.steps[:count]:
            for row, cells in step.changes.items():
                table.setdefault(row, {}).update(cells)
        return table


class Steps(Sequence[Step]):
    """All steps of the sweeps asked for: a sequence of `Step`; `print` shows them in words."""

    def __init__(self, graph: Graph, sweeps: list[Sweep]) -> None:
        self.graph = graph
        self.sweeps = sweeps
        self._steps = [step for sweep in sweeps for step in sweep.steps]

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, index: Any) -> Any:
        return self._steps[index]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def __str__(self) -> str:
        lines = []
        for sweep in self.sweeps:
            lines += ["", sweep.title, "-" * len(sweep.title)]
            width = len(str(len(sweep.steps)))
            lines += [f"{i:>{width}}. {step}" for i, step in enumerate(sweep.steps, 1)]
        return "\n".join(lines[1:])

    def __repr__(self) -> str:
        counted = ", ".join(f"{len(s.steps)} {s.name}" for s in self.sweeps)
        return f"<steps of {self.graph.subject.title}: {counted}; print them to read>"

    def record(self) -> dict[str, Any]:
        """The steps as plain dictionaries, lists, texts and numbers, ready for JSON."""
        return {
            "version": VERSION,
            "title": self.graph.subject.title,
            "nodes": [
                {
                    "key": n.key,
                    "name": n.name,
                    "role": n.role,
                    "formula": n.formula,
                    "place": place_record(n.place),
                }
                for n in self.graph.nodes
            ],
            "edges": [
                {"key": e.key, "source": e.source.key, "target": e.target.key, "index": e.index}
                for e in self.graph.edges
            ],
            "files": excerpts(self.graph.nodes),
            "sweeps": [asdict(sweep) for sweep in self.sweeps],
        }

    def to_json(self, **options: Any) -> str:
        """The record as JSON text (`options` go to `json.dumps`); strict: no NaN."""
        return json.dumps(self.record(), ensure_ascii=False, allow_nan=False, **options)


def place_record(place: Location | None) -> dict[str, Any] | None:
    """A place in the user's code: the line, cut where its lit part begins and ends."""
    if place is None:
        return None
    line = linecache.getline(place.file, place.line).rstrip("\n")
    data = line.encode()  # columns count bytes
    stop = place.end_column if place.end_line == place.line else len(data)
    parts = (data[: place.column], data[place.column : stop], data[stop:])
    before, lit, after = (part.decode(errors="replace") for part in parts)
    return {
        "file": place.file_name,
        "line": place.line,
        "before": before,
        "lit": lit,
        "after": after,
    }


def excerpts(nodes: Sequence[Node], around: int = 2) -> dict[str, dict[str, str]]:
    """The user's lines that made the nodes, and `around` more on each side."""
    found: dict[str, dict[int, str]] = {}
    for node in nodes:
        if node.place is not None:
            lines = found.setdefault(node.place.file_name, {})
            for line in range(max(1, node.place.line - around), node.place.line + around + 1):
                text = linecache.getline(node.place.file, line)
                if text:
                    lines[line] = text.rstrip("\n")
    return {file: {str(n): t for n, t in sorted(lines.items())} for file, lines in found.items()}
