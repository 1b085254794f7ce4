"""Iterators over datasets, which know their epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.chainer.dataset import Iterator


class SerialIterator(Iterator):
    """Batches in order, or shuffled anew in each epoch; the last batch is filled from the next."""

    def __init__(
        self, dataset: Any, batch_size: int, repeat: bool = True, shuffle: bool = True
    ) -> None:
        self.dataset, self.batch_size = dataset, batch_size
        self._repeat = repeat
        self._order = np.random.permutation(len(dataset)) if shuffle else None
        self.current_position = self.epoch = 0
        self.is_new_epoch = False

    def __next__(self) -> Any:
        if not self._repeat and self.epoch > 0:
            raise StopIteration
        start, count = self.current_position, len(self.dataset)
        end = start + self.batch_size
        batch = self._take(start, min(end, count))
        if end < count:
            self.is_new_epoch = False
            self.current_position = end
            return batch
        rest = end - count
        if self._repeat:
            if self._order is not None:
                np.random.shuffle(self._order)
            if rest > 0:
                batch = list(batch) + list(self._take(0, rest))
            self.current_position = rest
        else:
            self.current_position = count
        self.epoch += 1
        self.is_new_epoch = True
        return batch

    next = __next__

    def _take(self, start: int, end: int) -> Any:
        if self._order is None:
            return self.dataset[start:end]
        return [self.dataset[int(i)] for i in self._order[start:end]]

    @property
    def epoch_detail(self) -> float:
        """How many epochs have passed, as a fraction."""
        return self.epoch + self.current_position / len(self.dataset)

    def serialize(self, serializer: Any) -> None:
        """Save or load where it is."""
        self.current_position = serializer("current_position", self.current_position)
        self.epoch = serializer("epoch", self.epoch)
        self.is_new_epoch = serializer("is_new_epoch", self.is_new_epoch)
        if self._order is not None:
            serializer("_order", self._order)


MultiprocessIterator = SerialIterator
"""One process here."""
