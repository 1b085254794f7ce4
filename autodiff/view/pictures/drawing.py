"""`Drawing`: a Graphviz digraph that can show itself, save itself, and say itself in words."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import graphviz

from autodiff.view.pictures.layout.render import FORMATS, RenderError, find_renderer, fix, render
from autodiff.view.pictures.layout.svg import as_image, dress, follow_page
from autodiff.view.pictures.map.explorer import explorer, page
from autodiff.view.pictures.outline import alt_text, outline, title_of
from autodiff.view.pictures.pages.in_page import fragment
from autodiff.view.records.graph import Graph
from autodiff.view.records.subject import ViewError

FOLDED = 30
"""A graph of more nodes than this is shown in a notebook as a map that unfolds."""


class Drawing(graphviz.Digraph):
    """A computation graph as a picture and as text.

    It is a `graphviz.Digraph` (`.source` is the DOT text, and everything else of that class
    works), laid out in a process of its own.  `graph` holds the plain records behind it, and
    `unfold` makes the same with nothing folded, which a page unfolds by a click.
    """

    unfold: Callable[[], Graph] | None = None

    def __init__(self, graph: Graph, detail: str) -> None:
        super().__init__("autodiff", comment=None)
        self.graph = graph
        self.detail = detail
        self._pictures: dict[tuple[str, str], bytes] = {}

    @property
    def alt(self) -> str:
        """One sentence that stands for the picture."""
        return alt_text(self.graph)

    def outline(self) -> str:
        """The same graph as text, a line for each value and each edge."""
        return outline(self.graph, self.detail)

    def svg(self, theme: str = "card", prefix: str = "") -> str:
        """The picture as SVG; `RenderError` where no renderer is installed.

        `theme="card"` is readable by itself on any page, `theme="page"` is for SVG written into
        an HTML page and takes the page's colours.  `prefix` goes before every id.
        """
        if theme not in ("card", "page"):
            raise ViewError(f"theme={theme!r}: choose 'card' or 'page'.")
        titles = {node.key: title_of(node) for node in self.graph.nodes}
        svg = dress(self._picture("svg").decode(), self.alt, titles, prefix)
        return follow_page(svg) if theme == "page" else svg

    def _picture(self, form: str, *also: str) -> bytes:
        source = self.source
        if (source, form) not in self._pictures:
            found = render(source, (form, *also))
            self._pictures = {(source, name): data for name, data in found.items()} | {
                key: data for key, data in self._pictures.items() if key[0] == source
            }
        return self._pictures[source, form]

    def save(self, filename: Any = None, directory: Any = None, **options: Any) -> str:
        """Write the drawing to a file and return its path; the ending says the format.

        `.svg`, `.png` and `.pdf` are pictures, `.html` a page whose groups unfold by a click,
        `.dot` and `.gv` the Graphviz source, `.txt` the outline.  Nothing else is written.
        """
        path = Path(self.filepath if filename is None else filename)
        path = path if directory is None else Path(directory) / path
        form = path.suffix.lower().lstrip(".")
        if form in ("dot", "gv"):
            return super().save(filename, directory=directory, **options)
        if form in ("html", "htm"):
            data = page(self.whole, self.still()).encode()
        elif form == "txt":
            data = self.outline().encode() + b"\n"
        elif form in FORMATS:
            data = self.svg().encode() if form == "svg" else self._picture(form)
        else:
            raise ViewError(
                "a drawing is saved as .svg, .png, .pdf, .html, .dot or .txt, "
                f"but got {path.name!r}."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    @cached_property
    def whole(self) -> Graph:
        """The graph with nothing folded."""
        return self.unfold() if self.unfold is not None else self.graph

    def still(self) -> str:
        """The picture as HTML that needs no script; in words where there is no renderer."""
        try:
            return as_image(self.svg(), self.alt)
        except RenderError:
            return f"<pre>{escape(self.outline())}</pre>"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> dict[str, str]:
        """What a notebook shows: a picture with a text twin, or the text alone."""
        words = self.outline()
        bundle = {"text/plain": words}
        if find_renderer().name == "text":
            bundle["text/plain"] += f"\n\n(no picture: {find_renderer().why}. To mend it: {fix()})"
            still = f"<pre>{escape(words)}</pre>"
            bundle["text/html"] = fragment(self.graph, self.source, self.alt, still)
            return bundle
        try:
            still_too = find_renderer().name != "browser"  # which shows the SVG itself
            self._picture("svg", *(["png"] if still_too else []))
            svg = self.svg()
        except RenderError as error:
            bundle["text/plain"] += f"\n\n(no picture: {error})"
            return bundle
        still = as_image(svg, self.alt)
        if len(self.whole.nodes) > FOLDED:
            still = explorer(self.whole, still)
        bundle["text/html"] = (
            f"<div>{still}<details><summary>The same graph in words</summary>"
            f"<pre>{escape(words)}</pre></details></div>"
        )
        if still_too:
            bundle["image/png"] = base64.b64encode(self._picture("png")).decode()
        return bundle

    def __repr__(self) -> str:
        return f"<drawing of {self.alt[0].lower()}{self.alt[1:]}>"

    def __str__(self) -> str:
        return self.outline()
