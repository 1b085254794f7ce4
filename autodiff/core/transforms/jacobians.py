"""Whole matrices of derivatives: Jacobians, Hessians, and products with a Hessian."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import unflatten
from autodiff.core.arguments.variables import require_function
from autodiff.core.batch.batching import Batched
from autodiff.core.batch.unit_vectors import Units, UnitTrace, unit_stack
from autodiff.core.forward.program_jvp import push
from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.ground.tracebacks import hidden
from autodiff.core.ground.watchers import watchers
from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.equation import Equation
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.transforms.columns_beside_kinks import columns_beside_kinks
from autodiff.core.transforms.derived import Argnums, Function, derived, numbers_of
from autodiff.core.transforms.forward import push_forward, unknown_limits, zero_like
from autodiff.core.transforms.holomorphic import from_cotangents, from_tangents, is_complex
from autodiff.core.transforms.record import Recorded, held, place_arguments, recording
from autodiff.core.transforms.reverse import filled, grad, raise_disconnected


def jacobian(
    f: Function, argnums: Argnums = 0, mode: str = "auto", *, argnum: Argnums | None = None
) -> Function:
    """The Jacobian J[i, j] = d f_i / d x_j, of shape `output.shape + x.shape`.

    Forward mode builds it column by column (one pass an input element), reverse mode row by row
    (one sweep an output element); `mode="auto"` takes the one with fewer passes.  Containers
    give containers: the output's structure outside, the argument's inside; several `argnums` count
    as a tuple of arguments.  Of complex results it is complex; with respect to complex arguments
    it is df/dz, and `NotHolomorphicError` is raised where f has no complex derivative.

    >>> import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    require_function(f, "jacobian")
    argnums = numbers_of(argnums, argnum, "jacobian")
    if mode not in ("auto", "forward", "reverse"):
        raise ValueError(f"mode={mode!r}; choose 'auto', 'forward' or 'reverse'")
    name = getattr(f, "__name__", "the function")

    @hidden
    def matrix(*args: Any, **kwargs: Any) -> Any:
        wanted, args, kwargs = place_arguments(f, argnums, args, kwargs)
        with recording(f, args, kwargs, wanted) as run:
            if not any(map(run.node_of, run.outputs)):
                raise_disconnected(run, name)
            inputs = sum(map(_passes, [v.value for v in run.inputs]))
            outputs = sum(map(_passes, run.values))
            forward = mode == "forward" or (mode == "auto" and inputs < outputs)
            call = (f, args, kwargs, wanted)
            blocks = columns_beside_kinks(run, call) or (columns if forward else rows)(run, name)
            if forward and watchers:
                nodes = [node for node in map(run.node_of, run.outputs) if node is not None]
                seeds = {node: np.ones_like(ground(node.value)) for node in nodes}
                for watcher in watchers:
                    watcher.swept(run.program, seeds, {})
            leaves = [run.regroup(row) for row in blocks]
            one = argnums.__class__ is int
            return unflatten(run.structure, [leaf[0] if one else tuple(leaf) for leaf in leaves])

    return derived(matrix, jacobian, f, argnums=argnums, mode=mode)


def _passes(value: Any) -> int:
    """How many unit directions a value has: a complex number has two."""
    return int(np.size(ground(value))) * (2 if is_complex(value) else 1)


def rows(run: Recorded, name: str = "the function") -> list[list[Any]]:
    """blocks[output leaf][variable], by reverse sweeps: one a row, many rows at a time."""
    program = run.program
    blocks = []
    zeros = list(map(zero_like, run.values))
    shapes = [np.shape(ground(v.value)) for v in run.inputs]
    for k, base in enumerate(zeros):

        def pulled(ct: Any, k: int = k) -> list[Any]:
            return filled(run, run.pull([*zeros[:k], ct, *zeros[k + 1 :]], program))

        real: list[Any] = for_each_unit(base, pulled, shapes)
        imaginary: list[Any] = [None] * len(real)
        if is_complex(base):
            imaginary = for_each_unit(base, pulled, shapes, 1j)
        shape = np.shape(base)
        blocks.append(
            [
                _shaped(from_cotangents(a, b, v.value, name), shape + s)
                for a, b, v, s in zip(real, imaginary, run.inputs, shapes, strict=True)
            ]
        )
    return blocks


