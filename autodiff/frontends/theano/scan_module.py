"""`scan`: a loop as one node of the graph, whose step is a graph of its own.

`fn` is called once, with variables for one element of each sequence, for the previous results, and
with the `non_sequences` themselves; what it returns is compiled as the step.  What the step uses
from outside becomes an operand of the node, so a gradient reaches it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.core.reverse.parts import part_of
from autodiff.core.transforms.annotations import stop_gradient
from autodiff.frontends.common.written import Plan, code_op, write
from autodiff.frontends.theano.scan_arguments import (
    Sequence_,
    State,
    listed,
    read,
    refuse_other_type,
    sequence_of,
    state_of,
    state_type,
)
from autodiff.frontends.theano.scan_arguments import until as until
from autodiff.frontends.theano.sharing import SharedVariable
from autodiff.frontends.theano.tensor.shared_randomstreams import saved
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable, variable
from autodiff.frontends.theano.writing import as_variable


def scan(
    fn: Callable[..., Any],
    sequences: Any = None,
    outputs_info: Any = None,
    non_sequences: Any = None,
    n_steps: Any = None,
    truncate_gradient: int = -1,
    go_backwards: bool = False,
    mode: Any = None,
    name: str | None = None,
    profile: bool = False,
    allow_gc: Any = None,
    strict: bool = False,
    return_list: bool = False,
) -> tuple[Any, OrderedDict[Any, Any]]:
    """The results of all steps, stacked along a new first axis, and the updates of the loop.

    `fn` gets the elements of the sequences, then the previous results, then the `non_sequences`.
    `outputs_info` has for each result its first value (None: it is not fed back), or a dict of
    `initial` and `taps`.  The updates must be given to `theano.function`.
    """
    seqs = [sequence_of(s) for s in listed(sequences)]
    outer = [as_variable(v) for v in listed(non_sequences)]
    states = None if outputs_info is None else [state_of(s) for s in listed(outputs_info)]
    elements = [
        variable(TensorType(s.input.dtype, s.input.broadcastable[1:])) for s in seqs for _ in s.taps
    ]
    previous = [
        variable(state_type(s)) for s in states or [] if s.initial is not None for _ in s.taps
    ]
    results, updates, condition = read(fn(*elements, *previous, *outer))
    states = states if states is not None else [State(None) for _ in results]
    if len(states) != len(results):
        raise ValueError(
            f"scan: the step returns {len(results)} results, and outputs_info tells of "
            f"{len(states)}. Give one entry for each; None for one that is not fed back.{here()}"
        )
    for place, (state, result) in enumerate(zip(states, results, strict=True)):
        if state.initial is not None:
            refuse_other_type(place, state_type(state), result.type)
    carried = list(updates)
    for shared in carried:
        states.append(State(shared, [-1]))
        previous.append(Variable(shared.node))
        results.append(as_variable(updates[shared]))
    loop = _Loop(seqs, states, elements, previous, results, condition, truncate_gradient)
    loop.go_backwards, loop.fixed = go_backwards, n_steps is not None
    nodes = loop.write(name or "scan", n_steps)
    shown = nodes[: len(nodes) - len(carried)]
    told = OrderedDict((s, n[-1]) for s, n in zip(carried, nodes[len(shown) :], strict=True))
    told.update((state, state.default_update) for state in loop.draws)
    single = len(shown) == 1 and not return_list
    return (shown[0] if single else shown), told


class _Loop:
    """One loop: what its step reads, and how it runs."""

    def __init__(
        self,
        seqs: list[Sequence_],
        states: list[State],
        elements: list[Variable],
        previous: list[Variable],
        results: list[Variable],
        condition: Variable | None,
        truncate: int,
    ) -> None:
        self.seqs, self.states, self.results = seqs, states, results
        self.truncate, self.stops = truncate, condition is not None
        self.go_backwards = self.fixed = False
        outputs = [r.node for r in results] + ([condition.node] if condition is not None else [])
        inner = [v.node for v in (*elements, *previous)]
        self.draws, captured = _inside(outputs, inner)
        self.captured = captured
        inputs = [*inner, *(s.node for s in self.draws), *captured]
        self.plan = Plan(outputs, inputs)

    def write(self, name: str, n_steps: Any) -> list[Variable]:
        """The node of the loop, and the variables of its results."""
        recurrent = [s for s in self.states if s.initial is not None]
        operands = [as_variable(0 if n_steps is None else n_steps).node]
        operands += [s.input.node for s in self.seqs]
        operands += [s.initial.node for s in recurrent if s.initial is not None]
        snapshots = [_snapshot(s) for s in self.draws]
        types = [TensorType(r.dtype, (False, *r.broadcastable)) for r in self.results]
        several = len(types) > 1
        op = code_op(name, self.run, multiple=several)
        note = {"draws_inside": list(self.draws)}
        whole = write(op, [*operands, *snapshots, *self.captured], {}, types[0], **note)
        if not several:
            return [Variable(whole)]
        return [
            Variable(write(part_of, [whole], {"index": i}, type)) for i, type in enumerate(types)
        ]

    def run(self, n_steps: Any, *values: Any) -> Any:
        """The loop itself, over arrays or traced values."""
        rest = iter(values)
        seqs = [next(rest) for _ in self.seqs]
        initial = [next(rest) if s.initial is not None else None for s in self.states]
        generators = [next(rest) for _ in self.draws]
        generators = [_copied(g) for g in generators]
        captured = list(rest)
        lengths = [
            np.shape(x)[0] - max(0, *s.taps) + min(0, *s.taps) if len(s.taps) > 1
            else np.shape(x)[0] - abs(s.taps[0])
            for x, s in zip(seqs, self.seqs, strict=True)
        ]  # fmt: skip
        count = int(np.asarray(n_steps)[()]) if self.fixed else min(lengths)
        if count < 0 or (lengths and count > min(lengths)):
            raise ValueError(
                f"scan: {count} steps were asked for, and the shortest sequence has "
                f"{min(lengths, default=0)} elements."
            )
        pasts = [
            None if start is None else ([start] if s.taps == [-1] else [*start])
            for s, start in zip(self.states, initial, strict=True)
        ]
        found: list[list[Any]] = [[] for _ in self.states]
        for step in range(count):
            at = count - 1 - step if self.go_backwards else step
            own = [
                x[at + tap - min(0, *s.taps, 0)]
                for x, s in zip(seqs, self.seqs, strict=True)
                for tap in s.taps
            ]
            if self.truncate > 0 and step == count - self.truncate:
                pasts = [p and [stop_gradient(v) for v in p] for p in pasts]
            for past, state in zip(pasts, self.states, strict=True):
                if past is not None:
                    own += [past[tap] for tap in state.taps]
            new = self.plan.run(*own, *generators, *captured)
            for place, past in enumerate(pasts):
                found[place].append(new[place])
                if past is not None:
                    past.append(new[place])
                    del past[: -max(-tap for tap in self.states[place].taps)]
            if self.stops and bool(np.asarray(new[-1])):
                break
        for state, generator in zip(self.draws, generators, strict=True):
            state.storage[0] = generator
        stacked = tuple(
            np.stack(one) if one else np.zeros((0,) * (r.ndim + 1), r.dtype)
            for one, r in zip(found, self.results, strict=True)
        )
        return stacked if len(stacked) > 1 else stacked[0]


def _copied(generator: Any) -> Any:
    import copy

    return copy.deepcopy(generator)


def _snapshot(state: SharedVariable) -> Equation:
    """A copy of a random state as an operand: the loop is run again for its gradient."""
    from autodiff.core.language.kinds import constant

    op = constant(
        lambda _: saved(state), name="state", private=True, arity=None, why="code: a copy",
        binder=lambda *args: (args, {}),
    )  # fmt: skip
    return write(op, [state.node], {}, "Generic")


def _inside(
    outputs: Sequence[Equation], inner: Sequence[Equation]
) -> tuple[list[SharedVariable], list[Equation]]:
    """The random states that the step draws from, and what it reads from outside."""
    own = set(inner)
    draws: dict[SharedVariable, None] = {}
    states: set[Equation] = set()
    order = history(outputs)
    for node in order:
        note = node.note or {}
        if "draws" in note:
            draws[note["draws"]] = None
            states.add(note["draws"].node)
            own.add(node)
        elif any(i in own for i in node.inputs if i.__class__ is Equation):
            own.add(node)
    captured: dict[Equation, None] = {}
    for node in order:
        if node in own:
            for i in node.inputs:
                if i.__class__ is Equation and i not in own and i not in states:
                    captured[i] = None
    captured.update((o, None) for o in outputs if o not in own)
    return list(draws), list(captured)


def scan_map(fn: Any, sequences: Any, non_sequences: Any = None, **options: Any) -> Any:
    """`scan` without a state: the results of `fn` for every element."""
    return scan(fn, sequences, None, non_sequences, **options)


def reduce(
    fn: Any, sequences: Any, outputs_info: Any, non_sequences: Any = None, **options: Any
) -> Any:
    """The last result of a `scan`."""
    found, updates = scan(fn, sequences, outputs_info, non_sequences, **options)
    last = [f[-1] for f in found] if isinstance(found, list) else found[-1]
    return last, updates


def foldl(fn: Any, sequences: Any, outputs_info: Any, **options: Any) -> Any:
    """`reduce`, from the left."""
    return reduce(fn, sequences, outputs_info, **options)
