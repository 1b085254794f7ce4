"""Pictures for a classifier of the digits: the images themselves, and who is taken for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def confusion(labels: np.ndarray, found: np.ndarray, classes: int = 10) -> np.ndarray:
    """How often label i was read as j, at [i, j].

    >>> confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
    array([[1, 0],
           [1, 1]])
    """
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, found), 1)
    return counts


def show_digits(
    images: np.ndarray, titles: Sequence[str], caption: str = "", columns: int = 8
) -> Any:
    """Images (n, 64) of 8 x 8 pixels in rows of `columns`, a title above each, as a chart."""
    from autodiff.view.charts.chart import Chart

    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    figure = Chart(figsize=(1.15 * columns, 1.35 * rows + 0.3), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places:
        axes.set_axis_off()
    for axes, image, title in zip(places, images, titles, strict=False):
        axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title, fontsize="small")
    figure.suptitle(caption, fontsize="medium")
    figure.alt_text = f"{len(images)} images of digits. {caption}: {', '.join(titles)}."
    return figure


def plot_confusion(counts: np.ndarray) -> Any:
    """The confusion matrix with its numbers; what is off the diagonal is what went wrong."""
    from autodiff.view.charts.chart import Chart

    figure = Chart(figsize=(4.6, 4.4), layout="constrained")
    axes = figure.subplots()
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(3, wrong.max()))
    for (i, j), count in np.ndenumerate(counts):
        if count:
            axes.text(j, i, str(count), ha="center", va="center", color="0.6" if i == j else "0")
    ticks = np.arange(len(counts))
    axes.set(xlabel="read as", ylabel="label", xticks=ticks, yticks=ticks)
    pairs = [f"{i} as {j}: {wrong[i, j]}" for i, j in np.argwhere(wrong)]
    figure.alt_text = (
        f"Confusion matrix of {counts.sum()} images, {np.trace(counts)} of them right. "
        f"Read wrongly: {', '.join(pairs) or 'none'}."
    )
    return figure


def plot_layers(sizes: Mapping[str, Sequence[float]], quantity: str) -> Any:
    """One size a layer on a logarithmic axis, a curve a network: how a gradient fares with depth.

    >>> plot_layers({"relu": [1.0, 0.1]}, "size of the adjoint").axes[0].get_xlabel()
    'layer'
    """
    from autodiff.view.charts.chart import Chart
    from autodiff.view.words.text import number

    figure = Chart(figsize=(7.2, 3.8), layout="constrained")
    axes = figure.subplots()
    for (name, own), marker in zip(sizes.items(), "os^DvP*X" * len(sizes), strict=False):
        axes.semilogy(range(1, len(own) + 1), own, marker=marker, ms=5, label=name)
    axes.set(xlabel="layer", ylabel=quantity)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    ends = [f"{name}: {number(own[0])} to {number(own[-1])}" for name, own in sizes.items()]
    figure.alt_text = f"Chart of the {quantity} from the first layer to the last; {'; '.join(ends)}"
    return figure
