"""Forward, reverse and numeric derivatives of a function, side by side.

The output is weighted with a random cotangent, so that a transposed or permuted Jacobian cannot
pass; each element of each argument is perturbed by itself while there are few, and random
directions are taken where there are many.  All of it runs in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.check.analytic import all_analytic
from autodiff.check.best_slopes import best_slope
from autodiff.check.cancelling import ROUNDINGS, Shaken
from autodiff.check.corner import corner
from autodiff.check.numeric import Line
from autodiff.check.other_ways import where_ways_part
from autodiff.check.report import Report, Row
from autodiff.check.rules import precision
from autodiff.check.steady import look_twice, name_of
from autodiff.check.verdict import judge
from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.arguments.variables import Variables, argument_names, may_vary, variables_of
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.language.dispatch import ground
from autodiff.core.transforms.columns_beside_kinks import (
    columns_beside_kinks,
    pulled_beside_kinks,
)
from autodiff.core.transforms.forward import jvp
from autodiff.core.transforms.record import Recorded, record
from autodiff.core.transforms.reverse import filled, vjp

FEW = 200
DIRECTIONS = 20


def compare(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    modes: Sequence[str],
    order: int,
    rng: np.random.Generator | None,
) -> Report:
    """The report of `ad.check(f, *args)`; NumPy's own warnings are silent meanwhile."""
    with np.errstate(all="ignore"):
        return _compare(f, args, modes, order, np.random.default_rng(0) if rng is None else rng)


def _compare(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    modes: Sequence[str],
    order: int,
    rng: np.random.Generator,
) -> Report:
    report = Report(name_of(f), checked=(f, *args))
    names = argument_names(f, len(args))
    labels = _labels(args)
    variables = [
        _doubled(variables_of(arg, name), report)
        for place, (arg, name) in enumerate(zip(args, names, strict=True))
        if place not in labels
    ]
    plain = tuple(v.with_leaves([_copy(x) for x in v.values]) for v in variables)
    steadiness = look_twice(f, _beside(labels, plain), names)
    if steadiness.kind:
        report.kind, report.sentence = steadiness.kind, steadiness.sentence
        return report
    if labels:
        told = ", ".join(names[place] for place in labels)
        report.notes.append(f"{told}: integers, which count as constants here.")
        f = _held(f, labels)
    run = record(f, plain, {}, tuple(range(len(plain))))
    report.rows += rows(f, run, variables, modes, 1, rng)
    judge(report, run, rng, lambda: where_ways_part(f, run, variables))
    if order >= 2 and report.passed:
        ct = _random_like(run.out, rng)

        def gradient(*args: Any) -> Any:
            return vjp(f, *args)[1](ct)

        second = record(gradient, plain, {}, tuple(range(len(plain))))
        report.rows += rows(gradient, second, variables, modes, 2, rng)
        judge(report, second, rng, lambda: where_ways_part(gradient, second, variables))
    return report


def rows(
    f: Callable[..., Any],
    run: Recorded,
    variables: list[Variables],
    modes: Sequence[str],
    order: int,
    rng: np.random.Generator,
) -> list[Row]:
    """One row a variable: all derivatives of the weighted output along each direction."""
    plain = tuple(v.with_leaves(v.values) for v in variables)
    out = run.out
    ct = np.float64(1.0) if _is_number(out) else _random_like(out, rng)
    weights = flatten(ct)[0]
    cts = _pulled(run, ct, f, plain) if "reverse" in modes else None
    analytic = all_analytic(run.program, run.trace.cuts)
    epsilon = precision([np.asarray(ground(e.value)) for e in run.program if e.op is not None
                         and not isinstance(e.value, tuple)])  # fmt: skip
    shaken, inputs = Shaken(run, ct, rng), iter(run.inputs)
    blur = ROUNDINGS * epsilon * shaken.value
    found_rows = []
    for place, variable in enumerate(variables):
        for leaf, (path, value) in enumerate(zip(variable.paths, variable.values, strict=True)):
            directions, places = _directions(value, rng)
            node = next(inputs)
            terms = np.array([shaken.terms(node, t) for t in directions])
            rounding = ROUNDINGS * epsilon * terms

            def moved(shift: Any, place: int = place, leaf: int = leaf) -> list[Any]:
                values = [_copy(v) for v in variables[place].values]
                values[leaf] = values[leaf] + shift
                return [*plain[:place], variables[place].with_leaves(values), *plain[place + 1 :]]

            def tangents(t: Any, place: int = place, leaf: int = leaf) -> tuple[Any, ...]:
                zeros = [v.with_leaves([np.zeros_like(x) for x in v.values]) for v in variables]
                own = [np.zeros_like(x) for x in variables[place].values]
                own[leaf] = t
                zeros[place] = variables[place].with_leaves(own)
                return tuple(zeros)

            real = analytic and np.asarray(value).dtype.kind == "f"
            pushed = [_pushed(f, plain, tangents(t)) for t in directions]
            found: dict[str, np.ndarray] = {}
            if "forward" in modes:
                found["forward"] = np.array(
                    [_paired(ct, jvp(f, plain, tangents(t))[1] if p is None else p)
                     for t, p in zip(directions, pushed, strict=True)]
                )  # fmt: skip
            if cts is not None:
                own = flatten(cts[place])[0]
                own = [c for c, v in zip(own, variable.varies, strict=True) if v][leaf]
                found["reverse"] = np.array([_paired(own, t) for t in directions])
            slopes, corners = [], {}
            for k, (t, p) in enumerate(zip(directions, pushed, strict=True)):
                touched = None if p is None else [np.not_equal(v, 0) for v in _leaves(p)]
                line = Line(
                    lambda h, t=t: _leaves(f(*moved(h * t))), weights, epsilon, touched, blur
                )
                said = [float(d[k]) for d in found.values()]
                slopes.append(best_slope(line, _length(value, t, places), real, said, rounding[k]))
                if not slopes[-1].smooth:
                    corners[k] = corner(line, _length(value, t, places), p, f"f({path})")
            columns = np.array([(s.value, s.noise) for s in slopes])
            numeric, noise = columns.reshape(-1, 2).T
            smooth = np.array([s.smooth for s in slopes], dtype=bool)
            method = slopes[0].method if len({s.method for s in slopes}) == 1 else "differences"
            found_rows.append(
                Row(path, np.shape(value), order, numeric, noise, found, places, smooth, corners,
                    method, terms, rounding)
            )  # fmt: skip
    return found_rows


