"""Layers as objects, `tf.layers.Dense(10)(x)`: variables are made once, and used by each call.

Each is a function of `tf.layers` whose settings are given first, and whose inputs later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.layers.convolution import (
    average_pooling1d,
    average_pooling2d,
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    max_pooling1d,
    max_pooling2d,
    separable_conv2d,
)
from autodiff.frontends.tensorflow.layers.core import dense, dropout, flatten
from autodiff.frontends.tensorflow.layers.normalization import batch_normalization
from autodiff.frontends.tensorflow.variables.scopes import VariableScope, get_variable_scope
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, root


class Layer:
    """A layer: the first call makes its variables, each later call uses them again."""

    function: Callable[..., Any]
    owns_variables = True

    def __init__(self, *settings: Any, name: str | None = None, **named: Any) -> None:
        self._settings, self._named, self._name = settings, named, name
        self._scope: VariableScope | None = None
        self.variables: list[Any] = []

    def __call__(self, inputs: Any, **more: Any) -> Any:
        """The layer's result for these inputs; `training=` is said here."""
        make, settings = type(self).function, dict(self._named) | more
        if not self.owns_variables:
            return make(inputs, *self._settings, name=self._name, **settings)
        if self._scope is not None:
            settings["reuse"] = True
            return make(inputs, *self._settings, name=self._scope, **settings)
        graph, above = root(get_default_graph()), get_variable_scope()  # of a loop's body, too
        known = set(graph.get_collection(GraphKeys.GLOBAL_VARIABLES))
        found = make(inputs, *self._settings, name=self._name, **settings)
        every = graph.get_collection(GraphKeys.GLOBAL_VARIABLES)
        made = [v for v in every if v not in known]
        if made:
            path = made[0].op.name.rpartition("/")[0]
        elif self._name:
            path = f"{above.name}/{self._name}" if above.name else self._name
        else:
            return found
        self._scope = VariableScope(path, True, above.initializer, above.regularizer, above.dtype)
        self.variables = [v for v in every if v.op.name.startswith(path + "/")]
        return found

    apply = __call__

    @property
    def name(self) -> str:
        """The name of the scope of its variables."""
        return self._scope.name if self._scope else self._name or type(self).__name__.lower()

    @property
    def weights(self) -> list[Any]:
        """Its variables."""
        return self.variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Those that an optimizer moves."""
        kept = root(get_default_graph()).get_collection(GraphKeys.TRAINABLE_VARIABLES)
        return [v for v in self.variables if v in kept]

    trainable_weights = trainable_variables
    kernel = property(lambda self: self._variable("kernel"))
    bias = property(lambda self: self._variable("bias"))

    def _variable(self, name: str) -> Any:
        for variable in self.variables:
            if variable.op.name.endswith("/" + name):
                return variable
        raise AttributeError(
            f"{type(self).__name__} has no {name}; its first call makes its variables.{here()}"
        )


class _Plain(Layer):
    owns_variables = False


def _layer(name: str, function: Callable[..., Any], base: type = Layer) -> Any:
    doc = f"`tf.layers.{function.__name__}` as an object: {(function.__doc__ or '').strip()}"
    return type(name, (base,), {"function": staticmethod(function), "__doc__": doc})


Dense = _layer("Dense", dense)
Conv1D = _layer("Conv1D", conv1d)
Conv2D = _layer("Conv2D", conv2d)
Conv3D = _layer("Conv3D", conv3d)
Conv2DTranspose = _layer("Conv2DTranspose", conv2d_transpose)
SeparableConv2D = _layer("SeparableConv2D", separable_conv2d)
BatchNormalization = _layer("BatchNormalization", batch_normalization)
Dropout = _layer("Dropout", dropout, _Plain)
Flatten = _layer("Flatten", flatten, _Plain)
MaxPooling1D = _layer("MaxPooling1D", max_pooling1d, _Plain)
MaxPooling2D = _layer("MaxPooling2D", max_pooling2d, _Plain)
AveragePooling1D = _layer("AveragePooling1D", average_pooling1d, _Plain)
AveragePooling2D = _layer("AveragePooling2D", average_pooling2d, _Plain)
