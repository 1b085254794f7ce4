"""Logs: means of what was reported, as a file, a table, a plot, and a bar of progress."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from autodiff.frontends.chainer.reporter import DictSummary
from autodiff.frontends.chainer.training.extension import Extension
from autodiff.frontends.chainer.training.trigger import get_trigger
from autodiff.frontends.chainer.variable import array_of
from autodiff.frontends.common.options import only


class LogReport(Extension):
    """The means between two triggers, in `log` and in a file of JSON."""

    def __init__(
        self, keys: Any = None, trigger: Any = (1, "epoch"), postprocess: Any = None,
        log_name: str | None = "log",
    ) -> None:  # fmt: skip
        self._keys, self._when = keys, get_trigger(trigger)
        self._postprocess, self._log_name = postprocess, log_name
        self.log: list[dict[str, Any]] = []
        self._summary = DictSummary()

    def __call__(self, trainer: Any) -> None:
        """Take what was reported; at the trigger write a line."""
        seen = trainer.observation
        self._summary.add(
            seen if self._keys is None else {k: seen[k] for k in self._keys if k in seen}
        )
        if not self._when(trainer):
            return
        stats = {key: float(value) for key, value in self._summary.compute_mean().items()}
        stats["epoch"], stats["iteration"] = trainer.updater.epoch, trainer.updater.iteration
        stats["elapsed_time"] = trainer.elapsed_time
        if self._postprocess is not None:
            self._postprocess(stats)
        self.log.append(stats)
        self._summary = DictSummary()
        if self._log_name is not None:
            name = self._log_name.format(**stats)
            with open(os.path.join(trainer.out, name), "w") as file:
                json.dump(self.log, file, indent=4, default=float)

    def serialize(self, serializer: Any) -> None:
        """Save or load the log."""
        self.log = json.loads(str(serializer("_log", json.dumps(self.log, default=float))))


class PrintReport(Extension):
    """The entries of a log as a table on the screen."""

    def __init__(self, entries: Any, log_report: Any = "LogReport", out: Any = None) -> None:
        self._entries, self._log_report, self._out = entries, log_report, out
        self._shown = 0

    def __call__(self, trainer: Any) -> None:
        """Print lines that are new."""
        report = self._log_report
        if isinstance(report, str):
            report = trainer.get_extension(report)
        out = self._out or sys.stdout
        widths = [max(10, len(entry)) for entry in self._entries]
        for line in report.log[self._shown :]:
            if not self._shown:
                print("  ".join(e.ljust(w) for e, w in zip(self._entries, widths)), file=out)
            cells = [f"{line[e]:<{w}.6g}" if e in line else " " * w
                     for e, w in zip(self._entries, widths)]  # fmt: skip
            print("  ".join(cells), file=out)
            self._shown += 1


class PlotReport(Extension):
    """Curves of reported values in a picture."""

    def __init__(
        self, y_keys: Any, x_key: str = "iteration", trigger: Any = (1, "epoch"),
        postprocess: Any = None, file_name: str = "plot.png", **options: Any,
    ) -> None:  # fmt: skip
        only("PlotReport", {"postprocess": postprocess, **options}, "marker", "grid")
        self._keys = [y_keys] if isinstance(y_keys, str) else list(y_keys)
        self._x_key, self._when, self._file_name = x_key, get_trigger(trigger), file_name
        self._data: dict[str, list[tuple[float, float]]] = {key: [] for key in self._keys}
        self._summary = DictSummary()

    def __call__(self, trainer: Any) -> None:
        """Take what was reported; at the trigger draw."""
        seen = trainer.observation
        self._summary.add({key: seen[key] for key in self._keys if key in seen})
        if not self._when(trainer):
            return
        import matplotlib.figure

        x = getattr(trainer.updater, self._x_key)
        for key, value in self._summary.compute_mean().items():
            self._data[key].append((x, float(array_of(value))))
        self._summary = DictSummary()
        figure = matplotlib.figure.Figure()
        axes = figure.add_subplot()
        axes.set_xlabel(self._x_key)
        axes.grid()
        for key, points in self._data.items():
            if points:
                axes.plot(*zip(*points), marker="x", label=key)
        axes.legend()
        figure.savefig(os.path.join(trainer.out, self._file_name))


class ProgressBar(Extension):
    """How far training is, where someone looks."""

    def __init__(
        self, training_length: Any = None, update_interval: int = 100, bar_length: int = 50,
        out: Any = None,
    ) -> None:  # fmt: skip
        self._interval, self._width, self._out = update_interval, bar_length, out

    def __call__(self, trainer: Any) -> None:
        """Draw the bar, on a terminal only."""
        out = self._out or sys.stdout
        if trainer.updater.iteration % self._interval or not out.isatty():
            return
        part = trainer.updater.epoch_detail % 1
        bar = "#" * int(part * self._width)
        print(f"this epoch [{bar:.<{self._width}}] {part:6.2%}", end="\r", file=out)
