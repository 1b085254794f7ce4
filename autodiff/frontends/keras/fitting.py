"""Fitting: epochs of batches in a new order each, with callbacks looking on; and the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.table import table
from autodiff.frontends.keras.callbacks import Callback, History, Progress


def fit(
    model: Any,
    data: list[np.ndarray],
    validation: Any,
    epochs: int,
    batch_size: int,
    shuffle: bool,
    callbacks: Sequence[Callback],
    verbose: int,
) -> History:
    """Run the model's step on all examples of `data` (inputs and targets), `epochs` times."""
    history = History()
    watchers = [history, *callbacks, *([Progress(verbose)] if verbose else [])]
    for watcher in watchers:
        watcher.set_model(model)
    count = len(data[0])
    model.stop_training = False
    _tell(watchers, "on_train_begin", {"nb_epoch": epochs, "nb_sample": count})
    for epoch in range(epochs):
        _tell(watchers, "on_epoch_begin", epoch, {})
        order = model.backend.rng.permutation(count) if shuffle else np.arange(count)
        sums = np.zeros(len(model.metrics_names))
        for number, part in enumerate(batches(order, batch_size)):
            _tell(watchers, "on_batch_begin", number, {"size": len(part)})
            found = model.run_step([a[part] for a in data])
            sums += len(part) * np.array(found)
            _tell(watchers, "on_batch_end", number, named(model, found) | {"size": len(part)})
        logs = named(model, sums / count)
        if validation is not None:
            found = model.evaluate(*validation[:2], batch_size, verbose=0)
            logs |= {f"val_{k}": v for k, v in named(model, np.atleast_1d(found)).items()}
        _tell(watchers, "on_epoch_end", epoch, logs)
        if model.stop_training:
            break
    _tell(watchers, "on_train_end", {})
    return history


def _tell(watchers: Sequence[Callback], method: str, *args: Any) -> None:
    for watcher in watchers:
        getattr(watcher, method)(*args)


def batches(order: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """The numbers of the examples, `size` at a time; the last batch may be smaller."""
    return (order[start : start + size] for start in range(0, len(order), size))


def named(model: Any, values: Any) -> dict[str, float]:
    """The loss and the metrics under their names."""
    return {n: float(v) for n, v in zip(model.metrics_names, values, strict=True)}


def summary_of(model: Any) -> str:
    """The layers of a model as a table: output shapes, numbers of weights, what feeds each."""
    rows, counted = [], set()
    for layer, output, inputs in model.calls:
        count = 0 if layer in counted else layer.count_params()
        counted.add(layer)
        makers = [model.backend.made_by.get(one) for one in inputs]
        source = ", ".join(
            maker[0].name if maker else one.op.name
            for maker, one in zip(makers, inputs, strict=True)
        )
        kind = f"{layer.name} ({type(layer).__name__})"
        shape = str(tuple(output.get_shape().as_list()))
        rows.append((kind, shape, f"{count:,}", source))
    found = table(("layer (type)", "output shape", "weights", "connected to"), rows)
    return f"{found}\n\n{model.count_params():,} weights"
