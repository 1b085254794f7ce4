"""`Chart`: a matplotlib figure that shows itself in a notebook, with words for what it shows.

A plain `Figure` is shown only where `matplotlib.pyplot` has been imported, and never has a text
that stands for it.  Import this module only where a chart is made: it needs matplotlib.
"""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.mathtext import MathTextParser

from autodiff.view.words.text import cleaned, clipped

MARGIN = 0.12
"""Inches around a chart."""
DPI, WIDEST = 96, 30
"""Dots in an inch, and characters of a name beside an axis."""


def readable(name: Any, widest: int = WIDEST) -> str:
    """A name as matplotlib can draw it: what stands between dollars only where it is a formula."""
    name = clipped(cleaned(name), widest)
    try:
        if "$" in name:
            MathTextParser("path").parse(name)
    except ValueError:
        return name.replace("$", r"\$")
    return name


class Chart(Figure):
    """A figure with an alternative text; `savefig` and all else is matplotlib's own."""

    alt_text: str | None = None
    """The text that stands for the picture, where a better one is known than labels and curves."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(engine := self.get_layout_engine(), ConstrainedLayoutEngine):
            engine.set(w_pad=MARGIN, h_pad=MARGIN)  # readers' fonts are wider than matplotlib's

    @property
    def alt(self) -> str:
        """What the chart shows: its titles, its axes, and the names of its curves."""
        if self.alt_text is not None:
            return self.alt_text
        parts = []
        for axes in self.axes:
            words = [axes.get_title(), f"{axes.get_ylabel()} against {axes.get_xlabel()}"]
            legend = axes.get_legend()
            names = [text.get_text() for text in legend.texts] if legend else []
            parts.append("; ".join([*filter(None, words), *names]))
        return f"Chart. {' | '.join(parts)}."

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> dict[str, str]:
        """The picture as PNG, and as an `<img>` with its alternative text."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        data = base64.b64encode(buffer.getvalue()).decode()
        image = f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}">'
        return {"text/plain": self.alt, "text/html": image, "image/png": data}
