"""A plan in stages, for a session that compiles: what only computes is one function, compiled.

The idea: a run is calls of ops on arrays, which is what `ad.compile` takes.  What reads or changes
the session's state (an assignment, a queue, a random draw) or is the user's own code stays a call
by itself.  Everything else goes into the earliest stage in which its operands are there, so that a
training step is one function, of the variables and the feed, and then the assignments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.state import SessionOp, State
from autodiff.frontends.tensorflow.running.plan import Plan, Step, executed

OUTSIDE = frozenset({"PyFunc"})
"""Types of nodes that run the user's own code, once a run."""
NUMBERS = "biuf"


@dataclass(slots=True)
class Stage:
    """Slots of what a compiled function takes and gives; then steps that run one by one."""

    takes: list[int]
    gives: list[int]
    function: Callable[..., tuple[Any, ...]]
    then: list[Step]


class Stages:
    """A plan whose computations are compiled."""

    def __init__(self, plan: Plan, backend: str) -> None:
        self.plan = plan
        self.stages = [_stage(plan, pure, then, backend) for pure, then in _divided(plan)]

    def run(self, state: State, fed: dict[Equation, Any]) -> list[Any]:
        """All registers after a run, of which those that were fetched count."""
        values = self.plan.start(state, fed)
        for stage in self.stages:
            found = stage.function(*[values[slot] for slot in stage.takes])
            for slot, value in zip(stage.gives, found, strict=True):
                values[slot] = value
            executed(stage.then, values, keep=True)
        return values


def require_backend(backend: str) -> None:
    """Raise for a back end that there is not, or that is not installed."""
    import autodiff

    autodiff.compile(stands_alone, backend)


def stands_alone(step: Step) -> bool:
    """Whether a step is more than a computation."""
    equation = step[5]
    return isinstance(equation.op, SessionOp) or equation.note.get("type") in OUTSIDE


def _operands(step: Step) -> tuple[int, ...]:
    """The slots that a step reads."""
    several, one = step[1], step[2]
    if several is None:
        return () if one < 0 else (one,)
    return tuple(several.__reduce__()[1])


def _divided(plan: Plan) -> list[tuple[list[Step], list[Step]]]:
    """Computations and other steps by turns; the latter keep their order."""
    ready: dict[int, int] = {}
    found: list[tuple[list[Step], list[Step]]] = [([], [])]
    last = 0
    for step in plan.steps:
        alone = stands_alone(step)
        stage = max([ready.get(slot, 0) for slot in _operands(step)], default=0)
        if alone:
            stage = last = max(stage, last)
        ready[step[3]] = stage + alone
        while len(found) <= stage:
            found.append(([], []))
        found[stage][alone].append(step)
    return found


def _stage(plan: Plan, pure: list[Step], then: list[Step], backend: str) -> Stage:
    import autodiff

    made = {step[3] for step in pure}
    inside = {step[3]: number for number, step in enumerate(pure)}
    read = {slot for step in pure for slot in _operands(step)}
    takes = sorted(slot for slot in read - made if _is_numbers(plan, slot))
    later = {slot for step in plan.steps if step[3] not in inside for slot in _operands(step)}
    gives = sorted(made & (later | set(plan.results)))
    template = [None if slot in takes else value for slot, value in enumerate(plan.template)]

    def stage(*given: Any) -> tuple[Any, ...]:
        values = template.copy()
        for slot, value in zip(takes, given, strict=True):
            values[slot] = value
        executed(pure, values, keep=True)
        return tuple([values[slot] for slot in gives])

    return Stage(takes, gives, autodiff.compile(stage, backend) if pure else stage, then)


def _is_numbers(plan: Plan, slot: int) -> bool:
    """Whether a slot holds something that a program takes: no constant that is a text or a list."""
    value = plan.template[slot]
    return value is None or (isinstance(value, np.ndarray) and value.dtype.kind in NUMBERS)
