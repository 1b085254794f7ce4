"""Dense layers, dropout, and what they share with the other layers: scope, kernel and bias."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.shared import sharing
from autodiff.frontends.tensorflow.control.branches import cond
from autodiff.frontends.tensorflow.control.flow import identity
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.nn.dense import bias_add
from autodiff.frontends.tensorflow.nn.dense import dropout as dropped
from autodiff.frontends.tensorflow.ops.arrays import reshape
from autodiff.frontends.tensorflow.ops.math import matmul
from autodiff.frontends.tensorflow.variables.initializers import (
    xavier_initializer,
    zeros_initializer,
)
from autodiff.frontends.tensorflow.variables.scopes import (
    get_variable,
    get_variable_scope,
    variable_scope,
)
from autodiff.frontends.tensorflow.variables.variables import GraphKeys


def scope_of(name: str | None, default: str, reuse: bool | None) -> AbstractContextManager[Any]:
    """The variable scope of a layer: its name, else the default with a number."""
    return variable_scope(name, None if name else default, reuse=reuse)


def weight(
    name: str,
    shape: Sequence[int],
    initializer: Any,
    default: Any,
    regularizer: Any,
    trainable: bool,
    dtype: Any = np.float32,
) -> Any:
    """A variable of a layer; the scope's initializer stands before the layer's default."""
    start = initializer or get_variable_scope().initializer or default
    return get_variable(
        name, shape, dtype=dtype, initializer=start, regularizer=regularizer, trainable=trainable
    )


@dataclass(frozen=True, slots=True)
class Weighted:
    """What every layer with a kernel is told after its own arguments."""

    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = None
    bias_initializer: Any = zeros_initializer
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    trainable: bool = True
    name: str | None = None
    reuse: bool | None = None

    def kernel(self, shape: Sequence[int], dtype: Any) -> Any:
        """The layer's kernel."""
        start, regularizer = self.kernel_initializer, self.kernel_regularizer
        return weight(
            "kernel", shape, start, xavier_initializer(), regularizer, self.trainable, dtype
        )

    def layer(self, default: str, units: int, product: Callable[[], Any]) -> Any:
        """activation(product + bias) in the layer's scope."""
        with scope_of(self.name, default, self.reuse):
            y = product()
            if self.use_bias:
                start, regularizer = self.bias_initializer, self.bias_regularizer
                y = bias_add(y, weight(
                    "bias", [units], start, zeros_initializer, regularizer, self.trainable, y.dtype
                ))  # fmt: skip
            y = y if self.activation is None else self.activation(y)
            if self.activity_regularizer is not None:
                get_default_graph().add_to_collection(
                    GraphKeys.REGULARIZATION_LOSSES, self.activity_regularizer(y)
                )
            return y


@sharing(Weighted)
def dense(told: Weighted, inputs: Any, units: int) -> Any:
    """activation(inputs kernel + bias) along the last axis."""
    inputs = convert_to_tensor(inputs)
    dims = inputs.dims
    if not dims or dims[-1] is None:
        raise ValueError(
            f"tf.layers.dense needs to know the width of its inputs, the last axis of "
            f"{inputs.name}: {inputs.get_shape()}. Write x.set_shape([None, n]).{here()}"
        )

    def product() -> Any:
        kernel = told.kernel([dims[-1], units], inputs.dtype)
        if len(dims) == 2:
            return matmul(inputs, kernel)
        return stage_code(
            lambda x, w: np.tensordot(x, w, 1), inputs, kernel, type="Tensordot",
            dims=(*dims[:-1], units),
        )  # fmt: skip

    return told.layer("dense", units, product)


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Any:
    """Each element set to 0 with probability `rate`, while `training` (a bool or a tensor)."""
    inputs = convert_to_tensor(inputs)

    def applied() -> Any:
        return dropped(inputs, 1 - rate, noise_shape, seed)

    with get_default_graph().name_scope(name or "dropout"):
        if isinstance(training, Tensor):
            found = cond(training, applied, lambda: identity(inputs))
            found.set_shape(inputs.dims)
            return found
        return applied() if training else identity(inputs)


def flatten(inputs: Any, name: str | None = None) -> Any:
    """Each example as one row."""
    inputs = convert_to_tensor(inputs)
    return reshape(inputs, [-1, int(np.prod(inputs.shape[1:]))], name=name or "Flatten")
