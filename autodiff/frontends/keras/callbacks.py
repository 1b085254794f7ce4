"""Callbacks: what looks on while a model is fitted, and may end it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tqdm import tqdm

from autodiff.data.events.summaries import histogram, scalar
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only

Logs = dict[str, float]


class Callback:
    """Base of the callbacks; each method is called at its time, and does nothing here."""

    model: Any = None

    def set_model(self, model: Any) -> None:
        """The model that is fitted."""
        self.model = model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch; `logs` has the number of epochs and of examples."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch; epochs count from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch; `logs` has the means of loss and metrics, and those of validation."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch; `logs` has its loss and metrics, and its `size`."""


class History(Callback):
    """What was measured: `history["loss"]` has one number for each epoch.  `fit` returns one."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin with nothing."""
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the epoch's numbers."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class Progress(Callback):
    """A bar for each epoch (`verbose=1`), or one line (`verbose=2`)."""

    def __init__(self, verbose: int) -> None:
        self.verbose = verbose

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """How much there is to do."""
        self.total = dict(logs or {})

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """A new bar."""
        self.title = f"epoch {epoch + 1}/{int(self.total['nb_epoch'])}"
        total = int(self.total["nb_sample"])
        self.bar = tqdm(total=total, desc=self.title, unit="example", disable=self.verbose != 1)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Move on by the examples of the batch."""
        self.bar.update(int((logs or {})["size"]))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """The numbers of the epoch."""
        shown = {name: f"{value:.4f}" for name, value in (logs or {}).items()}
        self.bar.set_postfix(shown)
        self.bar.close()
        if self.verbose == 2:
            print(self.title, *(f"{name}: {value}" for name, value in shown.items()), sep="  ")


class EarlyStopping(Callback):
    """End when `monitor` has not got better by `min_delta` for more than `patience` epochs.

    `mode` is "min" or "max"; by default "max" for accuracies.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
    ) -> None:
        self.monitor, self.min_delta, self.patience = monitor, min_delta, patience
        self.verbose = verbose
        self.sign = -1.0 if mode == "max" or (mode == "auto" and "acc" in monitor) else 1.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Nothing was seen yet."""
        self.best, self.waited, self.stopped_epoch = float("inf"), 0, None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Stop the model where it is time."""
        found = self.sign * _monitored(self, logs)
        if found < self.best - self.min_delta:
            self.best, self.waited = found, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.verbose:
                print(f"epoch {epoch + 1}: {self.monitor} gets no better, early stopping")


class TerminateOnNaN(Callback):
    """End where the loss is no number any more."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stop the model after a loss that is NaN or infinite."""
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Batch {batch}: the loss is {loss}, training ends.")
            self.model.stop_training = True


class ModelCheckpoint(Callback):
    """Save the weights after each epoch, or only where `monitor` is the best so far.

    `filepath` may name the epoch and the numbers: "weights.{epoch:02d}-{val_loss:.2f}".  Without
    `save_weights_only` the whole model is saved, for `load_model`.
    """

    def __init__(
        self,
        filepath: str,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
    ) -> None:
        self.filepath, self.monitor, self.verbose = filepath, monitor, verbose
        self.save_best_only, self.weights_only = save_best_only, save_weights_only
        self.sign = -1.0 if mode == "max" or (mode == "auto" and "acc" in monitor) else 1.0
        self.best = float("inf")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if it is worth it."""
        if self.save_best_only:
            found = self.sign * _monitored(self, logs)
            if found >= self.best:
                return
            self.best = found
        path = self.filepath.format(epoch=epoch, **(logs or {}))
        (self.model.save_weights if self.weights_only else self.model.save)(path)
        if self.verbose:
            print(f"epoch {epoch + 1}: saved {path}")


class TensorBoard(Callback):
    """The graph and the numbers of each epoch, in an event file for TensorBoard."""

    def __init__(
        self,
        log_dir: str = "./logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        **more: Any,
    ) -> None:
        only("TensorBoard", more | {"write_images": write_images}, "batch_size")
        self.log_dir, self.histogram_freq = log_dir, histogram_freq
        self.write_graph = write_graph

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """A new event file, with the model's graph unless told."""
        graph = self.model.graph if self.write_graph else None
        self.writer = tf.train.SummaryWriter(self.log_dir, graph)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """The numbers as curves over the epochs."""
        for name, value in (logs or {}).items():
            self.writer.add_summary(scalar(name, value), epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for weight in self.model.weights:
                value = self.model.backend.run(weight)
                self.writer.add_summary(histogram(weight.op.name, value), epoch)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self.writer.close()


class LearningRateScheduler(Callback):
    """The learning rate of each epoch is schedule(epoch)."""

    def __init__(self, schedule: Callable[[int], float]) -> None:
        self.schedule = schedule

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the optimizer's `lr`."""
        self.model.set_lr(float(self.schedule(epoch)))


class ReduceLROnPlateau(Callback):
    """The learning rate times `factor`, when `monitor` has not got better for `patience` epochs."""

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        epsilon: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        self.monitor, self.factor, self.patience = monitor, factor, patience
        self.verbose, self.epsilon, self.cooldown, self.min_lr = verbose, epsilon, cooldown, min_lr
        self.sign = -1.0 if mode == "max" or (mode == "auto" and "acc" in monitor) else 1.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Nothing was seen yet."""
        self.best, self.waited, self.resting = float("inf"), 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Lower the rate where it is time."""
        found = self.sign * _monitored(self, logs)
        self.resting = max(0, self.resting - 1)
        if found < self.best - self.epsilon:
            self.best, self.waited = found, 0
        elif not self.resting:
            self.waited += 1
            if self.waited >= self.patience:
                old = float(self.model.backend.run(self.model.optimizer.lr))
                self.model.set_lr(max(old * self.factor, self.min_lr))
                self.waited, self.resting = 0, self.cooldown
                if self.verbose:
                    print(f"epoch {epoch + 1}: the rate is {max(old * self.factor, self.min_lr)}")


class CSVLogger(Callback):
    """The numbers of each epoch as a line of a CSV file."""

    def __init__(self, filename: str, separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = filename, separator, append

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self.file = open(self.filename, "a" if self.append else "w", encoding="utf-8")  # noqa: SIM115
        self.titled = self.append

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """A line."""
        names = sorted(logs or {})
        if not self.titled:
            print("epoch", *names, sep=self.separator, file=self.file)
            self.titled = True
        numbers = [(logs or {})[name] for name in names]
        print(epoch, *numbers, sep=self.separator, file=self.file, flush=True)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self.file.close()


class LambdaCallback(Callback):
    """Functions given by name: LambdaCallback(on_epoch_end=lambda epoch, logs: ...)."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        for name, function in functions.items():
            if not hasattr(Callback, name):
                known = ", ".join(n for n in dir(Callback) if n.startswith("on_"))
                raise TypeError(f"a callback has no {name!r}; it has {known}")
            setattr(self, name, function)


def _monitored(callback: Any, logs: Logs | None) -> float:
    if callback.monitor not in (logs or {}):
        raise ValueError(
            f"{type(callback).__name__} watches {callback.monitor!r}, but an epoch has only "
            f"{', '.join(logs or {})}. Give fit a validation_split, or another monitor."
        )
    return (logs or {})[callback.monitor]
