"""`live`: the picture that answers, in a notebook with a kernel, in a tab with Python, or without.

What carries requests and answers is the only difference: a widget's messages (`anywidget`), the
page's own Python (Pyodide), or nothing, where the page computes a program of numbers by itself.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from autodiff.view.live.session import Session
from autodiff.view.pictures.build import build
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.layout.render import RenderError
from autodiff.view.pictures.layout.svg import as_image
from autodiff.view.pictures.outline import alt_text, outline
from autodiff.view.pictures.pages.page import asset, piece, style, whole_page
from autodiff.view.records.given import subject_of
from autodiff.view.records.subject import ViewError

SCRIPTS = (
    ("pictures.pages", "in_page.js"),
    ("live", "again.js"),
    ("live", "panel.js"),
    ("live", "live.js"),
)
_shown = itertools.count(1)
_sessions: dict[str, Session] = {}
"""The sessions of a tab with Python, by the ids that its pages ask for."""


class Live:
    """A picture whose inputs are dragged or typed; shows itself in a notebook."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def alt(self) -> str:
        """One sentence that stands for the picture."""
        return alt_text(self.session.graph)

    def record(self, number: int) -> dict[str, Any]:
        """What a page begins with: the picture, inputs, values and edges, ready for JSON."""
        name = f"ad-live-{number}"
        css = style("player", "player.css") + asset("live", "live.css")
        own = {"id": name, "session": name, "title": self.session.first.title, "css": css}
        return own | self.session.picture(name)

    def html(self, number: int = 0) -> str:
        """A fragment of a page; without a kernel it answers where its program is of numbers."""
        record = self.record(number)
        sentence = f"{self.alt} Its inputs are moved here where Python runs, or where the page can."
        code = "\n".join(asset(*own) for own in SCRIPTS)
        return piece("live", record, self._still(), sentence, code)

    def _still(self) -> str:
        try:
            graph = self.session.graph
            return as_image(build(graph, "grad", direction_of(graph, "auto")).svg(), self.alt)
        except RenderError:
            return f"<pre>{escape(outline(self.session.graph))}</pre>"

    def save(self, filename: str) -> str:
        """Write a page of its own (`.html`); it answers where the program is of numbers."""
        path = Path(filename)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ViewError(f"a live picture is saved as .html, but got {path.name!r}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        title = f"Live run of {self.session.first.title}"
        path.write_text(whole_page(title, self.html()), encoding="utf-8")
        return str(path)

    @cached_property
    def widget(self) -> Any:
        """The widget, whose messages carry requests and answers (needs the package anywidget)."""
        import anywidget
        import traitlets

        common = "\n".join(asset(*own) for own in (("pictures.pages", "common.js"), *SCRIPTS))

        class Widget(anywidget.AnyWidget):
            _esm = f"{common}\n{asset('live', 'widget.js')}"
            record = traitlets.Dict().tag(sync=True)

        made = Widget(record=self.record(next(_shown)))
        made.on_msg(lambda own, content, _: own.send(self._reply(content)))
        return made

    def _reply(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"number": content["number"], "reply": self.session.answer(content["request"])}

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> dict[str, Any]:
        words = outline(self.session.graph)
        if sys.platform == "emscripten":
            number = next(_shown)
            _sessions[f"ad-live-{number}"] = self.session
            return {"text/plain": words, "text/html": self.html(number)}
        number = next(_shown)
        if importlib.util.find_spec("anywidget") is None or not in_a_kernel():
            return {"text/plain": words, "text/html": self.html(number)}
        shown = self.widget._repr_mimebundle_()
        bundle: dict[str, Any] = dict(shown[0] if isinstance(shown, tuple) else shown)
        return bundle | {"text/plain": words, "text/html": self.html(number)}

    def __repr__(self) -> str:
        return f"<live run of {self.session.first.title}; save it with .save('live.html')>"


def in_a_kernel() -> bool:
    """Whether a notebook's kernel runs this, so that messages find a page."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def answer(session: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a tab with Python answers a page that it shows."""
    return _sessions[session].answer(request)


def live(
    thing: Any,
    *args: Any,
    ct: Any = None,
    argnums: Sequence[int] | int | None = None,
    parameters: Sequence[str] = (),
) -> Live:
    """A picture that answers: drag or type an input, and every value, adjoint and tangent follows.

    Takes what `draw` takes.  In a notebook with a kernel (and the package anywidget), and in a tab
    with Python, the function runs again at each change, also where it takes another way at an
    `if`.  A value can be held at a number, an edge cut, and both runs stand side by side with
    their difference.  Without Python the page computes programs of single numbers by itself.
    Raises `ViewError` for a program of more than 150 values.

    >>> live(lambda x, w: x * w + w, 2.0, 3.0)
    <live run of <lambda>; save it with .save('live.html')>
    """
    subject = subject_of(thing, args, argnums=argnums, ct=ct, parameters=parameters)
    return Live(Session(subject))
