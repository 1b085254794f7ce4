"""`Tape`: a program recorded while it runs, to be looked at."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from operator import attrgetter
from types import FrameType, TracebackType
from typing import Any

from autodiff.core.arguments.tree import flatten
from autodiff.core.arguments.variables import argument_names, variables_of
from autodiff.core.ground.resting import block_of, rests
from autodiff.core.inside.blanks import plain_again
from autodiff.core.inside.opened import Guard, current, end, opening
from autodiff.core.inside.tracing import tell_anew
from autodiff.core.language.equation import Equation
from autodiff.core.language.program import Program
from autodiff.core.reverse.tensor import EAGER, Tensor

_open: ContextVar[tuple[weakref.ref[Tape], ...]] = ContextVar("open tapes", default=())
"""The tapes of this thread or task; a task starts with those that are open where it is made.

They are held weakly: one whose block an interrupt left before it began, or while it ended, goes
with the last name that it has, and so does what is exchanged for it.
"""


class Tape(Program):
    """Records the equations of a block, or of one call of a function; prints as a table.

    The tape of a block in a generator rests while the generator waits at a `yield`; that of a
    context manager or of a test's fixture, which are written as generators, does not.

    >>> import numpy as np
    >>> with Tape() as tape:
    ...     x = Tensor(2.0, name="x")
    ...     y = x * np.exp(x)
    >>> [equation.op.name for equation in tape if equation.op]
    ['exp', 'multiply']
    """

    def __init__(self) -> None:
        self.recorded: list[Equation] = []
        self.outputs = []
        self._guard: Guard | None = None
        self._block: FrameType | None = None

    @property
    def equations(self) -> list[Equation]:  # type: ignore[override]
        """The recorded equations and the values that they started from, in order."""
        own = dict.fromkeys(self.recorded)
        for equation in self.recorded:
            own.update((i, None) for i in equation.inputs if i.__class__ is Equation)
        return sorted(own, key=attrgetter("number"))

    def record(self, equation: Equation) -> None:
        """Take note of an equation, if it is of the thread or task that opened the tape."""
        if self._block is not None and rests(self._block):
            return
        if any(tape() is self for tape in _open.get()):
            self.recorded.append(equation)

    def __enter__(self) -> Tape:
        self._block = block_of(sys._getframe(1))
        _open.set((*_open.get(), weakref.ref(self)))
        EAGER.attach(self)
        self._before, self._guard = current(), opening()
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._guard = self._block = None
        EAGER.detach(self)
        _open.set(tuple(tape for tape in _open.get() if tape() not in (self, None)))
        for filled in end(self._before):
            plain_again(filled)
        if isinstance(error, Exception):
            tell_anew(error)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`tape(f)(*args)` runs f on tensors made of the arguments, and records the run."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            with self:
                names = argument_names(function, len(args))
                found = [variables_of(a, name) for a, name in zip(args, names, strict=True)]
                traced = [
                    variables.with_leaves(
                        [
                            Tensor(value, name=path)
                            for value, path in zip(variables.values, variables.paths, strict=True)
                        ]
                    )
                    for variables in found
                ]
                result = function(*traced, **kwargs)
            self.outputs = [leaf.node for leaf in flatten(result)[0] if isinstance(leaf, Tensor)]
            return result

        return recorded
