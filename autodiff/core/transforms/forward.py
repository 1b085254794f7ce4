"""The transforms of forward mode: `jvp` and `derivative`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, map_tree, unflatten
from autodiff.core.arguments.variables import (
    Variables,
    argument_names,
    as_given,
    refuse_constants,
    require_function,
    variables_of,
)
from autodiff.core.ground.errors import DisconnectedError, NonScalarError, TreeError
from autodiff.core.ground.locations import here
from autodiff.core.ground.tracebacks import hidden
from autodiff.core.language.dispatch import ground
from autodiff.core.language.fitting import in_dtype
from autodiff.core.language.op import Op
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.transforms.both_sides import from_both_sides
from autodiff.core.transforms.derived import Function, derived
from autodiff.core.transforms.dual_run import Pushed, push
from autodiff.core.transforms.holomorphic import from_tangents, is_complex
from autodiff.core.transforms.record import held, recording


@hidden
def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Forward mode: f at the primals, and its directional derivative along the tangents.

    For y = f(x) returns (y, J t), by one pass over dual numbers.  `primals` and `tangents` are
    tuples of the same structure, a tangent of the shape of its primal.  An output that does not
    depend on the primals has the tangent 0.

    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    out, tangent_out, _ = push_forward(f, primals, tangents)
    return out, tangent_out


def push_forward(
    f: Function, primals: Sequence[Any], tangents: Sequence[Any], must_vary: bool = False
) -> tuple[Any, Any, bool]:
    """`jvp`, and whether any output depends on the primals."""
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise TreeError("jvp takes a tuple of primals and a tuple of tangents: jvp(f, (x,), (t,)).")
    if len(primals) != len(tangents):
        raise TreeError(f"jvp got {len(primals)} primals but {len(tangents)} tangents.")
    names = argument_names(f, len(primals))
    args = [variables_of(primal, name) for primal, name in zip(primals, names, strict=True)]
    if must_vary:
        refuse_constants(args)
    pairs = zip(args, tangents, strict=True)
    directions = [_tangents(arg, tangent) for arg, tangent in pairs]
    run = pushed_along(f, primals, args, directions)
    variables = [value for arg in args for value in arg.values]
    values = [as_given(args, _owned(value)) for value in run.values]
    pushed = [
        as_given(args, held(zero_like(value) if tangent is None else _owned(tangent), *variables))
        for value, tangent in zip(run.values, run.tangents, strict=True)
    ]
    connected = any(tangent is not None for tangent in run.tangents)
    return unflatten(run.structure, values), unflatten(run.structure, pushed), connected


def pushed_along(
    f: Function, primals: Sequence[Any], args: list[Variables], directions: list[list[Any]]
) -> Pushed:
    """f under forward mode; again where zeros, limits or kinks want another look."""
    first = run = push(f, args, directions)
    if unknown_limits(run.limits, run.tangents):
        again = _by_reverse(f, primals, args, directions)
        if _same(run.values, again.values):
            run = again
    elif not all(is_finite(t) for t in run.tangents if t is not None):
        again = push(f, args, directions, strict=True)
        if _same(run.values, again.values):  # else f is random, and two runs can't be mixed
            run = again
    if first.met:  # zeros that a strict run has stopped may have been met by the first only
        return from_both_sides(replace(run, met=first.met), f, args, directions)
    return run


def unknown_limits(limits: Sequence[tuple[Op, Any]], tangents: Iterable[Any]) -> bool:
    """Whether forward mode can't tell tangents that depend on results with limits.

    It made NaN of what a limit decides.  Where an op's `limits_at` says so, it can't be exact.
    """
    if not limits:
        return False
    if any(op.limits_at is not None and op.limits_at(ans) for op, ans in limits):
        return True
    return not all(is_finite(t) for t in tangents if t is not None)


def _by_reverse(
    f: Function, primals: Sequence[Any], args: list[Variables], directions: list[list[Any]]
) -> Pushed:
    """J t by reverse mode: the pullback is linear in its cotangents, and J is its transpose."""
    with recording(f, tuple(primals), {}, tuple(range(len(primals)))) as run:
        flat = [t for own in directions for t in own]
        live = [node is not None for node in map(run.node_of, run.outputs)]
        draw = np.random.default_rng(0)
        seeds = [_generic(zero_like(v), draw) for v, own in zip(run.values, live) if own]

        def pulled(*cts: Any) -> Any:
            rest = iter(cts)
            found = run.transpose([next(rest) if own else None for own in live], run.program)
            pairs = [(c, t) for c, t in zip(found, flat, strict=True) if c is not None]
            return sum(np.sum(np.real(c * t)) for c, t in pairs)

        with recording(pulled, tuple(seeds), {}, tuple(range(len(seeds)))) as transposed:
            columns = iter(transposed.transpose([np.float64(1.0)], transposed.program))
        found = [next(columns) if own else None for own in live]
        tangents = [
            t if not own else zero_like(v) if t is None else in_dtype(t, v)
            for t, v, own in zip(found, run.values, live)
        ]
        return Pushed(run.values, tangents, run.structure)


def _generic(zero: Any, draw: np.random.Generator) -> Any:
    """A cotangent without any pattern: what it does not show is not there."""
    noise = draw.normal(size=np.shape(zero)) + 0.0 * zero
    return noise + 1j * draw.normal(size=np.shape(zero)) if np.iscomplexobj(zero) else noise


def _owned(value: Any) -> Any:
    """A result that shares no memory with an argument or with another result."""
    return value.copy() if value.__class__ is np.ndarray else value


def _same(a: list[Any], b: list[Any]) -> bool:
    pairs = zip(map(ground, a), map(ground, b), strict=True)
    return len(a) == len(b) and all(np.array_equal(x, y, equal_nan=True) for x, y in pairs)


def zero_like(value: Any) -> Any:
    """A zero of the shape of a value, in floating point; None for what is no number."""
    value = ground(value)
    if value is None or isinstance(value, str):
        return None
    array = np.asarray(value)
    return np.zeros(array.shape, array.dtype if array.dtype.kind in "fc" else float)[()]


def _tangents(arg: Variables, tangent: Any) -> list[Any]:
    """The tangent of each variable of an argument, its shape checked."""
    leaves, structure = flatten(tangent)
    if structure != arg.structure:
        raise TreeError(f"the tangent of {arg.name!r} must be a container of the same structure.")
    found = []
    chosen = [leaf for leaf, varies in zip(leaves, arg.varies, strict=True) if varies]
    if all(
        [
            t.__class__ is x.__class__ is np.ndarray and t.shape == x.shape and t.dtype is x.dtype
            for t, x in zip(chosen, arg.values, strict=True)
        ]
    ):
        return chosen
    for place, (value, leaf) in enumerate(zip(arg.values, chosen, strict=True)):
        base = ground(value)
        if leaf is None:
            leaf = np.zeros_like(base)
        if np.shape(ground(leaf)) != np.shape(base):
            raise TreeError(
                f"the tangent of {arg.paths[place]} has shape {np.shape(ground(leaf))}, "
                f"but {arg.paths[place]} has shape {np.shape(base)}; they must be equal."
            )
        if np.asarray(ground(leaf)).dtype.kind != base.dtype.kind:
            leaf = np.asarray(leaf).astype(base.dtype)[()] if leaf is ground(leaf) else leaf
        found.append(leaf if leaf is not ground(leaf) else np.asarray(leaf)[()])
    return found


def derivative(f: Function) -> Function:
    """The derivative of a function of one real number, in forward mode.

    >>> import numpy as np
    >>> derivative(np.sin)(0.0), derivative(derivative(np.exp))(0.0)
    (1.0, 1.0)
    """
    require_function(f, "derivative")
    name = getattr(f, "__name__", "the function")

    @hidden
    def slope(x: Any, *args: Any, **kwargs: Any) -> Any:
        if np.size(ground(x)) != 1:
            raise NonScalarError(
                f"derivative takes one number, but {name} was given shape {np.shape(ground(x))}. "
                f"Ask for ad.grad(f), ad.jacobian(f) or ad.jvp(f, (x,), (t,)).{here()}"
            )
        one = np.ones_like(zero_like(x))[()]
        of_x = (lambda x: f(x, *args, **kwargs)) if args or kwargs else f

        def along(direction: Any) -> Any:
            _, tangent, connected = push_forward(of_x, (x,), (direction,), must_vary=True)
            if not connected:
                raise DisconnectedError(
                    f"the result of {name} does not depend on its argument: there is no derivative "
                    f"(a zero would be a different answer).{here()}"
                )
            return tangent

        tangent = along(one)
        if not is_complex(x):
            return tangent
        both = tangent, along(1j * one)
        return map_tree(lambda s, t: None if s is None else from_tangents(s, t, name), *both)

    return derived(slope, derivative, f)
