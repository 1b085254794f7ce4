"""Layers over images (height, width, channels): convolution and pooling."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.choices import ACTIVATIONS, chosen
from autodiff.frontends.keras.layer import Layer, one_of


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
        self.nb_filter = one_of("Convolution2D", nb_filter=nb_filter, filters=filters)
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


def _pair(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return int(rows), int(columns)
