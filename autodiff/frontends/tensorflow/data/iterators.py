"""Iterators over a dataset as nodes of a graph: each session goes its own way through the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.data.elements import Elements, parts_of
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ground.errors import FailedPreconditionError, OutOfRangeError


class Iterator(Elements):
    """`tf.data.Iterator`: `get_next()` is the next element; `initializer` begins anew."""

    def __init__(self, dataset: Any, ready: bool) -> None:
        self.dataset, self.ready, self.graph = dataset, ready, get_default_graph()
        self.structure, self.dtypes, self.dims = dataset.structure, dataset.dtypes, dataset.dims
        self._initializer: Any = None

    @classmethod
    def from_structure(
        cls, output_types: Any, output_shapes: Any = None, shared_name: Any = None
    ) -> Iterator:
        """An iterator for all datasets with elements of these types: see `make_initializer`."""
        made = cls.__new__(cls)
        made.dataset, made.ready, made._initializer = None, False, None
        made.graph = get_default_graph()
        made.structure = output_types
        made.dtypes, made.dims = parts_of(output_types, output_shapes)
        return made

    @property
    def initializer(self) -> Any:
        """The node that begins (anew)."""
        if self.ready or self.dataset is None:
            instead = "make_initializable_iterator()" if self.ready else "make_initializer(dataset)"
            raise ValueError(f"this iterator has no initializer: write {instead}.{here()}")
        if self._initializer is None:
            self._initializer = self.make_initializer(self.dataset)
        return self._initializer

    def make_initializer(self, dataset: Any, name: str | None = None) -> Any:
        """The node after which elements come from a dataset, from its first on."""
        if dataset.dtypes != self.dtypes:
            raise TypeError(
                f"the iterator is for elements of {self.dtypes}, not {dataset.dtypes}.{here()}"
            )

        def begin(state: State, *values: Any) -> None:
            state.resources[self] = dataset.rows(dict(zip(dataset.sources, values, strict=True)))

        made = self.graph.stage(
            session_op("make_iterator", begin), tuple(dataset.sources), {}, name or "MakeIterator",
            "MakeIterator", [((), np.dtype(object))], {"silent": True},
        )  # fmt: skip
        return made.op

    def get_next(self, name: str | None = None) -> Any:
        """The next element: each run of the node takes one."""
        sources = tuple(self.dataset.sources) if self.ready else ()
        single = len(self.dtypes) == 1

        def begun(values: Any) -> Any:
            if not self.ready:
                raise FailedPreconditionError(
                    "the iterator has no data yet: run iterator.initializer (or what "
                    "make_initializer gave) in this session first."
                )
            return self.dataset.rows(dict(zip(sources, values, strict=True)))

        def take(state: State, *values: Any) -> Any:
            with state.lock:
                row = next(state.resource(self, lambda: begun(values)), None)
            if row is None:
                raise OutOfRangeError("End of sequence: the dataset has no more elements.")
            found = [np.asarray(v, d) for v, d in zip(row, self.dtypes, strict=True)]
            return found[0] if single else tuple(found)

        found = self.graph.stage(
            session_op("iterator_get_next", take, multiple=not single), sources, {},
            name or "IteratorGetNext", "IteratorGetNext",
            list(zip(self.dims, self.dtypes, strict=True)),
        )  # fmt: skip
        return nest.pack_sequence_as(self.structure, [found] if single else list(found))
