"""What is to be looked at, as one record: a program with names and roles, and its seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.transforms.record import Recorded
from autodiff.view.words.text import cleaned


class ViewError(AutodiffError, ValueError):
    """Something was asked of a drawing, or of the steps, that cannot be shown."""


@dataclass(slots=True)
class Subject:
    """A program with names and roles, and the cotangents from which a backward sweep starts.

    `asked` tells whether adjoints are to be shown: a tensor that was never run backward has none.
    `call` is a function with its arguments, of which `argnums` are differentiated; `arrays` are
    the user's plain arrays by name, from which constants get theirs.

    Of a graph that is built before it is run, `mode` is "values"; `values` are what a run has
    computed, `ran` which equations took part (None: no run is shown), `fed` which of those were
    given a value instead of being computed, `after` which others an equation waits for, `titles`
    and `formulas` what to write in an equation's box instead of its name and the op's call.
    `paths` are the full paths of the inputs (`p['W1']`), by which they can be found too; `groups`
    the user's functions around each equation, where the user gave no scopes.
    """

    title: str
    program: list[Equation]
    outputs: list[Equation]
    names: dict[Equation, str]
    parameters: set[Equation]
    seeds: dict[Equation, Any]
    asked: bool
    run: Recorded | None = None
    call: tuple[Callable[..., Any], tuple[Any, ...]] | None = None
    argnums: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    mode: str = "reverse"
    values: dict[Equation, Any] = field(default_factory=dict)
    ran: set[Equation] | None = None
    fed: set[Equation] = field(default_factory=set)
    after: dict[Equation, Sequence[Equation]] = field(default_factory=dict)
    titles: dict[Equation, str] = field(default_factory=dict)
    formulas: dict[Equation, str] = field(default_factory=dict)
    paths: dict[Equation, str] = field(default_factory=dict)
    groups: dict[Equation, tuple[str, ...]] = field(default_factory=dict)

    @property
    def inputs(self) -> list[Equation]:
        """The variables that the outputs depend on, in the order of the arguments."""
        order = self.run.inputs if self.run else []
        own = [equation for equation in self.program if equation.op is None]
        return sorted(own, key=lambda e: (order.index(e) if e in order else len(order), e.number))

    @property
    def target(self) -> Equation:
        """The one output whose derivatives are shown: the seeded one, else the first."""
        return next(iter(self.seeds), None) or self.outputs[0]

    def role(self, equation: Equation) -> str:
        """`input`, `parameter`, `output`, `result`, or what the equation's note says."""
        if equation.op is not None and equation in self.outputs:
            return "output"
        told = equation.note.get("role") if equation.note else None
        if told in ("constant", "backward"):
            return told
        if equation.op is None:
            return "parameter" if equation in self.parameters else "input"
        return "result"

    def scope_of(self, equation: Equation) -> tuple[str, ...]:
        """The scopes around an equation, or the calls where there are no scopes, from outside."""
        return self.groups.get(equation) or equation.scope

    def value_of(self, equation: Equation) -> Any:
        """The value to show: what a run has computed, else what the equation holds."""
        return self.values.get(equation, equation.value)

    def name_constant(self, value: Any) -> str | None:
        """The user's name for an array of this content, if there is one."""
        value = ground(value)
        if not isinstance(value, np.ndarray) or value.size < 2:
            return None
        for name, array in self.arrays.items():
            if name not in self.names.values() and np.array_equal(array, value):
                return name
        return None

    def find(self, wanted: Any) -> Equation:
        """The equation that the user means by a name or a tensor."""
        for equation, name in self.names.items():
            if getattr(wanted, "node", None) is equation or (
                isinstance(wanted, str) and cleaned(wanted) in (name, self.paths.get(equation))
            ):
                return equation
        import difflib

        names = list(self.names.values())
        near = difflib.get_close_matches(str(wanted), names, 3) or names[:6]
        raise ViewError(f"{wanted!r} is no value of {self.title}. Did you mean {', '.join(near)}?")
