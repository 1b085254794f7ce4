"""Expressions that are written down before they are computed, as equations of the engine.

An equation here has a *type* for its value (whatever the system knows before a run), and holds
the op of the registry, or one that calls a Python function of arrays:

    x = source("x", None)
    y = write(registry["tanh"], [x], like=x)
    (dy,) = gradients([y], [ones(y)], [x])
    compiled([y, dy], [x])(0.5)

`gradients` adds nodes that call the registry's own rules when they run, so that values and shapes
known only then are no problem, and the backward graph can be printed, drawn, cut short, and
differentiated again.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import is_variable
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import place_of
from autodiff.core.language.advice import explain
from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.fitting import in_dtype, unbroadcast
from autodiff.core.language.kinds import linear, make_op
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse.sweep import Parts
from autodiff.core.reverse.tensor import part_of
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


# -- gradients --------------------------------------------------------------------------------

add_op = registry.by_function[np.add]
matmul = registry.by_function[np.matmul]
ones_op = linear(
    lambda x: np.ones_like(x), lambda ct, x: np.zeros_like(ct), name="ones", private=True
)


def ones(equation: Equation) -> Equation:
    """Ones in the shape of a value: where a gradient starts."""
    return write(ones_op, [equation], {}, equation.value, role="backward")


def gradients(
    targets: Sequence[Equation],
    starts: Sequence[Any],
    wrt: Sequence[Equation],
    cut: Callable[[Equation], bool] = lambda equation: False,
) -> list[Equation | None]:
    """The cotangents of `wrt`, as new equations, from those of the targets.

    None for what no target depends on, or to which every way is cut: by constant ops, by whole
    numbers, and at the equations for which `cut` says so.
    """
    wanted = set(wrt)
    reached: set[Equation] = set()
    order = history(targets)
    for equation in order:
        ways = any(i in reached for i in equation.inputs if i.__class__ is Equation)
        if equation in wanted or (ways and not _stops(equation) and not cut(equation)):
            reached.add(equation)
    terms: dict[Equation, list[Any]] = {}
    for target, start in zip(targets, starts, strict=True):
        terms.setdefault(target, []).append(start)
    found: dict[Equation, Any] = {}
    for equation in reversed(order):
        if equation not in terms or equation not in reached:
            continue
        arriving = terms.pop(equation)
        if equation.op is part_of:
            ct = functools.reduce(_added, arriving)
            terms.setdefault(equation.inputs[0], []).append((equation.params["index"], ct))
        elif equation.op is not None and equation.op.multiple:
            ct = _by_place(arriving)
        else:
            ct = functools.reduce(_added, arriving)
        if equation in wanted:
            found[equation] = ct
        if equation.op is not part_of:
            for index, new in _pulled(equation, ct, reached):
                terms.setdefault(equation.inputs[index], []).append(new)
    return [found.get(x) for x in wrt]


def _added(a: Any, b: Any) -> Any:
    return write(add_op, [a, b], {}, a.value, role="backward")


def _by_place(arriving: Sequence[tuple[int, Any]]) -> dict[int, Any]:
    """The cotangents of the parts of a result, those of one part added up."""
    found: dict[int, Any] = {}
    for place, ct in arriving:
        found[place] = _added(found[place], ct) if place in found else ct
    return found


def _stops(equation: Equation) -> bool:
    dtype = getattr(equation.value, "dtype", None)
    whole = dtype is not None and np.dtype(dtype).kind not in "fc"
    return equation.op is None or equation.op.kind == "constant" or whole


def _pulled(equation: Equation, ct: Any, reached: set[Equation]) -> list[tuple[int, Equation]]:
    """For each operand on the way the equation of its cotangent."""
    op = equation.op
    if op is None or _stops(equation):
        return []
    indices = [
        i
        for i, x in enumerate(equation.inputs)
        if x.__class__ is Equation
        and x in reached
        and not (op.kind == "elementwise" and op.partials[i] is None)
    ]
    if not indices:
        return []
    if op.joint_vjp is None:
        return [(i, _pull_node(equation, ct, (i,))) for i in indices]
    if len(indices) == 1:
        return [(indices[0], _pull_node(equation, ct, tuple(indices)))]
    whole = _pull_node(equation, ct, tuple(indices), several=True)
    parts = [
        write(part_of, [whole], {"index": place}, equation.inputs[i].value, role="backward")
        for place, i in enumerate(indices)
    ]
    return list(zip(indices, parts, strict=True))


def _pull_node(
    equation: Equation, ct: Any, indices: tuple[int, ...], several: bool = False
) -> Equation:
    op = equation.op
    assert op is not None
    wrt = "" if len(equation.inputs) == 1 else "/d" + ",".join("xyzuvw"[i % 6] for i in indices)
    ans = np.zeros(()) if op.why.startswith("code") else equation
    params = {"of": op, "given": equation.params, "indices": indices, "several": several}
    cts, operands = [ct], list(equation.inputs)
    if isinstance(ct, dict):
        cts, params["places"] = list(ct.values()), tuple(ct)
    if op is matmul and all(getattr(i.value, "ndim", 3) < 3 for i in operands if _is_node(i)):
        (index,) = indices  # a product of matrices: its cotangent never looks at itself, or y
        operands[index] = np.zeros((1,) * operands[index].value.ndim)
        ans, params["fits"] = np.zeros(()), True
    made = write(
        pull_op(f"d{op.name}{wrt}", several),
        [*cts, ans, *operands], params, equation.inputs[indices[0]].value, role="backward",
    )  # fmt: skip
    made.code, made.offset = equation.code, equation.offset
    return made


def _is_node(operand: Any) -> bool:
    return operand.__class__ is Equation


@functools.cache
def pull_op(name: str, several: bool) -> Op:
    """The op of backward nodes: the cotangents of some operands of a forward one."""
    return code_op(name, pull, multiple=several)


def pull(
    *values: Any,
    of: Op,
    given: Any,
    indices: tuple[int, ...],
    several: bool,
    places: tuple[int, ...] = (),
    fits: bool = False,
) -> Any:
    """The cotangents of the operands at `indices` of an op, by its own rule.

    The values are the cotangent of the result (of those of its parts at `places`), the result, and
    the operands.
    """
    count = len(places) or 1
    ct, ans, primals = values[0], values[count], values[count + 1 :]
    if places:
        arriving = dict(zip(places, values[:count], strict=True))
        ct = Parts(arriving.get(i) for i in range(max(places) + 1))
    if of.joint_vjp is not None:
        every = of.joint_vjp(ct, ans, primals, given)
        found = [every[i] for i in indices]
    else:
        found = [of.vjp(i, ct, ans, primals, given) for i in indices]
    pairs = zip(indices, found, strict=True)
    settled = [new if fits else _fitted(new, primals[i], of, i) for i, new in pairs]
    return tuple(settled) if several else settled[0]


def _fitted(new: Any, primal: Any, op: Op, index: int) -> Any:
    """A rule's result in the shape and dtype of its operand; zeros where it has none."""
    if new is None:
        return np.zeros_like(ground(primal))
    shape = np.shape(ground(primal))
    if np.shape(ground(new)) != shape:
        new = unbroadcast(new, shape, f"the reverse rule of {op.name}", index)
    return new if is_traced(primal) else in_dtype(new, primal)
