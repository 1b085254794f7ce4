"""More on grids: convolutions of rows, with holes; norms and blocks of pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, stage_code, tensor
from autodiff.frontends.tensorflow.nn.activations import relu
from autodiff.frontends.tensorflow.nn.apart import apart
from autodiff.frontends.tensorflow.nn.dense import xw_plus_b
from autodiff.frontends.tensorflow.nn.normalization import batch_normalization
from autodiff.frontends.tensorflow.nn.sliding import IMAGES
from autodiff.frontends.tensorflow.nn.windows import conv2d
from autodiff.frontends.tensorflow.ops.arrays import expand_dims, squeeze
from autodiff.frontends.tensorflow.ops.joining import concat
from autodiff.frontends.tensorflow.ops.math import neg


@scoped("conv1d")
def conv1d(value: Any, filters: Any, stride: int, padding: str, data_format: Any = None) -> Any:
    """The cross-correlation of rows (N, W, C) with a filter (width, C, O)."""
    IMAGES.channels_last("tf.nn.conv1d", None if data_format in (None, "NWC") else data_format)
    found = conv2d(expand_dims(value, 1), expand_dims(filters, 0), [1, 1, stride, 1], padding)
    return squeeze(found, [1])


@scoped("atrous_conv2d")
def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str) -> Any:
    """`conv2d` with a filter whose elements stand `rate` apart."""
    wide = apart("tf.nn.atrous_conv2d", tensor(filters), (rate, rate), (1, 1))
    return conv2d(value, wide, [1, 1, 1, 1], padding)


@scoped("crelu")
def crelu(features: Any) -> Any:
    """relu(x) and relu(-x) side by side along the last axis."""
    features = tensor(features)
    return relu(concat(len(dims_of(features)) - 1, [features, neg(features)]))


@scoped("relu_layer")
def relu_layer(x: Any, weights: Any, biases: Any) -> Any:
    """relu(x @ weights + biases)."""
    return relu(xw_plus_b(x, weights, biases))


def batch_norm_with_global_normalization(
    t: Any,
    m: Any,
    v: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: float,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Any:
    """`batch_normalization` under the name and with the arguments of 2015."""
    scale = gamma if scale_after_normalization else None
    return batch_normalization(t, m, v, beta, scale, variance_epsilon, name=name)


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
) -> Any:
    """(y, mean, variance): normalized by the batch's moments, or if not training by those given.

    The variance that comes back is the unbiased one, n / (n - 1) of that used.
    """
    IMAGES.channels_last("tf.nn.fused_batch_norm", data_format)
    if not is_training and (mean is None or variance is None):
        raise ValueError(f"fused_batch_norm outside of training needs mean and variance.{here()}")

    def normalize(x: Any, scale: Any, offset: Any, *given: Any) -> Any:
        count = np.size(x) // np.shape(x)[-1]
        mean, spread = given or (np.mean(x, (0, 1, 2)), np.var(x, (0, 1, 2)))
        y = (x - mean) / np.sqrt(spread + epsilon) * scale + offset
        return y, mean, spread if given else spread * count / max(count - 1, 1)

    given = () if is_training else (mean, variance)
    return stage_code(normalize, x, scale, offset, *given, name=name, type="FusedBatchNorm")


def depth_to_space(input: Any, block_size: int, name: str | None = None) -> Any:
    """Channels laid out as blocks of pixels: (N, H, W, b b C) gives (N, b H, b W, C)."""

    def lay(x: Any) -> Any:
        n, h, w, c = np.shape(x)
        b, depth = block_size, c // block_size**2
        parts = np.transpose(np.reshape(x, (n, h, w, b, b, depth)), (0, 1, 3, 2, 4, 5))
        return np.reshape(parts, (n, h * b, w * b, depth))

    return stage_code(lay, input, name=name, type="DepthToSpace")


def space_to_depth(input: Any, block_size: int, name: str | None = None) -> Any:
    """The inverse of `depth_to_space`."""

    def stack(x: Any) -> Any:
        n, h, w, c = np.shape(x)
        b = block_size
        parts = np.transpose(np.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
        return np.reshape(parts, (n, h // b, w // b, b * b * c))

    return stage_code(stack, input, name=name, type="SpaceToDepth")
