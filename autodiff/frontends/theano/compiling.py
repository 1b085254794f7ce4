"""`theano.function`: expressions compiled to a Python function, with updates of shared variables.

Compiling substitutes the givens, merges equal expressions, folds constants, and checks that every
input is given and used.  In a call all outputs and all right sides of updates are computed from
the old values of the shared variables; then those are changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.equation import Equation
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import Plan, needed, replaced
from autodiff.frontends.theano.merging import Merger
from autodiff.frontends.theano.settings import config
from autodiff.frontends.theano.sharing import SharedVariable
from autodiff.frontends.theano.substitutes import (
    given_for,
    givens_of,
    pairs_of,
    refuse_misfits,
)
from autodiff.frontends.theano.tensor.shared_randomstreams import saved
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import as_variable


class MissingInputError(Exception):
    """An expression needs an input that the function does not take."""


class UnusedInputError(Exception):
    """A function takes an input that nothing needs."""


class In:
    """An input with a default value or a name: `In(x, value=1.0, name="x")`."""

    def __init__(
        self, variable: Variable, name: str | None = None, value: Any = None,
        allow_downcast: bool | None = None, **options: Any,
    ) -> None:  # fmt: skip
        only(
            "In",
            options,
            "borrow",
            "shared",
            "strict",
            "autoname",
            "implicit",
            "mutable",
        )
        self.variable, self.value, self.downcast = variable, value, allow_downcast
        self.name = name or variable.name


Param = In


def function(
    inputs: Any,
    outputs: Any = None,
    mode: Any = None,
    updates: Any = None,
    givens: Any = None,
    no_default_updates: Any = False,
    accept_inplace: bool = False,
    name: str | None = None,
    rebuild_strict: bool = True,
    allow_input_downcast: bool | None = None,
    profile: Any = None,
    on_unused_input: str | None = None,
) -> Function:
    """The function of `inputs` that returns `outputs` and then makes the updates.

    A list of outputs gives a list, one output an array, None an empty list.  `updates` are pairs
    (shared variable, next value) of equal types.  `givens` substitutes variables before compiling.
    Raises UnusedInputError for an input that nothing needs unless `on_unused_input` is "warn" or
    "ignore", MissingInputError for one that is not given.
    """
    if not isinstance(inputs, list | tuple):
        raise TypeError(f"theano.function takes a list of inputs: [{inputs}].{here()}")
    taken = [i if isinstance(i, In) else In(i) for i in inputs]
    for one in taken:
        if isinstance(one.variable, SharedVariable):
            raise TypeError(
                f"Cannot use a shared variable ({one.variable}) as explicit input. A function "
                f"reads it by itself; to try another value write givens={{w: x}}.{here()}"
            )
    pairs = pairs_of(updates)
    refuse_misfits(pairs)
    kind = outputs.__class__ if isinstance(outputs, list | tuple) else None
    wanted = [] if outputs is None else list(outputs) if kind else [outputs]
    wanted = [as_variable(w) for w in wanted]
    draws = _states([*(w.node for w in wanted), *(u.node for _, u in pairs)])
    exchange = {as_variable(old).node: given_for(old, new) for old, new in givens_of(givens)}
    own = [(s, u) for s, u in pairs if s.type != "Generic"]
    given = replaced([*(w.node for w in wanted), *(u.node for _, u in own)], exchange)
    before = len(needed([g for g in given if g.__class__ is Equation], set()))
    merged = replaced(given, {}, Merger())
    _refuse_missing({i.variable.node for i in taken}, merged)
    compiled = Function(taken, merged[: len(wanted)], merged[len(wanted) :], [s for s, _ in own])
    compiled.name, compiled.single = name, kind is None and outputs is not None
    compiled.downcast, compiled.nodes_before = allow_input_downcast, before
    drawn = draws | _states(merged)
    kept = (
        set(no_default_updates) if isinstance(no_default_updates, list | tuple)
        else drawn if no_default_updates else set()
    )  # fmt: skip
    told = {s for s, _ in pairs}
    compiled.frozen = [
        s for s, inside in _inside_or_not(merged) if s not in told and (s in kept or inside)
    ]
    _tell_unused(compiled, on_unused_input or config.on_unused_input)
    return compiled


class Mode:
    """`Mode(linker=, optimizer=)` for `function(mode=)`: accepted, there is one way to run."""

    def __init__(self, linker: Any = None, optimizer: Any = "default") -> None:
        self.linker, self.optimizer = linker, optimizer


class Function:
    """A compiled function; `f.maker.fgraph.toposort()` are its operations in order."""

    def __init__(
        self,
        inputs: Sequence[In],
        outputs: list[Equation],
        news: list[Equation],
        shared: list[SharedVariable],
    ) -> None:
        self.inputs, self.outputs, self.news, self.shared = list(inputs), outputs, news, shared
        self.plan = Plan([*outputs, *news], [i.variable.node for i in inputs])
        self.name: str | None = None
        self.single = False
        self.downcast: bool | None = None
        self.frozen: list[SharedVariable] = []
        self.nodes_before = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs at these values of the inputs; then the updates are made."""
        if len(args) > len(self.inputs):
            raise TypeError(
                f"the function takes {len(self.inputs)} inputs, and got {len(args)}.{here()}"
            )
        values = []
        for place, one in enumerate(self.inputs):
            if place < len(args):
                value = args[place]
            elif one.name in kwargs:
                value = kwargs.pop(one.name)
            elif one.value is not None:
                value = one.value
            else:
                raise TypeError(f"Missing required input: {one.name or one.variable}.{here()}")
            what = f"{one.name or place} to the function {self.name or ''}".strip()
            downcast = self.downcast if one.downcast is None else one.downcast
            values.append(one.variable.type.filter(value, what, downcast))
        if kwargs:
            raise TypeError(f"the function has no input named {', '.join(kwargs)}.{here()}")
        before = [(state, saved(state)) for state in self.frozen]
        found = self.plan.run(*values)
        count = len(self.outputs)
        results = [_owned(np.asarray(v)) for v in found[:count]]
        for shared, new in zip(self.shared, found[count:], strict=True):
            shared.storage[0] = _owned(np.asarray(new, shared.type.dtype))
        for state, old in before:
            state.storage[0] = old
        return results[0] if self.single else results

    def copy(self, swap: Any = None, delete_updates: bool = False, name: Any = None) -> Function:
        """The same function with other shared variables, or without its updates."""
        exchange = {old.node: new.node for old, new in (swap or {}).items()}
        changed = replaced([*self.outputs, *self.news], exchange)
        count = len(self.outputs)
        news = [] if delete_updates else changed[count:]
        shared = [] if delete_updates else [(swap or {}).get(s, s) for s in self.shared]
        made = Function(self.inputs, changed[:count], news, shared)
        made.single, made.downcast, made.frozen = self.single, self.downcast, self.frozen
        made.name = name or self.name
        return made

    @property
    def maker(self) -> Any:
        """What Theano's function keeps of its graph: `fgraph.toposort()`, `fgraph.outputs`."""
        nodes = [e for e in self.plan.equations if e.op is not None]
        outputs = [Variable(o) for o in self.outputs]
        steps = [Variable(e).owner for e in nodes]
        return SimpleNamespace(
            fgraph=SimpleNamespace(toposort=lambda: steps, outputs=outputs, inputs=self.inputs)
        )

    def get_shared(self) -> list[SharedVariable]:
        """The shared variables that it reads."""
        return [e.note["shared"] for e in self.plan.equations if e.note and "shared" in e.note]

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(f)` draws: the graph as it was compiled."""
        from autodiff.frontends.theano.printing import subject_of_nodes

        return subject_of_nodes(self.name or "the function", [*self.outputs, *self.news])

    def __repr__(self) -> str:
        return f"<theano function of {len(self.plan.steps)} operations>"


def _owned(array: np.ndarray) -> np.ndarray:
    """An array that nothing else holds, so that it may be changed."""
    return array.copy()


def _states(nodes: Sequence[Any]) -> set[SharedVariable]:
    return {state for state, _ in _inside_or_not(nodes)}


def _inside_or_not(nodes: Sequence[Any]) -> list[tuple[SharedVariable, bool]]:
    """The random states that are drawn from, and whether that is inside of a loop only."""
    found: dict[SharedVariable, bool] = {}
    for node in needed([n for n in nodes if n.__class__ is Equation], set()):
        note = node.note or {}
        if "draws" in note:
            found[note["draws"]] = False
        for state in note.get("draws_inside", ()):
            found.setdefault(state, True)
    return list(found.items())


def _refuse_missing(given: set[Equation], nodes: Sequence[Equation]) -> None:
    order = needed(nodes, given)
    for node in order:
        if node.op is None and node not in given and "value" not in (node.note or {}):
            reader = next((e for e in order if node in e.inputs), node)
            place = f"\n  {Variable(node)} was made at {node.location}" if node.location else ""
            raise MissingInputError(
                f"the input {Variable(node)} ({node.value}) of the graph is needed by "
                f"{reader.op.name if reader.op else 'an output'}, and is not given. Add it to the "
                f"inputs, or to givens.{place}{here()}"
            )


def _tell_unused(compiled: Function, mode: str) -> None:
    used = set(compiled.plan.equations)
    for one in compiled.inputs:
        if one.variable.node in used or mode == "ignore":
            continue
        message = (
            f"theano.function was asked to take the input {one.variable}, and nothing needs it. "
            f"Leave it out, or give on_unused_input='ignore'.{here()}"
        )
        if mode == "raise":
            raise UnusedInputError(message)
        warnings.warn(message, AutodiffWarning, stacklevel=stacklevel())


def _eval(self: Variable, inputs_to_values: dict[Any, Any] | None = None) -> Any:
    """Compile and call: the value of an expression, from those of its inputs."""
    given = inputs_to_values or {}
    return function(list(given), self)(*given.values())


Variable.eval = _eval  # type: ignore[attr-defined]
