"""The gradient of written expressions: more of them.

    (dy,) = gradients([y], [ones(y)], [x])

Each node added here calls the registry's own rule when it runs, so that values and shapes known
only then are no problem, and the backward graph can be printed, drawn, run in part, and
differentiated again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.fitting import in_dtype, unbroadcast
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse.parts import part_of
from autodiff.core.reverse.sweep import Parts
from autodiff.frontends.common.written import code_op, write

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
        rule_of=equation,
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
