"""`Drawing`: a Graphviz digraph that can show itself, save itself, and say itself in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graphviz

from autodiff.view.pictures.outline import alt_text, outline, title_of
from autodiff.view.pictures.render import FORMATS, RenderError, find_renderer, fix, render
from autodiff.view.pictures.svg import as_image, dress, follow_page
from autodiff.view.records.graph import Graph
from autodiff.view.records.subject import ViewError


class Drawing(graphviz.Digraph):
    """A computation graph as a picture and as text.

    It is a `graphviz.Digraph` (`.source` is the DOT text, and everything else of that class
    works), laid out in a process of its own.  `graph` holds the plain records behind it.
    """

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

        `.svg`, `.png` and `.pdf` are pictures, `.dot` and `.gv` the Graphviz source, `.txt` the
        outline.  Nothing else is written.
        """
        path = Path(self.filepath if filename is None else filename)
        path = path if directory is None else Path(directory) / path
        form = path.suffix.lower().lstrip(".")
        if form in ("dot", "gv"):
            return super().save(filename, directory=directory, **options)
        if form == "txt":
            data = self.outline().encode() + b"\n"
        elif form in FORMATS:
            data = self.svg().encode() if form == "svg" else self._picture(form)
        else:
            raise ViewError(
                f"a drawing is saved as .svg, .png, .pdf, .dot or .txt, but got {path.name!r}."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> dict[str, str]:
        """What a notebook shows: a picture with a text twin, or the text alone."""
        words = self.outline()
        bundle = {"text/plain": words}
        if find_renderer().name == "text":
            bundle["text/plain"] += f"\n\n(no picture: {find_renderer().why}. To mend it: {fix()})"
            return bundle
        try:
            self._picture("svg", "png")
            svg = self.svg()
        except RenderError as error:
            bundle["text/plain"] += f"\n\n(no picture: {error})"
            return bundle
        import base64
        from html import escape

        bundle["text/html"] = (
            f"<div>{as_image(svg, self.alt)}<details><summary>The same graph in words</summary>"
            f"<pre>{escape(words)}</pre></details></div>"
        )
        bundle["image/png"] = base64.b64encode(self._picture("png")).decode()
        return bundle

    def __repr__(self) -> str:
        return f"<drawing of {self.alt[0].lower()}{self.alt[1:]}>"

    def __str__(self) -> str:
        return self.outline()
