"""The reverse sweep: cotangents travel up the list of equations.

Each equation is visited once, after everything that uses its result: it hands the cotangent of
its result, times its local derivative, to the cotangents of its inputs, which add up where
several uses meet (Griewank & Walther, section 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import LOOK, at_place, current_place, set_place
from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.ground.watchers import watchers
from autodiff.core.language.dispatch import (
    Array,
    ground,
    is_batch,
    is_traced,
    tracer_classes,
    whole,
)
from autodiff.core.language.equation import Equation, history, name_line
from autodiff.core.language.fitting import alike, in_dtype, unbroadcast
from autodiff.core.language.singular.beside_kinks import NOISE, evaluated_at
from autodiff.core.language.singular.finite import is_finite, zero_partial
from autodiff.core.language.singular.kinks import Kinks
from autodiff.core.language.singular.limits import refuse_limits
from autodiff.core.reverse.shares import Shares, wait
from autodiff.core.values.numbers import pull_numbers

_float64 = np.float64
_ndarray = np.ndarray
_add_reduce: Any = np.add.reduce


class Parts(tuple[Any, ...]):
    """The cotangent of a several-valued op: one entry a result, None where there is none."""


class Swept(NamedTuple):
    """An equation in the middle of a sweep: of which program, and from which cotangents."""

    equation: Equation
    program: Sequence[Equation]
    seeds: dict[Equation, Array]


def add_cotangents(old: Any, new: Any) -> Any:
    """The sum of two cotangents of the same value."""
    if old.__class__ is Parts:
        pairs = zip(old, new, strict=True)
        return Parts(b if a is None else a if b is None else a + b for a, b in pairs)
    return old + new


def sweep(
    program: Sequence[Equation],
    seeds: dict[Equation, Array],
    keep: bool = False,
    strict: bool = False,
) -> dict[Equation, Array]:
    """The cotangents of the program's inputs (of everything with `keep`), from the outputs'.

    `strict` makes an exactly zero cotangent or partial stop an infinite or NaN one, also where
    IEEE arithmetic has 0 * inf = NaN.
    """
    # A sweep that is itself traced makes equations: they stem from the lines of those swept.
    second = any([node.value.__class__ in tracer_classes for node in seeds])
    if second and current_place() is LOOK:
        return at_place(LOOK, _sweep, program, seeds, keep, strict, second, True)
    return _sweep(program, seeds, keep, strict, second, False)


def _sweep(
    program: Sequence[Equation],
    seeds: dict[Equation, Array],
    keep: bool,
    strict: bool,
    second: bool,
    inherit: bool,
) -> dict[Equation, Array]:
    cotangents: dict[Equation, Any] = dict(seeds)
    result: dict[Equation, Any] = {}
    owned: set[Equation] = set()
    pop, get = cotangents.pop, cotangents.get
    try:
        for equation in reversed(program):
            ct = pop(equation, None)
            if ct is None:
                continue
            if ct.__class__ is Shares:
                ct = ct.total()
            op = equation.op
            if op is None:
                result[equation] = ct
                continue
            if keep:
                result[equation] = ct
            if inherit:
                set_place((equation.code, equation.offset))
            primals = equation.kept
            if primals is None and not strict:
                pull_numbers(equation, ct, cotangents)
                continue
            if ct.__class__ is float:
                ct = _float64(ct)
            if primals is None:
                primals = equation.primals
            at, together = primals, None
            ans, params, vjp = equation.value, equation.params, op.vjp
            joins = op.factors is not None and not (keep or strict)
            if second and op.kinks.__class__ is Kinks:
                place = (equation.code, equation.offset)
                ans, at = evaluated_at(op, ans, primals, params, place, ct, seeds)
            if not op.pulls_alone:
                if add_in_place(equation, ct, cotangents, owned):
                    continue
                together = op.joint_vjp and joint_cotangents(ct, Swept(equation, program, seeds))
            index, new = -1, None
            for source in equation.inputs:
                index += 1
                if source.__class__ is not Equation:
                    continue
                if joins and wait(equation, index, ct, cotangents, owned):
                    continue
                if not (index and op.symmetric and source is equation.inputs[0]):
                    new = together[index] if together else vjp(index, ct, ans, at, params)
                elif get(source) is new and is_doubled(new):  # no other use of it so far
                    owned.add(source)
                    continue
                if new is None:
                    continue
                primal = primals[index]
                if strict:
                    new = stop_zeros(new, equation, index, ct)
                kind = new.__class__
                if kind is not primal.__class__ or not (
                    kind is _float64
                    or (
                        kind is _ndarray and new.shape == primal.shape and new.dtype is primal.dtype
                    )
                ):
                    new = fit(new, primal, equation, index)
                old = get(source)
                if old is None:
                    cotangents[source] = new
                elif source in owned and new.__class__ is _ndarray:
                    old += new
                else:
                    cotangents[source] = old = add_cotangents(old, new)
                    if old.__class__ is _ndarray:
                        owned.add(source)
                    else:
                        owned.discard(source)
    except AutodiffError as error:
        name_line(error, equation)
        raise
    return result


def is_doubled(ct: Any) -> bool:
    """Whether a cotangent of f(x, x), f symmetric, has memory of its own, where it is doubled."""
    if ct.__class__ is not _ndarray or ct.base is not None:
        return False
    ct += ct
    return True


def add_in_place(
    equation: Equation, ct: Any, cotangents: dict[Equation, Any], owned: set[Equation]
) -> bool:
    """Add the cotangent of an op that reads few elements to the total of its input, where it can.

    Loops over elements are linear by this: a read adds what it touched, not an array of zeros.
    """
    op, (source, *_), primal = equation.op, equation.inputs, equation.primals[0]
    if op is None or op.add_vjp is None or primal.__class__ is not _ndarray or is_traced(ct):
        return False
    total = cotangents.get(source)
    if total.__class__ is Shares:
        total = total.total()
    if source not in owned or total.__class__ is not _ndarray:
        if total is not None and is_traced(total):
            return False
        total = np.zeros(primal.shape, primal.dtype) if total is None else np.array(total)
        cotangents[source] = total
        owned.add(source)
    op.add_vjp(total, ct, equation.params)
    return True


def joint_cotangents(ct: Any, swept: Swept) -> Sequence[Any]:
    """The cotangents of all inputs of an op that computes them together."""
    equation = swept.equation
    op = equation.op
    assert op is not None
    assert op.joint_vjp is not None
    more = (swept,) if op.limits_at is not None else ()
    return op.joint_vjp(ct, equation.value, equation.primals, equation.params, *more)


def fit(ct: Any, primal: Array, equation: Equation, index: int) -> Any:
    """A rule's result in the shape and dtype of its primal: broadcasting undone, in one place."""
    if ct.__class__ is _ndarray is primal.__class__ and ct.dtype is primal.dtype:
        if ct.ndim > primal.ndim and ct.shape[1:] == primal.shape:  # of a row added to each of many
            return _add_reduce(ct, 0)
    elif ct.__class__ is Parts:
        return ct
    base, own = ground(primal), ground(ct)
    if alike(own, base):
        return ct
    shape = np.shape(base)
    if np.shape(own) != shape:
        name = equation.op.name if equation.op else "the op"
        ct = unbroadcast(ct, shape, f"the reverse rule of {name}", index)
        if alike(ct, base):
            return ct
    return in_dtype(ct, primal)