def columns(run: Recorded, name: str = "the function") -> list[list[Any]]:
    """blocks[output leaf][variable], by forward passes along the tape: many columns at a time."""
    program = run.program
    shapes = [np.shape(ground(value)) for value in run.values]
    nodes = [run.node_of(output) for output in run.outputs]
    blocks: list[list[Any]] = [[] for _ in run.values]
    for variable in run.inputs:

        def pushed(tangent: Any, variable: Equation = variable) -> list[Any]:
            strict = not isinstance(tangent, Batched)
            found = push(program, {variable: tangent}, nodes, strict)
            pairs = zip(found, run.values, strict=True)
            return [held(zero_like(v) if t is None else t, variable.value) for t, v in pairs]

        base = zero_like(variable.value)
        stacks: list[Any] = for_each_unit(base, pushed, shapes)
        if is_complex(base):
            along_i = for_each_unit(base, pushed, shapes, 1j)
            stacks = [from_tangents(s, t, name) for s, t in zip(stacks, along_i, strict=True)]
        for place, (stack, shape) in enumerate(zip(stacks, shapes, strict=True)):
            column = np.moveaxis(stack, 0, -1)
            blocks[place].append(_shaped(column, shape + np.shape(base)))
    limits = [(e.op, e.value) for e in program if e.op is not None and e.op.limits_at is not None]
    if unknown_limits(limits, [block for own in blocks for block in own]):
        return rows(run)
    return blocks


def _shaped(block: Any, shape: tuple[int, ...]) -> Any:
    """A block in its final shape; a number where that is ()."""
    block = np.reshape(block, shape)
    return block[()] if block.__class__ is np.ndarray else block


CHUNK = 2**22
"""About how many elements one batch of tangents may have, over all of its results."""


def for_each_unit(
    base: Any,
    linear_map: Callable[[Any], list[Any]],
    shapes: list[tuple[int, ...]],
    scale: complex = 1.0,
) -> list[Any]:
    """The results of a linear map at every unit vector times `scale`: one stacked array a result.

    The unit vectors go through the map in batches.  Where a batch does not come out finite, they
    go one by one, with the strong zeros that only single passes have.
    """
    base = np.asarray(base)
    per_unit = 1 + base.size + sum(map(math.prod, shapes))
    size = max(1, min(base.size, CHUNK // per_unit))
    if base.ndim == 1 and 1 < base.size <= size:
        seeds = Units(np.full(base.size, scale, base.dtype), UnitTrace())
        stacks = _together(seeds, base.size, linear_map, shapes)
        if stacks is not None:
            return stacks
        size = 1
    units = unit_stack(base)
    if scale != 1.0:
        units = units * units.dtype.type(scale)
    batches = [units[i : i + size] for i in range(0, len(units), size)]
    found = [_mapped(batch, linear_map, shapes) for batch in batches]
    if not found:
        return [np.zeros((0, *shape)) for shape in shapes]
    return [np.concatenate(parts) if len(parts) > 1 else parts[0] for parts in zip(*found)]


def _mapped(
    units: Any, linear_map: Callable[[Any], list[Any]], shapes: list[tuple[int, ...]]
) -> list[Any]:
    """The stacked results at some units: together, or one by one."""
    if len(units) > 1:
        stacks = _together(Batched(units, UnitTrace()), len(units), linear_map, shapes)
        if stacks is not None:
            return stacks
    alone = [silently(linear_map, unit[()]) for unit in units]
    return [np.stack(parts) for parts in zip(*alone, strict=True)]


def _together(
    seeds: Batched,
    count: int,
    linear_map: Callable[[Any], list[Any]],
    shapes: list[tuple[int, ...]],
) -> list[Any] | None:
    """The stacked results of a batch of seeds, None where they are not all finite."""
    stacks = [
        result.array
        if is_traced(result) and result.owner is seeds.owner
        else np.broadcast_to(result, (count, *shape))
        for result, shape in zip(silently(linear_map, seeds), shapes, strict=True)
    ]
    return stacks if all(map(is_finite, stacks)) else None


def hessian(f: Function, argnums: Argnums = 0, *, argnum: Argnums | None = None) -> Function:
    """The Hessian H[i, j] = d2 f / (dx_i dx_j) of a scalar-valued f, forward over reverse.

    Of several arguments H[i][j] is the block of the i-th and the j-th one.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    require_function(f, "hessian")
    argnums = numbers_of(argnums, argnum, "hessian")
    return derived(jacobian(grad(f, argnums), argnums, "forward"), hessian, f, argnums=argnums)


@hidden
def hvp(f: Function, x: Any, v: Any) -> Any:
    """The product H(x) v of the Hessian of a scalar-valued f with a vector, forward over reverse.

    It costs a small multiple of f, and never builds H (Pearlmutter, "Fast Exact Multiplication
    by the Hessian", 1994).  `x` and `v` are containers of the same structure.

    >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    return push_forward(grad(f), (x,), (v,))[1]
