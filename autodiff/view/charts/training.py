"""Charts of a training: how arrays spread, how the loss falls, what a classifier has learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.view.charts.axes import FIRST, SECOND, THIRD, new_axes, readable
from autodiff.view.records.subject import ViewError

MARKERS = "osD^v*"


def plot_histograms(
    history: Mapping[str, Sequence[Any]], quantity: str = "activation", axes: Any = None
) -> Any:
    """How the entries of arrays spread over training: median, and the middle 50 and 90 percent.

    `history` maps a name to one array for each recorded step.

    >>> plot_histograms({"h1": [np.zeros(9), np.ones(9)]}).axes[0].get_xlabel()
    'recorded step'
    """
    names = list(history)
    if not names:
        raise ViewError("history is empty: give {name: [array at step 0, array at step 1, ...]}.")
    if axes is None:
        _, figure = new_axes(None, (6.4, 1.2 + 1.5 * len(names)))
        figure.clear()
        rows = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    else:
        rows = np.atleast_1d(axes)
        figure = rows[0].figure
    for row, name in zip(rows, names, strict=True):
        marks = np.array(
            [np.percentile(np.ravel(ground(a)), (5, 25, 50, 75, 95)) for a in history[name]]
        ).T
        steps = np.arange(marks.shape[1])
        row.fill_between(steps, marks[0], marks[4], color=FIRST, alpha=0.2, label="middle 90 %")
        row.fill_between(steps, marks[1], marks[3], color=FIRST, alpha=0.4, label="middle 50 %")
        row.plot(steps, marks[2], color=FIRST, label="median")
        row.set_ylabel(f"{readable(name)}\n{readable(quantity)}")
    rows[0].legend(loc="upper right", fontsize="small")
    rows[-1].set_xlabel("recorded step")
    return figure


def plot_losses(losses: Mapping[str, Sequence[float]] | Sequence[float], axes: Any = None) -> Any:
    """Loss curves over training steps, one line per name; a log axis where they span decades.

    A step at which the loss is NaN or infinite is marked and named.

    >>> plot_losses([1.0, 0.5, 0.2]).axes[0].get_xlabel()
    'training step'
    """
    curves = losses if isinstance(losses, Mapping) else {"loss": losses}
    axes, figure = new_axes(axes)
    positive: list[float] = []
    for (name, curve), colour in zip(curves.items(), _colours(len(curves)), strict=True):
        name, values = readable(name), np.asarray(curve, float)
        axes.plot(values, label=name, color=colour)
        positive += [v for v in values if np.isfinite(v)]
        broken = np.flatnonzero(~np.isfinite(values))
        if broken.size:
            axes.axvline(broken[0], color=SECOND, linestyle=":")
            words = f" {name} is {values[broken[0]]} from step {broken[0]}"
            axes.text(broken[0], 0.95, words, transform=axes.get_xaxis_transform(), va="top")
    if positive and min(positive) > 0 and max(positive) > 30 * min(positive):
        axes.set_yscale("log")
    axes.set_xlabel("training step")
    axes.set_ylabel("loss")
    if len(curves) > 1:
        axes.legend()
    return figure


def _colours(count: int) -> list[str]:
    base = [FIRST, SECOND, THIRD, "#2a788e", "#59636e", "#86650a"]
    return [base[i % len(base)] for i in range(count)]


def plot_boundary(
    predict: Callable[[np.ndarray], Any],
    points: Any,
    labels: Any,
    axes: Any = None,
    resolution: int = 200,
) -> Any:
    """The regions that a classifier of the plane assigns to each class, and the data on top.

    `predict` maps an array (n, 2) to classes (n,) or to scores (n, classes); `points` is (n, 2),
    `labels` (n,).  Classes differ by marker as well as by colour.

    >>> points = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> figure = plot_boundary(lambda p: p[:, 0] > 0.5, points, [0, 1], resolution=9)
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['class 0', 'class 1']
    """
    points, labels = np.asarray(points, float), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ViewError(f"a decision boundary needs points of shape (n, 2), got {points.shape}.")
    axes, figure = new_axes(axes, (5.4, 4.6))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * np.maximum(high - low, 1e-9)
    xs, ys = (
        np.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True)
    )
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    found = np.asarray(ground(predict(grid)))
    if found.ndim == 2:
        found = found.argmax(axis=1) if found.shape[1] > 1 else (found[:, 0] > 0).astype(int)
    classes = np.unique(labels)
    colours = _colours(len(classes))
    regions = np.searchsorted(classes, found).reshape(resolution, resolution)
    axes.contourf(
        xs, ys, regions, levels=np.arange(len(classes) + 1) - 0.5, colors=colours, alpha=0.25
    )
    for place, (label, colour) in enumerate(zip(classes, colours, strict=True)):
        own = points[labels == label]
        marker = MARKERS[place % len(MARKERS)]
        axes.scatter(
            *own.T, c=colour, marker=marker, edgecolors="white", label=f"class {readable(label)}"
        )
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$")
    axes.legend()
    return figure
