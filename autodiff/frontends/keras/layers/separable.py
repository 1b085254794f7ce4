"""The convolution that takes each channel by itself, and mixes the channels afterwards."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import INITIAL, chosen
from autodiff.frontends.keras.layers.convolutional import Convolution2D


class SeparableConvolution2D(Convolution2D):
    """A filter of its own for each channel, `depth_multiplier` of them, then a 1 x 1 mix."""

    def __init__(self, *args: Any, depth_multiplier: int = 1, **kwargs: Any) -> None:
        self.multiplier = depth_multiplier
        self.deep = kwargs.pop("depthwise_initializer", None)
        self.mixing = kwargs.pop("pointwise_initializer", None)
        super().__init__(*args, **kwargs)

    def _make(self, shape: list[Any]) -> None:
        *kernel, channels, filters = shape
        deep = [*kernel, channels, self.multiplier]
        first, second = (chosen("the initialization", i or self.init, INITIAL)
                         for i in (self.deep, self.mixing))  # fmt: skip
        self.depthwise = self.add_weight("depthwise", deep, first)
        mix = [1, 1, channels * self.multiplier, filters]
        self.pointwise = self.add_weight("pointwise", mix, second)
        if self.bias:
            self.b = self.add_weight("b", [self.nb_filter], self.b_init, self.b_regularizer)

    def over(self, x: Any) -> Any:
        """The two convolutions, then the activation."""
        strides = [1, *self.subsample, 1]
        y = tf.nn.separable_conv2d(x, self.depthwise, self.pointwise, strides, self.border_mode)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


SeparableConv2D = SeparableConvolution2D
