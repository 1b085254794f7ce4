"""A layer of slim while it is built: where its variables and its output are listed.

`Weighted` holds what all layers with weights are told, and how they begin and end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.shared import sharing
from autodiff.frontends.slim.utils import collect_named_outputs
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope
from autodiff.frontends.tensorflow.variables.initializers import xavier_initializer

Weights = Callable[[str, Sequence[int]], Any]
"""What makes the weights of a layer, by name and shape."""


class Layer:
    """A layer while it is built: its scope, how its variables are made, where they are listed."""

    def __init__(
        self,
        variables_collections: Any,
        outputs_collections: Any,
        trainable: bool,
        dtype: Any,
    ) -> None:
        self.listed, self.outputs = variables_collections, outputs_collections
        self.trainable, self.dtype = trainable, dtype

    def variable(
        self,
        name: str,
        shape: Sequence[int],
        initializer: Any,
        regularizer: Any = None,
        learned: bool = True,
    ) -> Any:
        """A variable of the layer, in the collections of model variables and those asked for."""
        found = tf.get_variable(
            name, shape, self.dtype, initializer, regularizer, learned and self.trainable
        )
        listed = self.listed
        own = listed.get(name, []) if isinstance(listed, dict) else listed or []
        for key in (tf.GraphKeys.MODEL_VARIABLES, *([own] if isinstance(own, str) else own)):
            if found not in tf.get_collection(key):
                tf.add_to_collection(key, found)
        return found

    def listed_output(self, y: Any, name: str = "") -> Any:
        """The output, in the collections that were asked for, under the layer's name."""
        path = [tf.get_variable_scope().name, name]
        return collect_named_outputs(self.outputs, "/".join(filter(None, path)), y)


@dataclass(frozen=True, slots=True)
class Weighted:
    """What every layer with weights is told after its own arguments."""

    activation_fn: Any = tf.nn.relu
    normalizer_fn: Any = None
    normalizer_params: dict[str, Any] | None = None
    weights_initializer: Any = None
    weights_regularizer: Any = None
    biases_initializer: Any = tf.zeros_initializer
    biases_regularizer: Any = None
    reuse: bool | None = None
    variables_collections: Any = None
    outputs_collections: Any = None
    trainable: bool = True
    scope: str | None = None

    def layer(self, name: str, inputs: Any, units: int, product: Callable[[Weights], Any]) -> Any:
        """activation(product + biases) in a scope; with a normalizer there are no biases."""
        with tf.variable_scope(self.scope, name, [inputs], reuse=self.reuse):
            own = Layer(
                self.variables_collections, self.outputs_collections, self.trainable, inputs.dtype
            )
            start = self.weights_initializer or xavier_initializer()
            told = {"initializer": start, "regularizer": self.weights_regularizer}
            y = product(functools.partial(own.variable, **told))
            if self.normalizer_fn is not None:
                y = self.normalizer_fn(y, **(self.normalizer_params or {}))
            elif self.biases_initializer is not None:
                settings = self.biases_initializer, self.biases_regularizer
                y = tf.nn.bias_add(y, own.variable("biases", [units], *settings))
            return own.listed_output(y if self.activation_fn is None else self.activation_fn(y))


def weighted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A layer with weights: its function takes a `Weighted`, and its own arguments."""
    return add_arg_scope(sharing(Weighted)(function))


def channels_last(what: str, data_format: str | None) -> None:
    """Refuse images whose channels stand before their rows."""
    if data_format not in (None, "NHWC"):
        raise ValueError(f"{what}: data_format={data_format!r} is not supported.{here()}")
