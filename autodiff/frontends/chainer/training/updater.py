"""Updaters: one step of training from the next batch."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.chainer.dataset import concat_examples
from autodiff.frontends.chainer.variable import Variable


class Updater:
    """Base of updaters."""


class StandardUpdater(Updater):
    """A batch of the iterator, as variables, into `optimizer.update(loss, *batch)`."""

    def __init__(
        self, iterator: Any, optimizer: Any, converter: Any = concat_examples, device: Any = None,
        loss_func: Any = None,
    ) -> None:  # fmt: skip
        self._iterators = iterator if isinstance(iterator, dict) else {"main": iterator}
        self._optimizers = optimizer if isinstance(optimizer, dict) else {"main": optimizer}
        self.converter, self.device, self.loss_func = converter, device, loss_func
        self.iteration = 0

    @property
    def epoch(self) -> int:
        """Epochs that have passed."""
        return self._iterators["main"].epoch

    @property
    def epoch_detail(self) -> float:
        """The same as a fraction."""
        return self._iterators["main"].epoch_detail

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last batch ended an epoch."""
        return self._iterators["main"].is_new_epoch

    def get_optimizer(self, name: str) -> Any:
        """An optimizer by name."""
        return self._optimizers[name]

    def get_all_optimizers(self) -> dict[str, Any]:
        """All of them."""
        return dict(self._optimizers)

    def get_iterator(self, name: str) -> Any:
        """An iterator by name."""
        return self._iterators[name]

    def connect_trainer(self, trainer: Any) -> None:
        """Called by the trainer."""

    def finalize(self) -> None:
        """Close the iterators."""
        for iterator in self._iterators.values():
            iterator.finalize()

    def update(self) -> None:
        """One step."""
        self.update_core()
        self.iteration += 1

    def update_core(self) -> None:
        """What subclasses replace."""
        arrays = self.converter(self._iterators["main"].next(), self.device)
        optimizer = self._optimizers["main"]
        loss = self.loss_func or optimizer.target
        if isinstance(arrays, tuple):
            optimizer.update(loss, *map(Variable, arrays))
        elif isinstance(arrays, dict):
            optimizer.update(loss, **{name: Variable(a) for name, a in arrays.items()})
        else:
            optimizer.update(loss, Variable(arrays))

    def serialize(self, serializer: Any) -> None:
        """Save or load iterators, optimizers and their models."""
        for name, iterator in self._iterators.items():
            iterator.serialize(serializer["iterator:" + name])
        for name, optimizer in self._optimizers.items():
            optimizer.serialize(serializer["optimizer:" + name])
            optimizer.target.serialize(serializer["model:" + name])
        self.iteration = serializer("iteration", self.iteration)
