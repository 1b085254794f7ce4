"""Streams of examples: shuffled through a bounded buffer, in batches, repeated."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from autodiff.core.arguments.tree import flatten, paths, unflatten
from autodiff.data.ground.errors import DataError

Item = TypeVar("Item")


def shuffled(items: Iterable[Item], buffer: int, rng: np.random.Generator) -> Iterator[Item]:
    """The items in random order, holding at most `buffer` of them at a time.

    Each item that leaves is drawn evenly from the buffer, so an item comes out at most
    `buffer - 1` places early; a buffer as large as the data gives every order alike.

    >>> list(shuffled(range(5), 3, np.random.default_rng(0)))
    [2, 1, 3, 0, 4]
    """
    if buffer < 1:
        raise DataError(f"buffer={buffer}: a shuffle holds at least one item.")
    source = iter(items)
    held = list(itertools.islice(source, buffer))
    for item in source:
        chosen = int(rng.integers(len(held)))
        leaving, held[chosen] = held[chosen], item
        yield leaving
    for chosen in rng.permutation(len(held)):
        yield held[chosen]


def batches(items: Iterable[Any], size: int, partial: bool = True) -> Iterator[Any]:
    """Every `size` items as one, their arrays stacked along a new first axis.

    Items may be containers (tuples, dicts) of arrays and numbers, all alike; `partial=False`
    leaves a last batch that is not full out.  Raises `DataError` when shapes differ.

    >>> list(batches([1.0, 2.0, 3.0], 2))
    [array([1., 2.]), array([3.])]
    """
    if size < 1:
        raise DataError(f"size={size}: a batch holds at least one item.")
    source = iter(items)
    count = 0
    while group := list(itertools.islice(source, size)):
        if len(group) == size or partial:
            yield stack(group, count)
        count += len(group)


def stack(group: list[Any], first: int = 0) -> Any:
    """One container of arrays from several alike; `first` numbers them in messages.

    >>> stack([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}])
    {'x': array([1, 2]), 'name': array(['a', 'b'], dtype='<U1')}
    """
    rows, structures = zip(*map(flatten, group))
    for i, structure in enumerate(structures):
        if structure != structures[0]:
            raise DataError(
                f"item {first + i} of the stream has another structure than item {first}: "
                f"{group[i]!r:.80} and {group[0]!r:.80}."
            )
    columns = [[_array(leaf) for leaf in column] for column in zip(*rows)]
    for where, column in zip(paths(structures[0], "item"), columns):
        for i, leaf in enumerate(column):
            if leaf.shape != column[0].shape:
                raise DataError(
                    f"{where} of item {first + i} has shape {leaf.shape}, that of item {first} "
                    f"{column[0].shape}; a batch holds equal shapes: resize, crop or pad first."
                )
    return unflatten(structures[0], [np.stack(column) for column in columns])


def _array(leaf: Any) -> np.ndarray:
    """The leaf as an array; bytes as an object, since NumPy's bytes drop zeros at the end."""
    return np.array(leaf, object) if isinstance(leaf, bytes) else np.asarray(leaf)


def repeated(
    source: Iterable[Item] | Callable[[], Iterable[Item]], times: int | None = None
) -> Iterator[Item]:
    """The items again and again, `times` epochs or without end.

    `source` can be read more than once: a list, or a function that opens the stream anew.
    Raises `DataError` for an iterator, which is used up after one epoch, and for an endless
    repetition of nothing.

    >>> list(repeated([1, 2], 2))
    [1, 2, 1, 2]
    """
    if isinstance(source, Iterator):
        raise DataError(
            "an iterator can be read only once; give a function that opens it, e.g. "
            "repeated(lambda: lines('data.txt'))."
        )
    for _ in itertools.count() if times is None else range(times):
        empty = True
        for item in source() if callable(source) else source:
            empty = False
            yield item
        if empty and times is None:
            raise DataError("the stream to repeat without end has no items.")
