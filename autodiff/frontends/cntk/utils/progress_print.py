"""`ProgressPrinter`: a line every `freq` minibatches (without one at 1, 2, 4, ...), an epoch's."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.options import only


class ProgressPrinter:
    """Means since the last line, and of the epoch: `update_with_trainer`, `epoch_summary`."""

    def __init__(
        self, freq: int | None = None, first: int = 0, tag: str = "", log_to_file: Any = None,
        num_epochs: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        idle = "rank gen_heartbeat test_freq test_first metric_is_pct distributed_freq"
        only("ProgressPrinter", options, *idle.split())
        self.freq, self.tag, self.num_epochs = freq, tag, num_epochs
        self.epochs = self.updates = 0
        # sums of loss and metric, and samples: of an epoch, since the last line, of all
        self.epoch, self.recent, self.whole = np.zeros(3), np.zeros(3), np.zeros(3)

    def update(self, loss: float, minibatch_size: int, metric: float | None = None) -> None:
        """Note a minibatch."""
        row = np.array([loss, metric or 0.0, 1.0]) * minibatch_size
        for sums in (self.epoch, self.recent, self.whole):
            sums += row
        self.updates += 1
        due = self.updates % self.freq == 0 if self.freq else _power_of_two(self.updates)
        if due:
            print(f" Minibatch[{self.updates:4d}]: {_means(self.recent, metric is not None)}")
            self.recent = np.zeros(3)

    def update_with_trainer(self, trainer: Any, with_metric: bool = False) -> None:
        """Note the trainer's last minibatch."""
        metric = trainer.previous_minibatch_evaluation_average if with_metric else None
        count = trainer.previous_minibatch_sample_count
        self.update(trainer.previous_minibatch_loss_average, count, metric)

    def epoch_summary(self, with_metric: bool = False) -> tuple[float, float, int]:
        """Print the epoch's means; (loss, metric, samples)."""
        self.epochs += 1
        of = f" of {self.num_epochs}" if self.num_epochs else ""
        print(f"Finished Epoch[{self.epochs}{of}]: {self.tag} {_means(self.epoch, with_metric)}")
        loss, metric, count = self.epoch
        self.epoch, self.recent, self.updates = np.zeros(3), np.zeros(3), 0
        return loss / max(count, 1), metric / max(count, 1), int(count)

    def avg_loss_since_start(self) -> float:
        """The mean loss of all samples."""
        return float(self.whole[0] / max(self.whole[2], 1))

    def avg_metric_since_start(self) -> float:
        """The mean metric of all samples."""
        return float(self.whole[1] / max(self.whole[2], 1))


def _power_of_two(n: int) -> bool:
    return n & (n - 1) == 0


def _means(sums: Any, with_metric: bool) -> str:
    loss, metric, count = sums
    count = max(count, 1)
    told = f"loss = {loss / count:f} * {int(count)}"
    return f"{told}, metric = {100 * metric / count:0.2f}% * {int(count)}" if with_metric else told


def log_number_of_parameters(model: Any, trace_level: int = 0) -> None:
    """How many numbers are trained."""
    sizes = [int(np.prod(p.shape)) for p in model.parameters]
    print(f"Training {sum(sizes)} parameters in {len(sizes)} parameter tensors.")
