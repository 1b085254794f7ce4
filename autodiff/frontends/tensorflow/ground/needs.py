"""What a node needs: the equations above it, in the order in which they were built.

That order is a topological one, since a node is built after its inputs and its control inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from autodiff.core.language.equation import Equation

_number = attrgetter("number")


def needed(
    fetches: Iterable[Equation], fed: Iterable[Equation] = (), links: bool = False
) -> list[Equation]:
    """All equations that must run for the fetches, in order; fed ones cut off what is above.

    With `links` also the variables that an op finds in the state by itself.
    """
    cut = set(fed)
    seen = set(fetches)
    stack = list(seen)
    while stack:
        equation = stack.pop()
        if equation in cut:
            continue
        for parent in parents(equation, links):
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=_number)


def parents(equation: Equation, links: bool = False) -> list[Equation]:
    """What must have run before an equation: its operands and its control inputs."""
    note = equation.note
    operands = equation.inputs if links else equation.inputs[note.get("links", 0) :]
    return [i for i in (*operands, *note.get("control", ())) if i.__class__ is Equation]
