"""`Session`: runs the part of a graph that the fetches need, and holds the variables' values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.parts import part_of
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import State
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.defaults import sessions
from autodiff.frontends.tensorflow.ground.errors import (
    GrowingGraphWarning,
)
from autodiff.frontends.tensorflow.running.feeds import feeds
from autodiff.frontends.tensorflow.running.fetches import collect, owned, rebuild
from autodiff.frontends.tensorflow.running.plan import Plan, compile_plan
from autodiff.frontends.tensorflow.running.stages import Stages, require_backend

GROWN = 10
"""After so many runs between which one and the same line has added nodes, a session warns."""


@dataclass(slots=True)
class RunMetadata:
    """What a run did: the operations that it executed, and the value of each node.

    Pass one as `run_metadata=`, then `ad.draw(y, ran=metadata)` colours what ran and writes the
    values in.  No times are taken: `step_stats` is None.
    """

    ran: list[Operation] = field(default_factory=list)
    values: dict[Equation, Any] = field(default_factory=dict)
    step_stats: None = None


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
        fed = {} if feed_dict is None else feeds(graph, feed_dict)
        wanted: list[Tensor | Operation] = []
        shape = collect(graph, fetches, wanted)
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
            None if isinstance(thing, Operation) else owned(values[slot])
            for thing, slot in zip(wanted, plan.results, strict=True)
        ]
        return found[0] if shape is None else rebuild(shape, iter(found))

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