def stop_zeros(new: Any, equation: Equation, index: int, ct: Any) -> Any:
    """Zero what came out NaN or infinite although one of its factors was exactly zero."""
    op, primals, params = equation.op, equation.primals, equation.params
    if op is None or new.__class__ is Parts or is_finite(new):
        return new
    if op.expand is not None:
        still = op.expand(ct, primals[index], params) == 0
        if op.kind == "elementwise":
            still = still | zero_partial(op, index, equation.value, primals, params)
        return np.where(still, 0.0, new)
    return new if np.any(ground(ct) != 0) else np.zeros_like(ground(new))


def pull_back(
    program: Sequence[Equation],
    seeds: dict[Equation, Array],
    variables: Iterable[Equation],
    keep: bool = False,
) -> list[Array | None]:
    """The cotangent of each variable (None: not reached), as arrays of their own.

    NaN or infinity in the first, fast sweep calls for a second, strict one; but not of a batch,
    whose examples have their zeros at different places: whoever made it sends them one by one.
    """
    found = silently(_sweep_twice, program, seeds, keep)
    for watcher in watchers:
        watcher.swept(program, seeds, found)
    taken = {id(seed) for seed in seeds.values()}
    results: list[Array | None] = []
    for variable in variables:
        ct = found.get(variable)
        if ct.__class__ is float:
            ct = _float64(ct)
        elif ct.__class__ is _ndarray and (
            id(ct) in taken or ct.base is not None or not ct.flags.writeable
        ):
            ct = ct.copy()
        taken.add(id(ct))
        results.append(ct)
    return results


def _sweep_twice(
    program: Sequence[Equation], seeds: dict[Equation, Array], keep: bool
) -> dict[Equation, Array]:
    """A sweep, and a strict one where it does not come out finite."""
    found = sweep(program, seeds, keep)
    if not all(map(is_finite, found.values())) and not any(map(is_batch, seeds.values())):
        found = sweep(program, seeds, keep, strict=True)
        if not all(map(is_finite, found.values())):
            refuse_limits(program)
    return found


def moves(node: Equation, places: Any) -> bool:
    """Whether some elements of a value depend on a variable to first order, by a sweep."""
    value = ground(node.value)
    uneven = np.sin(1.0 + np.arange(float(np.size(value)))).reshape(np.shape(value))  # no pattern
    seed = np.where(places, uneven, 0.0).astype(np.asarray(value).dtype)[()]
    found = silently(sweep, history([node]), {node: seed})
    return not all(np.all(np.abs(whole(ct)) <= NOISE) for ct in found.values())


def where_cut(equations: Iterable[Equation]) -> str:
    """A sentence that names the operations at which the derivative was cut, or ''."""
    cuts = [equation for equation in equations if equation.op and equation.op.kind == "constant"]
    named = [
        f"{cut.op.name} ({cut.location})" if cut.location else cut.op.name for cut in cuts if cut.op
    ]
    if not named:
        return ""
    return f"\n  The derivative was cut at: {'; '.join(named[:3])}"
