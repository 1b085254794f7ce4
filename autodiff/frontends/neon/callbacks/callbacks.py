"""`Callbacks`: the cost after each epoch, and that of other data."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.options import only


class Callback:
    """A program's own: `on_epoch_end(callback_data, model, epoch)` is called after each epoch."""

    def __init__(self, epoch_freq: int = 1, minibatch_freq: int = 1) -> None:
        self.epoch_freq = epoch_freq

    def on_epoch_end(self, callback_data: Any, model: Any, epoch: int) -> None:
        """Nothing by default."""


class Callbacks:
    """Prints the training cost, and the evaluation cost every `eval_freq` epochs.

    Every `serialize` epochs the parameters are saved in the file `save_path`.
    """

    def __init__(
        self, model: Any, eval_set: Any = None, metric: Any = None, eval_freq: Any = None,
        save_path: Any = None, serialize: int = 0, **o: Any,
    ) -> None:  # fmt: skip
        only(
            "Callbacks",
            o,
            "output_file",
            "history",
            "progress_bar",
            "log_token",
        )
        self.eval_set, self.metric, self.eval_freq = eval_set, metric, eval_freq
        self.history: list[float] = []
        self.callbacks: list[Any] = []
        self.save_path, self.serialize = save_path, serialize
        self.best_path: Any = None
        self.best_cost = float("inf")
        self.stop_func: Any = None
        self.stop_state: Any = None

    def on_epoch_end(self, epoch: int, model: Any, cost: Any) -> None:
        """Called by the model."""
        self.history.append(model.total_cost)
        line = f"Epoch {epoch}   [Train cost {model.total_cost:.5f}]"
        if self.eval_set is not None and self.eval_freq and (epoch + 1) % self.eval_freq == 0:
            costs = [cost.get_cost(model.fprop(x, True), t) for x, t in self.eval_set]
            line += f" [Eval cost {np.mean(costs):.5f}]"
            self.eval_cost = float(np.mean(costs))
            if self.best_path is not None and self.eval_cost < self.best_cost:
                self.best_cost = self.eval_cost
                model.save_params(self.best_path)
            if self.stop_func is not None:
                self.stop_state, model.finished = self.stop_func(self.stop_state, self.eval_cost)
        print(line)
        if self.save_path and self.serialize and (epoch + 1) % self.serialize == 0:
            model.save_params(self.save_path)
        for callback in self.callbacks:
            if (epoch + 1) % getattr(callback, "epoch_freq", 1) == 0:
                callback.on_epoch_end({}, model, epoch)

    def add_early_stop_callback(self, stop_func: Any) -> None:
        """End the training when `stop_func(state, evaluation cost)`, (state, whether), says so."""
        self.stop_func = stop_func

    def add_save_best_state_callback(self, path: Any) -> None:
        """Save the parameters where the evaluation cost is smaller than it ever was."""
        self.best_path = path

    def add_watch_ticker_callback(self, valid: Any) -> None:
        """Accepted: inputs and outputs are not printed."""

    def add_callback(self, callback: Any, insert_pos: Any = None) -> None:
        """Call it too after each epoch; other hooks are not called."""
        if hasattr(callback, "on_epoch_end"):
            self.callbacks.append(callback)
