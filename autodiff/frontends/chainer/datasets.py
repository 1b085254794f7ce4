"""Datasets: tuples of arrays; `get_mnist` gives the digits of scikit-learn in MNIST's form."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.digits import digits_28x28, digits_in_colour


class TupleDataset:
    """Arrays of one length, of which an example is a tuple."""

    def __init__(self, *datasets: Any) -> None:
        self._datasets = datasets

    def __getitem__(self, index: Any) -> Any:
        parts = [d[index] for d in self._datasets]
        if isinstance(index, slice | list | np.ndarray):
            return [tuple(part[i] for part in parts) for i in range(len(parts[0]))]
        return tuple(parts)

    def __len__(self) -> int:
        return len(self._datasets[0])


class SubDataset:
    """A part of another dataset."""

    def __init__(self, dataset: Any, start: int, finish: int, order: Any = None) -> None:
        self._dataset, self._start, self._finish, self._order = dataset, start, finish, order

    def __len__(self) -> int:
        return self._finish - self._start

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = self._start + index
        return self._dataset[place if self._order is None else int(self._order[place])]


def split_dataset(dataset: Any, split_at: int, order: Any = None) -> tuple[Any, Any]:
    """Two parts of a dataset."""
    end = len(dataset)
    return SubDataset(dataset, 0, split_at, order), SubDataset(dataset, split_at, end, order)


def split_dataset_random(dataset: Any, first_size: int) -> tuple[Any, Any]:
    """Two parts of a shuffled dataset."""
    return split_dataset(dataset, first_size, np.random.permutation(len(dataset)))


def get_mnist(
    withlabel: bool = True, ndim: int = 1, scale: float = 1.0, dtype: Any = np.float32,
    label_dtype: Any = np.int32, rgb_format: bool = False,
) -> Any:  # fmt: skip
    """Training and test set, x float32 (784,) in 0 .. scale, t int32: scikit-learn's digits.

    `ndim` 2 gives (28, 28) and 3 gives (1, 28, 28), or (3, 28, 28) with `rgb_format`.
    """
    if ndim not in (1, 2, 3):
        raise ValueError(f"ndim is 1, 2 or 3, not {ndim}.{here()}")
    found = []
    for images, labels in digits_28x28():
        x = (images * scale).astype(dtype)
        x = x.reshape((-1, 784) if ndim == 1 else (-1, 28, 28) if ndim == 2 else (-1, 1, 28, 28))
        x = np.repeat(x, 3, axis=1) if rgb_format and ndim == 3 else x
        found.append(TupleDataset(x, labels.astype(label_dtype)) if withlabel else x)
    return tuple(found)


def get_cifar10(
    withlabel: bool = True, ndim: int = 3, scale: float = 1.0, dtype: Any = np.float32,
    label_dtype: Any = np.int32,
) -> Any:  # fmt: skip
    """The digits in three colours of 32 x 32, (3, 32, 32) in 0 .. scale."""
    found = []
    for images, labels in digits_in_colour(scale):
        x = images.astype(dtype)
        x = x.reshape(len(x), -1) if ndim == 1 else x
        found.append(TupleDataset(x, labels.astype(label_dtype)) if withlabel else x)
    return tuple(found)


get_cifar100 = get_cifar10


def get_ptb_words() -> Any:
    """Refused: the Penn Treebank is not here."""
    raise OSError(
        "the Penn Treebank is downloaded by chainer, and no network is reached here. Set "
        f"chainer.datasets.get_ptb_words to a function that returns three int32 arrays.{here()}"
    )


def get_ptb_words_vocabulary() -> Any:
    """Refused with the words."""
    return get_ptb_words()
