"""Maps of the plane: a function bends the grid, its derivative carries the arrows at one point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.transforms.forward import jvp
from autodiff.view.charts.axes import FIRST, SECOND, THIRD, new_axes
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import short

LINES, POINTS = 9, 41
"""How many grid lines each way, and how many points on each."""


def plot_pushforward(
    f: Callable[[Any], Any], x: Any, tangents: Sequence[Any], reach: float = 1.0
) -> Any:
    """Tangents at x in the plane, and what f's derivative makes of them: J t at f(x).

    `f` maps an array (2,) to an array (2,); `tangents` are arrays (2,), each a seed of forward
    mode.  On the left the grid within `reach` of x, on the right the same grid after f.

    >>> figure = plot_pushforward(lambda x: x**2, [1.0, 2.0], [[1.0, 0.0]])
    >>> [axes.get_title() for axes in figure.axes]
    ['seeds at x = [1, 2]', 'tangents at f(x) = [1, 4]']
    """
    x, seeds = np.asarray(x, float), [np.asarray(t, float) for t in tangents]
    y = np.asarray(ground(f(x)))
    if x.shape != (2,) or y.shape != (2,) or any(seed.shape != (2,) for seed in seeds):
        raise ViewError(
            f"a map of the plane takes 2 numbers and gives 2: x has shape {x.shape}, f(x) "
            f"{y.shape}, the tangents {', '.join(str(seed.shape) for seed in seeds)}."
        )
    _, figure = new_axes(None, (9.0, 5.4))
    figure.clear()
    left, right = figure.subplots(1, 2)
    pushed = [np.asarray(jvp(f, (x,), (seed,))[1]) for seed in seeds]
    for line in grid(x, reach):
        left.plot(*line.T, color="#8c959f", linewidth=0.7)
        moved = np.array([ground(f(point)) for point in line])
        right.plot(*moved.T, color="#8c959f", linewidth=0.7)
    _arrows(left, x, seeds)
    _arrows(right, y, pushed)
    left.set_title(f"seeds at x = {short(x)}")
    right.set_title(f"tangents at f(x) = {short(y)}")
    for axes, name in ((left, "x"), (right, "y")):
        axes.set_xlabel(f"${name}_1$")
        axes.set_ylabel(f"${name}_2$")
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.15)
        if seeds:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), frameon=False)
    return figure


def grid(center: np.ndarray, reach: float) -> list[np.ndarray]:
    """The lines of a square grid around a point, each an array (POINTS, 2)."""
    along = np.linspace(-reach, reach, POINTS)
    lines = []
    for shift in np.linspace(-reach, reach, LINES):
        across = np.full(POINTS, shift)
        lines += [
            center + np.stack([along, across], axis=1),
            center + np.stack([across, along], axis=1),
        ]
    return lines


def _arrows(axes: Any, start: np.ndarray, arrows: Sequence[np.ndarray]) -> None:
    """Arrows from one point, told apart by a letter at the tip as well as by colour."""
    colours = (FIRST, SECOND, THIRD)
    for place, arrow in enumerate(arrows):
        letter, colour = ascii_lowercase[place], colours[place % len(colours)]
        axes.annotate(
            "",
            start + arrow,
            start,
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0},
        )
        shaft = np.stack([start, start + arrow], axis=1)
        axes.plot(*shaft, color=colour, label=f"{letter}: {short(arrow)}")
        tip = start + 1.12 * arrow
        axes.text(*tip, letter, color=colour, weight="bold", ha="center", va="center")
    axes.plot(*start, "o", color="#1f2328")
