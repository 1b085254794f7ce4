"""Expressions that are written down before they are computed, as equations of the engine.

An equation here has a *type* for its value (whatever the system knows before a run), and holds
the op of the registry, or one that calls a Python function of arrays:

    x = source("x", None)
    y = write(registry["tanh"], [x])
    compiled([y], [x])(0.5)

Theano's graphs, mxnet's Symbols, CNTK's Functions and neon's op-trees are such equations.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autodiff.core.arguments.tree import is_variable
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import place_of
from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.kinds import make_op
from autodiff.core.language.numpy_calls.advice import explain
from autodiff.core.language.op import Op
from autodiff.core.reverse.parts import part_of
from autodiff.core.reverse.sweep import Parts
from autodiff.core.transforms.record import recording


def source(name: str | None, type: Any, **note: Any) -> Equation:
    """An input of expressions: a variable, a parameter, a placeholder."""
    equation = Equation(type, {"name": name, **note} if name else note)
    equation.code, equation.offset = place_of(sys._getframe(1))
    return equation


def write(
    op: Op,
    operands: Sequence[Any],
    params: dict[str, Any] | None = None,
    type: Any = None,
    **note: Any,
) -> Equation:
    """The equation `op(*operands, **params)`; an operand is an equation or a plain value."""
    equation = Equation(type, note)
    equation.op = op
    equation.inputs = tuple(operands)
    equation.params = params or {}
    equation.code, equation.offset = place_of(sys._getframe(1))
    return equation


def code_op(name: str, function: Callable[..., Any], **entry: Any) -> Op:
    """An op that calls a function of arrays, whose derivative is recorded when it is needed."""

    def pull(ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
        return recorded_pull(lambda *xs: function(*xs, **params), ct, primals)

    def push(tangents: Any, ans: Any, primals: Any, params: Any) -> Any:
        raise AutodiffError(f"{name} has no rule for forward mode.")

    entry = {"name": name, "private": True, **entry}
    return make_op(
        function, "primitive", push, pull, entry, arity=None, joint_vjp=pull,
        why="code over arrays, recorded when its derivative is needed",
    )  # fmt: skip


def recorded_pull(function: Callable[..., Any], ct: Any, primals: Any) -> tuple[Any, ...]:
    """The cotangents of all arguments of a function, by running it once more on a tape."""
    moving = [i for i, p in enumerate(primals) if is_variable(p)]
    own = tuple(primals[i] for i in moving)

    def run(*values: Any) -> Any:
        full = list(primals)
        for i, value in zip(moving, values, strict=True):
            full[i] = value
        return function(*full)

    with recording(run, own, {}, tuple(range(len(own)))) as tape:
        cts = [ct] if ct.__class__ is not Parts else [*ct, *[None] * len(tape.outputs)]
        found = iter(tape.transpose(cts[: len(tape.outputs)], tape.program))
    return tuple(next(found) if i in moving else None for i in range(len(primals)))


# -- running ----------------------------------------------------------------------------------


def compiled(outputs: Sequence[Any], inputs: Sequence[Equation]) -> Callable[..., list[Any]]:
    """The outputs as a function of the inputs' values, in the order in which they were written.

    A source that is not among the inputs must have a note `value`, a function that is asked for
    its value at every run.  A note `check` of an equation is called with its operands' values
    first.  An operation is done by the registry, so the function may be traced.
    """
    return Plan(outputs, inputs).run


class Plan:
    """Expressions as a list of calls over numbered places; each value is freed after its use."""

    def __init__(self, outputs: Sequence[Any], inputs: Sequence[Equation]) -> None:
        self.inputs = list(inputs)
        given = set(inputs)
        self.equations = [
            e for e in needed([o for o in outputs if o.__class__ is Equation], given)
        ]  # fmt: skip
        self.places: dict[Equation, int] = {}
        self.template: list[Any] = []
        self.asked: list[tuple[int, Callable[[], Any]]] = []
        self.steps: list[tuple[Any, ...]] = []
        for equation in [*given, *(e for e in self.equations if e not in given)]:
            if equation.op is None or equation in given:
                if equation not in given:
                    self.asked.append((len(self.template), (equation.note or {})["value"]))
                self.places[equation] = self._new(None)
                continue
            operands = [
                self.places[i] if i.__class__ is Equation else self._new(i) for i in equation.inputs
            ]
            self.places[equation] = self._new(None)
            self.steps.append((_caller(equation), operands, self.places[equation], equation))
        self.results = [
            self.places[o] if o.__class__ is Equation else self._new(o) for o in outputs
        ]

    def _new(self, value: Any) -> int:
        self.template.append(value)
        return len(self.template) - 1

    def run(self, *values: Any) -> list[Any]:
        """The outputs, from the inputs' values in their order."""
        return self.outputs_of(self.all_values(*values))

    def outputs_of(self, places: list[Any]) -> list[Any]:
        """The outputs among all values of a run."""
        return [places[i] for i in self.results]

    def all_values(self, *values: Any) -> list[Any]:
        """The value at every place."""
        places = self.template.copy()
        for equation, value in zip(self.inputs, values, strict=True):
            places[self.places[equation]] = value
        for place, ask in self.asked:
            places[place] = ask()
        step: Any = None
        try:
            for step in self.steps:
                places[step[2]] = step[0]([places[i] for i in step[1]])
        except AutodiffError:
            raise
        except (ValueError, IndexError) as error:
            raise failed(step[3], [places[i] for i in step[1]], error) from error
        return places


