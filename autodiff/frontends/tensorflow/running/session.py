"""`Session`: runs the part of a graph that the fetches need, and holds the variables' values."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.parts import part_of
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices, IndexedSlicesValue
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor, SparseTensorValue
from autodiff.frontends.tensorflow.graph.state import State
from autodiff.frontends.tensorflow.graph.tensor import Operation, Tensor
from autodiff.frontends.tensorflow.ground.defaults import sessions
from autodiff.frontends.tensorflow.ground.dtypes import as_array
from autodiff.frontends.tensorflow.ground.errors import (
    GraphError,
    GrowingGraphWarning,
    InvalidArgumentError,
)
from autodiff.frontends.tensorflow.ground.shapes import compatible
from autodiff.frontends.tensorflow.running.plan import Plan, compile_plan
from autodiff.frontends.tensorflow.running.stages import Stages, require_backend

GROWN = 10
"""After so many runs between which one and the same line has added nodes, a session warns."""


@dataclass(slots=True)
class RunMetadata:
    """What a run did: the operations that it executed, and the value of each node.

    Pass one as `run_metadata=`, then `ad.draw(y, ran=metadata)` colours what ran and writes the
    values in.
    """

    ran: list[Operation] = field(default_factory=list)
    values: dict[Equation, Any] = field(default_factory=dict)


class Session:
    """Runs a graph: `run(fetches, feed_dict)`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     x = tf.placeholder("float", shape=[2])
    ...     sess.run({"double": 2 * x, "x": x}, feed_dict={x: [1, 2]})
    {'double': array([2., 4.], dtype=float32), 'x': array([1., 2.], dtype=float32)}

    With `backend="numpy"`, `"numba"`, `"jax"` or `"auto"` what a run computes is compiled by
    `ad.compile`: the first run with given shapes takes longer, those after it are faster.
    """

    def __init__(
        self,
        target: str = "",
        graph: Graph | None = None,
        config: Any = None,
        backend: str | None = None,
    ) -> None:
        if isinstance(target, Graph):
            raise TypeError(f"write tf.Session(graph=g): the first argument is a target.{here()}")
        self.graph = graph or get_default_graph()
        self.state = State()
        self.closed = False
        self.backend = backend
        if backend is not None:
            require_backend(backend)
        self._plans: dict[Any, Plan] = {}
        self._stages: dict[Any, Stages] = {}
        self._last: Plan | None = None
        self._seen = self.graph.version
        self._grown: dict[Any, int] = {}
        self._entered: list[AbstractContextManager[Any]] = []

    # -- running ------------------------------------------------------------------------------

    def run(
        self,
        fetches: Any,
        feed_dict: Mapping[Any, Any] | None = None,
        options: Any = None,
        run_metadata: RunMetadata | None = None,
    ) -> Any:
        """The values of the fetches, computed from the feeds and the variables.

        `fetches` is a tensor, a variable, an operation (its result is None), a name, or a nested
        list, tuple or dict of them; the result has the same structure.  `feed_dict` gives values
        to placeholders, or to any tensor, which cuts off what it would have been computed from.
        Only nodes that the fetches need are run.
        """
        if self.closed:
            raise RuntimeError(f"this session is closed; make a new tf.Session().{here()}")
        graph = self.graph
        if graph.version != self._seen:
            self._watch_growth()
        fed = {} if feed_dict is None else self._feeds(feed_dict)
        wanted: list[Tensor | Operation] = []
        shape = self._collect(fetches, wanted)
        nodes = [thing.node for thing in wanted]
        key = (*nodes, None, *fed)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = compile_plan(nodes, fed, self.state)
        self._last = plan
        keep = run_metadata is not None
        with np.errstate(all="ignore"):
            if self.backend is None or keep:
                values = plan.run(self.state, fed, keep)
            else:
                if key not in self._stages:
                    self._stages[key] = Stages(plan, self.backend)
                values = self._stages[key].run(self.state, fed)
        if run_metadata is not None:
            run_metadata.ran = self.ran
            run_metadata.values = {e: values[slot] for e, slot in plan.slots.items()}
        found = [
            None if isinstance(thing, Operation) else _owned(values[slot])
            for thing, slot in zip(wanted, plan.results, strict=True)
        ]
        return found[0] if shape is None else _rebuild(shape, iter(found))

    @property
    def ran(self) -> list[Operation]:
        """The operations that the last run executed, in order; what was fed was not executed."""
        if self._last is None:
            return []
        plan = self._last
        return [
            Operation(self.graph, e)
            for e in plan.equations
            if e.op is not part_of and e not in plan.feeds
        ]

    @property
    def graph_def(self) -> Any:
        """The graph as a message, for a writer of 2015."""
        return self.graph.as_graph_def()

    def _collect(self, fetches: Any, wanted: list[Tensor | Operation]) -> Any:
        """Append what nested fetches ask for; None for a single one, else the structure."""
        if isinstance(fetches, IndexedSlices):
            parts = [fetches.values, fetches.indices, fetches.dense_shape]
            wanted += [part for part in parts if part is not None]
            return _slices, [None] * (2 if parts[2] is None else 3)
        if isinstance(fetches, SparseTensor):
            wanted += fetches.parts()
            return SparseTensorValue._make, [None] * 3
        if isinstance(fetches, Tensor | Operation):
            if fetches.graph is not self.graph:
                raise GraphError(
                    f"{fetches.name} is not a node of this session's graph. A session runs the "
                    "graph that was the default when it was made; write "
                    f"tf.Session(graph={fetches.name.partition(':')[0]}.graph).{here()}"
                )
            wanted.append(fetches)
            return None
        if isinstance(fetches, str):
            return self._collect(self.graph.as_graph_element(fetches), wanted)
        if isinstance(fetches, Mapping):
            return dict, {k: self._collect(v, wanted) for k, v in fetches.items()}
        if isinstance(fetches, list | tuple):
            make = getattr(fetches, "_make", type(fetches))
            return make, [self._collect(part, wanted) for part in fetches]
        raise TypeError(
            f"sess.run fetches tensors, operations and names, but got {fetches!r:.60}"
            f"{_why_not(fetches)}.{here()}"
        )

    def _feeds(self, feed_dict: Mapping[Any, Any]) -> dict[Equation, Any]:
        if not isinstance(feed_dict, Mapping):
            raise TypeError(
                f"feed_dict is a dict, {{tensor: value}}; got {feed_dict!r:.60}. Several fetches "
                f"stand in a list: sess.run([a, b]).{here()}"
            )
        fed = {}
        for thing, value in self._single(feed_dict):
            tensor = self.graph.as_graph_element(thing) if isinstance(thing, str) else thing
            if not isinstance(tensor, Tensor):
                raise TypeError(
                    f"the keys of feed_dict are tensors, but one is {thing!r:.60}"
                    f"{' (a tensor has the name x:0)' if isinstance(thing, str) else ''}.{here()}"
                )
            if tensor.owner is not self.graph:
                raise GraphError(
                    f"{tensor.name} of the feed is not a node of this session's graph.{here()}"
                )
            fed[tensor.node] = _fed(tensor, value)
        return fed

    def _single(self, feed_dict: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
        """The feeds, a sparse tensor's as the three that it is, a state's part by part."""
        for thing, value in feed_dict.items():
            if isinstance(thing, tuple):
                if not isinstance(value, list | tuple) or len(value) != len(thing):
                    raise ValueError(
                        f"the feed of {thing!r:.60} is a structure of {len(thing)} values like "
                        f"it; got {value!r:.60}.{here()}"
                    )
                for part, own in zip(thing, value, strict=True):
                    yield from self._single({part: own})
                continue
            if not isinstance(thing, SparseTensor):
                yield thing, value
                continue
            if not isinstance(value, list | tuple) or len(value) != 3:
                raise TypeError(
                    f"the feed of the sparse tensor {thing.name} is a tf.SparseTensorValue("
                    f"indices, values, dense_shape); got {value!r:.60}.{here()}"
                )
            for part, own in zip(thing.parts(), value, strict=True):
                if "constant" not in part.node.note:
                    yield part, own

    def _watch_growth(self) -> None:
        """Count the runs before which one and the same line added nodes."""
        first = self.graph.equations[self._seen]
        self._seen = self.graph.version
        place = (first.code, first.offset)
        count = self._grown[place] = self._grown.get(place, 0) + 1
        if count == GROWN:
            warnings.warn(
                f"the graph has grown before {GROWN} runs by the same line, to "
                f"{len(self.graph.by_name)} operations: every run adds nodes, and the loop gets "
                f"slower and slower. Build {first.note['name']} once, before the loop; "
                f"graph.finalize() turns this into an error.\n  at {first.location}",
                GrowingGraphWarning,
                stacklevel=3,
            )

    # -- being the default, and the end -------------------------------------------------------

    def as_default(self) -> AbstractContextManager[Any]:
        """Make this the session of `.eval()` and `.run()` during a `with` block."""
        return sessions.holding(self)

    def close(self) -> None:
        """Free the values of the variables, and end the threads that wait for its queues."""
        self.closed = True
        self.state.release()
        self._plans.clear()
        self._stages.clear()

    def __enter__(self) -> Session:
        for manager in (self.graph.as_default(), self.as_default()):
            manager.__enter__()
            self._entered.append(manager)
        return self

    def __exit__(self, *error: Any) -> None:
        while self._entered:
            self._entered.pop().__exit__(*error)
        self.close()


class InteractiveSession(Session):
    """A session that is the default from now on, to experiment in a shell or a notebook.

    >>> from autodiff.frontends import tensorflow as tf
    >>> sess = tf.InteractiveSession()
    >>> float(tf.constant(2.0).eval())
    2.0
    >>> sess.close()
    """

    def __init__(
        self,
        target: str = "",
        graph: Graph | None = None,
        config: Any = None,
        backend: str | None = None,
    ) -> None:
        super().__init__(target, graph, config, backend)
        sessions.items.append(self)

    def close(self) -> None:
        """Free the values, and be the default no more."""
        super().close()
        if self in sessions.items:
            sessions.items.remove(self)


def _fed(tensor: Tensor, value: Any) -> Any:
    """A feed in the tensor's dtype, its shape checked; a read-only view of an array."""
    if isinstance(value, Tensor):
        raise TypeError(
            f"the feed of {tensor.name} is the tensor {value.name}; a feed is a value. Write "
            f"sess.run({value.name.partition(':')[0]}) first.{here()}"
        )
    try:
        array = as_array(value, tensor.dtype, f"the feed of {tensor.name}")
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{error}{here()}") from None
    if not compatible(array.shape, tensor.dims):
        raise InvalidArgumentError(
            f"the feed of {tensor.name} has shape {array.shape}, but the tensor has shape "
            f"{dims_text(tensor.dims)}.{_reshape_hint(array, tensor)}{here()}"
        )
    if array.ndim == 0:
        return array[()]
    view = array.view()
    view.flags.writeable = False
    return view


