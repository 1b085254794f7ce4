"""What to answer at a kink: one rule for every spelling, and a switch to show the others.

At a kink a function has a slope on the left and one on the right, and every number between is a
subgradient.  The engine's rule is the mean of both: |x| has 0 at 0, maximum(x, y) one half each at
a tie, clip one half at its bounds.  Among all rules it alone keeps what holds on either side:

    >>> from autodiff.core.transforms.reverse import grad
    >>> grad(lambda x: np.maximum(x, 0.0) + np.minimum(x, 0.0))(0.0)  # of the function x
    1.0

The named activations (relu, relu6, leaky_relu) have the slope of their flat side, as everywhere
in the field.  `with kinks("right"):` shows another member of the subdifferential.  What a *second*
derivative is at such a point is told by `core.language.beside_kinks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import whole

CHOICES = ("stated", "zero", "half", "left", "right", "raise")
_choice: ContextVar[str] = ContextVar("kinks", default="stated")


class KinkError(AutodiffError, ValueError):
    """A derivative was asked at a kink, inside `with kinks("raise")`."""


@dataclass(frozen=True, slots=True)
class Kinks:
    """Where an op has no derivative, in its entry of the registry, and what is answered there.

    `places(ans, *primals, **params)` is the mask of the elements at a kink, and `gap`, of the
    same arguments, what is 0 there and has another sign on each side (several gaps as a tuple); of
    a reduction `ans` comes expanded against `x`.  Of a `tie` nothing is lost where the cotangent
    is 0, since the shares add up to 1 on both sides; an op `shifted` along x by a constant
    does not change at its kinks; one is `steep` whose slope is infinite there.  `instead` is what
    to write for a second derivative.
    """

    what: str
    convention: str
    places: Callable[..., Any]
    gap: Callable[..., Any]
    tie: bool = False
    shifted: bool = False
    steep: bool = False
    instead: str = ""

    def at(self, op: Any, ans: Any, primals: Sequence[Any], params: Mapping[str, Any]) -> Any:
        """The mask of the elements of a call that are at a kink, of plain values."""
        if op.kind == "reduction":
            ans = op.expand(ans, primals[0], params)
        return self.places(ans, *primals, **params)

    def __str__(self) -> str:
        return f"{self.what}: {self.convention}"


@contextmanager
def kinks(choice: str) -> Iterator[None]:
    """Answer at kinks as "stated" (by `autodiff ops`), with another slope, or "raise".

    "zero" is the slope nearest to 0, "half" the mean of both sides (also of relu and its kin, the
    only ones for which "stated" is another), "left" and "right" are those of one side.  It holds
    where the derivative is computed: around `grad(f)(x)`, or around `y.backward()`.

    >>> from autodiff.core.transforms.reverse import grad
    >>> for choice in ("stated", "zero", "half", "left", "right"):
    ...     with kinks(choice):
    ...         print(choice, grad(np.abs)(0.0), grad(lambda x: np.maximum(x, 0.0))(0.0))
    stated 0.0 0.5
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


def as_stated() -> bool:
    """Whether every op answers by its own convention, so that nobody need look for kinks."""
    return _choice.get() == "stated"


def slope_at(kinked: Any, slope: Any, left: float, right: float) -> Any:
    """`slope`, but at the elements where `kinked` is true as the switch says.

    `left` and `right` are the slopes beside the kink; `slope` itself has the op's own convention
    there.
    """
    choice = _choice.get()
    if choice == "stated" or not some(kinked):
        return slope
    if choice == "raise":
        raise KinkError(
            "a derivative was asked at a kink, where the slope is "
            f"{left:g} on the left and {right:g} on the right.{here()}"
        )
    nearest = min(max(0.0, min(left, right)), max(left, right))
    answers = {"zero": nearest, "half": (left + right) / 2, "left": left, "right": right}
    return np.where(kinked, answers[choice], slope)


def mean_slope(kinked: Any, slope: Any, left: float, right: float) -> Any:
    """`slope`, but where `kinked` is true the mean of the slopes beside it, or as the switch says.

    >>> x = np.array([-1.0, 0.0, 2.0])
    >>> mean_slope(x == 0, x > 0, 0.0, 1.0)
    array([0. , 0.5, 1. ])
    """
    if not some(kinked):
        return slope
    return slope_at(kinked, np.where(kinked, (left + right) / 2, slope), left, right)


def some(mask: Any) -> bool:
    """Whether any element of a mask is true."""
    mask = whole(mask)
    return mask if mask.__class__ is bool else bool(mask.any())
