"""`tf.losses` of 1.0: losses of (labels, predictions) that collect themselves.

Each is the sum of the weighted terms over how many have a weight that is not 0, and is added to
`tf.GraphKeys.LOSSES`.  The losses of `tf.contrib.losses` and slim, which came before, take
(predictions, labels): those are in `frontends.slim.losses`, over the same sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.staging import dims_of
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.ground.shapes import compatible
from autodiff.frontends.tensorflow.nn.activations import relu
from autodiff.frontends.tensorflow.nn.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from autodiff.frontends.tensorflow.ops.arrays import cast, ones_like, squeeze
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.math import (
    abs,
    add_n,
    log,
    maximum,
    minimum,
    mul,
    not_equal,
    squared_difference,
)
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum
from autodiff.frontends.tensorflow.variables.variables import GraphKeys


class Reduction:
    """How the weighted terms become one number."""

    NONE = "none"
    SUM = "weighted_sum"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Any:
    """The weighted terms as one number, which is collected.

    `weights` is a number, one for each example, or one for each term.
    """
    terms = convert_to_tensor(losses)
    with get_default_graph().name_scope(scope or "weighted_loss"):
        own = cast(convert_to_tensor(weights), terms.dtype)
        dims, given = dims_of(terms), dims_of(own)
        if dims is not None and given and len(given) < len(dims):
            own = own[(..., *(None,) * (len(dims) - len(given)))]
        weighted = mul(terms, own)
        if reduction == Reduction.NONE:
            loss = weighted
        elif reduction == Reduction.SUM:
            loss = reduce_sum(weighted)
        else:
            counted = ones_like(terms)
            if reduction == Reduction.MEAN:
                counted = mul(counted, own)
            elif reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
                counted = mul(counted, cast(not_equal(own, np.zeros((), own.dtype)), own.dtype))
            count = reduce_sum(counted)
            total = reduce_sum(weighted)
            loss = select(count > 0, total / maximum(count, np.finfo(own.dtype).tiny), 0 * total)
    if loss_collection is not None:
        get_default_graph().add_to_collection(loss_collection, loss)
    return loss


def _pair(what: str, labels: Any, predictions: Any) -> tuple[Any, Any]:
    given = convert_to_tensor(predictions)
    wanted = convert_to_tensor(labels)
    wanted = wanted if wanted.dtype == given.dtype else cast(wanted, given.dtype)
    if not compatible(wanted.dims, given.dims):
        raise ValueError(
            f"{what}: the predictions have shape {given.get_shape()}, the labels "
            f"{wanted.get_shape()}.{here()}"
        )
    return wanted, given


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None, **more: Any
) -> Any:
    """The mean of (predictions - labels)^2."""
    labels, predictions = _pair("mean_squared_error", labels, predictions)
    terms = squared_difference(predictions, labels)
    return compute_weighted_loss(terms, weights, scope or "mean_squared_error", **more)


def absolute_difference(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None, **more: Any
) -> Any:
    """The mean of |predictions - labels|."""
    labels, predictions = _pair("absolute_difference", labels, predictions)
    terms = abs(predictions - labels)
    return compute_weighted_loss(terms, weights, scope or "absolute_difference", **more)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: float = 1.0,
    scope: str | None = None,
    **more: Any,
) -> Any:
    """d^2 / 2 up to delta, delta (d - delta / 2) beyond, for d = |predictions - labels|."""
    labels, predictions = _pair("huber_loss", labels, predictions)
    distance = abs(predictions - labels)
    inner = minimum(distance, delta)
    terms = 0.5 * inner * inner + delta * (distance - inner)
    return compute_weighted_loss(terms, weights, scope or "huber_loss", **more)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
    **more: Any,
) -> Any:
    """-labels log(p + epsilon) - (1 - labels) log(1 - p + epsilon) for probabilities p."""
    labels, p = _pair("log_loss", labels, predictions)
    terms = -labels * log(p + epsilon) - (1 - labels) * log(1 - p + epsilon)
    return compute_weighted_loss(terms, weights, scope or "log_loss", **more)


def hinge_loss(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None, **more: Any
) -> Any:
    """max(0, 1 - (2 labels - 1) logits), for labels 0 and 1."""
    labels, logits = _pair("hinge_loss", labels, logits)
    terms = relu(1 - (2 * labels - 1) * logits)
    return compute_weighted_loss(terms, weights, scope or "hinge_loss", **more)


def cosine_distance(
    labels: Any,
    predictions: Any,
    dim: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    axis: int | None = None,
    **more: Any,
) -> Any:
    """1 - sum(labels * predictions) along an axis, for vectors of length 1."""
    labels, predictions = _pair("cosine_distance", labels, predictions)
    along = dim if axis is None else axis
    terms = 1 - reduce_sum(mul(labels, predictions), along, keep_dims=True)
    return compute_weighted_loss(terms, weights, scope or "cosine_distance_loss", **more)


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0.0,
    scope: str | None = None,
    **more: Any,
) -> Any:
    """The cross-entropy of softmax(logits); with smoothing the labels are mixed with 1 / n."""
    labels, logits = _pair("softmax_cross_entropy", onehot_labels, logits)
    if label_smoothing > 0:
        classes = logits.get_shape().as_list()[-1]
        labels = labels * (1 - label_smoothing) + label_smoothing / classes
    terms = softmax_cross_entropy_with_logits(logits, labels, name="xentropy")
    return compute_weighted_loss(terms, weights, scope or "softmax_cross_entropy_loss", **more)


def sparse_softmax_cross_entropy(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None, **more: Any
) -> Any:
    """The same for class numbers, which may be a column."""
    labels = convert_to_tensor(labels)
    if labels.dims and len(labels.dims) == len(logits.dims or ()) and labels.dims[-1] == 1:
        labels = squeeze(labels, [-1])
    terms = sparse_softmax_cross_entropy_with_logits(logits, labels, name="xentropy")
    name = scope or "sparse_softmax_cross_entropy_loss"
    return compute_weighted_loss(terms, weights, name, **more)


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0.0,
    scope: str | None = None,
    **more: Any,
) -> Any:
    """The cross-entropies of independent yes/no questions."""
    labels, logits = _pair("sigmoid_cross_entropy", multi_class_labels, logits)
    if label_smoothing > 0:
        labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
    terms = sigmoid_cross_entropy_with_logits(logits, labels, name="xentropy")
    return compute_weighted_loss(terms, weights, scope or "sigmoid_cross_entropy_loss", **more)


def add_loss(loss: Any, loss_collection: str = GraphKeys.LOSSES) -> None:
    """Add a loss of your own to the collection."""
    get_default_graph().add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses collected so far."""
    return get_default_graph().get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The terms of the weights' regularizers."""
    return get_default_graph().get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(
    scope: str | None = None, name: str = "total_regularization_loss"
) -> Any:
    """Their sum, 0 where there is none."""
    terms = get_regularization_losses(scope)
    return add_n(terms, name=name) if terms else convert_to_tensor(0.0)


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """The sum of the losses, and of the regularizers' terms unless told otherwise."""
    losses = get_losses() + (get_regularization_losses() if add_regularization_losses else [])
    if not losses:
        raise ValueError(
            "no loss was collected in this graph: call softmax_cross_entropy or its kin first, or "
            f"add_loss(loss).{here()}"
        )
    return add_n(losses, name=name)
