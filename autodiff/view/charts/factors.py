"""The chain rule as matrices: the factors of a derivative side by side, and their product."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.view.charts.axes import new_axes, readable
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import cleaned

GAP, SIDE, TOP = 1.9, 1.0, 1.3
"""Between two matrices, beside the first one, and above and below the highest, in cells."""
CELL = 0.5
"""The width of a cell in inches."""
MOST = 400
"""More cells than this can't be read."""
SMALL = 5e-4
INK, FAINT = "#1f2328", "#59636e"


@dataclass(frozen=True, slots=True)
class Factor:
    """A derivative as a matrix: rows are the elements of `above`, columns those of `below`."""

    above: str
    below: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    matrix: np.ndarray
    title: str = ""

    @property
    def name(self) -> str:
        """The derivative as it is written, `∂h1/∂W1`."""
        return self.title or f"{self.above}/{self.below}"


def plot_factors(factors: Mapping[str, Any], shape: tuple[int, ...] = (), axes: Any = None) -> Any:
    """Draw the product of Jacobians: every factor as a matrix, its shape, and the result.

    `factors` maps a name, "∂y/∂h2", to the Jacobian with the shape that `jacobian` gives it:
    the shape of y, then the shape of h2.  `shape` is that of the first numerator.  Each factor
    begins with the shape that the factor before it ends with; arrays of several axes are
    flattened.  An exact zero is grey.  Raises `ViewError` where shapes don't meet.

    >>> figure = plot_factors({"∂y/∂h": np.ones(2), "∂h/∂x": np.ones((2, 3))})
    >>> figure.alt
    'Product of matrices: ∂y/∂h (1, 2) times ∂h/∂x (2, 3) is dy/dx (1, 3).'
    """
    parts = chained(factors, tuple(shape))
    product = Factor(
        f"d{_bare(parts[0].above)}",
        f"d{_bare(parts[-1].below)}",
        parts[0].rows,
        parts[-1].columns,
        np.linalg.multi_dot([p.matrix for p in parts]) if len(parts) > 1 else parts[0].matrix,
    )
    shown = [*parts, product] if len(parts) > 1 else parts
    signs = ["@"] * (len(parts) - 1) + ["="]
    return _row(shown, signs, _words(shown), axes)


def plot_jacobians(jacobians: Mapping[str, Any], axes: Any = None) -> Any:
    """Draw Jacobians of y by x side by side: one row per output, one column per input.

    `jacobians` maps a title to a matrix (m, n).  An exact zero is grey.

    >>> plot_jacobians({"tanh": np.eye(2), "cumsum": np.tri(2)}).alt
    'Jacobians: tanh [[1. 0.] [0. 1.]]; cumsum [[1. 0.] [1. 1.]].'
    """
    shown = []
    for title, matrix in jacobians.items():
        matrix = np.asarray(ground(matrix), float)
        if matrix.ndim != 2:
            raise ViewError(f"the Jacobian {title!r} has shape {matrix.shape}; it must be (m, n).")
        rows, columns = matrix.shape
        shown.append(Factor("∂y", "∂x", (rows,), (columns,), matrix, cleaned(title)))
    if not shown:
        raise ViewError("jacobians is empty: give {'tanh': ad.jacobian(np.tanh)(x), ...}.")
    numbers = (f"{part.title} {part.matrix.round(2)}" for part in shown)
    words = f"Jacobians: {'; '.join(numbers)}.".replace("\n", "")
    return _row(shown, [""] * (len(shown) - 1), words, axes)


def _row(shown: list[Factor], signs: list[str], words: str, axes: Any) -> Any:
    """Matrices in a row, a sign between each and the next."""
    if (cells := sum(part.matrix.size for part in shown)) > MOST:
        raise ViewError(f"these factors have {cells} entries; a picture shows at most {MOST}.")
    height = max(part.matrix.shape[0] for part in shown)
    width = sum(part.matrix.shape[1] for part in shown) + GAP * (len(shown) - 1)
    axes, figure = new_axes(axes, (CELL * (width + SIDE + 0.2), CELL * (height + 2 * TOP)))
    largest = max(float(np.max(np.abs(part.matrix), initial=0.0)) for part in shown) or 1.0
    left = 0.0
    for place, part in enumerate(shown):
        _matrix(axes, part, left, height, largest)
        left += part.matrix.shape[1]
        if place + 1 < len(shown):
            sign = signs[place]
            axes.text(left + GAP / 3, height / 2, sign, ha="center", va="center", fontsize=13)
            left += GAP
    axes.set_xlim(-SIDE, width + 0.2)
    axes.set_ylim(height + TOP, -TOP)
    axes.set_aspect("equal")
    axes.axis("off")
    if hasattr(figure, "alt_text"):
        figure.alt_text = words
    return figure


