"""`raw_rnn`: a loop around a cell, in which a function says what each step takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.control.branches import while_loop
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray
from autodiff.frontends.tensorflow.graph.inputs import constant, convert_to_tensor
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ops.arrays import shape, zeros
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.math import logical_not, logical_or
from autodiff.frontends.tensorflow.ops.reductions import reduce_all
from autodiff.frontends.tensorflow.variables.scopes import variable_scope


def raw_rnn(
    cell: Any,
    loop_fn: Callable[..., Any],
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """(outputs as a TensorArray, last state, last loop state) of a loop until all rows have ended.

    `loop_fn(time, cell_output, cell_state, loop_state)` gives (finished, next_input, next_state,
    output, next_loop_state); at time 0 it is given None, and gives the first of each.  In rows that
    have ended the output is zero and the state stays.
    """
    with variable_scope(scope or "rnn"):
        finished, first, state, form, extra = loop_fn(constant(0), None, None, None)
        finished = convert_to_tensor(finished)
        state = nest.map_structure(convert_to_tensor, state)
        first = nest.map_structure(convert_to_tensor, first)
        batch = shape(nest.flatten(first)[0])[0]
        sizes = cell.output_size if form is None else form
        blank = nest.map_structure(lambda s: _zero(s, batch, first), sizes)
        arrays = nest.map_structure(
            lambda z: TensorArray(z.dtype, size=0, dynamic_size=True), blank
        )
        kept = constant(0) if extra is None else extra

        def going(time: Any, ended: Any, *rest: Any) -> Any:
            return logical_not(reduce_all(ended))

        def step(time: Any, ended: Any, x: Any, before: Any, written: Any, loop: Any) -> Any:
            output, new = cell(x, before)
            later, x, new, given, more = loop_fn(
                time + 1, output, new, None if extra is None else loop
            )
            given = nest.map_structure(lambda g, z: select(ended, z, g), given, blank)
            new = nest.map_structure(lambda n, o: _chosen(ended, o, n), new, before)
            written = nest.map_structure(lambda a, g: a.write(time, g), written, given)
            return (
                time + 1, logical_or(ended, later), x, new, written,
                loop if more is None else more,
            )  # fmt: skip

        start = [constant(0), finished, first, state, arrays, kept]
        _, _, _, last, found, loop = while_loop(going, step, start)
    return found, last, None if extra is None else loop


def _zero(size: Any, batch: Any, first: Any) -> Any:
    """Zeros for a row of outputs: of a size, or of what an output looks like."""
    dims = getattr(size, "dims", None)
    if dims is not None:
        if any(d is None for d in dims):
            raise ValueError(f"raw_rnn needs the shape of an output, not {dims}.{here()}")
        return zeros([batch, *dims], size.dtype)
    return zeros([batch, *(int(n) for n in np.ravel(size))], nest.flatten(first)[0].dtype)


def _chosen(ended: Any, old: Any, new: Any) -> Any:
    found = select(ended, old, new)
    found.set_shape(old.dims)
    return found
