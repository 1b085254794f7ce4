"""Datasets: data as a chain of steps, read by an iterator.

A dataset is a description; a session reads it by a Python iterator of its own, and its end is
`tf.errors.OutOfRangeError`.  A function given to `map` or `filter` is a small graph that is run for
each element.
"""

from __future__ import annotations

import glob
import itertools
from collections import abc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data import batches, shuffled
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.data.elements import Elements, parts_of
from autodiff.frontends.tensorflow.data.functions import Row, as_tensors, staged, traced, values_of
from autodiff.frontends.tensorflow.data.iterators import Iterator
from autodiff.frontends.tensorflow.data.padding import padded, padding
from autodiff.frontends.tensorflow.data.settings import number, tensors
from autodiff.frontends.tensorflow.declaring.staging import dims_of
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ground.dtypes import as_array

Rows = Callable[[dict[Tensor, Any]], abc.Iterator[Row]]
"""The elements, each as its flat parts, from the values of the tensors that the data come from."""


class Dataset(Elements):
    """A chain of steps that gives elements: tensors, or tuples and dictionaries of them."""

    def __init__(
        self, rows: Rows, structure: Any, dtypes: Sequence[Any], dims: Sequence[Any],
        sources: Sequence[Tensor] = (),
    ) -> None:  # fmt: skip
        self.rows, self.structure, self.sources = rows, structure, list(sources)
        self.dtypes, self.dims = list(dtypes), list(dims)

    def _then(self, rows: Rows, *settings: Any, dims: Any = None) -> Dataset:
        sources = [*self.sources, *tensors(*settings)]
        return Dataset(rows, self.structure, self.dtypes, dims or self.dims, sources)

    # -- where elements come from -------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element."""
        return _given(tensors, lambda arrays: iter([tuple(arrays)]), whole=True)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """An element for each place on the first axis of all parts."""
        return _given(tensors, lambda arrays: zip(*arrays, strict=True), whole=False)

    @staticmethod
    def range(*args: int) -> Dataset:
        """The integers of Python's `range`, as int64."""

        def rows(values: Any) -> abc.Iterator[Row]:
            return ((np.int64(n),) for n in range(*[number(own, values) for own in args]))

        return Dataset(rows, 0, [np.dtype(np.int64)], [()], tensors(*args))

    @staticmethod
    def list_files(file_pattern: Any, shuffle: bool = True) -> Dataset:
        """The names of files that fit a pattern, or one of several."""
        patterns = [file_pattern] if isinstance(file_pattern, str) else list(file_pattern)
        names = sorted({name for pattern in patterns for name in glob.glob(pattern)})
        if not names:
            raise ValueError(f"no file fits {file_pattern!r}.{here()}")
        found = Dataset.from_tensor_slices(names)
        return found.shuffle(len(names)) if shuffle else found

    @staticmethod
    def from_generator(generator: Any, output_types: Any, output_shapes: Any = None) -> Dataset:
        """What a function's Python iterator gives."""
        dtypes, dims = parts_of(output_types, output_shapes)

        def rows(_: Any) -> abc.Iterator[Row]:
            for element in generator():
                parts = nest.flatten(element) if nest.is_sequence(output_types) else [element]
                yield tuple(as_array(p, d) for p, d in zip(parts, dtypes, strict=True))

        return Dataset(rows, output_types, dtypes, dims)

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """Elements of several datasets together, until one ends."""
        parts = nest.flatten(datasets)
        return Dataset(
            lambda values: (sum(own, ()) for own in zip(*(p.rows(values) for p in parts))),
            nest.pack_sequence_as(datasets, [p.structure for p in parts]),
            [d for p in parts for d in p.dtypes], [d for p in parts for d in p.dims],
            [s for p in parts for s in p.sources],
        )  # fmt: skip

    # -- steps --------------------------------------------------------------------------------

    def map(self, map_func: Any, num_parallel_calls: Any = None, **speed: Any) -> Dataset:
        """A function of each element."""
        _only_speed("map", speed)
        run, answer = traced(self, map_func)
        outputs = nest.flatten(answer)
        return Dataset(
            lambda values: (tuple(run(row)) for row in self.rows(values)), answer,
            [y.dtype for y in outputs], [y.dims for y in outputs], self.sources,
        )  # fmt: skip

    def filter(self, predicate: Any) -> Dataset:
        """The elements for which a function is true."""
        run, _ = traced(self, predicate)
        return self._then(lambda values: (row for row in self.rows(values) if run(row)[0]))

    def flat_map(self, map_func: Any) -> Dataset:
        """The elements of the datasets that a function gives, one dataset after the other."""
        return self.interleave(map_func, 1)

    def interleave(self, map_func: Any, cycle_length: int, block_length: int = 1) -> Dataset:
        """The elements of the datasets that a function gives: a block of each in turn.

        `cycle_length` of them are open at a time.
        """
        made, inputs, graph = staged(self, map_func)
        if not isinstance(made, Dataset):
            raise TypeError(
                f"flat_map and interleave take a function that gives a Dataset, not "
                f"{made!r}.{here()}"
            )
        run = values_of(made.sources, inputs, graph)

        def begin(row: Row) -> abc.Iterator[Row]:
            return made.rows(dict(zip(made.sources, run(row), strict=True)))

        def rows(values: Any) -> abc.Iterator[Row]:
            waiting = (begin(row) for row in self.rows(values))
            open_now = list(itertools.islice(waiting, cycle_length))
            while open_now:
                going = []
                for own in open_now:
                    block = list(itertools.islice(own, block_length))
                    yield from block
                    following = own if len(block) == block_length else next(waiting, None)
                    going += [] if following is None else [following]
                open_now = going

        return Dataset(rows, made.structure, made.dtypes, made.dims, self.sources)

    def batch(self, batch_size: Any, drop_remainder: bool = False) -> Dataset:
        """`batch_size` elements stacked; what is left at the end is a smaller batch, or dropped."""
        first = batch_size if drop_remainder and not tensors(batch_size) else None
        return self._then(
            lambda values: batches(
                self.rows(values), number(batch_size, values), not drop_remainder
            ),
            batch_size, dims=[None if d is None else (first, *d) for d in self.dims],
        )  # fmt: skip

    def padded_batch(
        self, batch_size: Any, padded_shapes: Any, padding_values: Any = None,
        drop_remainder: bool = False,
    ) -> Dataset:  # fmt: skip
        """`batch` of elements that are padded to these shapes; None is the longest of a batch."""
        shapes = parts_of(self.structure, padded_shapes)[1]
        given = nest.flatten(padding_values) if padding_values is not None else []
        values_for = given or [padding(dtype) for dtype in self.dtypes]

        def rows(values: Any) -> abc.Iterator[Row]:
            own, size = iter(self.rows(values)), number(batch_size, values)
            while group := list(itertools.islice(own, size)):
                if len(group) == size or not drop_remainder:
                    columns = zip(zip(*group, strict=True), shapes, values_for, strict=True)
                    yield tuple(np.stack(padded(*column)) for column in columns)

        return self._then(rows, batch_size, dims=[(None, *shape) for shape in shapes])

    def shard(self, num_shards: Any, index: Any) -> Dataset:
        """Every `num_shards`-th element, from `index` on: one worker's share."""

        def rows(values: Any) -> abc.Iterator[Row]:
            step, first = number(num_shards, values), number(index, values)
            return itertools.islice(self.rows(values), first, None, step)

        return self._then(rows, num_shards, index)

    def repeat(self, count: int | None = None) -> Dataset:
        """All elements `count` times, without end by default."""

        def rows(values: Any) -> abc.Iterator[Row]:
            rounds = -1 if count is None else number(count, values)
            for _ in itertools.count() if rounds < 0 else range(rounds):
                row = None
                for row in self.rows(values):
                    yield row
                if row is None:
                    return

        return self._then(rows, count)

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: Any = None
    ) -> Dataset:
        """Elements drawn from a buffer of the next `buffer_size`, another order each time."""
        rng = np.random.default_rng(seed)
        again = reshuffle_each_iteration in (None, True)

        def rows(values: Any) -> abc.Iterator[Row]:
            draw = rng if again else np.random.default_rng(seed or 0)
            return shuffled(self.rows(values), number(buffer_size, values), draw)

        return self._then(rows, buffer_size)

    def take(self, count: Any) -> Dataset:
        """The first so many; all with -1."""
        return self._part(count, lambda n: (0, None if n < 0 else n))

    def skip(self, count: Any) -> Dataset:
        """Those after the first so many; none with -1."""
        return self._part(count, lambda n: (0, 0) if n < 0 else (n, None))

    def _part(self, count: Any, ends: Callable[[int], tuple[int, int | None]]) -> Dataset:
        return self._then(
            lambda values: itertools.islice(self.rows(values), *ends(number(count, values))), count
        )

    def concatenate(self, dataset: Dataset) -> Dataset:
        """These, and then those of another dataset."""
        if dataset.dtypes != self.dtypes:
            raise TypeError(f"elements of {self.dtypes} and of {dataset.dtypes} differ.{here()}")
        return Dataset(
            lambda values: itertools.chain(self.rows(values), dataset.rows(values)),
            self.structure, self.dtypes,
            [a if a == b else None for a, b in zip(self.dims, dataset.dims, strict=True)],
            self.sources + dataset.sources,
        )  # fmt: skip

    def prefetch(self, buffer_size: Any = None) -> Dataset:
        """The same: elements are made when they are asked for."""
        return self

    def cache(self, filename: str = "") -> Dataset:
        """The elements of the first round, again in each later one of the same iterator."""
        if filename:
            raise NotImplementedError(f"cache(filename) is not here: write cache().{here()}")
        kept: list[tuple[Any, list[Row]]] = []

        def rows(values: Any) -> abc.Iterator[Row]:
            if kept and kept[0][0] is values:
                yield from kept[0][1]
                return
            own: list[Row] = []
            for row in self.rows(values):
                own.append(row)
                yield row
            kept[:] = [(values, own)]

        return self._then(rows)

    def apply(self, transformation_func: Any) -> Any:
        """A function of the dataset."""
        return transformation_func(self)

    # -- reading ------------------------------------------------------------------------------

    def make_one_shot_iterator(self) -> Iterator:
        """An iterator that begins where a session first asks it."""
        return Iterator(self, ready=True)

    def make_initializable_iterator(self, shared_name: Any = None) -> Iterator:
        """An iterator that begins, and begins anew, where its `initializer` is run."""
        return Iterator(self, ready=False)


def _given(value: Any, rows: Callable[[list[Any]], abc.Iterator[Row]], whole: bool) -> Dataset:
    structure = as_tensors(value)
    parts = nest.flatten(structure)
    dims = [dims_of(part) for part in parts]
    if not whole:
        lengths = {d[0] for d in dims if d and d[0] is not None}
        if any(d == () for d in dims) or len(lengths) > 1:
            raise ValueError(
                f"slices need parts with first axes of one length; the shapes are {dims}.{here()}"
            )
        dims = [None if d is None else d[1:] for d in dims]
    return Dataset(
        lambda values: rows([values[p] if isinstance(p, Tensor) else p for p in parts]),
        structure, [p.dtype for p in parts], dims, tensors(*parts),
    )  # fmt: skip


def _only_speed(what: str, given: dict[str, Any]) -> None:
    only(what, given, "num_threads", "output_buffer_size")
