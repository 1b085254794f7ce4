"""The step player: one self-contained piece of HTML, made from the records of the steps.

Its order is: a picture with alternative text, one sentence, and one script that builds the rest;
where scripts are stripped (an untrusted notebook) the picture and the sentence stay.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from autodiff.view.live.panel import panel_record
from autodiff.view.pictures.build import build
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.pictures.layout.render import RenderError
from autodiff.view.pictures.layout.svg import as_image
from autodiff.view.pictures.outline import alt_text
from autodiff.view.pictures.pages.page import asset, piece, style, whole_page
from autodiff.view.pictures.stage import stage
from autodiff.view.player.guided import stops
from autodiff.view.player.steps import Steps
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import short
from autodiff.view.words.tiles import tiles

LARGEST = 150
"""A graph of more nodes than this is stepped through by its table, without a picture."""
ROOM = 36
"""A box of the picture holds so many characters; a longer text is cut there, not in the table."""
SCRIPTS = (
    ("pictures.pages", "in_page.js"),
    ("live", "again.js"),
    ("live", "panel.js"),
    ("player", "player.js"),
)
_shown = itertools.count(1)


class Player:
    """A player of steps; shows itself in a notebook, and saves itself as a page."""

    def __init__(self, steps: Steps, tour: Sequence[Sequence[Any]] = ()) -> None:
        self.steps = steps
        self.tour = stops(steps, tour)

    @cached_property
    def drawing(self) -> Drawing:
        """The finished picture, which stands for the player where no script runs."""
        return build(self.steps.graph, "grad", direction_of(self.steps.graph, "auto"))

    def html(self, number: int = 0) -> str:
        """The player as a fragment of a page; give each player on one page its own number."""
        record = self.steps.record()
        for node, own in zip(record["nodes"], self.steps.graph.nodes, strict=True):
            node |= {"value": short(own.value), "tiles": tiles(own.value)}
        digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:8]
        alt = alt_text(self.steps.graph)
        record |= {"id": f"ad-{digest}-{number}", "alt": alt, "svg": "", "note": "", "open": None}
        record |= {
            "live": self._live(),
            "tour": self.tour,
            "room": ROOM,
            "css": style("player", "player.css") + asset("live", "live.css"),
        }
        static = f"<pre>{escape(str(self.steps))}</pre>"
        try:
            if len(self.steps.graph.nodes) > LARGEST:
                raise RenderError(f"more than {LARGEST} values: the table shows them, no picture")
            record |= self._stage(record["id"])
            static = as_image(self.drawing.svg(), alt)
        except RenderError as error:
            record["note"] = "" if "layout" in record else f"(no picture: {error})"
        record["open"] = self._opening()
        sentence = f"{alt} Its steps play here where the notebook is trusted."
        return piece(
            "play",
            record,
            static,
            sentence,
            "\n".join(asset(*own) for own in SCRIPTS),
        )

    def _live(self) -> dict[str, Any] | None:
        """What can be moved in the page itself; None where only Python can run the program."""
        record = panel_record(self.steps.graph)
        return record if record["trees"] else None

    def _opening(self) -> dict[str, Any] | None:
        """Where to open: at the reverse sweep's first step through a marked value, if any."""
        marked = {node.key for node in self.steps.graph.nodes if node.mark}
        edges = {edge.key for edge in self.steps.graph.edges if edge.target.key in marked}
        for sweep in self.steps.sweeps:
            if sweep.name == "reverse" and marked:
                for position, step in enumerate(sweep.steps, 1):
                    if step.edge in edges:
                        return {"sweep": "reverse", "position": position}
        return None

    def _stage(self, prefix: str) -> dict[str, Any]:
        """The picture whose numbers the script fills in: laid out once, with room for each."""
        room: dict[tuple[str, str], int] = {}
        for step in self.steps:
            for row, cells in step.changes.items():
                for column, text in cells.items():
                    kind = "value" if column == "value" else "derivative"
                    room[row, kind] = max(room.get((row, kind), 1), min(len(text), ROOM))
        for node in self.steps.graph.nodes:
            room.setdefault((node.key, "value"), min(len(short(node.value)), ROOM))
            room.setdefault((node.key, "derivative"), 1)
        graph = self.steps.graph
        places = (("value", "value"), ("derivative", ""))
        direction = direction_of(graph, "auto")
        return stage(graph, places, f"{prefix}-", direction, lambda n, kind: room[n.key, kind])

    def save(self, filename: str) -> str:
        """Write the player as one page (`.html`), or its steps (`.json`, `.txt`)."""
        path = Path(filename)
        form = path.suffix.lower()
        if form in (".html", ".htm"):
            title = f"Steps of {self.steps.graph.subject.title}"
            text = whole_page(title, self.html())
        elif form == ".json":
            text = self.steps.to_json(indent=1)
        elif form == ".txt":
            text = f"{self.steps}\n"
        else:
            raise ViewError(f"a player is saved as .html, .json or .txt, but got {path.name!r}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> dict[str, str]:
        """The player with two twins: its steps in words, and the finished picture as PNG."""
        bundle = {"text/plain": str(self.steps)}
        if len(self.steps.graph.nodes) <= LARGEST:
            pictures = self.drawing._repr_mimebundle_()
            bundle |= {kind: data for kind, data in pictures.items() if kind == "image/png"}
        return bundle | {"text/html": self.html(next(_shown))}

    def __str__(self) -> str:
        return str(self.steps)

    def __repr__(self) -> str:
        return f"<player of {self.steps!r}; save it with .save('tour.html')>"
