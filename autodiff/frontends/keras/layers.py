"""Layers of Keras 1, and the functional style's `Input` and `merge`.

Where Keras 2 has another spelling that means the same, it is accepted: `units`, `rate`,
`filters`, `kernel_size`, `strides`, `padding`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.backend import backend, in_train_phase
from autodiff.frontends.keras.choices import ACTIVATIONS, chosen
from autodiff.frontends.keras.convolutional import (  # noqa: F401 (keras.layers has them too)
    AveragePooling2D,
    Conv2D,
    Convolution2D,
    MaxPooling2D,
)
from autodiff.frontends.keras.layer import Layer, one_of


class Dense(Layer):
    """activation(x W + b), `output_dim` numbers for each example."""

    def __init__(
        self,
        output_dim: int | None = None,
        init: Any = "glorot_uniform",
        activation: Any = "linear",
        W_regularizer: Any = None,
        bias: bool = True,
        units: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.output_dim = one_of("Dense", output_dim=output_dim, units=units)
        self.init, self.bias, self.W_regularizer = init, bias, W_regularizer
        self.activation = chosen("the activation", activation or "linear", ACTIVATIONS)

    def build(self, shape: list[int | None]) -> None:
        """W (inputs, output_dim), and b."""
        self.W = self.add_weight("W", [shape[-1], self.output_dim], self.init, self.W_regularizer)
        if self.bias:
            self.b = self.add_weight("b", [self.output_dim], "zero")

    def call(self, x: Any) -> Any:
        """The affine map, then the activation."""
        if len(x.get_shape()) != 2:
            raise ValueError(
                f"Dense takes rows (batch, features), and got {x.get_shape()}. Put a Flatten() "
                f"before it.{here()}"
            )
        y = tf.matmul(x, self.W)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


class Activation(Layer):
    """A function of each element, by name or as it is."""

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = chosen("the activation", activation, ACTIVATIONS)

    def call(self, x: Any) -> Any:
        """activation(x)."""
        return self.activation(x)


class Lambda(Layer):
    """Any function of tensors, without weights."""

    def __init__(self, function: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def call(self, x: Any) -> Any:
        """function(x)."""
        return self.function(x)


class Dropout(Layer):
    """While training, each element is 0 with probability p, and the rest divided by 1 - p."""

    def __init__(self, p: float | None = None, rate: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.p = one_of("Dropout", p=p, rate=rate)

    def call(self, x: Any) -> Any:
        """x, or a part of it while training."""
        keep = in_train_phase(x.graph, np.float32(1 - self.p), np.float32(1))
        return tf.nn.dropout(x, keep)


class Flatten(Layer):
    """Each example as one row."""

    def call(self, x: Any) -> Any:
        """(batch, ...) to (batch, features)."""
        return tf.reshape(x, [-1, int(np.prod(x.get_shape().as_list()[1:]))])


class Reshape(Layer):
    """Each example in another shape."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, x: Any) -> Any:
        """(batch, *target_shape)."""
        return tf.reshape(x, [-1, *self.target_shape])


class BatchNormalization(Layer):
    """Mean 0 and deviation 1 along the last axis, then gamma x + beta.

    While training by the moments of the batch, which running averages follow (`momentum`);
    otherwise by those averages.
    """

    def __init__(self, epsilon: float = 1e-3, momentum: float = 0.99, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon, self.momentum = epsilon, momentum

    def build(self, shape: list[int | None]) -> None:
        """gamma, beta, and the two running averages."""
        size = shape[-1:]
        self.gamma = self.add_weight("gamma", size, "one")
        self.beta = self.add_weight("beta", size, "zero")
        self.mean = self.add_weight("running_mean", size, "zero", trainable=False)
        self.std = self.add_weight("running_std", size, "one", trainable=False)

    def call(self, x: Any) -> Any:
        """The normalized batch."""
        mean, variance = tf.nn.moments(x, list(range(len(x.get_shape()) - 1)))
        for running, found in ((self.mean, mean), (self.std, variance)):
            moved = self.momentum * running + (1 - self.momentum) * found
            self.updates.append(running.assign(tf.stop_gradient(moved)))
        mean = in_train_phase(x.graph, mean, self.mean)
        variance = in_train_phase(x.graph, variance, self.std)
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)


class Embedding(Layer):
    """A learned vector of `output_dim` numbers for each integer 0 .. input_dim - 1.

    `input_length` is the number of integers in an example, where that is fixed.
    """

    input_dtype = tf.int32

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        init: Any = "uniform",
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(input_shape=kwargs.pop("input_shape", (input_length,)), **kwargs)
        self.table_shape, self.init = [input_dim, output_dim], init

    def build(self, shape: list[int | None]) -> None:
        """The table W."""
        self.W = self.add_weight("W", self.table_shape, self.init)

    def call(self, x: Any) -> Any:
        """The rows of the table."""
        return tf.gather(self.W, x)


class Merge(Layer):
    """Several tensors as one: mode "sum", "mul", "ave", "max" or "concat" along `concat_axis`."""

    def __init__(self, mode: str = "sum", concat_axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        modes = ("sum", "mul", "ave", "max", "concat")
        if mode not in modes:
            raise ValueError(f"merge: the mode is one of {', '.join(modes)}, not {mode!r}.{here()}")
        self.mode, self.concat_axis = mode, concat_axis

    def call(self, x: Any) -> Any:
        """The merged tensor."""
        if self.mode == "concat":
            return tf.concat(self.concat_axis, list(x))
        if self.mode in ("sum", "ave"):
            total = tf.add_n(list(x))
            return total / len(x) if self.mode == "ave" else total
        first, *rest = x
        for one in rest:
            first = tf.mul(first, one) if self.mode == "mul" else tf.maximum(first, one)
        return first


def merge(inputs: Any, mode: str = "sum", concat_axis: int = -1, name: str | None = None) -> Any:
    """Several tensors as one, in the functional style."""
    return Merge(mode, concat_axis, name=name)(inputs)


def Input(
    shape: Any = None, name: str | None = None, dtype: Any = None, batch_shape: Any = None
) -> Any:
    """A placeholder for a batch of examples of this shape."""
    full = [None, *shape] if batch_shape is None else list(batch_shape)
    return tf.placeholder(dtype or tf.float32, full, name=name or backend().name("input"))