def _reshape_hint(array: np.ndarray, tensor: Tensor) -> str:
    dims = tensor.dims
    if dims is not None and array.ndim == len(dims) - 1 and compatible(array.shape, dims[1:]):
        return " One example is fed where a batch is expected: write x[None]."
    return ""


def _owned(value: Any) -> Any:
    """A result that nobody else holds: a copy of what the session, a feed or a view shares."""
    if value.__class__ is np.ndarray:
        if value.ndim == 0:
            return value[()]
        if value.base is not None or not value.flags.writeable:
            return value.copy()
    return value


def _rebuild(shape: Any, found: Any) -> Any:
    make, parts = shape
    if make is dict:
        return {k: next(found) if s is None else _rebuild(s, found) for k, s in parts.items()}
    return make([next(found) if part is None else _rebuild(part, found) for part in parts])


def _slices(parts: list[Any]) -> IndexedSlicesValue:
    return IndexedSlicesValue(*parts, *[None] * (3 - len(parts)))


def _why_not(fetch: Any) -> str:
    if fetch is None:
        return ", perhaps a gradient that does not exist"
    if isinstance(fetch, np.ndarray | float | int):
        return ", a value already: it was computed before (by an earlier sess.run?)"
    if hasattr(fetch, "minimize"):
        return "; run the operation that its minimize(loss) returns"
    return ""
