"""`ProgressPrinter`: a line every `freq` minibatches (with 0 after 1, 3, 7, ...), an epoch's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autodiff.frontends.common.options import only

HEAD = """ average      since    average      since      examples
    loss       last     metric       last
 ------------------------------------------------------"""


class ProgressPrinter:
    """Means since the last line, and of the epoch: `update_with_trainer`, `epoch_summary`.

    A line comes every `freq` minibatches, and for each of the `first`; with 0 a row of a table,
    ever more rarely; without `freq` only an epoch has one.  They go to the screen, or into
    `log_to_file`.
    """

    def __init__(
        self, freq: int | None = None, first: int = 0, tag: str = "", log_to_file: Any = None,
        rank: Any = None, gen_heartbeat: bool = False, num_epochs: int | None = None,
        test_freq: int | None = None, test_first: int = 0, metric_is_pct: bool = True,
        distributed_freq: Any = None, distributed_first: int = 0,
    ) -> None:  # fmt: skip
        only("ProgressPrinter", {"test_freq": test_freq})
        self.freq, self.first, self.tag, self.num_epochs = freq, first, tag, num_epochs
        self.percent, self.file = metric_is_pct, None if log_to_file is None else Path(log_to_file)
        self.epochs = self.updates = self.told = self.tests = 0
        # sums of loss and metric, and samples: of an epoch, since the last line, of all
        self.epoch, self.recent, self.whole = np.zeros(3), np.zeros(3), np.zeros(3)
        if self.file is not None:
            print(f"Redirecting log to file {self.file}")
            self.file.write_text(f"{self.file}\n", encoding="utf-8")
        if freq == 0:
            self.say(HEAD)

    def say(self, line: str) -> None:
        """Print a line, or add it to the file."""
        if self.file is None:
            print(line)
            return
        with self.file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def update(self, loss: float, minibatch_size: int, metric: float | None = None) -> None:
        """Note a minibatch."""
        row = np.array([loss, metric or 0.0, 1.0]) * minibatch_size
        for sums in (self.epoch, self.recent, self.whole):
            sums += row
        self.updates += 1
        if not self._due():
            return
        if self.freq == 0:
            pairs = zip(_means(self.epoch), _means(self.recent), strict=True)
            cells = [f"{mean:8.3g}   {since:8.3g}" for mean, since in pairs]
            cells[1] = cells[1] if metric is not None else " " * 19
            self.say(f" {cells[0]}   {cells[1]}    {int(self.epoch[2]):10d}")
        else:
            range_ = f"{self.told + 1:4d}-{self.updates:4d}"
            self.say(f" Minibatch[{range_}]: {self._text(self.recent, metric is not None)};")
        self.told, self.recent = self.updates, np.zeros(3)

    def _due(self) -> bool:
        if self.freq is None:
            return False
        if self.freq == 0:
            return (self.updates + 1) & self.updates == 0
        return self.updates % self.freq == 0 or self.updates <= self.first

    def update_with_trainer(self, trainer: Any, with_metric: bool = False) -> None:
        """Note the trainer's last minibatch."""
        metric = trainer.previous_minibatch_evaluation_average if with_metric else None
        count = trainer.previous_minibatch_sample_count
        self.update(trainer.previous_minibatch_loss_average, count, metric)

    def epoch_summary(self, with_metric: bool = False) -> tuple[float, float, int]:
        """Print the epoch's means; (loss, metric, samples)."""
        self.epochs += 1
        of = f" of {self.num_epochs}" if self.num_epochs else ""
        if self.freq != 0:
            told = self._text(self.epoch, with_metric)
            self.say(f"Finished Epoch[{self.epochs}{of}]: {self.tag} {told}")
        loss, metric, count = self.epoch
        self.epoch, self.recent, self.updates, self.told = np.zeros(3), np.zeros(3), 0, 0
        return loss / max(count, 1), metric / max(count, 1), int(count)

    def avg_loss_since_start(self) -> float:
        """The mean loss of all samples."""
        return float(self.whole[0] / max(self.whole[2], 1))

    def avg_metric_since_start(self) -> float:
        """The mean metric of all samples."""
        return float(self.whole[1] / max(self.whole[2], 1))

    def test_summary(self, total: float, count: float, minibatches: float) -> None:
        """Print the mean of a metric over minibatches that were tested."""
        self.tests += 1
        mean = self._share(total / max(count, 1))
        told = f"Minibatch[1-{int(minibatches)}]: metric = {mean} * {int(count)};"
        self.say(f"Finished Evaluation [{self.tests}]: {told}")

    def _share(self, metric: float) -> str:
        return f"{100 * metric:0.2f}%" if self.percent else f"{metric:0.6f}"

    def _text(self, sums: Any, with_metric: bool) -> str:
        (loss, metric), count = _means(sums), int(sums[2])
        told = f"loss = {loss:f} * {count}"
        return f"{told}, metric = {self._share(metric)} * {count}" if with_metric else told


def _means(sums: Any) -> Any:
    """The means of loss and metric."""
    return sums[:2] / max(sums[2], 1)


def log_number_of_parameters(model: Any, trace_level: int = 0) -> None:
    """How many numbers are trained."""
    sizes = [int(np.prod(p.shape)) for p in model.parameters]
    print(f"Training {sum(sizes)} parameters in {len(sizes)} parameter tensors.")
