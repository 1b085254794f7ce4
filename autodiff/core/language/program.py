"""A program: an ordered list of equations, which prints as a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.grids import grid_html, is_shown, is_small
from autodiff.core.language.display.table import brief, shape_text, table, write_call
from autodiff.core.language.equation import Equation


def line_of(equation: Equation) -> str:
    """The user's line number and expression, or ''."""
    place = equation.location
    return f"{place.line}: {place.expression}" if place else ""


def formula(equation: Equation, names: dict[Equation, str]) -> str:
    """The right-hand side of an equation in the op's own notation, e.g. `W1 @ x`."""
    if equation.op is None:
        note = equation.note or {}
        return brief(note["constant"]) if "constant" in note else note.get("role", "input")
    args = [names.get(i, "?") if i.__class__ is Equation else brief(i) for i in equation.inputs]
    return write_call(equation.op, args, equation.params)


def cells_of(row: tuple[str, ...], equation: Equation) -> list[str]:
    """The cells of a row as HTML: an array is a grid of numbers, or of colours with its range."""
    from html import escape

    cells = [escape(cell) for cell in row]
    value = ground(equation.value)
    if is_shown(value):
        told = "" if is_small(value) else f"<br>{cells[VALUE]}"
        cells[VALUE] = f"{grid_html(value)}{told}"
    return cells


VALUE = 3
"""Which column holds the value."""
HEADER = ("name", "equation", "shape", "value", "line")
ROWS = 60
"""A longer program shows so many rows."""


class Program:
    """An ordered list of equations, printable as a table.

    `inputs` and `outputs` are equations too; `equations` holds every one of them in order.
    """

    def __init__(self, equations: list[Equation], outputs: Iterable[Equation] = ()) -> None:
        self.equations = equations
        self.outputs = list(outputs)

    @property
    def inputs(self) -> list[Equation]:
        """The variables of the program."""
        return [equation for equation in self.equations if equation.op is None]

    def __len__(self) -> int:
        return len(self.equations)

    def __iter__(self) -> Iterator[Equation]:
        return iter(self.equations)

    def names(self) -> dict[Equation, str]:
        """A unique name for every equation: the user's where given, else v1, v2, ..."""
        names: dict[Equation, str] = {}
        taken: set[str] = set()
        for index, equation in enumerate(self.equations, 1):
            name = wanted = equation.name or f"v{index}"
            for copy in itertools.count(2):
                if name not in taken:
                    break
                name = f"{wanted}_{copy}"
            taken.add(name)
            names[equation] = name
        return names

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """The table's rows: name, equation, shape, value, line of the user's code."""
        names = self.names()
        return [
            (
                names[equation],
                formula(equation, names),
                shape_text(ground(equation.value)),
                brief(equation.value),
                line_of(equation),
            )
            for equation in self.equations
        ]

    def __str__(self) -> str:
        return table(HEADER, self.rows(), limit=ROWS)

    def _repr_html_(self) -> str:
        cells = "".join(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{cell}</td>" for cell in cells_of(*pair))
            + "</tr>"
            for pair in zip(self.rows()[:ROWS], self.equations, strict=False)
        )
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in HEADER)
        hidden = max(0, len(self) - ROWS)
        more = f"<p>... and {hidden} more equations</p>" if hidden else ""
        return f"<table><tr>{head}</tr>{cells}</table>{more}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.equations)} equations; print it for a table>"
