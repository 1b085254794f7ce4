"""`Tape`: a program recorded while it runs, to be looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from autodiff.core.program import Equation, Program
from autodiff.core.reverse import EAGER, Tensor


class Tape(Program):
    """Records the equations of a block, or of one call of a function; prints as a table.

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
        self._thread = 0

    @property
    def equations(self) -> list[Equation]:  # type: ignore[override]
        """The recorded equations and the values that they started from, in order."""
        own = dict.fromkeys(self.recorded)
        for equation in self.recorded:
            own.update((i, None) for i in equation.inputs if i.__class__ is Equation)
        return sorted(own, key=attrgetter("number"))

    def record(self, equation: Equation) -> None:
        """Take note of an equation, if it is of the thread that opened the tape."""
        if threading.get_ident() == self._thread:
            self.recorded.append(equation)

    def __enter__(self) -> Tape:
        self._thread = threading.get_ident()
        EAGER.recorders = (*EAGER.recorders, self)
        return self

    def __exit__(self, *exception: object) -> None:
        EAGER.recorders = tuple(tape for tape in EAGER.recorders if tape is not self)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`tape(f)(*args)` runs f on tensors made of the arguments, and records the run."""
        from autodiff.core.tree import as_variable, flatten, is_variable, paths, unflatten

        def recorded(*args: Any, **kwargs: Any) -> Any:
            with self:
                names = argument_names(function, len(args))
                traced = []
                for name, arg in zip(names, args, strict=True):
                    leaves, structure = flatten(arg)
                    traced.append(
                        unflatten(
                            structure,
                            [
                                Tensor(as_variable(leaf, where), name=where)
                                if structure is None or is_variable(leaf)
                                else leaf
                                for leaf, where in zip(leaves, paths(structure, name), strict=True)
                            ],
                        )
                    )
                result = function(*traced, **kwargs)
            self.outputs = [leaf.node for leaf in flatten(result)[0] if isinstance(leaf, Tensor)]
            return result

        return recorded


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's first `count` parameters, as its author wrote them.

    >>> argument_names(lambda x, *rest: x, 3)
    ['x', 'rest1', 'rest2']
    """
    function = getattr(function, "function", function)
    code = getattr(function, "__code__", None)
    known = list(code.co_varnames[: code.co_argcount]) if code else ["x", "y", "z"][:count]
    if code and hasattr(function, "__self__"):
        known = known[1:]
    more = "arg"
    if code and code.co_flags & 0x04:
        more = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
    return (known + [f"{more}{i}" for i in range(len(known), count)])[:count]
