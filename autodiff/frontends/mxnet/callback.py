"""Callbacks of training: speed, checkpoints."""

from __future__ import annotations

import logging
import time
from typing import Any


class Speedometer:
    """Logs examples a second and the metric every `frequent` batches.

    With `auto_reset` the metric begins anew each time: it is that of the batches in between.
    """

    def __init__(self, batch_size: int, frequent: int = 50, auto_reset: bool = True) -> None:
        self.batch_size, self.frequent, self.tic, self.last = batch_size, frequent, time.time(), 0
        self.auto_reset = auto_reset

    def __call__(self, param: Any) -> None:
        """Called after a batch."""
        if param.nbatch < self.last:
            self.tic = time.time()
        self.last = param.nbatch
        if param.nbatch and param.nbatch % self.frequent == 0:
            speed = self.frequent * self.batch_size / max(time.time() - self.tic, 1e-9)
            found = param.eval_metric.get_name_value() if param.eval_metric else []
            text = "\t".join(f"Train-{n}={v:f}" for n, v in found)
            logging.info("Epoch[%d] Batch [%d]\tSpeed: %.2f samples/sec\t%s",
                         param.epoch, param.nbatch, speed, text)  # fmt: skip
            if self.auto_reset and param.eval_metric:
                param.eval_metric.reset()
            self.tic = time.time()


def do_checkpoint(prefix: str, period: int = 1) -> Any:
    """Save symbol and parameters after every `period` epochs."""
    from autodiff.frontends.mxnet.training.checkpoints import save_checkpoint

    def callback(epoch: int, sym: Any, arg: Any, aux: Any) -> None:
        if (epoch + 1) % period == 0:
            save_checkpoint(prefix, epoch + 1, sym, arg, aux)

    return callback


def log_train_metric(period: int, auto_reset: bool = False) -> Any:
    """Log the metric every `period` batches; with `auto_reset` it then begins anew."""

    def callback(param: Any) -> None:
        if param.nbatch % period == 0 and param.eval_metric:
            for name, value in param.eval_metric.get_name_value():
                logging.info(
                    "Iter[%d] Batch[%d] Train-%s=%f", param.epoch, param.nbatch, name, value
                )
            if auto_reset:
                param.eval_metric.reset()

    return callback
