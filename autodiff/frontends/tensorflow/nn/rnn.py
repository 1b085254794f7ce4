"""Cells along time: `rnn` builds every step, `dynamic_rnn` is one node that goes along the steps.

    outputs, state = tf.nn.dynamic_rnn(cell, inputs, sequence_length, dtype=tf.float32)

`inputs` is (batch, time, width), how many steps there are may be known only while running.  Past
the end of a row, which `sequence_length` gives, the output is zero and the state stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.control.folds import scan
from autodiff.frontends.tensorflow.declaring.staging import stage, stage_code
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.nn.cells import RNNCell
from autodiff.frontends.tensorflow.ops.arrays import shape, zeros
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.joining import concat
from autodiff.frontends.tensorflow.ops.math import greater
from autodiff.frontends.tensorflow.ops.pieces import reverse_sequence
from autodiff.frontends.tensorflow.variables.scopes import variable_scope


def _begin(
    what: str, cell: Any, initial_state: Any, dtype: Any, batch: Any, found: np.dtype
) -> tuple[Any, Any]:
    """The first state, and the dtype of the outputs."""
    if not callable(cell):
        raise TypeError(f"{what} takes a cell, such as tf.nn.rnn_cell.GRUCell(n).{here()}")
    if initial_state is not None:
        return nest.map_structure(convert_to_tensor, initial_state), dtype or found
    if dtype is None:
        raise ValueError(f"{what} needs an initial_state, or the dtype of one of zeros.{here()}")
    return cell.zero_state(batch, dtype), dtype


def _batch_of(x: Tensor, axis: int = 0) -> Any:
    """The length of the batch: a number where it is known."""
    known = x.get_shape().as_list()[axis] if x.get_shape().ndims is not None else None
    return shape(x)[axis] if known is None else known


def _masked(going: Any, new: Any, old: Any) -> Any:
    """The new value in rows that go on, the old one in others."""
    return nest.map_structure(lambda n, o: _like(select(going, n, o), n), new, old)


def _like(x: Tensor, other: Tensor) -> Tensor:
    x.set_shape(other.dims)
    return x


# -- every step a part of the graph -----------------------------------------------------------


def rnn(
    cell: RNNCell,
    inputs: Sequence[Any],
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """(outputs, last state) of a list of inputs (batch, width), one for each step.

    1.0 calls it `static_rnn`.
    """
    if not isinstance(inputs, list | tuple) or not inputs:
        raise TypeError(
            "tf.nn.rnn takes a list with the inputs of each step: write tf.unpack(x, axis=1), or "
            f"tf.nn.dynamic_rnn(cell, x) for one tensor.{here()}"
        )
    outputs: list[Any] = []
    with variable_scope(scope or "RNN") as own:
        first = convert_to_tensor(nest.flatten(inputs)[0])
        batch = _batch_of(first)
        state, dtype = _begin("tf.nn.rnn", cell, initial_state, dtype, batch, first.dtype)
        lengths = None if sequence_length is None else convert_to_tensor(sequence_length)
        for time, x in enumerate(inputs):
            if time:
                own.reuse_variables()
            output, new = cell(x, state)
            if lengths is not None:
                going = greater(lengths, np.asarray(time, lengths.dtype))
                output = _masked(going, output, _zeros_as(output, batch))
                new = _masked(going, new, state)
            outputs.append(output)
            state = new
    return outputs, state


def _zeros_as(structure: Any, batch: Any) -> Any:
    return nest.map_structure(lambda t: zeros([batch, *t.shape[1:]], t.dtype), structure)


def state_saving_rnn(*_: Any, **__: Any) -> Any:
    """Refuses."""
    raise NotImplementedError(f"state_saving_rnn is not here; feed the state to rnn.{here()}")


def bidirectional_rnn(
    cell_fw: RNNCell,
    cell_bw: RNNCell,
    inputs: Sequence[Any],
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any, Any]:
    """(outputs, last state forwards, last state backwards); an output is both, side by side."""
    with variable_scope(scope or "BiRNN"):
        ahead, state_fw = rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope="FW")
        turned = _reversed(list(inputs), sequence_length)
        back, state_bw = rnn(cell_bw, turned, initial_state_bw, dtype, sequence_length, scope="BW")
        back = _reversed(back, sequence_length)
        return [concat(1, pair) for pair in zip(ahead, back, strict=True)], state_fw, state_bw


def _reversed(steps: list[Any], lengths: Any) -> list[Any]:
    """The steps backwards, in each row only as far as its length."""
    if lengths is None:
        return steps[::-1]
    stacked = stage("stack", *steps, type="Pack", axis=0)
    turned = reverse_sequence(stacked, lengths, 0, 1)
    return [_like(turned[i], step) for i, step in enumerate(steps)]


# -- one node along the steps -----------------------------------------------------------------


def dynamic_rnn(
    cell: RNNCell,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """(outputs (batch, time, size), last state) of inputs (batch, time, width).

    With `time_major` the time comes first in both.  A tuple of inputs comes to the cell as one.
    """
    if isinstance(inputs, list):
        raise TypeError(
            "tf.nn.dynamic_rnn takes one tensor (batch, time, width), and got a list: tf.nn.rnn "
            f"takes one.{here()}"
        )
    with variable_scope(scope or "RNN"):
        xs = nest.map_structure(convert_to_tensor, inputs)
        for x in nest.flatten(xs):
            if x.dims is not None and len(x.dims) < 3:
                raise ValueError(
                    f"tf.nn.dynamic_rnn takes (batch, time, width), and got shape "
                    f"{x.get_shape()}: write tf.expand_dims(x, -1) for one number a step.{here()}"
                )
        xs = xs if time_major else _turned(xs)
        first = nest.flatten(xs)[0]
        batch = _batch_of(first, 1)
        state, dtype = _begin("tf.nn.dynamic_rnn", cell, initial_state, dtype, batch, first.dtype)
        lengths = None if sequence_length is None else convert_to_tensor(sequence_length)
        outputs, state = _along(cell, xs, lengths, state, batch, dtype)
    return (outputs if time_major else _turned(outputs)), state


def _along(
    cell: RNNCell, xs: Any, lengths: Any, state: Any, batch: Any, dtype: Any
) -> tuple[Any, Any]:
    leaves, inputs = nest.flatten(state), nest.flatten(xs)
    blank = nest.map_structure(lambda n: zeros([batch, *_sizes(n)], dtype), cell.output_size)
    blanks = nest.flatten(blank)
    times = stage_code(
        lambda x: np.arange(np.shape(x)[0], dtype=np.int32), inputs[0], type="Range",
        dims=(inputs[0].dims[0],), dtype=np.dtype(np.int32),
    )  # fmt: skip

    def step(carried: list[Any], element: tuple[Any, ...]) -> list[Any]:
        *now, time = element
        x = nest.pack_sequence_as(xs, now)
        before = nest.pack_sequence_as(state, carried[len(blanks) :])
        output, new = cell(x, before)
        nest.assert_same_structure(before, new, check_types=False)
        if lengths is not None:
            going = greater(lengths, time.astype(lengths.dtype))
            output = _masked(going, output, blank)
            new = _masked(going, new, before)
        return [*nest.flatten(output), *nest.flatten(new)]

    found = scan(step, (*inputs, times), [*blanks, *leaves], name="steps")
    outputs = nest.pack_sequence_as(blank, found[: len(blanks)])
    last = [
        _like(stage("getitem", part, index=-1), leaf)
        for part, leaf in zip(found[len(blanks) :], leaves, strict=True)
    ]
    return outputs, nest.pack_sequence_as(state, last)


def _sizes(size: Any) -> list[int]:
    return [int(n) for n in np.ravel(size)]


def _turned(x: Any) -> Any:
    """Batch and time exchanged."""
    return nest.map_structure(lambda t: stage("swapaxes", t, axis1=0, axis2=1), x)


def bidirectional_dynamic_rnn(
    cell_fw: RNNCell,
    cell_bw: RNNCell,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """((outputs forwards, backwards), (last state forwards, backwards))."""
    along = 0 if time_major else 1

    def turned(x: Any) -> Any:
        if sequence_length is None:
            return stage("flip", x, type="Reverse", axis=(along,))
        return reverse_sequence(x, sequence_length, along, 1 - along)

    options = {"dtype": dtype, "time_major": time_major}
    with variable_scope(scope or "BiRNN"):
        xs = convert_to_tensor(inputs)
        ahead, state_fw = dynamic_rnn(
            cell_fw, xs, sequence_length, initial_state_fw, scope="FW", **options
        )
        back, state_bw = dynamic_rnn(
            cell_bw, turned(xs), sequence_length, initial_state_bw, scope="BW", **options
        )
        return (ahead, turned(back)), (state_fw, state_bw)
