"""Jacobians of functions that differentiate slopes at kinks: columns, each from both sides.

A tape holds one slope for each kink, so that no sweep along it, forward or back, knows the second
derivatives beside.  Forward mode along each unit vector does (`transforms.both_sides`), at the
price of two runs a column.  Where these are many, the tape is taken with a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.batch.unit_vectors import unit_vectors
from autodiff.core.language.dispatch import ground
from autodiff.core.language.singular.beside_kinks import warn_of
from autodiff.core.transforms.forward import pushed_along, zero_like
from autodiff.core.transforms.holomorphic import is_complex
from autodiff.core.transforms.record import Recorded

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], tuple[int, ...]]
"""A function, its arguments, and which of them are differentiated."""
MANY = 64
"""From how many columns on a warning takes their place."""


def columns_beside_kinks(run: Recorded, call: Call) -> list[list[Any]] | None:
    """blocks[output leaf][variable] of a recorded run, or None where it met no kink; see above."""
    if not run.trace.met:
        return None
    zeros = [zero_like(v.value) for v in run.inputs]
    if sum(map(np.size, zeros)) > MANY or any(map(is_complex, zeros)):
        warn_of(run.trace.met)
        return None
    f, args, kwargs, wanted = call

    def of_wanted(*chosen: Any) -> Any:
        placed = list(args)
        for index, value in zip(wanted, chosen, strict=True):
            placed[index] = value
        return f(*placed, **kwargs)

    chosen = [args[i] for i in wanted]
    counts = [len(arg.values) for arg in run.args]
    blocks: list[list[Any]] = [[] for _ in run.values]
    for place, zero in enumerate(zeros):
        stacks: list[list[Any]] = [[] for _ in run.values]
        for unit in unit_vectors(zero):
            flat = iter([*zeros[:place], unit, *zeros[place + 1 :]])
            directions = [[next(flat) for _ in range(n)] for n in counts]
            found = pushed_along(of_wanted, chosen, run.args, directions).tangents
            for stack, tangent, value in zip(stacks, found, run.values, strict=True):
                stack.append(zero_like(value) if tangent is None else tangent)
        for block, stack, value in zip(blocks, stacks, run.values, strict=True):
            shape = np.shape(ground(value)) + np.shape(zero)
            column = np.stack(stack) if stack else np.zeros((0, *np.shape(ground(value))))
            column = np.reshape(np.moveaxis(column, 0, -1), shape)
            block.append(column[()] if column.__class__ is np.ndarray else column)
    return blocks


def pulled_beside_kinks(blocks: list[list[Any]], cts: list[Any]) -> list[Any]:
    """The cotangent of each variable, ct @ J by the blocks of J, for one cotangent an output."""
    found: list[Any] = []
    for k in range(len(blocks[0])):
        parts = [
            np.tensordot(ct, own[k], np.ndim(ground(ct)))
            for ct, own in zip(cts, blocks, strict=True)
            if ct is not None
        ]
        found.append(sum(parts[1:], parts[0]))
    return found