def failed(equation: Equation, operands: Sequence[Any], error: Exception) -> Exception:
    """An error of a run, with the op, its operands, and the user's line that wrote it."""
    assert equation.op is not None
    told = explain(equation.op, operands, equation.params, error)
    place = equation.location
    line = f"\n  {equation.op.name} was written at {place}" if place else ""
    if line and str(place) in str(told):
        return told
    return type(told)(f"{told}{line}")


def _caller(equation: Equation) -> Callable[[list[Any]], Any]:
    op, params = equation.op, dict(equation.params)
    assert op is not None
    if equation.note and "check" in equation.note:
        check, call = equation.note["check"], _caller_of(op, params)

        def checked(values: list[Any]) -> Any:
            check(values)
            return call(values)

        return checked
    return _caller_of(op, params)


def _caller_of(op: Op, params: dict[str, Any]) -> Callable[[list[Any]], Any]:
    if op.name == "part" and op is part_of:
        return lambda values: values[0][params["index"]]
    if op.why.startswith("code"):
        function = functools.partial(op.function, **params) if params else op.function
        if op.kind == "constant":
            return lambda values: function(*map(ground, values))
        return lambda values: function(*values)
    return lambda values: apply(op, tuple(values), params)


def needed(outputs: Iterable[Equation], given: set[Equation]) -> list[Equation]:
    """The equations to run for the outputs, in order; nothing above those that are given."""
    seen = set(outputs)
    stack = list(seen)
    while stack:
        equation = stack.pop()
        if equation in given:
            continue
        for parent in equation.inputs:
            if parent.__class__ is Equation and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=operator.attrgetter("number"))


def replaced(
    outputs: Sequence[Any],
    replace: dict[Equation, Any],
    rewrite: Callable[[Equation], Any] | None = None,
) -> list[Any]:
    """The outputs with equations exchanged for others; what needs no change is kept.

    `rewrite` may answer with another equation for one that was put together anew.
    """
    new: dict[Equation, Any] = dict(replace)
    for equation in history([o for o in outputs if o.__class__ is Equation]):
        if equation in new:
            continue
        made = equation
        inputs = tuple(new.get(i, i) if i.__class__ is Equation else i for i in equation.inputs)
        if any(a is not b for a, b in zip(inputs, equation.inputs, strict=True)):
            made = write(equation.op, inputs, dict(equation.params), equation.value)
            made.note, made.code, made.offset = equation.note, equation.code, equation.offset
        if rewrite is not None and made.op is not None:
            made = rewrite(made)
        if made is not equation:
            new[equation] = made
    return [new.get(o, o) if o.__class__ is Equation else o for o in outputs]
