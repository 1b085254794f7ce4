"""`Model`: a list of layers, its training loop and its evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.neon.backends.backend import NervanaObject
from autodiff.frontends.neon.layers import Layer
from autodiff.frontends.neon.layers.trees import flat


class Layers(list[Layer]):
    """The layers in order; `model.layers.layers`, as programs write it, is the same list."""

    @property
    def layers(self) -> Layers:
        """This list."""
        return self

    layers_to_optimize = layers


class Model(NervanaObject):
    """`fit(dataset, cost, optimizer, num_epochs, callbacks)`, `eval(dataset, metric)`."""

    def __init__(self, layers: Any, name: str = "model", **options: Any) -> None:
        only("Model", options, "dataset", "weights_only", "optimizer")
        self.layers = Layers(flat(layers))
        self.initialized = self.finished = False
        self.epoch_index = 0
        self.total_cost = 0.0
        self.cost: Any = None
        self._loaded: list[Any] = []

    def initialize(self, dataset: Any, cost: Any = None) -> None:
        """Take the shape of the data, and make the parameters."""
        self.cost = self.cost if cost is None else cost
        if self.initialized:
            return
        shape = getattr(dataset, "shape", dataset)
        for layer in self.layers:
            shape = layer.configure(tuple(shape) if isinstance(shape, tuple | list) else (shape,))
            layer.allocate()
        self.initialized = True
        if self._loaded:
            self._fill()

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The outputs of a batch of columns."""
        value = (
            [getattr(v, "array", v) for v in x] if isinstance(x, list) else getattr(x, "array", x)
        )
        for layer in self.layers:
            value = layer.fprop(value, inference)
            layer.last = value
        return value

    def bprop(self, error: Any) -> Any:
        """The errors back through all layers."""
        for layer in reversed(self.layers):
            error = layer.bprop(error)
        return error

    def fit(self, dataset: Any, cost: Any, optimizer: Any, num_epochs: int, callbacks: Any) -> None:
        """All epochs."""
        self.initialize(dataset, cost)
        tell = callbacks.tell if callbacks is not None else lambda *_: None
        tell("on_train_begin", num_epochs)
        for epoch in range(num_epochs):
            self.epoch_index = epoch
            tell("on_epoch_begin", epoch)
            costs = []
            for place, (x, t) in enumerate(dataset):
                tell("on_minibatch_begin", epoch, place)
                y = self.fprop(x)
                costs.append(cost.get_cost(y, t))
                self.bprop(cost.get_errors(y, t))
                optimizer.optimize(self.layers, epoch)
                tell("on_minibatch_end", epoch, place)
            self.total_cost = float(np.mean(costs))
            tell("on_epoch_end", epoch)
            if self.finished:
                break
        tell("on_train_end")

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
        """The outputs of all rows, as rows; of sequences (rows, steps, features)."""
        dataset.reset()
        found = [self.fprop(x, True) for x, _ in dataset]
        shape = self.layers[-1].out_shape
        if len(shape) == 2:
            found = [y.reshape(*shape, -1).T for y in found]
        else:
            found = [y.T for y in found]
        dataset.reset()
        return np.concatenate(found)[: dataset.ndata]

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(model)` draws: the layers' forward pass, of a batch of zeros."""
        from autodiff.core.language.equation import history
        from autodiff.frontends.common.picture import written_subject

        if not self.initialized:
            raise ValueError(f"the model has no weights yet: call initialize((inputs,)).{here()}")
        params = [(p, p.array, f"W{i}") for i, p in enumerate(self._params(), 1)]
        size = int(np.prod(self.layers[0].in_shape))
        x = ad.Tensor(np.zeros((size, self.be.bsz)), name="x")
        try:
            for param, array, name in params:
                param.array = ad.Tensor(array, name=name)
            y = self.fprop(x, inference=True)
        finally:
            for param, array, _ in params:
                param.array = array
        return written_subject("the model", history([y.node]), [y.node])

    def _params(self) -> list[Any]:
        return [p for layer in self.layers for p, _, _ in layer.params()]

    def save_params(self, path: str) -> None:
        """The parameters into a file, in NumPy's format."""
        params = [p.array for p in self._params()]
        with open(path, "wb") as file:
            np.savez(file, *params)

    def load_params(self, path: Any) -> None:
        """The parameters of a file; a model without a shape takes them when it is initialized."""
        with np.load(path) as file:
            self._loaded = [file[name] for name in file.files]
        if self.initialized:
            self._fill()

    def _fill(self) -> None:
        for param, value in zip(self._params(), self._loaded, strict=True):
            param[:] = value
        self._loaded = []
