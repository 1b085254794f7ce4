"""Whole rounds of a module: `fit`, `score` and `predict`, with their metrics and callbacks."""

from __future__ import annotations

import itertools
import time
from typing import Any, NamedTuple

import numpy as np

import autodiff.frontends.mxnet.metric as metrics
import autodiff.frontends.mxnet.nd as nd
from autodiff.frontends.common.options import only


class BatchEndParam(NamedTuple):
    """What callbacks see after a batch."""

    epoch: int
    nbatch: int
    eval_metric: Any
    locals: Any = None


class Rounds:
    """What a module does over all batches of its data, in terms of its stages."""

    symbol: Any
    logger: Any
    exec: Any
    bind: Any
    init_params: Any
    init_optimizer: Any
    install_monitor: Any
    forward: Any
    forward_backward: Any
    update: Any
    update_metric: Any
    get_params: Any

    def fit(
        self, train_data: Any, eval_data: Any = None, eval_metric: Any = "acc",
        epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local",
        optimizer: Any = "sgd", optimizer_params: Any = (("learning_rate", 0.01),),
        eval_end_callback: Any = None, eval_batch_end_callback: Any = None, initializer: Any = None,
        arg_params: Any = None, aux_params: Any = None, allow_missing: bool = False,
        force_rebind: bool = False, force_init: bool = False, begin_epoch: int = 0,
        num_epoch: int | None = None, validation_metric: Any = None, monitor: Any = None,
    ) -> None:  # fmt: skip
        """All epochs, with metrics in the log."""
        assert num_epoch is not None, "please specify number of epochs"
        self.bind(
            train_data.provide_data, train_data.provide_label, True, force_rebind=force_rebind
        )
        self.init_params(initializer, arg_params, aux_params, allow_missing, force_init)
        self.init_optimizer(kvstore, optimizer, optimizer_params)
        measure = metrics.create(eval_metric)
        if monitor is not None:
            self.install_monitor(monitor)
        for epoch in range(begin_epoch, num_epoch):
            tic = time.time()
            measure.reset()
            train_data.reset()
            for nbatch, batch in enumerate(train_data):
                if monitor is not None:
                    monitor.tic()
                self.forward_backward(batch)
                self.update()
                if monitor is not None:
                    monitor.toc_print()
                self.update_metric(measure, batch.label)
                for callback in _listed(batch_end_callback):
                    callback(BatchEndParam(epoch, nbatch, measure, locals()))
            for name, value in measure.get_name_value():
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - tic)
            for callback in _listed(epoch_end_callback):
                callback(epoch, self.symbol, *self.get_params())
            if eval_data is not None:
                found = self.score(
                    eval_data, validation_metric or eval_metric, epoch=epoch,
                    batch_end_callback=eval_batch_end_callback,
                    score_end_callback=eval_end_callback,
                )  # fmt: skip
                for name, value in found:
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)

    def score(
        self, eval_data: Any, eval_metric: Any, num_batch: Any = None,
        batch_end_callback: Any = None, score_end_callback: Any = None, reset: bool = True,
        epoch: int = 0, **o: Any,
    ) -> Any:  # fmt: skip
        """The metric over other data."""
        only("Module.score", o, "sparse_row_id_fn")
        measure = metrics.create(eval_metric)
        measure.reset()
        if reset:
            eval_data.reset()
        count = 0
        for batch in itertools.islice(eval_data, num_batch):
            self.forward(batch, is_train=False)
            self.update_metric(measure, batch.label)
            for callback in _listed(batch_end_callback):
                callback(BatchEndParam(epoch, count, measure, locals()))
            count += 1
        for callback in _listed(score_end_callback):
            callback(BatchEndParam(epoch, count, measure, locals()))
        return measure.get_name_value()

    def iter_predict(self, eval_data: Any, num_batch: Any = None, reset: bool = True) -> Any:
        """The outputs batch by batch, without filled-up rows."""
        if reset:
            eval_data.reset()
        for place, batch in enumerate(eval_data):
            if num_batch is not None and place == num_batch:
                break
            self.forward(batch, is_train=False)
            yield [nd.array(o.value[: len(o) - batch.pad]) for o in self.exec.outputs], place, batch

    def predict(
        self, eval_data: Any, num_batch: Any = None, merge_batches: bool = True, reset: bool = True,
        always_output_list: bool = False,
    ) -> Any:  # fmt: skip
        """The outputs of all batches, as one array unless told."""
        found = [outs for outs, _, _ in self.iter_predict(eval_data, num_batch, reset)]
        if not merge_batches:
            return found
        merged = [
            nd.array(np.concatenate([o.value for o in outs])) for outs in zip(*found, strict=True)
        ]
        return merged[0] if len(merged) == 1 and not always_output_list else merged


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
