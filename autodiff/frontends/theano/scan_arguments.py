"""What `scan` is given and what its step returns, read into sequences, states and results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import as_variable


class until:
    """Returned by a step beside its results: the loop ends after the step where it is true."""

    def __init__(self, condition: Any) -> None:
        self.condition = as_variable(condition)


@dataclass
class Sequence_:
    """A sequence and which of its elements a step sees: 0 is the current one."""

    input: Variable
    taps: list[int]


@dataclass
class State:
    """A result that the next step sees: where it starts, and which of the last ones are seen."""

    initial: Variable | None
    taps: list[int] = field(default_factory=list)


def listed(value: Any) -> list[Any]:
    """The things given, none, one or several, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def sequence_of(given: Any) -> Sequence_:
    """A sequence, given alone or with its taps."""
    if isinstance(given, dict):
        return Sequence_(as_variable(given["input"]), list(given.get("taps") or [0]))
    return Sequence_(as_variable(given), [0])


def state_of(given: Any) -> State:
    """A result's state, given as its first value or with its taps."""
    if given is None:
        return State(None)
    if isinstance(given, dict):
        if given.get("initial") is None:
            return State(None)
        return State(as_variable(given["initial"]), list(given.get("taps") or [-1]))
    return State(as_variable(given), [-1])


def state_type(state: State) -> TensorType:
    """The type of what a step sees of a state."""
    assert state.initial is not None
    type = state.initial.type
    return type if state.taps == [-1] else TensorType(type.dtype, type.broadcastable[1:])


def refuse_other_type(place: int, state: TensorType, result: TensorType) -> None:
    """Refuse a step whose result is of another type than its state."""
    if state.dtype != result.dtype or state.ndim != result.ndim:
        raise ValueError(
            "When compiling the inner function of scan: the initial state (`outputs_info` in scan "
            f"nomenclature) of result {place} has dtype {state.dtype}, while the result of the "
            f"inner function (`fn`) has dtype {result.dtype} and {result.ndim} axes "
            f"(state: {state.ndim}). Cast one of them: a state keeps its type.{here()}"
        )


def read(returned: Any) -> tuple[list[Variable], dict[Any, Any], Variable | None]:
    """What a step returned: results, updates, and the condition to stop."""
    parts = list(returned) if isinstance(returned, list | tuple) else [returned]
    results: list[Variable] = []
    updates: dict[Any, Any] = {}
    condition = None
    for part in parts:
        if isinstance(part, until):
            condition = part.condition
        elif isinstance(part, dict):
            updates.update(part)
        elif isinstance(part, list | tuple):
            if part and all(isinstance(p, tuple) for p in part):
                updates.update(part)
            else:
                results += [as_variable(p) for p in part]
        else:
            results.append(as_variable(part))
    plain = {s: u for s, u in updates.items() if s.type != "Generic"}
    return results, plain, condition
