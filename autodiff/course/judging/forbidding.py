"""An answer is run without what its task forbids: "by hand" and "NumPy only" are kept by the check.

While the answer runs, the forbidden names of `autodiff` raise, under the package's own name and
under the names by which the answer's module imported them.  Before and after they are themselves,
so that the check may use the engine.

>>> import numpy as np, autodiff as ad
>>> with without(["grad"], lambda x: ad.grad(np.sin)(x)):
...     ad.grad(np.sin)
Traceback (most recent call last):
autodiff.course.judging.forbidding.ForbiddenError: ad.grad does the work...
>>> ad.grad(np.sin)(0.0)
1.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import autodiff
from autodiff.course.exercise import Answer, FormError

__all__ = ["ForbiddenError", "without"]


class ForbiddenError(FormError):
    """The answer used what its task forbids."""


def _refusing(name: str) -> Callable[..., Any]:
    def refused(*args: Any, **options: Any) -> Any:
        raise ForbiddenError(
            f"ad.{name} does the work that this exercise asks for; write it without"
        )

    refused.__name__ = name
    return refused


@contextmanager
def without(names: Sequence[str], answer: Answer) -> Iterator[None]:
    """Let the named parts of `autodiff` raise, also where the answer's module imported them."""
    own = {name: getattr(autodiff, name) for name in names}
    refusing = {name: _refusing(name) for name in own}
    spaces = [vars(autodiff), getattr(answer, "__globals__", {})]
    changed = [
        (space, key, value, name)
        for space in spaces
        for key, value in list(space.items())
        for name, thing in own.items()
        if value is thing
    ]
    for space, key, _, name in changed:
        space[key] = refusing[name]
    try:
        yield
    finally:
        for space, key, value, _ in changed:
            space[key] = value
