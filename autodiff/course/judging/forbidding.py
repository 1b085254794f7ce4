"""An answer is run without what its task forbids: "by hand" and "NumPy only" are kept by the check.

While the answer runs, the forbidden parts of `autodiff` raise: a function by its code, so that no
other name, default argument or list leads past it; a class or an operation under the package's own
name and under the names by which the answer's module imported it.  Before and after they are
themselves, so that the check may use the engine.  An answer is stopped by an alarm, which falls at
any instruction, those of this module too: so what is replaced is noted before the alarm is set, and
lifted once more when it is off.

>>> import numpy as np, autodiff as ad
>>> forbidden = Forbidden(["grad"], lambda x: ad.grad(np.sin)(x))
>>> with forbidden:
...     ad.grad(np.sin)
Traceback (most recent call last):
autodiff.course.judging.forbidding.ForbiddenError: ad.grad does the work...
>>> ad.grad(np.sin)(0.0)
1.0
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

import autodiff
from autodiff.course.exercise import Answer, FormError

__all__ = ["Forbidden", "ForbiddenError", "refuse"]


class ForbiddenError(FormError):
    """The answer used what its task forbids."""


def refuse(name: str) -> None:
    """Say that the task forbids a part of `autodiff`."""
    raise ForbiddenError(f"ad.{name} does the work that this exercise asks for; write it without")


def _refusing(name: str) -> Callable[..., Any]:
    """What stands in the place of a part; its code needs nothing around it, and fits any function.

    >>> _refusing("grad")(1)
    Traceback (most recent call last):
    autodiff.course.judging.forbidding.ForbiddenError: ad.grad does the work...
    """
    space: dict[str, Any] = {}
    own = "from autodiff.course.judging.forbidding import refuse"
    exec(f"def refused(*args, **options):\n    {own}\n    refuse({name!r})", space)
    refused: Callable[..., Any] = space["refused"]
    return refused


def part(name: str) -> Any:
    """The part of `autodiff` that a name like "grad" or "nn.softmax" is of."""
    return functools.reduce(getattr, name.split("."), autodiff)


def _innermost(function: FunctionType) -> FunctionType:
    """The function that others are wrapped around."""
    while isinstance(own := getattr(function, "__wrapped__", None), FunctionType):
        function = own
    return function


class Forbidden:
    """The named parts of `autodiff`, which raise within a `with` block, and after `lift` do not."""

    def __init__(self, names: Sequence[str], answer: Answer) -> None:
        self.names = names
        spaces = [vars(autodiff), vars(autodiff.nn), getattr(answer, "__globals__", {})]
        self.codes: list[tuple[FunctionType, CodeType, CodeType]] = []
        self.places: list[tuple[dict[str, Any], str, Any, Any]] = []
        for name in names:
            thing, refused = part(name), _refusing(name)
            own = _innermost(thing) if isinstance(thing, FunctionType) else None
            if own is not None and not own.__closure__:
                self.codes.append((own, own.__code__, refused.__code__))
                continue
            self.places += [
                (space, key, thing, refused)
                for space in spaces
                for key, value in list(space.items())
                if value is thing
            ]

    def refuse_class(self, answer: Any) -> None:
        """Raise for a class that is, or rests on, a forbidden one."""
        for name in self.names:
            own = part(name)
            if isinstance(answer, type) and isinstance(own, type) and issubclass(answer, own):
                refuse(name)

    def __enter__(self) -> None:
        for space, key, _, refusing in self.places:
            space[key] = refusing
        for function, _, code in self.codes:
            function.__code__ = code

    def lift(self, *raised: object) -> None:
        """Let all of them be themselves again."""
        for function, code, _ in self.codes:
            function.__code__ = code
        for space, key, own, _ in self.places:
            space[key] = own

    __exit__ = lift
