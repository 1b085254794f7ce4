"""Activations, normalization, losses, dropout, lookups; `windows` has convolution."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.program import history
from autodiff.core.registry import registry
from autodiff.core.source import here
from autodiff.frontends.tensorflow.arrays import shape, squeeze, to_float, to_int32
from autodiff.frontends.tensorflow.choosing import gather, one_hot
from autodiff.frontends.tensorflow.declare import named, node, scoped
from autodiff.frontends.tensorflow.flow import stop_gradient
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


# -- losses -----------------------------------------------------------------------------------


def _refuse_swapped(what: str, logits: Any, labels: Any) -> None:
    """Refuse logits that look like labels and labels that can't be any: swapped arguments."""
    if dtype_of(logits).kind in "iub":
        raise TypeError(
            f"tf.nn.{what} takes (logits, labels), as in TensorFlow 0.11, and got logits of "
            f"{dtype_of(logits)}: the two are swapped, or the logits need "
            f"tf.cast(x, tf.float32). 1.0 takes both by name only.{here()}"
        )
    if _is_learned(labels) and not _is_learned(logits):
        raise ValueError(
            f"tf.nn.{what} takes (logits, labels), as in TensorFlow 0.11; here the labels depend "
            f"on variables and the logits do not: the two are swapped.{here()}"
        )
    own, other = dims_of(logits), dims_of(labels)
    if own is None or other is None:
        return
    fits = len(own) == len(other) and all(
        None in (a, b) or a == b for a, b in zip(own, other, strict=True)
    )
    if not fits:
        raise ValueError(
            f"tf.nn.{what}: the logits have shape {own}, the labels {other}; they must have the "
            "same. For integer labels write tf.one_hot(labels, depth), or use "
            f"sparse_softmax_cross_entropy_with_logits.{here()}"
        )


def _is_learned(x: Any) -> bool:
    """Whether a value depends on a variable."""
    if not isinstance(x, Tensor):
        return False
    return any((node.note or {}).get("role") == "parameter" for node in history([x.node]))


@scoped("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy_with_logits(logits: Any, labels: Any, dim: int = -1) -> Any:
    """-sum(labels * log_softmax(logits)) of each example, of shape (batch,).

    `labels` are probabilities that sum to 1, and count as constants, as in 0.11.  The logits are
    not softmax outputs: the softmax is in here.
    """
    _refuse_swapped("softmax_cross_entropy_with_logits", logits, labels)
    labels = stop_gradient(labels) if isinstance(labels, Tensor) else labels
    return neg(reduce_sum(labels * log_softmax(logits, dim), dim))


@scoped("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy_with_logits(logits: Any, labels: Any) -> Any:
    """-log_softmax(logits)[label] of each example, for integer labels of shape (batch,)."""
    what = "sparse_softmax_cross_entropy_with_logits"
    if dtype_of(labels).kind not in "iu":
        raise TypeError(
            f"tf.nn.{what} takes (logits, labels) with integer labels, as in TensorFlow 0.11, and "
            f"got labels of {dtype_of(labels)}. Are the two swapped? For probabilities use "
            f"softmax_cross_entropy_with_logits.{here()}"
        )
    own, other = dims_of(logits), dims_of(labels)
    if own is not None and other is not None and len(other) != len(own) - 1:
        raise ValueError(
            f"tf.nn.{what}: for logits of shape {own} the labels have one axis less, the class "
            f"numbers; got {other}. For one-hot rows use softmax_cross_entropy_with_logits, for a "
            f"column tf.squeeze(labels, [1]).{here()}"
        )
    if own is None or own[-1] is None:
        raise ValueError(f"tf.nn.{what} needs to know the number of classes.{here()}")
    labels = stage_code(_class_numbers, labels, type="Labels", dims=other, classes=own[-1])
    hot = one_hot(labels, own[-1], dtype=dtype_of(logits))
    return neg(reduce_sum(hot * log_softmax(logits), -1))


def _class_numbers(labels: Any, classes: int) -> Any:
    """Class numbers as they are; ValueError where one is out of range."""
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(
            f"the label {wrong.flat[0]} is none of {classes} classes, 0 to {classes - 1}"
        )
    return labels


def sigmoid_cross_entropy_with_logits(logits: Any, targets: Any, name: str | None = None) -> Any:
    """-z log(sigmoid(x)) - (1 - z) log(1 - sigmoid(x)) of each element, without overflow."""
    _refuse_swapped("sigmoid_cross_entropy_with_logits", logits, targets)
    name = name or "logistic_loss"
    return stage("sigmoid_cross_entropy", logits, targets, name=name, type="LogisticLoss")


@scoped("logistic_loss")
def weighted_cross_entropy_with_logits(logits: Any, targets: Any, pos_weight: Any) -> Any:
    """The same with the positive examples counted `pos_weight` times."""
    _refuse_swapped("weighted_cross_entropy_with_logits", logits, targets)
    weight = 1 + (pos_weight - 1) * targets
    return (1 - targets) * logits + weight * softplus(-logits)


@scoped("L2Loss")
def l2_loss(t: Any) -> Any:
    """sum(t ** 2) / 2, whose gradient is t."""
    return reduce_sum(square(t)) / 2


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
