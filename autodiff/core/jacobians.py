"""Whole matrices of derivatives: Jacobians, Hessians, and products with a Hessian."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.dispatch import ground
from autodiff.core.record import Recorded, place_arguments, recording
from autodiff.core.transforms import (
    Function,
    filled,
    grad,
    push_forward,
    raise_disconnected,
    zero_like,
)
from autodiff.core.tree import unflatten


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """The Jacobian J[i, j] = d f_i / d x_j, of shape `output.shape + x.shape`.

    Forward mode builds it column by column (one pass an input element), reverse mode row by row
    (one sweep an output element); `mode="auto"` takes the one with fewer passes.  Containers
    give containers: the output's structure outside, the argument's inside.

    >>> import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if mode not in ("auto", "forward", "reverse"):
        raise ValueError(f"mode={mode!r}; choose 'auto', 'forward' or 'reverse'")

    @functools.wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        wanted, args, kwargs = place_arguments(f, argnums, args, kwargs)
        with recording(f, args, kwargs, wanted) as run:
            if not any(map(run.node_of, run.outputs)):
                raise_disconnected(run, getattr(f, "__name__", "the function"))
            inputs = sum(np.size(ground(v.value)) for v in run.inputs)
            outputs = sum(np.size(ground(value)) for value in run.values)
            forward = mode == "forward" or (mode == "auto" and inputs < outputs)
            blocks = _columns(f, args, kwargs, wanted, run) if forward else _rows(run)
            parts = [
                unflatten(run.structure, [run.regroup(row)[k] for row in blocks])
                for k in range(len(wanted))
            ]
            return parts[0] if isinstance(argnums, int) else tuple(parts)

    return matrix


def _rows(run: Recorded) -> list[list[Any]]:
    """blocks[output leaf][variable], by one reverse sweep an output element."""
    program = run.program
    blocks = []
    for k, value in enumerate(run.values):
        base = zero_like(value)
        zeros = [zero_like(v) for v in run.values]
        rows = [
            filled(run, run.pull([*zeros[:k], unit, *zeros[k + 1 :]], program))
            for unit in unit_vectors(base)
        ]
        blocks.append(
            [
                np.reshape(np.stack(column), np.shape(base) + np.shape(ground(column[0])))
                for column in zip(*rows, strict=True)
            ]
            if rows
            else [np.zeros(np.shape(base) + np.shape(ground(v.value))) for v in run.inputs]
        )
    return blocks


def _columns(
    f: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wanted: tuple[int, ...],
    run: Recorded,
) -> list[list[Any]]:
    """blocks[output leaf][variable], by one forward pass an input element."""
    from autodiff.core.tree import flatten

    def of_chosen(*chosen: Any) -> Any:
        full = list(args)
        for index, value in zip(wanted, chosen, strict=True):
            full[index] = value
        return f(*full, **kwargs)

    primals = tuple(args[i] for i in wanted)
    zeros = [zero_like(v.value) for v in run.inputs]
    blocks: list[list[Any]] = [[] for _ in run.values]
    for k, base in enumerate(zeros):
        columns = []
        for unit in unit_vectors(base):
            tangents = run.regroup([*zeros[:k], unit, *zeros[k + 1 :]])
            columns.append(flatten(push_forward(of_chosen, primals, tangents)[1])[0])
        for place, value in enumerate(run.values):
            shape = np.shape(ground(value)) + np.shape(base)
            column = [row[place] for row in columns]
            block = np.reshape(np.stack(column, axis=-1), shape) if column else np.zeros(shape)
            blocks[place].append(block)
    return blocks


def unit_vectors(base: Any) -> list[Any]:
    """One array an element of `base`: 1 there, 0 elsewhere.

    >>> unit_vectors(np.zeros(2))
    [array([1., 0.]), array([0., 1.])]
    """
    base = np.asarray(base)
    units = np.eye(base.size, dtype=base.dtype).reshape(base.size, *base.shape)
    return [unit[()] for unit in units]


def hessian(f: Function, argnums: int = 0) -> Function:
    """The Hessian H[i, j] = d2 f / (dx_i dx_j) of a scalar-valued f, forward over reverse.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums, mode="forward")


def hvp(f: Function, x: Any, v: Any) -> Any:
    """The product H(x) v of the Hessian of a scalar-valued f with a vector, forward over reverse.

    It costs a small multiple of f, and never builds H (Pearlmutter, "Fast Exact Multiplication
    by the Hessian", 1994).  `x` and `v` are containers of the same structure.

    >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    return push_forward(grad(f), (x,), (v,))[1]