def _pulled(run: Recorded, ct: Any, f: Callable[..., Any], plain: tuple[Any, ...]) -> list[Any]:
    """The cotangents of all arguments, as `vjp` finds them."""
    cts = flatten(ct)[0]
    blocks = columns_beside_kinks(run, (f, plain, {}, tuple(range(len(plain)))))
    found = pulled_beside_kinks(blocks, cts) if blocks else run.pull(cts, run.program)
    return run.regroup(filled(run, found))


def _pushed(f: Callable[..., Any], plain: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The tangent of the output, None where a user's op has no forward mode."""
    try:
        return jvp(f, plain, tangents)[1]
    except UnsupportedError:
        return None


def _leaves(out: Any) -> list[Any]:
    """The output's leaves as numbers: what is none counts as 0, a truth value as 0 or 1."""
    leaves = [0.0 if leaf is None or isinstance(leaf, str) else leaf for leaf in flatten(out)[0]]
    return [np.asarray(v, float) if np.asarray(v).dtype == bool else v for v in leaves]


def _is_number(out: Any) -> bool:
    """Whether an output is one real number, which needs no random weight."""
    container = isinstance(out, str | tuple | list | dict | None)
    return not container and np.shape(out) == () and np.asarray(out).dtype.kind == "f"


def _doubled(variables: Variables, report: Report) -> Variables:
    """The variables in double precision; a note says so where they were not."""
    values = [np.asarray(v) for v in variables.values]
    low = {v.dtype for v in values if v.dtype in (np.float16, np.float32, np.complex64)}
    if not low:
        return variables
    kinds = ", ".join(sorted(map(str, low)))
    report.notes.append(
        f"{variables.name} is {kinds}; it was checked at the same values in double precision, "
        "since differences of short numbers show nothing."
    )
    doubled = [v.astype(np.complex128 if v.dtype.kind == "c" else float)[()] for v in values]
    rest = iter(doubled)
    leaves = [
        next(rest) if v else leaf
        for v, leaf in zip(variables.varies, variables.leaves, strict=True)
    ]
    return Variables(variables.name, leaves, variables.structure, variables.varies, variables.plain)


def _labels(args: Sequence[Any]) -> dict[int, np.ndarray]:
    """The arguments that are arrays of integers, beside others that vary, by their places."""
    if not any(map(may_vary, args)):
        return {}
    return {
        place: arg
        for place, arg in enumerate(args)
        if isinstance(arg, np.ndarray) and arg.dtype.kind in "iub"
    }


def _beside(labels: dict[int, np.ndarray], given: Sequence[Any]) -> tuple[Any, ...]:
    """All arguments of a function, of which the others are given."""
    rest = iter(given)
    return tuple(
        _copy(labels[place]) if place in labels else next(rest)
        for place in range(len(labels) + len(given))
    )


def _held(f: Callable[..., Any], labels: dict[int, np.ndarray]) -> Callable[..., Any]:
    """The function of the other arguments."""

    def held(*given: Any) -> Any:
        return f(*_beside(labels, given))

    return held


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _length(value: Any, direction: Any, places: Any) -> float:
    """How far along a direction is about the size of the element that it moves; 1 at 0."""
    moving = np.asarray(direction) != 0
    size = abs(np.asarray(value)[moving]) if places is not None else abs(np.asarray(value))
    return float(np.max(size, initial=0.0)) or 1.0


def _random_like(tree: Any, rng: np.random.Generator) -> Any:
    """Random numbers in the structure of a tree of arrays; None stays."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [_random(leaf, rng) for leaf in leaves])


def _random(leaf: Any, rng: np.random.Generator) -> Any:
    if leaf is None or isinstance(leaf, str):
        return None
    array = np.asarray(leaf)
    drawn = rng.normal(size=array.shape)
    if array.dtype.kind == "c":
        drawn = drawn + 1j * rng.normal(size=array.shape)
    return drawn.astype(array.dtype if array.dtype.kind in "fc" else float)[()]


def _paired(ct: Any, out: Any) -> Any:
    """Re(sum(conj(ct) * out)) over all leaves: one number."""
    pairs = zip(flatten(ct)[0], flatten(out)[0], strict=True)
    return sum(np.sum(np.real(np.conj(c) * o)) for c, o in pairs if c is not None)


def _directions(
    value: Any, rng: np.random.Generator
) -> tuple[list[Any], list[tuple[int, ...]] | None]:
    """Unit vectors (and their places) for small arrays, random directions for large ones."""
    array = np.asarray(value)
    if array.size > FEW:
        scale = 1 / np.sqrt(array.size)
        return [_random(array, rng) * scale for _ in range(DIRECTIONS)], None
    units, places = [], []
    for place in np.ndindex(array.shape):
        for unit in (1.0, 1j) if array.dtype.kind == "c" else (1.0,):
            basis = np.zeros(array.shape, array.dtype)
            basis[place] = unit
            units.append(basis[()])
            places.append(place)
    return units, places
