"""A lesson as slides: a heading begins one, pictures stand alone, answers are the speaker's.

The worked notebook is cut where a reader pauses: at headings, and at the prompts.  What stands
under `**Predict.**` is for the audience; what stands under `**Explain.**` goes into the speaker's
notes (press S), so that nobody reads the answer first.  nbconvert makes the page; it
brings reveal.js along and plays without a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from autodiff.course.lessons.forms import Notebook
from autodiff.course.pages.offline import alone, brought, template

_CUTS = re.compile(
    r"(?m)^(?=#{1,3} |\*\*(?:Predict|Explain|Change one thing|What breaks next)\.\*\*)"
)


def pieces(text: str) -> list[str]:
    """A text cell cut at headings and prompts.

    >>> pieces("# Title\\n\\nText.\\n\\n**Predict.** What?\\n\\n**Explain.** So.")
    ['# Title\\n\\nText.', '**Predict.** What?', '**Explain.** So.']
    """
    return [own.strip() for own in _CUTS.split(text) if own.strip()]


def kind_of(text: str) -> str:
    """What becomes of a piece: a slide, a part that comes later, or a note for the speaker."""
    if text.startswith("#"):
        return "slide"
    return "notes" if text.startswith("**Explain.**") else "fragment"


def with_slides(made: Notebook) -> Notebook:
    """The notebook with its text cut, and in each cell's metadata what it is on the slides."""
    made.cells = list(_cells(made.cells))
    made.metadata["celltoolbar"] = "Slideshow"
    return made


def _cells(cells: list[Any]) -> Iterator[Any]:
    import nbformat

    for cell in cells:
        if cell.cell_type == "markdown":
            for text in pieces(cell.source):
                made = nbformat.v4.new_markdown_cell(text)
                made.metadata["slideshow"] = {"slide_type": kind_of(text)}
                yield made
        elif "install" not in cell.metadata.get("tags", ()):
            cell.metadata["slideshow"] = {"slide_type": "subslide" if shows(cell) else "-"}
            yield cell


def shows(cell: Any) -> bool:
    """Whether a cell's output is a picture or a player, which needs the whole slide."""
    return any(
        kind.startswith("image/") or "<script" in str(data)
        for out in cell.get("outputs", ())
        for kind, data in out.get("data", {}).items()
    )


def page(made: Notebook, form: str) -> str:
    """The notebook as a page that needs no network: "slides", or "html" to read and to print."""
    import nbconvert

    exporter = nbconvert.SlidesExporter() if form == "slides" else nbconvert.HTMLExporter()
    exporter.raw_template = template(form)
    text: str
    shown = with_slides(made) if form == "slides" else made
    text, _ = exporter.from_notebook_node(shown, resources={"brought": brought(form)})
    return alone(text)
