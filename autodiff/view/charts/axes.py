"""What every chart begins with: axes to draw into, its colours, and names that it can write."""

from __future__ import annotations

from typing import Any

from autodiff.view.records.subject import ViewError

FIRST, SECOND, THIRD = "#0b4a8f", "#9a3412", "#6b21a8"


def new_axes(axes: Any, size: tuple[float, float] = (6.4, 4.0)) -> tuple[Any, Any]:
    """The axes to draw into, and their figure; a new figure belongs to no window."""
    if axes is not None:
        return axes, axes.figure
    figure = _chart().Chart(figsize=size, layout="constrained")
    return figure.subplots(), figure


def readable(name: Any, *widest: int) -> str:
    """A name as a chart can draw it."""
    words: str = _chart().readable(name, *widest)
    return words


def _chart() -> Any:
    """What needs matplotlib, imported when it is used."""
    try:
        from autodiff.view.charts import chart
    except ImportError:
        raise ViewError("charts need matplotlib: python -m pip install matplotlib") from None
    return chart
