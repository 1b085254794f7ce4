"""Programs as data: an equation is one recorded operation, a program an ordered list of them.

A tape is a program whose values are already known: the Wengert list of the textbooks
(Griewank & Walther, *Evaluating Derivatives*, section 2.2).  The reverse sweep, the drawings and
the steps all read these records.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from operator import attrgetter
from types import CodeType
from typing import Any

import numpy as np

from autodiff.core.abstract import Abstract, dims_text
from autodiff.core.dispatch import NO_PARAMS, Array, Params, ground
from autodiff.core.op import Op
from autodiff.core.source import Location, locate

next_number = itertools.count(1).__next__
_number = attrgetter("number")


class Equation:
    """`value = op(*inputs, **params)`, with the value known; without an op it is an input.

    `inputs` are in order and may repeat; each is another `Equation` (the one that produced it)
    or a constant; `primals` are their values.  `number` grows in order of execution.  `code` and
    `offset` tell the user's line, `note` a name or scope that the user gave.  `kept` are the
    primals where the forward run had them at hand.
    """

    __slots__ = ("code", "inputs", "kept", "note", "number", "offset", "op", "params", "value")

    op: Op | None
    inputs: tuple[Any, ...]
    kept: tuple[Array, ...] | None
    params: Params
    value: Array
    number: int
    code: CodeType | None
    offset: int
    note: dict[str, Any] | None

    def __init__(self, value: Array, note: dict[str, Any] | None = None) -> None:
        """An input of a program: a value that no operation produced."""
        self.op = None
        self.inputs = self.kept = ()
        self.params = NO_PARAMS
        self.value = value
        self.number = next_number()
        self.code = None
        self.offset = 0
        self.note = note

    @property
    def primals(self) -> tuple[Array, ...]:
        """The values of the inputs, numbers as NumPy's."""
        if self.kept is None:  # an equation between numbers, see `core.numbers`
            values = [i.value if i.__class__ is Equation else i for i in self.inputs]
            self.kept = tuple([np.float64(v) if v.__class__ is float else v for v in values])
        return self.kept

    @primals.setter
    def primals(self, values: tuple[Array, ...]) -> None:
        self.kept = values

    @property
    def is_input(self) -> bool:
        """Whether this is a variable of the program rather than a result."""
        return self.op is None

    @property
    def location(self) -> Location | None:
        """The user's line that made this equation."""
        return locate(self.code, self.offset)

    @property
    def name(self) -> str | None:
        """The name the user gave (`named(x, "loss")`, `Tensor(x, name="x")`), if any."""
        return self.note.get("name") if self.note else None

    @property
    def scope(self) -> tuple[str, ...]:
        """The scopes around this equation, outermost first."""
        return self.note.get("scope", ()) if self.note else ()

    def __repr__(self) -> str:
        return f"<equation {self.number}: {self.op.name if self.op else 'input'}>"


def history(outputs: Iterable[Equation]) -> list[Equation]:
    """All equations that the outputs depend on, in order of execution; iterative, each once."""
    seen = set(outputs)
    found = list(seen)
    add, append = seen.add, found.append
    for equation in found:  # the list grows meanwhile
        for source in equation.inputs:
            if source.__class__ is Equation and source not in seen:
                add(source)
                append(source)
    found.sort(key=_number)
    return found


HEADER = ("name", "equation", "shape", "value", "line")
ROWS = 60
"""A longer program shows so many rows."""


def reaches_input(equation: Equation) -> bool:
    """Whether a derivative can flow from an equation to an input: some path has no cut."""
    seen, stack = {equation}, [equation]
    while stack:
        one = stack.pop()
        if one.op is None:
            return True
        if one.op.kind != "constant":
            new = {i for i in one.inputs if i.__class__ is Equation} - seen
            seen |= new
            stack += new
    return False


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
                _shape_text(ground(equation.value)),
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
            + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row)
            + "</tr>"
            for row in self.rows()[:ROWS]
        )
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in HEADER)
        hidden = max(0, len(self) - ROWS)
        more = f"<p>... and {hidden} more equations</p>" if hidden else ""
        return f"<table><tr>{head}</tr>{cells}</table>{more}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.equations)} equations; print it for a table>"


def _shape_text(value: Any) -> str:
    return dims_text(value.dims) if isinstance(value, Abstract) else str(np.shape(value))


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


def write_call(op: Op, args: list[str], params: Params) -> str:
    """An op's call as text, by its label where it has one."""
    if op.label is not None and op.label.count("{}") == len(args):
        return op.label.format(*args, **params)
    shown = [*args, *(f"{name}={brief(value)}" for name, value in params.items())]
    return f"{op.name}({', '.join(shown)})"


def brief(value: Any) -> str:
    """A value in at most about 30 characters: numbers in full, arrays by shape and range.

    >>> brief(0.5), brief(np.ones((2, 2)))
    ('0.5', '[[1, 1], [1, 1]]')
    """
    value = ground(value)
    if isinstance(value, Abstract):
        return "not computed"
    if isinstance(value, tuple | list):
        return f"({', '.join(brief(part) for part in value)})"
    if isinstance(value, slice):
        ends = ["" if part is None else brief(part) for part in (value.start, value.stop)]
        return ":".join([*ends, brief(value.step)] if value.step is not None else ends)
    if isinstance(value, bool | np.bool_ | str | None | type(Ellipsis)):
        return "..." if value is Ellipsis else str(value)
    if np.ndim(value) == 0:
        return f"{value:.4g}" if isinstance(value, int | float | complex | np.number) else "?"
    value = np.asarray(value)
    if value.size <= 4 and value.dtype.kind in "fciub":
        return np.array2string(
            value, precision=4, separator=", ", formatter={"float": "{:.4g}".format}
        ).replace("\n", "")
    if value.size == 0 or value.dtype.kind not in "fiu":
        return f"{value.dtype}{list(value.shape)}"
    with np.errstate(all="ignore"):
        return f"{value.min():.4g} .. {value.max():.4g}"


def table(
    header: tuple[str, ...], rows: Sequence[tuple[str, ...]], limit: int | None = None
) -> str:
    """Rows under a header in aligned columns; beyond `limit` rows the middle is left out.

    >>> print(table(("n", "square"), [("1", "1"), ("2", "4")]))
    n  square
    -  ------
    1  1
    2  4
    """
    hidden = 0
    if limit is not None and len(rows) > limit:
        hidden = len(rows) - limit
        gap = (f"... {hidden} more ...", *[""] * (len(header) - 1))
        rows = [*rows[: limit // 2], gap, *rows[-(limit - limit // 2) :]]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (header, rule, *rows))
    return "\n".join(lines)
