"""Fitting: epochs of batches in a new order each, with callbacks looking on; and the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.display.table import table
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
    weights: np.ndarray | None = None,
    first: int = 0,
) -> History:
    """Run the model's step on all examples of `data` (inputs and targets), `epochs` times."""
    history = History()
    watchers = [history, *callbacks, *([Progress(verbose)] if verbose else [])]
    for watcher in watchers:
        watcher.set_model(model)
    count = len(data[0])
    model.stop_training = False
    _tell(watchers, "on_train_begin", {"nb_epoch": epochs, "nb_sample": count})
    for epoch in range(first, epochs):
        _tell(watchers, "on_epoch_begin", epoch, {})
        order = model.backend.rng.permutation(count) if shuffle else np.arange(count)
        sums = np.zeros(len(model.metrics_names))
        for number, part in enumerate(batches(order, batch_size)):
            _tell(watchers, "on_batch_begin", number, {"size": len(part)})
            own = None if weights is None else weights[part]
            found = model.run_step([a[part] for a in data], own)
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


def fit_batches(
    model: Any,
    generator: Any,
    examples: int | None,
    steps: int | None,
    epochs: int,
    callbacks: Sequence[Callback],
    verbose: int,
    validation: Any,
    validated: int | None,
    validation_steps: int | None,
) -> History:
    """Run the model's step on batches of a generator."""
    history = History()
    watchers = [history, *callbacks, *([Progress(verbose)] if verbose else [])]
    for watcher in watchers:
        watcher.set_model(model)
    model.stop_training = False
    _tell(watchers, "on_train_begin", {"nb_epoch": epochs, "nb_sample": examples or steps or 0})
    for epoch in range(epochs):
        _tell(watchers, "on_epoch_begin", epoch, {})
        sums, seen, number = np.zeros(len(model.metrics_names)), 0, 0
        while (seen < examples) if examples else number < (steps or 0):
            x, y, *rest = next(generator)
            data = model._arrays(x, y)
            size = len(data[0])
            _tell(watchers, "on_batch_begin", number, {"size": size})
            found = model.run_step(data, rest[0] if rest else None)
            sums += size * np.array(found)
            counted = size if examples else 1
            _tell(watchers, "on_batch_end", number, named(model, found) | {"size": counted})
            seen, number = seen + size, number + 1
        logs = named(model, sums / max(seen, 1))
        if validation is not None:
            if hasattr(validation, "__next__"):
                found = evaluated(model, validation, validated, validation_steps)
            else:
                found = np.atleast_1d(model.evaluate(*validation[:2], verbose=0)).tolist()
            logs |= {f"val_{k}": v for k, v in named(model, found).items()}
        _tell(watchers, "on_epoch_end", epoch, logs)
        if model.stop_training:
            break
    _tell(watchers, "on_train_end", {})
    return history


def evaluated(model: Any, generator: Any, examples: int | None, steps: int | None) -> list[float]:
    """The means of loss and metrics over batches of a generator."""
    sums, seen, number = np.zeros(len(model.metrics_names)), 0, 0
    while (seen < examples) if examples else number < (steps or 0):
        x, y, *_ = next(generator)
        size = len(np.asarray(y[0] if isinstance(y, list) else y))
        sums += size * np.atleast_1d(model.test_on_batch(x, y))
        seen, number = seen + size, number + 1
    return [float(value) for value in sums / max(seen, 1)]


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
