"""Queues filled from lists and tensors: file names, slices, and batches of single examples."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.ground.errors import (
    InvalidArgumentError,
    NotFoundError,
    OutOfRangeError,
)
from autodiff.frontends.tensorflow.ground.shapes import is_full
from autodiff.frontends.tensorflow.input.buffer import Buffer
from autodiff.frontends.tensorflow.input.queues import (
    FIFOQueue,
    Queue,
    RandomShuffleQueue,
    generator,
)
from autodiff.frontends.tensorflow.input.runners import QueueRunner, add_queue_runner
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable, current


@taking("shared_name summary_name", "cancel_op")
def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    name: str | None = None,
) -> FIFOQueue:
    """A queue of the rows of a tensor, filled for `num_epochs` (default: without end).

    With `num_epochs` the epochs are counted in a local variable: run
    `tf.initialize_local_variables()` first.
    """
    graph = get_default_graph()
    with graph.name_scope(name or "input_producer"):
        rows = convert_to_tensor(input_tensor)
        dims = element_shape if rows.dims is None else rows.dims[1:]
        queue = FIFOQueue(capacity, rows.dtype, [dims])
        epochs = None
        if num_epochs is not None:
            with graph.name_scope("limit_epochs"):
                epochs = Variable(np.int64(0), False, [GraphKeys.LOCAL_VARIABLES], name="epochs")
        rng_key = (queue, "order")

        def fill(state: State, buffer: Buffer, values: np.ndarray) -> None:
            if not len(values):
                raise InvalidArgumentError(f"{queue.name} is to be filled from an empty list.")
            if epochs is not None:
                _count(state, epochs, num_epochs)
            order = np.arange(len(values))
            if shuffle:
                rng = state.resource(rng_key, lambda: generator(graph, seed))
                order = rng.permutation(len(values))
            buffer.put([(values[i],) for i in order])

        enqueue = queue._act("enqueue_many", fill, [rows], None)
        add_queue_runner(QueueRunner(queue, [enqueue]))
    return queue


def _count(state: State, epochs: Variable, limit: int | None) -> None:
    """One epoch more; the end of the data when all are done."""
    with state.lock:
        done = current(state, epochs.node)
        if limit is not None and done >= limit:
            raise OutOfRangeError(f"all {limit} epochs are done.")
        state.assign(epochs.node, done + 1)


def match_filenames_once(pattern: str, name: str | None = None) -> Variable:
    """A local variable that holds the sorted names of the files that fit a pattern, `data/*.csv`.

    They are looked up when local variables are initialized; that none fits is an error then.
    """

    def look(state: State) -> np.ndarray:
        found = sorted(glob.glob(pattern, recursive=True))
        if not found:
            raise NotFoundError(f"no file fits the pattern {pattern!r}.")
        return np.array(found, object)

    op = session_op("matching_files", look)
    graph = get_default_graph()
    return Variable(
        lambda: graph.stage(op, (), {}, None, "MatchingFiles", [((None,), np.dtype(object))]),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
        name=name or "matching_filenames",
    )


@taking("shared_name", "cancel_op")
def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    name: str | None = None,
) -> FIFOQueue:
    """A queue of strings, usually file names for a reader."""
    if isinstance(string_tensor, list | tuple) and not string_tensor:
        raise ValueError(
            "string_input_producer got an empty list of file names: look at the pattern that "
            f"they were searched by.{here()}"
        )
    name = name or "input_producer"
    return input_producer(string_tensor, (), num_epochs, shuffle, seed, capacity, name)


@taking("shared_name")
def range_input_producer(
    limit: int,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    name: str | None = None,
) -> FIFOQueue:
    """A queue of the integers 0 to `limit - 1`."""
    rows = np.arange(limit, dtype=np.int32)
    return input_producer(rows, (), num_epochs, shuffle, seed, capacity, name)


@taking("shared_name")
def slice_input_producer(
    tensor_list: Sequence[Any],
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    name: str | None = None,
) -> list[Any]:
    """One row at a time of each of several tensors of equal length."""
    tensors = [convert_to_tensor(tensor) for tensor in tensor_list]
    lengths = {tensor.dims[0] for tensor in tensors}
    if len(lengths) != 1 or None in lengths:
        raise ValueError(f"the tensors need one and the same length, not {lengths}.{here()}")
    queue = range_input_producer(lengths.pop(), num_epochs, shuffle, seed, capacity, name)
    index = queue.dequeue()
    return [_row(tensor, index) for tensor in tensors]


def _row(tensor: Any, index: Any) -> Any:
    op = session_op("row", lambda state, values, i: values[i])
    return tensor.graph.stage(
        op, (tensor, index), {}, None, "Gather", [(tensor.dims[1:], tensor.dtype)]
    )


@taking("shared_name", "dynamic_pad")
def batch(
    tensors: Any,
    batch_size: int,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    name: str | None = None,
) -> Any:
    """Batches of single examples, in their order; `enqueue_many` when they are batches already.

    `tensors` is a tensor, or a list or dict of them, whose shapes must be known.
    """
    with get_default_graph().name_scope(name or "batch") as scope:
        parts, shaped = _parts(tensors, enqueue_many, shapes)
        queue = FIFOQueue(capacity, [part.dtype for part in parts], shaped)
        _fill(queue, parts, num_threads, enqueue_many)
        return _take(queue, tensors, batch_size, allow_smaller_final_batch, scope)


@taking("shared_name")
def shuffle_batch(
    tensors: Any,
    batch_size: int,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    name: str | None = None,
) -> Any:
    """Batches of single examples in random order, drawn from at least `min_after_dequeue`."""
    with get_default_graph().name_scope(name or "shuffle_batch") as scope:
        parts, shaped = _parts(tensors, enqueue_many, shapes)
        dtypes = [part.dtype for part in parts]
        queue = RandomShuffleQueue(capacity, min_after_dequeue, dtypes, shaped, seed=seed)
        _fill(queue, parts, num_threads, enqueue_many)
        return _take(queue, tensors, batch_size, allow_smaller_final_batch, scope)


def _parts(tensors: Any, many: bool, shapes: Any) -> tuple[list[Any], list[Any]]:
    if isinstance(tensors, Mapping):
        listed = list(tensors.values())
    else:
        listed = list(tensors) if isinstance(tensors, list | tuple) else [tensors]
    parts = [convert_to_tensor(part) for part in listed]
    found = [part.dims for part in parts] if shapes is None else [tuple(s) for s in shapes]
    if many and shapes is None:
        found = [None if dims is None else dims[1:] for dims in found]
    for part, dims in zip(parts, found):
        if dims is None or not is_full(dims):
            raise ValueError(
                f"the shape of {part.name}, {part.get_shape()}, is not fully known, so examples "
                "of it can't be stacked: say what it always is, x.set_shape([8, 8, 1]) say, or "
                f"resize or crop each to one.{here()}"
            )
    return parts, found


def _fill(queue: Queue, parts: list[Any], threads: int, many: bool) -> None:
    """Give the queue the threads that put examples in."""
    enqueue = queue.enqueue_many(parts) if many else queue.enqueue(parts)
    add_queue_runner(QueueRunner(queue, [enqueue] * threads))


def _take(queue: Queue, like: Any, size: int, smaller: bool, name: str) -> Any:
    """Batches of the queue, in the same container as the examples."""
    found = (queue.dequeue_up_to if smaller else queue.dequeue_many)(size, name)
    parts = found if isinstance(found, list) else [found]
    if isinstance(like, Mapping):
        return dict(zip(like, parts))
    return parts if isinstance(like, list | tuple) else parts[0]
