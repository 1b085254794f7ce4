"""Activations, normalization, dropout, lookups; `losses`, `sampling`, `windows` have the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.arrays import shape, squeeze, to_float, to_int32
from autodiff.frontends.tensorflow.choosing import gather, one_hot
from autodiff.frontends.tensorflow.declare import named, node, scoped
from autodiff.frontends.tensorflow.losses import (  # noqa: F401 (tf.nn has them too)
    l2_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from autodiff.frontends.tensorflow.math import (  # noqa: F401 (tf.nn has sigmoid and tanh too)
    abs,
    equal,
    floor,
    greater,
    less,
    matmul,
    maximum,
    neg,
    rsqrt,
    sigmoid,
    square,
    squared_difference,
    tanh,
)
from autodiff.frontends.tensorflow.random import random_uniform
from autodiff.frontends.tensorflow.reductions import reduce_mean, reduce_sum
from autodiff.frontends.tensorflow.renamed import missing
from autodiff.frontends.tensorflow.sampling import (  # noqa: F401 (tf.nn has them too)
    log_uniform_candidate_sampler,
    nce_loss,
    sampled_softmax_loss,
    uniform_candidate_sampler,
)
from autodiff.frontends.tensorflow.staging import (
    dims_of,
    dtype_of,
    stage,
    stage_code,
    tensor,
)
from autodiff.frontends.tensorflow.tensor import Tensor
from autodiff.frontends.tensorflow.windows import (  # noqa: F401 (tf.nn has them too)
    avg_pool,
    channels_last,
    conv2d,
    conv2d_transpose,
    depthwise_conv2d,
    max_pool,
    separable_conv2d,
)

# -- activations ------------------------------------------------------------------------------

relu = named("Relu", registry["relu"], "features", "max(x, 0); its slope at 0 is 0.")
relu6 = named("Relu6", registry["relu6"], "features", "min(max(x, 0), 6).")
elu = named("Elu", registry["elu"], "features", "x for x > 0, else exp(x) - 1.")
softplus = named("Softplus", registry["softplus"], "features", "log(1 + exp(x)).")


@scoped("Softsign")
def softsign(features: Any) -> Any:
    """x / (1 + |x|)."""
    return features / (1 + abs(features))


def softmax(logits: Any, dim: int = -1, name: str | None = None) -> Any:
    """exp(x) / sum(exp(x)) along an axis, by default the last."""
    return stage("softmax", logits, name=name, type="Softmax", axis=dim)


def log_softmax(logits: Any, dim: int = -1, name: str | None = None) -> Any:
    """The logarithm of `softmax`, without rounding small ones to log 0."""
    return stage("log_softmax", logits, name=name, type="LogSoftmax", axis=dim)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """value + bias along the last axis."""
    channels_last("tf.nn.bias_add", data_format)
    own, other = dims_of(value), dims_of(bias)
    if other is not None and len(other) != 1:
        raise ValueError(f"tf.nn.bias_add: a bias is a vector; got shape {other}.{here()}")
    if own and other and None not in (own[-1], other[0]) and own[-1] != other[0]:
        raise ValueError(
            f"tf.nn.bias_add: the last axis of {own} has {own[-1]} channels, but the bias has "
            f"{other[0]} elements.{here()}"
        )
    return stage("add", value, bias, name=name, type="BiasAdd")


@scoped("xw_plus_b")
def xw_plus_b(x: Any, weights: Any, biases: Any) -> Any:
    """x @ weights + biases."""
    return bias_add(matmul(x, weights), biases)


@scoped("dropout")
def dropout(x: Any, keep_prob: Any, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Each element kept with probability `keep_prob` and divided by it, else 0.

    1.0's successor `rate` is 1 - keep_prob.  `noise_shape` draws once for a whole axis.
    """
    x = tensor(x)
    if not isinstance(keep_prob, Tensor):
        if not 0 < keep_prob <= 1:
            raise ValueError(
                f"tf.nn.dropout: keep_prob is the probability to keep an element, in (0, 1]; got "
                f"{keep_prob}.{here()}"
            )
        if keep_prob == 1:
            return x
    noise = shape(x) if noise_shape is None else noise_shape
    drawn = random_uniform(noise, dtype=x.dtype, seed=seed)
    if noise_shape is None:
        drawn.set_shape(x.dims)
    return x / keep_prob * floor(drawn + keep_prob)


# -- normalization ----------------------------------------------------------------------------


@scoped("moments")
def moments(x: Any, axes: Any, shift: Any = None, keep_dims: bool = False) -> tuple[Any, Any]:
    """The mean and the (biased) variance over some axes.

    `shift` was a guess of the mean, against rounding; the two passes made here need none.
    """
    axes = [int(a) for a in np.ravel(axes)]
    mean = reduce_mean(x, axes, keep_dims=True)
    variance = reduce_mean(squared_difference(x, mean), axes, keep_dims=True)
    if keep_dims:
        return mean, variance
    return squeeze(mean, axes), squeeze(variance, axes)


@scoped("batchnorm")
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; `offset` and `scale` may be None."""
    x, mean, variance = map(tensor, (x, mean, variance))
    factor = rsqrt(variance + variance_epsilon)
    factor = factor if scale is None else factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return x * factor + shift


@scoped("l2_normalize")
def l2_normalize(x: Any, dim: Any, epsilon: float = 1e-12) -> Any:
    """x / sqrt(max(sum(x ** 2), epsilon)), the sum along `dim`."""
    total = reduce_sum(square(x), dim, keep_dims=True)
    return x * rsqrt(maximum(total, epsilon))


@node("LRN")
def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    """x / (bias + alpha s)^beta, with s the sum of squares over neighbouring channels.

    (Krizhevsky, Sutskever & Hinton, 2012, section 3.3.)
    """
    squares = np.pad(input * input, ((0, 0),) * 3 + ((depth_radius, depth_radius),))
    near = np.lib.stride_tricks.sliding_window_view(squares, 2 * depth_radius + 1, axis=-1)
    return input / (bias + alpha * np.sum(near, axis=-1)) ** beta


lrn = local_response_normalization


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The share of elements that are exactly 0, for watching a relu die."""
    zero = np.zeros((), dtype_of(value))
    return reduce_mean(to_float(equal(value, zero)), name=name or "zero_fraction")


# -- looking up -------------------------------------------------------------------------------


def embedding_lookup(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Any:
    """The rows params[ids]; of a list of tables the one table that it holds."""
    if isinstance(params, list | tuple):
        if len(params) != 1:
            raise ValueError(f"tf.nn.embedding_lookup: one table only; join them first.{here()}")
        (params,) = params
    return gather(params, ids, name=name or "embedding_lookup")


@scoped("InTopK")
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the score of each target is among the k largest of its row (ties count)."""
    depth = dims_of(predictions)[-1]
    hot = one_hot(targets, depth, dtype=dtype_of(predictions))
    own = reduce_sum(hot * predictions, -1, keep_dims=True)
    return less(reduce_sum(to_int32(greater(predictions, own)), -1), k)


class TopK(NamedTuple):
    """What `top_k` gives."""

    values: Any
    indices: Any


def top_k(input: Any, k: int = 1, sorted: bool = True, name: str | None = None) -> TopK:
    """The k largest elements of the last axis, largest first, and their indices."""
    return stage_code(_top_k, input, name=name, type="TopK", k=k)


def _top_k(x: Any, k: int) -> TopK:
    indices = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return TopK(np.take_along_axis(x, indices, -1), indices.astype(np.int32))


def __getattr__(name: str) -> object:
    raise missing("tf.nn", name, globals())
