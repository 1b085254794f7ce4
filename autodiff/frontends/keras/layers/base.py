"""`Layer`: called on a tensor, it makes its weights and adds its nodes to the graph.

Shapes are inferred by the graph, so a layer is no more than `build`, its weights, and `call`.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.ground.choices import CONSTRAINTS, INITIAL, REGULARIZERS, chosen
from autodiff.frontends.keras.ground.given import Given
from autodiff.frontends.keras.ground.objectives import added
from autodiff.frontends.keras.ground.session import backend, floatx


class Layer(Given):
    """Base of the layers: `build(shape)` makes weights, `call(x)` adds nodes.

    The first layer of a `Sequential` says what comes in: `input_shape=(8, 8, 1)`, or
    `input_dim=64`, without the batch; `batch_input_shape` says the batch too.  `weights` are
    values to begin with.
    """

    input_dtype: Any = None
    not_written = ("weights",)
    supports_masking = False
    """Whether the steps that a mask leaves out are left out of the result too."""
    goes_along_time = False
    """Whether `input_dim` is the width of a step, and not of an example."""

    def __init__(
        self,
        input_shape: Any = None,
        input_dim: int | None = None,
        name: str | None = None,
        trainable: bool = True,
        batch_input_shape: Any = None,
        batch_size: int | None = None,
        input_length: int | None = None,
        input_dtype: Any = None,
        dtype: Any = None,
        weights: Any = None,
        **more: Any,
    ) -> None:
        only(type(self).__name__, more)
        self.batch_size = batch_size
        if batch_input_shape is not None:
            self.batch_size, *input_shape = batch_input_shape
        if input_dim is not None:
            input_shape = (input_dim,) if not self.goes_along_time else (input_length, input_dim)
        self.input_shape = None if input_shape is None else tuple(input_shape)
        if input_dtype or dtype:
            self.input_dtype = tf.as_dtype(input_dtype or dtype)
        self.initial_weights = weights
        self.name = name
        self.trainable = trainable
        self.weights: list[Any] = []
        self.trainable_weights: list[Any] = []
        self.losses: list[Any] = []
        self.updates: list[Any] = []
        self.state_updates: list[Any] = []
        self.constraints: list[Any] = []
        self.inbound: list[tuple[Any, Any]] = []
        self.built = False

    def seen(self, shape: Any) -> Any:
        """The shape of an input as `build` sees it."""
        return shape

    def build(self, shape: Any) -> None:
        """Make the weights for inputs of this shape; of several inputs there is a list of them."""

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
                self._build(inputs)
                if self.initial_weights is not None:
                    keras.later.append((self, self.initial_weights))
            masks = [keras.masks.get(one) for one in inputs]
            mask = (masks if isinstance(x, list | tuple) else masks[0]) if any_of(masks) else None
            y = self.call(x, mask=mask) if takes_mask(self.call) else self.call(x)
            if any(y is one for one in inputs):  # a tensor tells which layer made it
                y = tf.identity(y)
            kept = self.compute_mask(x, mask)
            if kept is not None:
                keras.masks[y] = kept
        keras.made_by[y] = self, inputs
        self.inbound.append((x, y))
        return y

    def _build(self, inputs: list[Any]) -> None:
        shapes = [self.seen(tuple(one.get_shape().as_list())) for one in inputs]
        self.build(shapes[0] if len(shapes) == 1 else shapes)
        self.weights += [w for w in self.trainable_weights if w not in self.weights]
        self.built = True

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Which steps of the result count: those of the input, where the layer supports it."""
        if mask is not None and not self.supports_masking:
            raise TypeError(
                f"the layer {self.name} does not support masking, but its input has a mask, from "
                "mask_zero=True or Masking(): its result would count the steps that are left out. "
                f"Put it before, or leave the mask out.{here()}"
            )
        return mask

    # -- after it was called ------------------------------------------------------------------

    @property
    def input(self) -> Any:
        """The tensor that the layer was called on."""
        return self._called()[0]

    @property
    def output(self) -> Any:
        """The tensor that it gave."""
        return self._called()[1]

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of that, with the batch."""
        return tuple(self.output.get_shape().as_list())

    def _called(self) -> tuple[Any, Any]:
        if not self.inbound:
            raise AttributeError(f"{type(self).__name__} was not called yet.{here()}")
        return self.inbound[0]

    def get_output_at(self, node_index: int) -> Any:
        """The output of one of several calls."""
        return self.inbound[node_index][1]

    def get_weights(self) -> list[np.ndarray]:
        """The values of the weights."""
        return backend(self.output.graph).run(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Give the weights values, in the order of `get_weights`."""
        own = backend(self.output.graph)
        if len(weights) != len(self.weights):
            raise ValueError(
                f"{self.name} has {len(self.weights)} weights; got {len(weights)} values.{here()}"
            )
        own.run([])
        for variable, value in zip(self.weights, weights, strict=True):
            variable.load(value, own.session)

    def add_loss(self, losses: Any, *inputs: Any, **more: Any) -> None:
        """Add numbers (a tensor or a list) to the loss of the models that have this layer."""
        only("add_loss", more, "inputs")  # the graph says on what they depend
        self.losses += added(losses)

    def add_weight(
        self,
        name: str,
        shape: Any,
        init: Any = None,
        regularizer: Any = None,
        trainable: bool = True,
        constraint: Any = None,
        initializer: Any = None,
    ) -> Any:
        """A variable of this layer; `initializer` is what Keras 2 calls `init`."""
        init = "glorot_uniform" if init is None is initializer else init or initializer
        if None in shape:
            raise ValueError(
                f"{self.name} needs the number of its inputs, but the shape of {name} would be "
                f"{tuple(shape)}. Give the model an input_shape without None.{here()}"
            )
        make = chosen("the initialization", init, INITIAL)
        variable = tf.Variable(
            lambda: tf.cast(made(make, list(shape)), tf.as_dtype(floatx())),
            trainable=trainable,
            name=name,
        )
        self.weights.append(variable)
        if trainable:
            self.trainable_weights.append(variable)
        if regularizer is not None:
            penalty = chosen("the regularizer", regularizer, REGULARIZERS)
            self.losses.append(penalty(variable))
        if constraint is not None:
            self.constraints.append((variable, chosen("the constraint", constraint, CONSTRAINTS)))
        return variable

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return int(sum(np.prod(w.get_shape().as_list()) for w in self.weights))


def any_of(masks: Any) -> bool:
    """Whether there is a mask among them."""
    return any(mask is not None for mask in masks)


def takes_mask(call: Any) -> bool:
    """Whether a layer's `call` wants to know the mask."""
    return "mask" in inspect.signature(call).parameters


def made(make: Any, shape: list[int]) -> Any:
    """The value of an initialization: of Keras 2 (shape), or Keras 1 (shape, name)."""
    named = "name" in inspect.signature(make).parameters
    value = make(shape, name=None) if named else make(shape)
    return value.initial_value if isinstance(value, tf.Variable) else value


def one_of(what: str, **spellings: Any) -> Any:
    """The value given under the one spelling or the other."""
    given = {name: value for name, value in spellings.items() if value is not None}
    if len(given) != 1:
        names = " or ".join(spellings)
        raise TypeError(f"{what} takes {names}, exactly one of them; got {given}.{here()}")
    return next(iter(given.values()))
