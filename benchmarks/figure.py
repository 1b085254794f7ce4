"""The table as one figure: a dot a library on a logarithmic axis, and the target as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Row

STYLES = {
    "autodiff": ("o", "#d62728", 9),
    "compiled": ("*", "#d62728", 9),
    "compiled_numpy": ("+", "#d62728", 7),
    "bare": ("|", "#d62728", 12),
    "autograd": ("s", "#1f77b4", 6),
    "mygrad": ("^", "#2ca02c", 6),
    "torch": ("D", "#ff7f0e", 5),
    "torch_compile": ("d", "#8c564b", 6),
    "jax": ("v", "#9467bd", 6),
}


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw every row that is a ratio of times, and save the figure."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = [row for row in rows if not row.workload.absolute and row.ratio("autodiff")]
    height = 1.6 + 0.36 * len(shown)
    figure, axes = pyplot.subplots(figsize=(9, height), layout="constrained")
    for library, (marker, colour, size) in STYLES.items():
        points = [(row.ratio(library), place) for place, row in enumerate(shown)]
        points = [(x, y) for x, y in points if x is not None]
        if points:
            axes.plot(*zip(*points, strict=True), marker, color=colour, ms=size, label=library)
    for place, row in enumerate(shown):
        if row.workload.target is not None:
            axes.plot(
                [row.workload.target] * 2,
                [place - 0.35, place + 0.35],
                "-",
                color="black",
                lw=2,
                label=None if place else "target for autodiff",
            )
    axes.axvline(1.0, color="grey", lw=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(shown)), [label(row) for row in shown])
    axes.invert_yaxis()
    axes.grid(axis="x", which="major", alpha=0.4)
    axes.set_xlabel(
        "time as a multiple of hand-written NumPy (scalar graphs: of micrograd;\n"
        "of Session.run: of TensorFlow)"
    )
    axes.margins(y=0.03)
    figure.legend(loc="outside upper center", ncols=6, frameon=False)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def label(row: Row) -> str:
    """A row's name on the axis."""
    return row.workload.title
