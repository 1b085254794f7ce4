"""`Sequential`, layers one after the other; and `Model`, which is in `engine.training`.

A model lives in the default graph, and all models of a graph share one session, so that shared
layers have shared weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.engine.container import listed
from autodiff.frontends.keras.engine.files import (
    load_model,
    model_from_config,
    model_from_json,
    model_from_yaml,
    save_model,
)
from autodiff.frontends.keras.engine.training import Model
from autodiff.frontends.keras.ground.session import backend, floatx
from autodiff.frontends.keras.layers.base import Layer


class Sequential(Model):
    """Layers one after the other; the first says the shape of an example.

    >>> from autodiff.frontends import tensorflow as tf
    >>> from autodiff.frontends.keras import Activation, Dense
    >>> with tf.Graph().as_default():
    ...     model = Sequential([Dense(32, input_dim=64), Activation("relu"), Dense(10)])
    ...     model.count_params()
    2410
    """

    def __init__(self, layers: Sequence[Layer] | None = (), name: str | None = None) -> None:
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self.layers = []
        self.name = name
        self._begin()
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Add a layer after the last one."""
        if isinstance(layer, Model):
            self._add_model(layer)
            return
        if not self.outputs:
            sources = getattr(layer, "sources", None)
            if sources:
                self.inputs = [one for source in sources for one in source.inputs]
                self.outputs = [layer([source.output for source in sources])]
                self._trace()
                return
            if layer.input_shape is None:
                raise ValueError(
                    "the first layer of a Sequential says what comes in: write "
                    f"{type(layer).__name__}(..., input_shape=(64,)), without the batch.{here()}"
                )
            name = backend().name("input")
            shape = [layer.batch_size, *layer.input_shape]
            self.inputs = [
                tf.placeholder(layer.input_dtype or tf.as_dtype(floatx()), shape, name=name)
            ]
            self.outputs = list(self.inputs)
        self.outputs = [layer(self.output)]
        self._trace()

    def _add_model(self, model: Model) -> None:
        if self.outputs:
            self.outputs = listed(model(self.output))
        else:
            self.inputs, self.outputs = list(model.inputs), list(model.outputs)
        self._trace()

    def pop(self) -> None:
        """Take the last layer off."""
        _, inputs = self.backend.made_by[self.output]
        self.outputs = list(inputs)
        self._trace()

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> np.ndarray:
        """The class of each example: the largest output, or an only one above 1/2."""
        found = self.predict(x, batch_size)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    predict_proba = Model.predict


__all__ = [
    "Model", "Sequential", "load_model", "model_from_config", "model_from_json", "model_from_yaml",
    "save_model",
]  # fmt: skip
