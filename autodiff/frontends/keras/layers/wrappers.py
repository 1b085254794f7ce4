"""Layers around layers: one for every step, and one in both directions."""

from __future__ import annotations

import copy
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.layers.base import Layer


class Wrapper(Layer):
    """A layer with the weights of those inside."""

    def _own(self, layers: list[Any]) -> None:
        for layer in layers:
            self.weights += layer.weights
            self.trainable_weights += layer.trainable_weights
            self.losses += layer.losses
            self.updates += layer.updates
            self.constraints += getattr(layer, "constraints", [])


class TimeDistributed(Wrapper):
    """The same layer for every step: (batch, steps, ...) to (batch, steps, ...)."""

    supports_masking = True

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, x: Any) -> Any:
        """All steps of all examples as one batch."""
        dims = x.get_shape().as_list()
        flat = tf.reshape(x, [-1, *dims[2:]])
        first = not self.weights
        y = self.layer(flat)
        if first:
            self._own([self.layer])
        steps = tf.shape(x)[1] if dims[1] is None else dims[1]
        rest = y.get_shape().as_list()[1:]
        found = tf.reshape(y, [-1, steps, *rest])
        found.set_shape([dims[0], dims[1], *rest])
        return found


class Bidirectional(Wrapper):
    """A recurrent layer forwards and another one backwards: "concat", "sum", "mul", "ave", None."""

    goes_along_time = True

    def __init__(
        self, layer: Any, merge_mode: str | None = "concat", weights: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(weights=weights, **kwargs)
        if merge_mode not in ("concat", "sum", "mul", "ave"):
            raise ValueError(f"Bidirectional: merge_mode={merge_mode!r} is not known.{here()}")
        self.forward_layer, self.backward_layer = copy.deepcopy(layer), copy.deepcopy(layer)
        self.backward_layer.go_backwards = not layer.go_backwards
        self.merge_mode = merge_mode
        if self.input_shape is None:
            self.input_shape = layer.input_shape

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """That of the steps, where all of them are the result."""
        return mask if self.forward_layer.return_sequences else None

    def call(self, x: Any) -> Any:
        """Both, merged."""
        first = not self.weights
        one, other = self.forward_layer(x), self.backward_layer(x)
        if first:
            self._own([self.forward_layer, self.backward_layer])
        if self.forward_layer.return_sequences:
            other = tf.reverse(other, [1])
        if self.merge_mode == "concat":
            return tf.concat(len(one.get_shape()) - 1, [one, other])
        if self.merge_mode == "mul":
            return one * other
        return (one + other) * one.dtype.type(0.5 if self.merge_mode == "ave" else 1)
