"""What to answer at a kink: one rule for every spelling, and a switch to show the others.

At a kink a function has a slope on the left and one on the right, and every number between is a
subgradient.  The engine's rule is the slope of the constant branch (relu, clip and maximum with a
constant: 0) and the mean where there is none (|x|: 0).  `with kinks("right"):` shows another
member of the subdifferential.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground

CHOICES = ("zero", "half", "left", "right", "raise")
_choice: ContextVar[str] = ContextVar("kinks", default="zero")


class KinkError(AutodiffError, ValueError):
    """A derivative was asked at a kink, inside `with kinks("raise")`."""


@contextmanager
def kinks(choice: str) -> Iterator[None]:
    """Answer at kinks with "zero" (the default), the "half" way, "left", "right", or "raise".

    It holds where the derivative is computed: around `grad(f)(x)`, or around `y.backward()`.

    >>> from autodiff.core.transforms.reverse import grad
    >>> for choice in ("zero", "half", "left", "right"):
    ...     with kinks(choice):
    ...         print(choice, grad(np.abs)(0.0), grad(lambda x: np.maximum(x, 0.0))(0.0))
    zero 0.0 0.0
    half 0.0 0.5
    left -1.0 0.0
    right 1.0 1.0
    """
    if choice not in CHOICES:
        raise ValueError(f"kinks({choice!r}): choose from {', '.join(CHOICES)}")
    token = _choice.set(choice)
    try:
        yield
    finally:
        _choice.reset(token)


def slope_at(kinked: Any, slope: Any, left: float, right: float) -> Any:
    """`slope`, but at the elements where `kinked` is true as the switch says.

    `left` and `right` are the slopes beside the kink; `slope` itself has the engine's own
    convention there.
    """
    choice = _choice.get()
    if choice == "zero":
        return slope
    if choice == "raise":
        if np.any(ground(kinked)):
            raise KinkError(
                "a derivative was asked at a kink, where the slope is "
                f"{left:g} on the left and {right:g} on the right.{here()}"
            )
        return slope
    answers = {"half": (left + right) / 2, "left": left, "right": right}
    return np.where(kinked, answers[choice], slope)
