"""An answer is run without what its task forbids: "by hand" and "NumPy only" are kept by the check.

While the answer runs, the forbidden names of `autodiff` raise, under the package's own name and
under the names by which the answer's module imported them.  Before and after they are themselves,
so that the check may use the engine.  An answer is stopped by an alarm, which falls at any
instruction, those of this module too: so what is replaced is noted before the alarm is set, and
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

from collections.abc import Callable, Sequence
from typing import Any

import autodiff
from autodiff.course.exercise import Answer, FormError

__all__ = ["Forbidden", "ForbiddenError"]


class ForbiddenError(FormError):
    """The answer used what its task forbids."""


def _refusing(name: str) -> Callable[..., Any]:
    def refused(*args: Any, **options: Any) -> Any:
        raise ForbiddenError(
            f"ad.{name} does the work that this exercise asks for; write it without"
        )

    refused.__name__ = name
    return refused


class Forbidden:
    """The named parts of `autodiff`, which raise within a `with` block, and after `lift` do not."""

    def __init__(self, names: Sequence[str], answer: Answer) -> None:
        spaces = [vars(autodiff), getattr(answer, "__globals__", {})]
        own = {name: getattr(autodiff, name) for name in names}
        self.places = [
            (space, key, thing, _refusing(name))
            for name, thing in own.items()
            for space in spaces
            for key, value in list(space.items())
            if value is thing
        ]

    def __enter__(self) -> None:
        for space, key, _, refusing in self.places:
            space[key] = refusing

    def lift(self, *raised: object) -> None:
        """Let all of them be themselves again."""
        for space, key, own, _ in self.places:
            space[key] = own

    __exit__ = lift
