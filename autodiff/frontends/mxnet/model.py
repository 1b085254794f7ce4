"""`FeedForward`, the earlier training interface, and checkpoints."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.io import NDArrayIter
from autodiff.frontends.mxnet.module import BatchEndParam, Module
from autodiff.frontends.mxnet.training.checkpoints import load_checkpoint, save_checkpoint

__all__ = ["BatchEndParam", "FeedForward", "load_checkpoint", "save_checkpoint"]


class FeedForward:
    """A symbol that is fitted and predicts, its settings given at once."""

    def __init__(
        self, symbol: Any, ctx: Any = None, num_epoch: Any = None, epoch_size: Any = None,
        optimizer: Any = "sgd", initializer: Any = None, numpy_batch_size: int = 128,
        arg_params: Any = None, aux_params: Any = None, allow_extra_params: bool = False,
        begin_epoch: int = 0, **options: Any,
    ) -> None:  # fmt: skip
        only("FeedForward", {"epoch_size": epoch_size})
        extra = set(arg_params or ()) - set(symbol.list_arguments() if symbol else ())
        if extra and not allow_extra_params:
            raise ValueError(
                f"Find name {min(extra)!r} that is not in the arguments: allow_extra_params=True "
                f"leaves it out.{here()}"
            )
        self.symbol, self.num_epoch, self.optimizer = symbol, num_epoch, optimizer
        self.initializer, self.numpy_batch_size = initializer, numpy_batch_size
        self.arg_params, self.aux_params, self.begin_epoch = arg_params, aux_params, begin_epoch
        self.options = {"learning_rate": 0.01, **options}
        self.module: Any = None

    def _iterator(self, X: Any, y: Any = None, shuffle: bool = False) -> Any:
        if hasattr(X, "provide_data"):
            return X
        y = np.zeros(len(X)) if y is None else y
        return NDArrayIter(X, y, min(self.numpy_batch_size, len(X)), shuffle)

    def fit(
        self, X: Any, y: Any = None, eval_data: Any = None, eval_metric: Any = "acc",
        epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local",
        logger: Any = None, monitor: Any = None, eval_end_callback: Any = None,
        eval_batch_end_callback: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        """All epochs."""
        only("FeedForward.fit", options, "work_load_list")
        train = self._iterator(X, y, shuffle=True)
        if isinstance(eval_data, tuple):
            eval_data = self._iterator(*eval_data)
        labels = [n for n, _ in train.provide_label]
        names = self.symbol.list_arguments()
        labels = [n for n in names if n.endswith("label")] or labels
        self.module = Module(self.symbol, [n for n, _ in train.provide_data], labels,
                             logger or logging)  # fmt: skip
        self.module.bind(train.provide_data, [(n, s) for n, (_, s) in
                         zip(labels, train.provide_label, strict=False)])  # fmt: skip
        self.module.fit(
            train, eval_data, eval_metric, epoch_end_callback, batch_end_callback,
            optimizer=self.optimizer, optimizer_params=self.options, initializer=self.initializer,
            arg_params=self.arg_params, aux_params=self.aux_params, allow_missing=True,
            begin_epoch=self.begin_epoch, num_epoch=self.num_epoch, monitor=monitor,
            eval_end_callback=eval_end_callback, eval_batch_end_callback=eval_batch_end_callback,
        )  # fmt: skip
        self.arg_params, self.aux_params = self.module.get_params()

    def predict(
        self, X: Any, num_batch: Any = None, return_data: bool = False, reset: bool = True
    ) -> Any:
        """The outputs as an array."""
        only("FeedForward.predict", {"return_data": return_data})
        data = self._iterator(X)
        if self.module is None:
            self.module = Module(self.symbol)
            self.module.bind(data.provide_data, data.provide_label, for_training=False)
            self.module.set_params(self.arg_params, self.aux_params)
        return self.module.predict(data, num_batch, reset=reset).asnumpy()

    def score(
        self, X: Any, eval_metric: Any = "acc", num_batch: Any = None,
        batch_end_callback: Any = None, reset: bool = True,
    ) -> Any:  # fmt: skip
        """The metric over data, or over `num_batch` batches of it."""
        data = self._iterator(X)
        return self.module.score(
            data, eval_metric, num_batch, batch_end_callback, reset=reset
        )[0][1]  # fmt: skip

    @staticmethod
    def create(symbol: Any, X: Any, y: Any = None, **options: Any) -> FeedForward:
        """Make and fit."""
        words = ("eval_data", "eval_metric", "kvstore", "logger", "monitor", "work_load_list")
        fit = {k: options.pop(k) for k in list(options) if k.endswith("callback") or k in words}
        made = FeedForward(symbol, **options)
        made.fit(X, y, **fit)
        return made

    def save(self, prefix: str, epoch: Any = None) -> None:
        """Into files."""
        number = self.num_epoch if epoch is None else epoch
        save_checkpoint(prefix, number, self.symbol, self.arg_params, self.aux_params)

    @staticmethod
    def load(prefix: str, epoch: int, **options: Any) -> FeedForward:
        """From files."""
        sym, arg, aux = load_checkpoint(prefix, epoch)
        return FeedForward(sym, arg_params=arg, aux_params=aux, begin_epoch=epoch, **options)
