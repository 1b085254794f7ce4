"""`tf.metrics` of 1.0: measures over many batches, as pairs (value, update).

    accuracy, update = tf.metrics.accuracy(labels, predictions)
    sess.run(tf.local_variables_initializer())

Each keeps sums in local variables; running `update` adds a batch, and gives the new value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.control.flow import control_dependencies
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ops.arrays import cast, ones_like, size
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.math import (
    abs,
    equal,
    greater,
    logical_and,
    logical_not,
    mul,
    sqrt,
    squared_difference,
)
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable

Pair = tuple[Tensor, Tensor]
Keys = Sequence[str] | None
FLOAT = np.dtype(np.float32)


def _sum(name: str, amount: Any) -> tuple[Variable, Tensor]:
    """A local variable that is a sum, and the node that adds to it."""
    kept = Variable(
        np.float32(0), trainable=False, collections=[GraphKeys.LOCAL_VARIABLES], name=name
    )
    return kept, kept.assign_add(amount)


def _ratio(total: Any, count: Any) -> Any:
    return select(
        greater(count, 0.0),
        total / select(greater(count, 0.0), count, ones_like(count)),
        0.0 * total,
    )


def _pair(
    total: tuple[Variable, Tensor], count: tuple[Variable, Tensor], collections: Any, updates: Any
) -> Pair:
    value = _ratio(total[0], count[0])
    with control_dependencies([total[1], count[1]]):
        update = _ratio(total[1], count[1])
    return _listed(value, update, collections, updates)


def _listed(value: Any, update: Any, collections: Keys, updates: Keys) -> Pair:
    """Both, in the collections that were asked for."""
    for keys, node in ((collections, value), (updates, update)):
        for key in keys or ():
            get_default_graph().add_to_collection(key, node)
    return value, update


def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Sequence[str] | None = None,
    updates_collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Pair:
    """The mean of all values so far."""
    with get_default_graph().name_scope(name or "mean"):
        values = cast(convert_to_tensor(values), FLOAT)
        if weights is None:
            amount, count = reduce_sum(values), cast(size(values), FLOAT)
        else:
            share = mul(ones_like(values), cast(convert_to_tensor(weights), FLOAT))
            amount, count = reduce_sum(mul(values, share)), reduce_sum(share)
        return _pair(
            _sum("total", amount), _sum("count", count), metrics_collections, updates_collections
        )


def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Sequence[str] | None = None,
    updates_collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Pair:
    """How often the prediction is the label."""
    predictions = convert_to_tensor(predictions)
    right = equal(predictions, cast(convert_to_tensor(labels), predictions.dtype))
    return mean(
        cast(right, FLOAT), weights, metrics_collections, updates_collections, name or "accuracy"
    )


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """The mean of (predictions - labels)^2."""
    away = squared_difference(predictions, labels)
    return mean(away, weights, metrics_collections, updates_collections, name or "mse")


def mean_absolute_error(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """The mean of |predictions - labels|."""
    away = abs(predictions - labels)
    return mean(away, weights, metrics_collections, updates_collections, name or "mae")


def root_mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """The root of the mean of (predictions - labels)^2."""
    value, update = mean_squared_error(labels, predictions, weights, name=name)
    return _listed(sqrt(value), sqrt(update), metrics_collections, updates_collections)


def precision(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """Of what was predicted to be true, the share that is."""
    true, said = _truths(labels, predictions)
    with get_default_graph().name_scope(name or "precision"):
        sums = _sums(logical_and(true, said), said, weights)
        return _pair(*sums, metrics_collections, updates_collections)


def recall(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """Of what is true, the share that was predicted."""
    true, said = _truths(labels, predictions)
    with get_default_graph().name_scope(name or "recall"):
        sums = _sums(logical_and(true, said), true, weights)
        return _pair(*sums, metrics_collections, updates_collections)


def false_positives(
    labels: Any, predictions: Any, weights: Any = None,
    metrics_collections: Keys = None, updates_collections: Keys = None, name: str | None = None,
) -> Pair:  # fmt: skip
    """How often something false was predicted to be true."""
    true, said = _truths(labels, predictions)
    with get_default_graph().name_scope(name or "false_positives"):
        wrong = _amount(logical_and(logical_not(true), said), weights)
        return _listed(*_sum("count", wrong), metrics_collections, updates_collections)


def _truths(labels: Any, predictions: Any) -> tuple[Tensor, Tensor]:
    true, said = (cast(convert_to_tensor(x), bool) for x in (labels, predictions))
    return true, said


def _sums(hits: Any, all_of: Any, weights: Any) -> tuple[Any, Any]:
    return _sum("hits", _amount(hits, weights)), _sum("all", _amount(all_of, weights))


def _amount(which: Any, weights: Any) -> Tensor:
    """How many there are, each counted with its weight."""
    values = cast(which, FLOAT)
    if weights is not None:
        values = mul(values, cast(convert_to_tensor(weights), FLOAT))
    return reduce_sum(values)