def chained(factors: Mapping[str, Any], shape: tuple[int, ...]) -> list[Factor]:
    """The factors as matrices, each taken up where the one before it ends."""
    found: list[Factor] = []
    for name, value in factors.items():
        name = cleaned(name)
        above, _, below = name.partition("/")
        array = np.asarray(ground(value), float)
        if not below or array.shape[: len(shape)] != shape:
            before = f"{found[-1].name} ends with" if found else "shape= says"
            raise ViewError(
                f"{name} has shape {array.shape}, but its first axes must be {shape}, as {before}; "
                "a factor is named '∂y/∂x' and has the shape of y, then that of x."
            )
        columns = array.shape[len(shape) :]
        matrix = array.reshape(math.prod(shape), math.prod(columns))
        found.append(Factor(above, below, shape, columns, matrix))
        shape = columns
    if not found:
        raise ViewError("factors is empty: give {'∂y/∂h': ..., '∂h/∂x': ...}.")
    return found


def _matrix(axes: Any, part: Factor, left: float, height: int, largest: float) -> None:
    """One matrix with its numbers, its name above, its shape below, and labels at its sides."""
    rows, columns = part.matrix.shape
    top = (height - rows) / 2
    extent = (left, left + columns, top + rows, top)
    shade = np.sign(part.matrix) * np.sqrt(np.abs(part.matrix) / largest)
    axes.imshow(shade, extent=extent, cmap="PuOr", vmin=-2, vmax=2)
    axes.plot(*_outline(extent), color=INK, linewidth=1)
    for (row, column), value in np.ndenumerate(part.matrix):
        axes.text(
            left + column + 0.5,
            top + row + 0.5,
            _digits(value),
            ha="center",
            va="center",
            fontsize=9,
            color=INK if value else "#8b949e",
        )
    middle = left + columns / 2
    axes.text(middle, top - 0.6, readable(part.name, 12), ha="center", va="bottom", fontsize=12)
    axes.text(middle, top + rows + 0.25, f"({rows}, {columns})", ha="center", va="top", fontsize=9)
    for row, label in enumerate(_labels(readable(part.above, 12), part.rows)):
        axes.text(left - 0.12, top + row + 0.5, label, ha="right", va="center", **_LABEL)
    for column, label in enumerate(_labels(readable(part.below, 12), part.columns)):
        axes.text(left + column + 0.5, top - 0.15, label, ha="center", va="bottom", **_LABEL)


_LABEL = {"fontsize": 7.5, "color": FAINT}


def _labels(name: str, shape: tuple[int, ...]) -> list[str]:
    """`h1[0]`, `W1[2,1]`: the element that a row or a column belongs to."""
    bare = _bare(name)
    return [
        f"{bare}[{','.join(map(str, index))}]" if index else bare for index in np.ndindex(shape)
    ]


def _bare(name: str) -> str:
    """The name without its ∂ or d: `h1` of `∂h1`."""
    return name[1:] if name[:1] in "∂d" and len(name) > 1 else name


def _digits(value: float) -> str:
    """A number that fits a cell: two significant digits, `0` only for an exact zero."""
    if value == 0:
        return "0"
    if abs(value) < SMALL:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"


def _outline(extent: tuple[float, float, float, float]) -> tuple[list[float], list[float]]:
    left, right, bottom, top = extent
    return [left, right, right, left, left], [top, top, bottom, bottom, top]


def _words(shown: list[Factor]) -> str:
    words = [f"{part.name} {part.matrix.shape}" for part in shown]
    if len(words) == 1:
        return f"Matrix {words[0]}."
    return f"Product of matrices: {' times '.join(words[:-1])} is {words[-1]}."
