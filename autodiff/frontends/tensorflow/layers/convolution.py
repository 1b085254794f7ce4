"""Layers over grids: convolutions and pooling, of images (N, H, W, C) and rows (N, W, C)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.layers.core import finished, scope_of, weight
from autodiff.frontends.tensorflow.nn import windows
from autodiff.frontends.tensorflow.nn.grids import atrous_conv2d
from autodiff.frontends.tensorflow.nn.grids import conv1d as convolve_rows
from autodiff.frontends.tensorflow.ops.arrays import expand_dims, shape, squeeze
from autodiff.frontends.tensorflow.variables.initializers import (
    xavier_initializer,
    zeros_initializer,
)


def _two(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return int(rows), int(columns)


def _one(value: Any) -> int:
    return int(value) if isinstance(value, int) else int(value[0])


def _last(what: str, data_format: str) -> None:
    if data_format not in ("channels_last", "NHWC"):
        raise ValueError(f'{what}: data_format="channels_last" only.{here()}')


def _channels(what: str, inputs: Any) -> int:
    channels = inputs.dims[-1] if inputs.dims else None
    if channels is None:
        raise ValueError(f"{what} needs to know the channels of {inputs.name}.{here()}")
    return channels


def conv2d(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = (1, 1),
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
    """activation(convolution + bias) over images."""
    what = "tf.layers.conv2d"
    _last(what, data_format)
    inputs = convert_to_tensor(inputs)
    with scope_of(name, "conv2d", reuse):
        size = [*_two(kernel_size), _channels(what, inputs), filters]
        kernel = weight(
            "kernel", size, kernel_initializer, xavier_initializer(), kernel_regularizer,
            trainable, inputs.dtype,
        )  # fmt: skip
        if _two(dilation_rate) != (1, 1):
            y = atrous_conv2d(inputs, kernel, _two(dilation_rate)[0], padding.upper())
        else:
            y = windows.conv2d(inputs, kernel, [1, *_two(strides), 1], padding.upper())
        return finished(
            y, filters, use_bias, bias_initializer, bias_regularizer, trainable, activation,
            activity_regularizer,
        )  # fmt: skip


def conv2d_transpose(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str = "channels_last",
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
    """The transpose of a convolution: images that are `strides` times as large."""
    what = "tf.layers.conv2d_transpose"
    _last(what, data_format)
    inputs = convert_to_tensor(inputs)
    with scope_of(name, "conv2d_transpose", reuse):
        kernel_lengths, steps = _two(kernel_size), _two(strides)
        size = [*kernel_lengths, filters, _channels(what, inputs)]
        kernel = weight(
            "kernel", size, kernel_initializer, xavier_initializer(), kernel_regularizer,
            trainable, inputs.dtype,
        )  # fmt: skip
        y = transposed(inputs, kernel, filters, kernel_lengths, steps, padding.upper())
        return finished(
            y, filters, use_bias, bias_initializer, bias_regularizer, trainable, activation,
            activity_regularizer,
        )  # fmt: skip


def transposed(inputs: Any, kernel: Any, filters: int, size: Any, steps: Any, padding: str) -> Any:
    """`conv2d_transpose` to the size that layers have: stride times, and what "VALID" adds."""
    lengths: list[Any] = []
    for axis in (0, 1):
        known = inputs.dims[1 + axis]
        own = shape(inputs)[1 + axis] if known is None else known
        more = max(size[axis] - steps[axis], 0) if padding == "VALID" else 0
        lengths.append(own * steps[axis] + more)
    batch = shape(inputs)[0] if inputs.dims[0] is None else inputs.dims[0]
    return windows.conv2d_transpose(
        inputs, kernel, [batch, *lengths, filters], [1, *steps, 1], padding
    )


def separable_conv2d(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    trainable: bool = True,
) -> Any:
    """A convolution of each channel, then one of 1 x 1 that mixes them."""
    inputs = convert_to_tensor(inputs)
    with scope_of(name, "separable_conv2d", reuse):
        channels = _channels("tf.layers.separable_conv2d", inputs)
        start = xavier_initializer()
        depth = weight(
            "depthwise_kernel", [*_two(kernel_size), channels, depth_multiplier], None, start,
            None, trainable, inputs.dtype,
        )  # fmt: skip
        point = weight(
            "pointwise_kernel", [1, 1, channels * depth_multiplier, filters], None, start, None,
            trainable, inputs.dtype,
        )  # fmt: skip
        steps = [1, *_two(strides), 1]
        y = windows.separable_conv2d(inputs, depth, point, steps, padding.upper())
        return finished(y, filters, use_bias, None, None, trainable, activation, None)


def conv1d(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
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
    """activation(convolution + bias) along rows (N, W, C)."""
    what = "tf.layers.conv1d"
    _last(what, data_format)
    inputs = convert_to_tensor(inputs)
    if _one(dilation_rate) != 1:
        raise ValueError(f"{what}: dilation_rate is not supported.{here()}")
    with scope_of(name, "conv1d", reuse):
        size = [_one(kernel_size), _channels(what, inputs), filters]
        kernel = weight(
            "kernel", size, kernel_initializer, xavier_initializer(), kernel_regularizer,
            trainable, inputs.dtype,
        )  # fmt: skip
        y = convolve_rows(inputs, kernel, _one(strides), padding.upper())
        return finished(
            y, filters, use_bias, bias_initializer, bias_regularizer, trainable, activation,
            activity_regularizer,
        )  # fmt: skip


def _pooling(pool: Callable[..., Any], own: str, doc: str, rows: bool) -> Callable[..., Any]:
    def layer(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        _last(f"tf.layers.{own}", data_format)
        if rows:
            lifted = expand_dims(inputs, 1)
            window, steps = [1, 1, _one(pool_size), 1], [1, 1, _one(strides), 1]
            return squeeze(pool(lifted, window, steps, padding.upper()), [1], name=name or own)
        window, steps = [1, *_two(pool_size), 1], [1, *_two(strides), 1]
        return pool(inputs, window, steps, padding.upper(), name=name or own)

    layer.__name__ = layer.__qualname__ = own
    layer.__doc__ = doc
    return layer


max_pooling2d = _pooling(
    windows.max_pool, "max_pooling2d", "The largest of each window of images.", False
)
average_pooling2d = _pooling(
    windows.avg_pool, "average_pooling2d", "The mean of each window of images.", False
)
max_pooling1d = _pooling(windows.max_pool, "max_pooling1d", "The largest of each window.", True)
average_pooling1d = _pooling(
    windows.avg_pool, "average_pooling1d", "The mean of each window.", True
)
