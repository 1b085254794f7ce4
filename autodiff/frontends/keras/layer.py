"""`Layer`: called on a tensor, it makes its weights and adds its nodes to the graph.

Shapes are inferred by the graph, so a layer is no more than `build`, its weights, and `call`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.backend import backend
from autodiff.frontends.keras.choices import INITIAL, REGULARIZERS, chosen


class Layer:
    """Base of the layers: `build(shape)` makes weights, `call(x)` adds nodes.

    The first layer of a `Sequential` says what comes in: `input_shape=(8, 8, 1)`, or
    `input_dim=64`, without the batch.
    """

    input_dtype = tf.float32

    def __init__(
        self,
        input_shape: Any = None,
        input_dim: int | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        self.input_shape = (input_dim,) if input_dim is not None else input_shape
        self.name = name
        self.trainable = trainable
        self.weights: list[Any] = []
        self.trainable_weights: list[Any] = []
        self.losses: list[Any] = []
        self.updates: list[Any] = []
        self.built = False

    def build(self, shape: list[int | None]) -> None:
        """Make the weights for inputs of this shape."""

    def call(self, x: Any) -> Any:
        """The layer's result."""
        raise NotImplementedError

    def __call__(self, x: Any) -> Any:
        """Add the layer to the graph of x; a second call shares the weights of the first."""
        inputs = list(x) if isinstance(x, list | tuple) else [x]
        if not all(isinstance(one, tf.Tensor) for one in inputs):
            raise TypeError(
                f"{type(self).__name__} is called on tensors, e.g. on Input(shape=(64,)), but got "
                f"{x!r:.60}. Arrays go into model.fit or model.predict.{here()}"
            )
        keras = backend(inputs[0].graph)
        self.name = self.name or keras.name(type(self).__name__.lower())
        with inputs[0].graph.as_default(), tf.name_scope(self.name):
            if not self.built:
                self.build(inputs[0].get_shape().as_list())
                self.built = True
            y = self.call(x)
        keras.made_by[y] = self, inputs
        return y

    def add_weight(
        self, name: str, shape: Any, init: Any, regularizer: Any = None, trainable: bool = True
    ) -> Any:
        """A variable of this layer."""
        if None in shape:
            raise ValueError(
                f"{self.name} needs the number of its inputs, but the shape of {name} would be "
                f"{tuple(shape)}. Give the model an input_shape without None.{here()}"
            )
        make = chosen("the initialization", init, INITIAL)
        variable = tf.Variable(make(list(shape)), trainable=trainable, name=name)
        self.weights.append(variable)
        if trainable:
            self.trainable_weights.append(variable)
        if regularizer is not None:
            penalty = chosen("the regularizer", regularizer, REGULARIZERS)
            self.losses.append(penalty(variable))
        return variable

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return int(sum(np.prod(w.get_shape().as_list()) for w in self.weights))


def one_of(what: str, **spellings: Any) -> Any:
    """The value given under the one spelling or the other."""
    given = {name: value for name, value in spellings.items() if value is not None}
    if len(given) != 1:
        names = " or ".join(spellings)
        raise TypeError(f"{what} takes {names}, exactly one of them; got {given}.{here()}")
    return next(iter(given.values()))
