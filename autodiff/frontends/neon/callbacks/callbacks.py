"""`Callbacks`: the cost after each epoch, that of other data, files, and a program's own hooks."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only


class Callback:
    """Base of a program's own: what happens before and after training, epochs and minibatches.

    `epoch_freq` and `minibatch_freq` say how often: every so many times, at the times of a list, or
    with None never.  `callback_data` is a dictionary that the callbacks share.
    """

    def __init__(self, epoch_freq: Any = 1, minibatch_freq: Any = 1) -> None:
        self.epoch_freq, self.minibatch_freq = epoch_freq, minibatch_freq

    def on_train_begin(self, callback_data: Any, model: Any, epochs: int) -> None:
        """Nothing by default."""

    def on_train_end(self, callback_data: Any, model: Any) -> None:
        """Nothing by default."""

    def on_epoch_begin(self, callback_data: Any, model: Any, epoch: int) -> None:
        """Nothing by default."""

    def on_epoch_end(self, callback_data: Any, model: Any, epoch: int) -> None:
        """Nothing by default."""

    def on_minibatch_begin(
        self, callback_data: Any, model: Any, epoch: int, minibatch: int
    ) -> None:
        """Nothing by default."""

    def on_minibatch_end(self, callback_data: Any, model: Any, epoch: int, minibatch: int) -> None:
        """Nothing by default."""


class Callbacks:
    """Prints the training cost, and cost and metric of `eval_set` every `eval_freq` epochs.

    Every `serialize` epochs (each, unless told) the parameters are saved in the file `save_path`;
    with a `history` the last so many are kept, with the epoch in their names.  Training begins with
    the parameters of `model_file`.
    """

    def __init__(
        self, model: Any, train_set: Any = None, output_file: Any = None, eval_freq: Any = None,
        progress_bar: bool = True, save_path: Any = None, serialize: int = 0, history: int = 1,
        model_file: Any = None, eval_set: Any = None, metric: Any = None, log_token: Any = None,
    ) -> None:  # fmt: skip
        only("Callbacks", {"output_file": output_file})
        if eval_freq and eval_set is None:
            raise ValueError(f"eval_freq is given, and no eval_set to evaluate.{here()}")
        self.model, self.model_file = model, model_file
        self.eval_set, self.metric, self.eval_freq = eval_set, metric, eval_freq
        self.history: list[float] = []
        self.callbacks: list[Any] = []
        self.data: dict[str, Any] = {}
        self.save_path, self.serialize = save_path, max(serialize or 0, 1)
        self.kept: deque[Path] = deque()
        self.keeps = history
        self.best_path: Any = None
        self.best_cost = float("inf")
        self.stop_func: Any = None
        self.stop_state: Any = None

    def tell(self, hook: str, *times: int) -> None:
        """Called by the model: do one's own part, and call the callbacks whose turn it is."""
        own = getattr(self, hook, None)
        if own is not None:
            own(*times)
        kind = hook.split("_")[1]
        for callback in self.callbacks:
            due = kind == "train" or _due(times[-1], getattr(callback, f"{kind}_freq", 1))
            if due and hasattr(callback, hook):
                getattr(callback, hook)(self.data, self.model, *times)

    def on_train_begin(self, epochs: int) -> None:
        """Begin with the parameters of a file, where there is one."""
        if self.model_file:
            self.model.load_params(self.model_file)

    def on_epoch_end(self, epoch: int) -> None:
        """Print the costs, and save."""
        model = self.model
        self.history.append(model.total_cost)
        line = f"Epoch {epoch}   [Train cost {model.total_cost:.5f}]"
        if self.eval_freq and _due(epoch, self.eval_freq):
            line += self._evaluated(model)
        print(line)
        if self.save_path and _due(epoch, self.serialize):
            self._save(epoch)

    def _evaluated(self, model: Any) -> str:
        costs = [model.cost.get_cost(model.fprop(x, True), t) for x, t in self.eval_set]
        self.eval_cost = float(np.mean(costs))
        if self.best_path is not None and self.eval_cost < self.best_cost:
            self.best_cost = self.eval_cost
            model.save_params(self.best_path)
        if self.stop_func is not None:
            self.stop_state, model.finished = self.stop_func(self.stop_state, self.eval_cost)
        line = f" [Eval cost {self.eval_cost:.5f}]"
        if self.metric is not None:
            name = type(self.metric).__name__
            line += f" [{name} {np.ravel(model.eval(self.eval_set, self.metric))[0]:.5f}]"
        return line

    def _save(self, epoch: int) -> None:
        path = Path(self.save_path)
        if self.keeps > 1:
            path = path.with_name(f"{path.stem}_{epoch}{path.suffix}")
            self.kept.append(path)
            if len(self.kept) > self.keeps:
                self.kept.popleft().unlink(missing_ok=True)
        self.model.save_params(path)

    def add_early_stop_callback(self, stop_func: Any) -> None:
        """End the training when `stop_func(state, evaluation cost)`, (state, whether), says so."""
        self.stop_func = stop_func

    def add_save_best_state_callback(self, path: Any) -> None:
        """Save the parameters where the evaluation cost is smaller than it ever was."""
        self.best_path = path

    def add_watch_ticker_callback(self, valid: Any) -> None:
        """Accepted: inputs and outputs are not printed."""

    def add_callback(self, callback: Any, insert_pos: int | None = None) -> None:
        """Call its hooks too, after those that are there, or from a place among them."""
        place = len(self.callbacks) if insert_pos is None else insert_pos
        self.callbacks.insert(place, callback)


def _due(time: int, freq: Any) -> bool:
    """Whether a time is one of a list, or the last of `freq`."""
    if isinstance(freq, list):
        return time in freq
    return bool(freq) and (time + 1) % freq == 0
