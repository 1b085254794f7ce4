"""Layers over grids: convolutions and pooling, of rows (N, W, C), images and volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.common.shared import sharing
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.layers.core import Weighted, weight
from autodiff.frontends.tensorflow.nn import volumes, windows
from autodiff.frontends.tensorflow.nn.apart import apart
from autodiff.frontends.tensorflow.nn.grids import conv1d as convolve_rows
from autodiff.frontends.tensorflow.ops.arrays import expand_dims, shape, squeeze
from autodiff.frontends.tensorflow.variables.initializers import (
    xavier_initializer,
    zeros_initializer,
)


def lengths(value: Any, count: int) -> tuple[int, ...]:
    """(n, n, ...) of n; as many lengths as they are."""
    found = (value,) * count if isinstance(value, int) else tuple(value)
    if len(found) != count:
        raise ValueError(f"a length for each of {count} axes, or one for all, not {value}.{here()}")
    return tuple(map(int, found))


def _last(what: str, data_format: str) -> None:
    if data_format not in ("channels_last", "NHWC"):
        raise ValueError(f'{what}: data_format="channels_last" only.{here()}')


def _channels(what: str, inputs: Any) -> int:
    channels = inputs.dims[-1] if inputs.dims else None
    if channels is None:
        raise ValueError(f"{what} needs to know the channels of {inputs.name}.{here()}")
    return channels


def _convolution(own: str, over: str, axes: int, convolve: Any) -> Callable[..., Any]:
    """The layer that `convolve(inputs, kernel, strides, padding, holes)` is the product of."""
    what = f"tf.layers.{own}"

    def layer(
        told: Weighted,
        inputs: Any,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
    ) -> Any:
        _last(what, data_format)
        holes = lengths(dilation_rate, axes)
        if set(holes) != {1} and convolve is not _over_images:
            raise ValueError(f"{what}: dilation_rate is not supported.{here()}")
        inputs = convert_to_tensor(inputs)

        def product() -> Any:
            size = [*lengths(kernel_size, axes), _channels(what, inputs), filters]
            kernel = told.kernel(size, inputs.dtype)
            return convolve(inputs, kernel, lengths(strides, axes), padding.upper(), holes)

        return told.layer(own, filters, product)

    layer.__name__ = layer.__qualname__ = own
    layer.__doc__ = f"activation(convolution + bias) {over}."
    return sharing(Weighted)(layer)


def _over_images(x: Any, kernel: Any, strides: Any, padding: str, holes: Any) -> Any:
    kernel = apart("tf.layers.conv2d", kernel, holes, strides)
    return windows.conv2d(x, kernel, [1, *strides, 1], padding)


conv1d = _convolution(
    "conv1d", "along rows (N, W, C)", 1, lambda x, w, s, p, _: convolve_rows(x, w, s[0], p)
)
conv2d = _convolution("conv2d", "over images", 2, _over_images)
conv3d = _convolution(
    "conv3d", "over volumes", 3, lambda x, w, s, p, _: volumes.conv3d(x, w, [1, *s, 1], p)
)


@sharing(Weighted)
def conv2d_transpose(
    told: Weighted,
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str = "channels_last",
) -> Any:
    """The transpose of a convolution: images that are `strides` times as large."""
    what = "tf.layers.conv2d_transpose"
    _last(what, data_format)
    inputs = convert_to_tensor(inputs)

    def product() -> Any:
        size, steps = lengths(kernel_size, 2), lengths(strides, 2)
        kernel = told.kernel([*size, filters, _channels(what, inputs)], inputs.dtype)
        return transposed(inputs, kernel, filters, size, steps, padding.upper())

    return told.layer("conv2d_transpose", filters, product)


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
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = None,
    pointwise_initializer: Any = None,
    bias_initializer: Any = zeros_initializer,
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
) -> Any:
    """A convolution of each channel, then one of 1 x 1 that mixes them."""
    what = "tf.layers.separable_conv2d"
    _last(what, data_format)
    holes = lengths(dilation_rate, 2)
    inputs = convert_to_tensor(inputs)
    channels, steps = _channels(what, inputs), [1, *lengths(strides, 2), 1]

    def product() -> Any:
        start, rest = xavier_initializer(), (trainable, inputs.dtype)
        depth = weight(
            "depthwise_kernel", [*lengths(kernel_size, 2), channels, depth_multiplier],
            depthwise_initializer, start, depthwise_regularizer, *rest,
        )  # fmt: skip
        point = weight(
            "pointwise_kernel", [1, 1, channels * depth_multiplier, filters],
            pointwise_initializer, start, pointwise_regularizer, *rest,
        )  # fmt: skip
        return windows.separable_conv2d(inputs, depth, point, steps, padding.upper(), rate=holes)

    told = Weighted(
        activation, use_bias, None, bias_initializer, None, bias_regularizer, activity_regularizer,
        trainable, name, reuse,
    )  # fmt: skip
    return told.layer("separable_conv2d", filters, product)


def _pooling(pool: Callable[..., Any], own: str, axes: int, doc: str) -> Callable[..., Any]:
    def layer(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        _last(f"tf.layers.{own}", data_format)
        window, steps = [*lengths(pool_size, axes), 1], [*lengths(strides, axes), 1]
        if axes == 1:
            found = pool(expand_dims(inputs, 1), [1, 1, *window], [1, 1, *steps], padding.upper())
            return squeeze(found, [1], name=name or own)
        return pool(inputs, [1, *window], [1, *steps], padding.upper(), name=name or own)

    layer.__name__ = layer.__qualname__ = own
    layer.__doc__ = doc
    return layer


max_pooling1d = _pooling(windows.max_pool, "max_pooling1d", 1, "The largest of each window.")
average_pooling1d = _pooling(windows.avg_pool, "average_pooling1d", 1, "The mean of each window.")
max_pooling2d = _pooling(
    windows.max_pool, "max_pooling2d", 2, "The largest of each window of images."
)
average_pooling2d = _pooling(
    windows.avg_pool, "average_pooling2d", 2, "The mean of each window of images."
)
max_pooling3d = _pooling(volumes.max_pool3d, "max_pooling3d", 3, "The largest of each block.")
average_pooling3d = _pooling(volumes.avg_pool3d, "average_pooling3d", 3, "The mean of each block.")
