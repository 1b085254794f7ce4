"""A plan: the equations that some fetches need, in the order in which they were built.

That order is a topological one, since a node is built after its inputs and its control inputs.
Variables are read once, at the start of a run: all nodes see the values from before the run,
except those built under `control_dependencies`, which read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.equation import Equation
from autodiff.core.language.numpy_calls.advice import explain
from autodiff.frontends.tensorflow.graph.state import SessionOp, State
from autodiff.frontends.tensorflow.ground.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    OpError,
)
from autodiff.frontends.tensorflow.ground.needs import needed, parents

Step = tuple[Callable[..., Any], Any, int, int, tuple[int, ...], Equation]
"""function, getter of several operands (or None), slot of one operand, result's slot, slots to
free, equation."""


@dataclass(slots=True)
class Plan:
    """A compiled run: registers prefilled with constants, and steps that fill the others."""

    equations: list[Equation]
    template: list[Any]
    variables: list[tuple[int, Equation]]
    feeds: dict[Equation, int]
    steps: list[Step]
    results: list[int]
    slots: dict[Equation, int]

    def run(self, state: State, fed: dict[Equation, Any], keep: bool = False) -> list[Any]:
        """All registers after a run; those not fetched are freed when last used unless `keep`."""
        return executed(self.steps, self.start(state, fed), keep)

    def start(self, state: State, fed: dict[Equation, Any]) -> list[Any]:
        """All registers before a run: constants, variables, and what is fed."""
        values = self.template.copy()
        stored = state.variables
        for slot, variable in self.variables:
            try:
                values[slot] = stored[variable]
            except KeyError:
                raise uninitialized(variable, self.equations) from None
        for equation, value in fed.items():
            slot = self.feeds.get(equation)
            if slot is not None:
                values[slot] = value
        return values


def executed(steps: Sequence[Step], values: list[Any], keep: bool = False) -> list[Any]:
    """The registers after some steps; what nobody reads any more is freed unless `keep`."""
    step: Any = None
    try:
        for step in steps:
            function, several, one, out, free, _ = step
            if several is None:
                values[out] = function() if one < 0 else function(values[one])
            else:
                values[out] = function(*several(values))
            if free and not keep:
                for slot in free:
                    values[slot] = None
    except (OpError, AutodiffError):
        raise
    except Exception as error:
        raise failed(step, values, error) from error
    return values


def compile_plan(fetches: Sequence[Equation], fed: Iterable[Equation], state: State) -> Plan:
    """The plan for these fetches when these nodes are fed."""
    fed = frozenset(fed)
    equations = needed(fetches, fed)
    template: list[Any] = []
    slots: dict[Equation, int] = {}
    variables: list[tuple[int, Equation]] = []
    steps: list[Step] = []
    feeds: dict[Equation, int] = {}
    lasts: dict[int, int] = {}

    def slot_of(operand: Any) -> int:
        if operand.__class__ is Equation:
            return slots[operand]
        template.append(operand)
        return len(template) - 1

    for equation in equations:
        out = slots[equation] = len(template)
        template.append(None)
        note = equation.note
        if equation in fed:
            feeds[equation] = out
        elif equation.op is None:
            if "constant" in note:
                template[out] = note["constant"]
            elif note.get("role") == "parameter":
                variables.append((out, equation))
            else:
                raise missing_feed(equation, fetches, fed)
        else:
            function = equation.op.function
            if isinstance(equation.op, SessionOp):
                function = partial(function, state, **equation.params)
            elif equation.params:
                function = partial(function, **equation.params)
            operands = [slot_of(i) for i in equation.inputs[note.get("links", 0) :]]
            for slot in operands:
                lasts[slot] = len(steps)
            several = itemgetter(*operands) if len(operands) > 1 else None
            one = operands[0] if len(operands) == 1 else -1
            steps.append((function, several, one, out, (), equation))
            lasts[out] = len(steps) - 1
    results = [slots[equation] for equation in fetches]
    computed = {step[3] for step in steps}
    freed: dict[int, list[int]] = {}
    for slot, index in lasts.items():
        if slot in computed and slot not in results:
            freed.setdefault(index, []).append(slot)
    steps = [(*step[:4], tuple(freed.get(index, ())), step[5]) for index, step in enumerate(steps)]
    return Plan(equations, template, variables, feeds, steps, results, slots)


# -- what can go wrong ------------------------------------------------------------------------


def missing_feed(
    placeholder: Equation, fetches: Sequence[Equation], fed: Iterable[Equation]
) -> InvalidArgumentError:
    """The error for a placeholder without a value, with the path that needs it."""
    way = path_to(placeholder, fetches, set(fed))
    name = placeholder.note["name"]
    place = placeholder.location
    return InvalidArgumentError(
        f"the placeholder {name} ({placeholder.value.lower}) was not fed, and it is needed: "
        f"{' <- '.join(node.note['name'] for node in way)}. "
        f"Add it to the feed: feed_dict={{{name}: ...}}."
        + (f"\n  {name} was made at {place}" if place else "")
    )


def path_to(target: Equation, fetches: Sequence[Equation], cut: set[Equation]) -> list[Equation]:
    """A shortest path from a fetch down to a node that it needs."""
    came: dict[Equation, Equation | None] = dict.fromkeys(fetches)
    queue = list(came)
    for node in queue:
        if node is target:
            break
        if node in cut:
            continue
        for parent in parents(node):
            if parent not in came:
                came[parent] = node
                queue.append(parent)
    way: list[Equation] = []
    step: Equation | None = target
    while step is not None:
        if "whole" not in step.note:
            way.append(step)
        step = came.get(step)
    return way[::-1]


def uninitialized(variable: Equation, program: Sequence[Equation]) -> FailedPreconditionError:
    """The error for a variable that has no value in this session."""
    name = variable.note["name"]
    reader = next((e for e in program if variable in e.inputs), None)
    used = f" It is read by {reader.note['name']}." if reader is not None else ""
    return FailedPreconditionError(
        f"the variable {name} has no value in this session yet.{used} Run its initializer first: "
        "sess.run(tf.initialize_all_variables()), after all variables are built; every session "
        "has values of its own."
        + (f"\n  {name} was made at {variable.location}" if variable.location else "")
    )


def failed(step: Step, values: list[Any], error: Exception) -> Exception:
    """The error of an op that refused its values: which node, which values, which line."""
    _, several, one, _, _, equation = step
    operands = [] if one < 0 and several is None else [values[one]]
    if several is not None:
        operands = list(several(values))
    note, place = equation.note, equation.location
    if isinstance(error, ValueError | IndexError):
        reason = str(explain(equation.op, operands, {}, error)).partition("\n")[0]
    else:
        shown = ", ".join(f"{np.asarray(v).dtype} {np.shape(v)}" for v in operands)
        reason = f"{type(error).__name__}: {error} (operands: {shown})"
    return InvalidArgumentError(
        f"node {note['name']} ({note['type']}) failed while the graph ran: {reason}"
        + (f"\n  {note['name']} was made at {place}" if place else "")
    )
