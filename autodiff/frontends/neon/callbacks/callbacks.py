"""`Callbacks`: the cost after each epoch, and that of other data."""

from __future__ import annotations

from typing import Any

import numpy as np


class Callbacks:
    """Prints the training cost, and the evaluation cost every `eval_freq` epochs."""

    def __init__(
        self, model: Any, eval_set: Any = None, metric: Any = None, eval_freq: Any = None, **o: Any
    ) -> None:
        self.eval_set, self.metric, self.eval_freq = eval_set, metric, eval_freq
        self.history: list[float] = []

    def on_epoch_end(self, epoch: int, model: Any, cost: Any) -> None:
        """Called by the model."""
        self.history.append(model.total_cost)
        line = f"Epoch {epoch}   [Train cost {model.total_cost:.5f}]"
        if self.eval_set is not None and self.eval_freq and (epoch + 1) % self.eval_freq == 0:
            costs = [cost.get_cost(model.fprop(x, True), t) for x, t in self.eval_set]
            line += f" [Eval cost {np.mean(costs):.5f}]"
        print(line)

    def add_watch_ticker_callback(self, valid: Any) -> None:
        """Accepted: inputs and outputs are not printed."""

    def add_callback(self, callback: Any, insert_pos: Any = None) -> None:
        """Accepted; only what is said above is done."""
