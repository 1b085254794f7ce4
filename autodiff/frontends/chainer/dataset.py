"""Batches of examples as arrays, and the base of iterators."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only


class Iterator:
    """Base of iterators over batches."""

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError

    def next(self) -> Any:
        """The next batch."""
        return self.__next__()

    def finalize(self) -> None:
        """Nothing to close."""

    def serialize(self, serializer: Any) -> None:
        """Nothing to save."""


class DatasetMixin:
    """Base of datasets: a subclass has `__len__` and `get_example(i)`."""

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self.get_example(i) for i in range(*index.indices(len(self)))]  # type: ignore
        return self.get_example(index)

    def get_example(self, i: int) -> Any:
        """One example."""
        raise NotImplementedError


def concat_examples(batch: Any, device: Any = None, padding: Any = None) -> Any:
    """Examples as arrays: of tuples a tuple of arrays, of dictionaries a dictionary."""
    only("concat_examples", {"padding": padding})
    if len(batch) == 0:
        raise ValueError(f"the batch is empty: it has no example to be an array of.{here()}")
    first = batch[0]
    if isinstance(first, tuple):
        return tuple(_array([example[i] for example in batch]) for i in range(len(first)))
    if isinstance(first, dict):
        return {key: _array([example[key] for example in batch]) for key in first}
    return _array(batch)


def _array(values: Any) -> Any:
    if isinstance(values[0], np.ndarray | np.generic):
        return np.stack([np.asarray(v) for v in values])
    return np.array(values, np.float32 if isinstance(values[0], float) else np.int32)


convert = sys.modules[__name__]
"""`chainer.dataset.convert.concat_examples` is this module's."""
