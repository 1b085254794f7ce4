"""`Model`: a list of layers, its training loop and its evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.neon.backends.backend import NervanaObject
from autodiff.frontends.neon.layers import Layer


def _flat(layers: Any) -> list[Layer]:
    if isinstance(layers, list | tuple):
        return [one for part in layers for one in _flat(part)]
    return [layers]


class Model(NervanaObject):
    """`fit(dataset, cost, optimizer, num_epochs, callbacks)`, `eval(dataset, metric)`."""

    def __init__(self, layers: Any, name: str = "model", **options: Any) -> None:
        self.layers = _flat(layers)
        self.initialized = False
        self.epoch_index = 0
        self.total_cost = 0.0

    def initialize(self, dataset: Any, cost: Any = None) -> None:
        """Take the shape of the data, and make the parameters."""
        if self.initialized:
            return
        shape = getattr(dataset, "shape", dataset)
        for layer in self.layers:
            shape = layer.configure(tuple(shape) if isinstance(shape, tuple | list) else (shape,))
            layer.allocate()
        self.initialized = True

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The outputs of a batch of columns."""
        value = getattr(x, "array", x)
        for layer in self.layers:
            value = layer.fprop(value, inference)
        return value

    def bprop(self, error: Any) -> Any:
        """The errors back through all layers."""
        for layer in reversed(self.layers):
            error = layer.bprop(error)
        return error

    def fit(self, dataset: Any, cost: Any, optimizer: Any, num_epochs: int, callbacks: Any) -> None:
        """All epochs."""
        self.initialize(dataset, cost)
        for epoch in range(num_epochs):
            self.epoch_index, costs = epoch, []
            for x, t in dataset:
                y = self.fprop(x)
                costs.append(cost.get_cost(y, t))
                self.bprop(cost.get_errors(y, t))
                optimizer.optimize(self.layers, epoch)
            self.total_cost = float(np.mean(costs))
            if callbacks is not None:
                callbacks.on_epoch_end(epoch, self, cost)

    def eval(self, dataset: Any, metric: Any) -> Any:
        """The metric over all rows, each once."""
        dataset.reset()
        total, seen = 0.0, 0
        for x, t in dataset:
            count = min(self.be.bsz, dataset.ndata - seen)
            total += count * float(metric(self.fprop(x, True), t.array, calcrange=slice(0, count)))
            seen += count
        dataset.reset()
        return np.float64(total / seen)

    def get_outputs(self, dataset: Any) -> Any:
        """The outputs of all rows, as rows."""
        dataset.reset()
        found = [self.fprop(x, True).T for x, _ in dataset]
        dataset.reset()
        return np.concatenate(found)[: dataset.ndata]

    def save_params(self, path: str) -> None:
        """The parameters into a file, in NumPy's format."""
        params = [p.array for layer in self.layers for p, _, _ in layer.params()]
        with open(path, "wb") as file:
            np.savez(file, *params)

    def load_params(self, path: str) -> None:
        """The parameters of a file."""
        with np.load(path) as file:
            pairs = zip((p for layer in self.layers for p, _, _ in layer.params()), file.files)
            for param, name in pairs:
                param[:] = file[name]
