"""Data: iterators of (features, batch) columns; MNIST is scikit-learn's digits in its form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.neon.backends.backend import NervanaObject, Tensor


class NervanaDataIterator(NervanaObject):
    """Base of a program's own iterators: `shape`, `ndata`, `reset()`, `__iter__()`."""

    def __init__(self, name: Any = None) -> None:
        self.name = name


class ArrayIterator(NervanaDataIterator):
    """Batches of rows as columns.  The last batch wraps, and the next epoch begins later."""

    def __init__(
        self, X: Any, y: Any = None, nclass: Any = None, lshape: Any = None,
        make_onehot: bool = True, name: Any = None,
    ) -> None:  # fmt: skip
        parts = X if isinstance(X, list) and np.ndim(X[0]) > 1 else [X]
        self.parts = [np.asarray(part).reshape(len(part), -1) for part in parts]
        self.X = self.parts[0]
        self.y, self.nclass, self.make_onehot = y, nclass, make_onehot
        self.shape = lshape or (self.X.shape[1],)
        if len(parts) > 1:  # a shape for each input, or one that all have
            each = lshape if lshape and isinstance(lshape[0], tuple | list) else None
            self.shape = each or [lshape or (part.shape[1],) for part in self.parts]
        self.ndata, self.start = len(self.X), 0
        if self.ndata < self.be.bsz:
            raise ValueError(f"{self.ndata} rows are less than a batch of {self.be.bsz}.{here()}")
        if make_onehot and y is not None:
            if nclass is None:
                raise AttributeError(f"onehot labels need nclass=.{here()}")
            labels = np.asarray(y).ravel()
            assert 0 <= labels.min() <= labels.max() < nclass, "labels are 0 .. nclass - 1"

    @property
    def nbatches(self) -> int:
        """How many batches an epoch has."""
        return -(-(self.ndata - self.start) // self.be.bsz)

    def reset(self) -> None:
        """Begin at the first row."""
        self.start = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        size, dtype = self.be.bsz, self.be.default_dtype
        for first in range(self.start, self.ndata, size):
            rows = np.arange(first, first + size) % self.ndata
            self.start = int(first + size - self.ndata) if first + size > self.ndata else 0
            columns = [Tensor(np.ascontiguousarray(p[rows].T, dtype)) for p in self.parts]
            x: Any = columns if len(columns) > 1 else columns[0]
            if self.y is None:
                yield x, x
            elif self.make_onehot:
                yield (
                    x,
                    Tensor(np.eye(self.nclass, dtype=dtype)[:, np.asarray(self.y).ravel()[rows]]),
                )
            else:
                yield x, Tensor(np.asarray(self.y)[rows].reshape(size, -1).T.astype(dtype))


class MNIST(NervanaObject):
    """`train_iter`, `valid_iter`."""

    def __init__(
        self, path: Any = ".", subset_pct: float = 100, normalize: bool = True,
        sym_range: bool = False, pad_classes: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        only(type(self).__name__, options | {"subset_pct": subset_pct}, subset_pct=100)
        factor = 1.0 if normalize else 255.0
        self.scale = (2 * factor, -1.0) if sym_range else (factor, 0.0)
        self.classes = 16 if pad_classes else 10

    def _iterator(self, place: int) -> ArrayIterator:
        from autodiff.frontends.common.digits import digits_28x28

        images, labels = digits_28x28()[place]
        factor, shift = self.scale
        return ArrayIterator(images * factor + shift, labels, 10, (1, 28, 28))

    train_iter = property(lambda self: self._iterator(0))
    valid_iter = property(lambda self: self._iterator(1))

    def load_data(self) -> Any:
        """(training rows, labels), (other rows, labels), and the number of classes."""
        train, valid = self._iterator(0), self._iterator(1)
        pairs = [(it.X, np.asarray(it.y).reshape(-1, 1)) for it in (train, valid)]
        return (*pairs, train.nclass)


class CIFAR10(MNIST):
    """The digits in three colours of 32 x 32; with `pad_classes` 16 classes, of which 10 occur."""

    def _iterator(self, place: int) -> ArrayIterator:
        from autodiff.frontends.common.digits import digits_in_colour

        images, labels = digits_in_colour(*self.scale)[place]
        return ArrayIterator(images, labels, self.classes, (3, 32, 32))
