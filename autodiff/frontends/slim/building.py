"""A layer of slim while it is built: where its variables and its output are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim.utils import collect_named_outputs


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

    def finished(
        self,
        y: Any,
        units: int,
        normalizer: Any,
        settings: Any,
        start: Any,
        regularizer: Any,
        activation: Any,
    ) -> Any:
        """A layer's product, normalized or with a bias, and its activation."""
        if normalizer is not None:
            y = normalizer(y, **(settings or {}))
        elif start is not None:
            y = tf.nn.bias_add(y, self.variable("biases", [units], start, regularizer))
        return self.listed_output(y if activation is None else activation(y))

    def listed_output(self, y: Any, name: str = "") -> Any:
        """The output, in the collections that were asked for, under the layer's name."""
        path = [tf.get_variable_scope().name, name]
        return collect_named_outputs(self.outputs, "/".join(filter(None, path)), y)


def channels_last(what: str, data_format: str | None) -> None:
    """Refuse images whose channels stand before their rows."""
    if data_format not in (None, "NHWC"):
        raise ValueError(f"{what}: data_format={data_format!r} is not supported.{here()}")
