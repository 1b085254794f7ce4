"""Layers of Keras 1: called on a tensor, each makes its weights then and adds its nodes.

Shapes are inferred by the graph, so a layer is no more than `build`, its weights, and `call`.
Where Keras 2 has another spelling that means the same, it is accepted: `units`, `rate`,
`filters`, `kernel_size`, `strides`, `padding`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.source import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.backend import backend, in_train_phase
from autodiff.frontends.keras.choices import ACTIVATIONS, INITIAL, chosen


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
            self.losses.append(regularizer(variable))
        return variable

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return int(sum(np.prod(w.get_shape().as_list()) for w in self.weights))


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
        self.output_dim = _one_of("Dense", output_dim=output_dim, units=units)
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
        self.p = _one_of("Dropout", p=p, rate=rate)

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


class Convolution2D(Layer):
    """`nb_filter` kernels of `nb_row` x `nb_col` over images (H, W, C); Conv2D is the same.

    `border_mode` is "valid" or "same", `subsample` the strides.  Only TensorFlow's order of the
    axes is there, dim_ordering="tf".
    """

    def __init__(
        self,
        nb_filter: int | None = None,
        nb_row: Any = None,
        nb_col: int | None = None,
        init: Any = "glorot_uniform",
        activation: Any = "linear",
        border_mode: str = "valid",
        subsample: Any = (1, 1),
        dim_ordering: str = "tf",
        W_regularizer: Any = None,
        bias: bool = True,
        filters: int | None = None,
        kernel_size: Any = None,
        strides: Any = None,
        padding: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if dim_ordering != "tf":
            raise ValueError(
                'Convolution2D: images are (height, width, channels), dim_ordering="tf"; write '
                f"x.transpose(0, 2, 3, 1) for images with the channels first.{here()}"
            )
        self.nb_filter = _one_of("Convolution2D", nb_filter=nb_filter, filters=filters)
        size = nb_row if kernel_size is None else kernel_size
        self.kernel = (size, nb_col) if nb_col is not None else _pair(size)
        self.subsample = _pair(subsample if strides is None else strides)
        self.border_mode = (padding or border_mode).upper()
        self.init, self.bias, self.W_regularizer = init, bias, W_regularizer
        self.activation = chosen("the activation", activation or "linear", ACTIVATIONS)

    def build(self, shape: list[int | None]) -> None:
        """W (rows, columns, channels, nb_filter), and b."""
        if len(shape) != 4:
            raise ValueError(
                f"Convolution2D takes images (height, width, channels), and got {shape[1:]} for "
                f"each example. Put a Reshape((height, width, channels)) before it.{here()}"
            )
        shape = [*self.kernel, shape[-1], self.nb_filter]
        self.W = self.add_weight("W", shape, self.init, self.W_regularizer)
        if self.bias:
            self.b = self.add_weight("b", [self.nb_filter], "zero")

    def call(self, x: Any) -> Any:
        """The convolution, then the activation."""
        y = tf.nn.conv2d(x, self.W, [1, *self.subsample, 1], self.border_mode)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


Conv2D = Convolution2D


class MaxPooling2D(Layer):
    """The largest element of each window."""

    pool = staticmethod(tf.nn.max_pool)

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        border_mode: str = "valid",
        padding: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.pool_size = _pair(pool_size)
        self.strides = self.pool_size if strides is None else _pair(strides)
        self.border_mode = (padding or border_mode).upper()

    def call(self, x: Any) -> Any:
        """The pooled image."""
        return self.pool(x, [1, *self.pool_size, 1], [1, *self.strides, 1], self.border_mode)


class AveragePooling2D(MaxPooling2D):
    """The mean of each window."""

    pool = staticmethod(tf.nn.avg_pool)


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


def _one_of(what: str, **spellings: Any) -> Any:
    """The value given under the one spelling or the other."""
    given = {name: value for name, value in spellings.items() if value is not None}
    if len(given) != 1:
        names = " or ".join(spellings)
        raise TypeError(f"{what} takes {names}, exactly one of them; got {given}.{here()}")
    return next(iter(given.values()))


def _pair(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return int(rows), int(columns)
