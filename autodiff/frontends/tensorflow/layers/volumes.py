"""Layers over volumes (N, D, H, W, C): convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.layers.core import finished, scope_of, weight
from autodiff.frontends.tensorflow.nn import volumes
from autodiff.frontends.tensorflow.variables.initializers import (
    xavier_initializer,
    zeros_initializer,
)


def three(value: Any) -> tuple[int, int, int]:
    """(n, n, n) of n; three lengths as they are."""
    one, two, last = (value,) * 3 if isinstance(value, int) else value
    return int(one), int(two), int(last)


def _last(what: str, data_format: str) -> None:
    if data_format != "channels_last":
        raise ValueError(f'{what}: data_format="channels_last" only.{here()}')


def conv3d(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = (1, 1, 1),
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = zeros_initializer,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
) -> Any:
    """activation(convolution + bias) over volumes."""
    what = "tf.layers.conv3d"
    _last(what, data_format)
    if three(dilation_rate) != (1, 1, 1):
        raise ValueError(f"{what}: dilation_rate is not supported.{here()}")
    inputs = convert_to_tensor(inputs)
    if not inputs.dims or inputs.dims[-1] is None:
        raise ValueError(f"{what} needs to know the channels of {inputs.name}.{here()}")
    with scope_of(name, "conv3d", reuse):
        kernel = weight(
            "kernel", [*three(kernel_size), inputs.dims[-1], filters], kernel_initializer,
            xavier_initializer(), kernel_regularizer, trainable, inputs.dtype,
        )  # fmt: skip
        y = volumes.conv3d(inputs, kernel, [1, *three(strides), 1], padding.upper())
        return finished(
            y, filters, use_bias, bias_initializer, bias_regularizer, trainable, activation,
            activity_regularizer,
        )  # fmt: skip


def _pooling(pool: Callable[..., Any], own: str, doc: str) -> Callable[..., Any]:
    def layer(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        _last(f"tf.layers.{own}", data_format)
        block, steps = [1, *three(pool_size), 1], [1, *three(strides), 1]
        return pool(inputs, block, steps, padding.upper(), name=name or own)

    layer.__name__ = layer.__qualname__ = own
    layer.__doc__ = doc
    return layer


max_pooling3d = _pooling(volumes.max_pool3d, "max_pooling3d", "The largest of each block.")
average_pooling3d = _pooling(volumes.avg_pool3d, "average_pooling3d", "The mean of each block.")
