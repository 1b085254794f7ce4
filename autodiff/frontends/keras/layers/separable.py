"""The convolution that takes each channel by itself, and mixes the channels afterwards."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.layers.convolutional import Convolution2D

OF_A_KERNEL = ("initializer", "regularizer", "constraint")


class SeparableConvolution2D(Convolution2D):
    """A filter of its own for each channel, `depth_multiplier` of them, then a 1 x 1 mix.

    Initializers, regularizers and constraints are of the two kernels by themselves.
    """

    def __init__(self, *args: Any, depth_multiplier: int = 1, **kwargs: Any) -> None:
        self.multiplier = depth_multiplier
        self.own = {
            name: [kwargs.pop(f"{name}_{what}", None) for what in OF_A_KERNEL]
            for name in ("depthwise", "pointwise")
        }
        super().__init__(*args, **kwargs)
        if self.W_regularizer is not None or self.limits[0] is not None:
            raise ValueError(
                "a separable convolution has two kernels: write depthwise_regularizer and "
                f"pointwise_regularizer, or their constraints.{here()}"
            )

    def _make(self, shape: list[Any]) -> None:
        *kernel, channels, filters = shape
        shapes = {
            "depthwise": [*kernel, channels, self.multiplier],
            "pointwise": [1, 1, channels * self.multiplier, filters],
        }
        self.depthwise, self.pointwise = (
            self.add_weight(name, shapes[name], start or self.init, penalty, constraint=limit)
            for name, (start, penalty, limit) in self.own.items()
        )
        if self.bias:
            size, limit = [self.nb_filter], self.limits[1]
            self.b = self.add_weight("b", size, self.b_init, self.b_regularizer, constraint=limit)

    def over(self, x: Any) -> Any:
        """The two convolutions, then the activation."""
        strides = [1, *self.subsample, 1]
        y = tf.nn.separable_conv2d(x, self.depthwise, self.pointwise, strides, self.border_mode)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


SeparableConv2D = SeparableConvolution2D
