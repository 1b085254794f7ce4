"""Convolution over volumes (depth, height, width, channels)."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.layers.convolutional import Convolution2D
from autodiff.frontends.tensorflow.layers.convolution import lengths


class Convolution3D(Convolution2D):
    """`nb_filter` kernels of three lengths over volumes (D, H, W, C); Conv3D is the same."""

    def __init__(
        self,
        nb_filter: int | None = None,
        kernel_dim1: Any = None,
        kernel_dim2: Any = None,
        kernel_dim3: int | None = None,
        subsample: Any = (1, 1, 1),
        kernel_size: Any = None,
        strides: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("dilation_rate", 1) not in (1, (1, 1, 1)):
            raise ValueError(f"Conv3D: dilation_rate is not supported.{here()}")
        super().__init__(nb_filter, 1, 1, **kwargs)
        if kernel_dim3 is None:  # Keras 2: Conv3D(32, (3, 3, 3), (2, 2, 2))
            strides = kernel_dim2 if strides is None else strides
            size = kernel_dim1 if kernel_size is None else kernel_size
        else:
            size = (kernel_dim1, kernel_dim2, kernel_dim3)
        self.kernel: Any = lengths(size, 3)
        self.subsample: Any = lengths(subsample if strides is None else strides, 3)

    def build(self, shape: list[int | None]) -> None:
        """W (depth, rows, columns, channels, nb_filter), and b."""
        if len(shape) != 5:
            raise ValueError(
                f"Convolution3D takes volumes (depth, height, width, channels), and got "
                f"{shape[1:]} for each example.{here()}"
            )
        self._make([*self.kernel, shape[-1], self.nb_filter])

    def over(self, x: Any) -> Any:
        """The convolution, then the activation."""
        y = tf.nn.conv3d(x, self.W, [1, *self.subsample, 1], self.border_mode)
        return self.activation(y + self.b if self.bias else y)


Conv3D = Convolution3D
