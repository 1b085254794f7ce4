"""Queues as nodes of a graph: `FIFOQueue` and `RandomShuffleQueue`.

The graph has a node for the queue itself and one for each operation on it; each session has a
`Buffer` for the queue, which its threads share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array, as_dtype
from autodiff.frontends.tensorflow.ground.shapes import as_dims, compatible, is_full
from autodiff.frontends.tensorflow.input.buffer import Buffer, Element
from autodiff.frontends.tensorflow.variables.variables import GraphKeys

STRING = np.dtype(object)


class Queue:
    """What both queues share: the operations on them."""

    kind = default_name = ""

    @taking("shared_name")
    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Sequence[str] | None = None,
        name: str | None = None,
    ) -> None:
        single = not isinstance(dtypes, list | tuple)
        self.dtypes = [as_dtype(d) for d in ([dtypes] if single else dtypes)]
        self.shapes = _dims_list(shapes, len(self.dtypes))
        self.names = list(names) if names else None
        self.capacity = capacity
        if self.names and len(self.names) != len(self.dtypes):
            raise ValueError(f"{len(self.names)} names for {len(self.dtypes)} dtypes.{here()}")
        self.graph: Graph = get_default_graph()
        op = session_op(self.kind, lambda state: state.resource(self, lambda: self._make(state)))
        self.queue_ref: Tensor = self.graph.stage(
            op, (), {}, name or self.default_name, self.kind, [((), STRING)]
        )
        self.name: str = self.queue_ref.op.name
        self._short = self.name.rpartition("/")[2]

    def _make(self, state: State) -> Buffer:
        return Buffer(self.name, self.capacity, who_fills=lambda: self.forgotten(state))

    def forgotten(self, state: State) -> str | None:
        """What to tell who waits for an element when the queue's threads were never started."""
        runners = [r for r in self.graph.get_collection(GraphKeys.QUEUE_RUNNERS) if r.queue is self]
        if any(state.resources.get((runner, "started")) for runner in runners) or not runners:
            return None
        return (
            "its threads were never started in this session: write "
            "`threads = tf.train.start_queue_runners(sess, coord)` before the loop, after the "
            "variables are initialized (tf.initialize_local_variables() too)."
        )

    # -- operations ---------------------------------------------------------------------------

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """Add one element: a value, or a list (or dict, with `names`) of its components."""

        def add(state: State, buffer: Buffer, *values: Any) -> None:
            buffer.put([values])

        return self._act("enqueue", add, self._components(vals), name)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """Add the elements that are stacked along the first axis of each component."""

        def add(state: State, buffer: Buffer, *values: Any) -> None:
            lengths = {len(value) for value in values}
            if len(lengths) != 1:
                raise ValueError(f"the components have different lengths, {sorted(lengths)}.")
            buffer.put(list(zip(*values)))

        return self._act("enqueue_many", add, self._components(vals, many=True), name)

    def dequeue(self, name: str | None = None) -> Any:
        """Remove one element: its tensor, or a list (or dict) of its components."""
        return self._result("dequeue", lambda buffer: buffer.take(1)[0], [*self.shapes], name)

    def dequeue_many(self, n: int, name: str | None = None) -> Any:
        """Remove `n` elements, stacked along a new first axis; waits for all of them."""
        dims = self._batch_dims(n, "dequeue_many")
        return self._result("dequeue_many", lambda buffer: _stacked(buffer.take(n)), dims, name)

    def dequeue_up_to(self, n: int, name: str | None = None) -> Any:
        """The same, but of a closed queue the last elements, fewer than `n`, come too."""
        dims = self._batch_dims(None, "dequeue_up_to")
        return self._result(
            "dequeue_up_to", lambda buffer: _stacked(buffer.take(n, at_least=1)), dims, name
        )

    def size(self, name: str | None = None) -> Tensor:
        """How many elements are in the queue now."""
        op = session_op("queue_size", lambda state, buffer: np.int32(len(buffer)))
        info = [((), np.dtype(np.int32))]
        return self.graph.stage(
            op, (self.queue_ref,), {}, name or f"{self._short}_Size", "QueueSize", info
        )

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Accept no more elements; those in the queue can still be taken."""

        def shut(state: State, buffer: Buffer) -> None:
            buffer.close(cancel_pending_enqueues)

        return self._act("Close", shut, [], name)

    # -- building -----------------------------------------------------------------------------

    def _act(
        self, what: str, function: Callable[..., Any], values: Sequence[Any], name: str | None
    ) -> Operation:
        made = self.graph.stage(
            session_op(f"queue_{what}", function),
            (self.queue_ref, *values),
            {},
            name or f"{self._short}_{what}",
            f"Queue{_camel(what)}",
            [((), STRING)],
            {"silent": True},
        )
        return made.op

    def _result(
        self, what: str, take: Callable[[Buffer], Element], dims: list[Any], name: str | None
    ) -> Any:
        single = len(dims) == 1
        op = session_op(
            f"queue_{what}",
            lambda state, buffer: take(buffer)[0] if single else take(buffer),
            multiple=not single,
        )
        found = self.graph.stage(
            op,
            (self.queue_ref,),
            {},
            name or f"{self._short}_{what}",
            f"Queue{_camel(what)}",
            list(zip(dims, self.dtypes)),
        )
        if self.names:
            return dict(zip(self.names, [found] if single else found))
        return found if single else list(found)

    def _components(self, vals: Any, many: bool = False) -> list[Any]:
        if self.names:
            if not isinstance(vals, Mapping) or set(vals) != set(self.names):
                raise ValueError(f"expected a dict with the keys {self.names}.{here()}")
            vals = [vals[name] for name in self.names]
        elif len(self.dtypes) == 1 and (not isinstance(vals, list | tuple) or len(vals) != 1):
            vals = [vals]
        if len(vals) != len(self.dtypes):
            raise ValueError(
                f"an element of {self.name} has {len(self.dtypes)} components, but {len(vals)} "
                f"are given.{here()}"
            )
        triples = zip(vals, self.dtypes, self.shapes)
        return [self._component(i, *triple, many) for i, triple in enumerate(triples)]

    def _component(self, i: int, value: Any, dtype: Any, dims: Any, many: bool) -> Any:
        value = value if isinstance(value, Tensor) else as_array(value, dtype)
        if value.dtype != dtype:
            raise TypeError(
                f"component {i} of an element of {self.name} is {dtype}, not {value.dtype}: write "
                f"tf.cast.{here()}"
            )
        own = value.dims if isinstance(value, Tensor) else value.shape
        inner = own[1:] if many and own else own
        if dims is not None and own is not None and not compatible(tuple(inner), dims):
            raise ValueError(
                f"component {i} of an element of {self.name} has shape {dims}, not {inner}.{here()}"
            )
        return value

    def _batch_dims(self, n: int | None, what: str) -> list[Any]:
        if not all(dims is not None and is_full(dims) for dims in self.shapes):
            raise ValueError(
                f"{what} stacks elements, so their shapes must be known: make the queue with "
                f"shapes=, or set them, x.set_shape([...]). They are {self.shapes}.{here()}"
            )
        return [(n, *dims) for dims in self.shapes]


class FIFOQueue(Queue):
    """A queue that gives its elements in the order in which they came."""

    kind, default_name = "FIFOQueue", "fifo_queue"


class RandomShuffleQueue(Queue):
    """A queue that gives a random one of its elements, and keeps some back to choose from.

    `min_after_dequeue` elements stay in it until it is closed; with a `seed` (or the graph's) the
    order is repeatable where one thread fills it: that of the sampling from so many and one.
    """

    kind, default_name = "RandomShuffleQueue", "random_shuffle_queue"

    @taking("shared_name")
    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Sequence[str] | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        if min_after_dequeue >= capacity:
            raise ValueError(
                f"min_after_dequeue={min_after_dequeue} leaves nothing to take of a queue of "
                f"capacity={capacity}; make the capacity larger, by a few batches.{here()}"
            )
        self.min_after_dequeue, self.seed = min_after_dequeue, seed
        super().__init__(capacity, dtypes, shapes, names, name)

    def _make(self, state: State) -> Buffer:
        return Buffer(
            self.name,
            self.capacity,
            self.min_after_dequeue,
            generator(self.graph, self.seed),
            lambda: self.forgotten(state),
            repeatable=not (self.graph.seed is None and self.seed is None),
        )


def generator(graph: Graph, seed: int | None) -> np.random.Generator:
    """A random generator from an op's seed and its graph's; without both a fresh one."""
    seeds = [part for part in (graph.seed, seed) if part is not None]
    return np.random.default_rng(seeds or None)


def _stacked(elements: Sequence[Element]) -> Element:
    return tuple(
        np.stack([np.asarray(part, _object(part)) for part in parts]) for parts in zip(*elements)
    )


def _object(part: Any) -> Any:
    return object if isinstance(part, str | bytes) else None


def _dims_list(shapes: Any, count: int) -> list[Any]:
    if shapes is None:
        return [None] * count
    one = count == 1 and (
        not isinstance(shapes, list | tuple)
        or not shapes
        or isinstance(shapes[0], int | type(None))
    )
    found = [as_dims(shape) for shape in ([shapes] if one else shapes)]
    if len(found) != count:
        raise ValueError(f"{len(found)} shapes for {count} dtypes.{here()}")
    return found


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
