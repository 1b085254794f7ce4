"""What an exercise is: a right answer, inputs to try it on, and the mistakes that are well known.

Everything about an exercise is data.  The check compares what the student's answer *does* with
what the solution does, on the same inputs; where they differ it compares with what each known
mistake would do, and asks the question that belongs to the one that matches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Answer = Callable[..., Any]
"""What a student hands in: a function, or a class."""

Inputs = tuple[Any, ...]
"""The arguments of one call."""


ENGINE = (
    *("grad", "value_and_grad", "derivative", "jvp", "vjp", "jacobian", "hessian", "hvp"),
    *("Tensor", "Dual", "Tape", "check", "check_grad", "compare", "paths", "steps", "step"),
)
"""What differentiates by itself: an exercise that is done by hand forbids it."""


class FormError(TypeError):
    """A result of another form than the task asks for; the message says which form that is."""


def parts_of(found: Any, *names: str) -> dict[str, Any]:
    """The things that an answer returns, by name; raises `FormError` where there are not as many.

    >>> parts_of((1, 2), "the new p", "the new m")
    {'the new p': 1, 'the new m': 2}
    """
    if isinstance(found, (tuple, list)) and len(found) == len(names):
        return dict(zip(names, found, strict=True))
    count = {2: "two", 3: "three"}[len(names)]
    got = f"{len(found)}" if isinstance(found, (tuple, list)) else f"a {type(found).__name__}"
    raise FormError(f"return {count} things, {' and '.join(names)}; this returns {got}")


def call(answer: Answer, *inputs: Any) -> Any:
    """What most answers do: return a value for the inputs."""
    return answer(*inputs)


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known mistake: an answer that makes it, and the question that points at it.

    `question` never gives the fix away.  `look` says which picture or which step of the player
    shows the thing asked about.
    """

    name: str
    answer: Answer
    question: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of a lesson.

    `number` is "3.2" for the second exercise of lesson 3.  `solution` is an answer that is right.
    `inputs(rng)` gives the calls to try, smallest first; random ones come from `rng`, so that a
    lucky guess does not pass.  `observe(answer, *inputs)` is what is compared: numbers, arrays,
    strings, or containers of them (a dict's keys name the parts in a message); by default the
    value returned.  `hints[0]` is for the empty answer, the others come on request.  `tolerance`
    is the relative error below which two numbers are equal.  `forbids` names what of `ad` the
    answer must do without: while it runs, those raise.
    """

    number: str
    title: str
    shows: str
    solution: Answer
    inputs: Callable[[np.random.Generator], Sequence[Inputs]]
    hints: tuple[str, str]
    misconceptions: tuple[Misconception, ...] = ()
    observe: Callable[..., Any] = call
    tolerance: float = 1e-7
    forbids: Sequence[str] = ()

    @property
    def lesson(self) -> str:
        """The lesson that it stands in: "03" for exercise "3.2"."""
        return f"{int(self.number.split('.')[0]):02d}"
