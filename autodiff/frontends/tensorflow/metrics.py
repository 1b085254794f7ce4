"""`tf.metrics` of 1.0: measures over many batches, as pairs (value, update).

    accuracy, update = tf.metrics.accuracy(labels, predictions)
    sess.run(tf.local_variables_initializer())

Each keeps sums in local variables; running `update` adds a batch, and gives the new value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends.common.options import among
from autodiff.frontends.tensorflow.control.flow import control_dependencies
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ops.arrays import cast, ones_like, reshape, size
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


def _sum(name: str, amount: Any, shape: Any = ()) -> tuple[Variable, Tensor]:
    """A local variable that is a sum, and the node that adds to it."""
    kept = Variable(
        np.zeros(shape, FLOAT), trainable=False, collections=[GraphKeys.LOCAL_VARIABLES], name=name
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


def auc(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Keys = None, updates_collections: Keys = None, curve: str = "ROC",
    name: str | None = None, summation_method: str = "trapezoidal",
) -> Pair:  # fmt: skip
    """The area under the curve of chances: "ROC", or precision over recall ("PR").

    The chances, between 0 and 1, are compared with `num_thresholds` limits.
    """
    among("auc: curve", curve, "ROC", "PR")
    among("auc: summation_method", summation_method, "trapezoidal", "careful_interpolation")
    chance = cast(reshape(convert_to_tensor(predictions), [-1]), FLOAT)
    truth = cast(reshape(cast(convert_to_tensor(labels), bool), [-1]), FLOAT)
    share = ones_like(chance)
    if weights is not None:
        share = reshape(mul(ones_like(predictions), cast(convert_to_tensor(weights), FLOAT)), [-1])
    inner = (np.arange(num_thresholds - 2) + 1) / (num_thresholds - 1)
    limits = np.concatenate([[-1e-7], inner, [1 + 1e-7]]).astype(FLOAT)[:, None]
    with get_default_graph().name_scope(name or "auc"):
        said = cast(greater(reshape(chance, [1, -1]), limits), FLOAT)
        kinds = dict(tp=said * truth, fp=said * (1 - truth), fn=(1 - said) * truth,
                     tn=(1 - said) * (1 - truth))  # fmt: skip
        sums = {
            key: _sum(key, reduce_sum(kind * share, 1), num_thresholds)
            for key, kind in kinds.items()
        }
        areas = [
            stage_code(_area, *(s[place] for s in sums.values()), type="AreaUnderCurve", dims=(),
                       curve=curve, careful=summation_method != "trapezoidal")
            for place in (0, 1)
        ]  # fmt: skip
        return _listed(areas[0], areas[1], metrics_collections, updates_collections)


def _area(tp: Any, fp: Any, fn: Any, tn: Any, *, curve: str, careful: bool) -> Any:
    """The area, of counts at rising limits: trapezia, or what is between two points of PR."""
    small = np.float32(1e-6)
    if curve == "PR" and careful:
        rise, said = tp[:-1] - tp[1:], tp + fp
        step = said[:-1] - said[1:]
        slope = np.where(step > 0, rise / np.where(step > 0, step, 1), 0)
        rest = tp[1:] - slope * said[1:]
        both = (said[:-1] > 0) & (said[1:] > 0)
        ratio = np.where(both, said[:-1] / np.where(both, said[1:], 1), 1)
        total = np.maximum(tp[1:] + fn[1:], 0)
        parts = slope * (rise + rest * np.log(ratio))
        return np.sum(np.where(total > 0, parts / np.where(total > 0, total, 1), 0))
    recall_ = (tp + small) / (tp + fn + small)
    x = fp / (fp + tn + small) if curve == "ROC" else recall_
    y = recall_ if curve == "ROC" else (tp + small) / (tp + fp + small)
    return np.sum((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2)


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
