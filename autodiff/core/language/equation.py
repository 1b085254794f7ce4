"""Programs as data: an equation is one recorded operation, with its value known.

A tape is an ordered list of them, the Wengert list of the textbooks (Griewank & Walther,
*Evaluating Derivatives*, section 2.2).  The reverse sweep, the drawings and the steps all read
these records.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from operator import attrgetter
from types import CodeType
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import Location, locate
from autodiff.core.language.dispatch import NO_PARAMS, Array, Params
from autodiff.core.language.op import Op

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
        if self.kept is None:  # an equation between numbers, see `core.values.numbers`
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


def name_line(error: AutodiffError, equation: Equation) -> None:
    """Add the line of an operation to what its rule refuses: a sweep is far from it."""
    place = f"\n  at {equation.location}"
    if equation.location and place not in str(error):
        error.args = (f"{error}{place}",)
