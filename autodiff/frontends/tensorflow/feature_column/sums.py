"""What is made of columns: the input of a network, and the weighted sum of a linear model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.feature_column.columns import Bucketized, together


def input_layer(
    features: Mapping[str, Any],
    feature_columns: Any,
    weight_collections: Any = None,
    trainable: bool = True,
    **more: Any,
) -> Any:
    """The numbers of all columns side by side (batch, all widths), in the order of their names."""
    only("input_layer", {"weight_collections": weight_collections, **more})
    parts = []
    with tf.variable_scope(None, "input_layer"):
        for column in _sorted(feature_columns):
            if not hasattr(column, "values"):
                raise ValueError(
                    f"{column.name} is a category; for input_layer wrap it in indicator_column or "
                    f"embedding_column.{here()}"
                )
            with tf.variable_scope(column.name or "x"):
                parts.append(column.values(features, trainable))
        return tf.concat(1, parts) if len(parts) > 1 else parts[0]


def linear_model(
    features: Mapping[str, Any],
    feature_columns: Any,
    units: int = 1,
    sparse_combiner: str = "sum",
    weight_collections: Any = None,
    trainable: bool = True,
    **more: Any,
) -> Any:
    """The sum of weights times features, and a bias (batch, units); all begin at 0."""
    only("linear_model", {"weight_collections": weight_collections, **more})
    zeros, parts = tf.zeros_initializer(), []
    with tf.variable_scope(None, "linear_model"):
        for column in _sorted(feature_columns):
            with tf.variable_scope(column.name or "x"):
                counted = hasattr(column, "ids")
                size = column.count if counted else column.width
                kept = tf.get_variable(
                    "weights", [size, units], tf.float32, zeros, trainable=trainable
                )
                if counted:
                    kind = "sum" if isinstance(column, Bucketized) else sparse_combiner
                    parts.append(tf.reshape(together(kept, column, features, kind), [-1, units]))
                else:
                    parts.append(tf.matmul(column.values(features), kept))
        bias = tf.get_variable("bias_weights", [units], tf.float32, zeros, trainable=trainable)
        return tf.add_n(parts) + bias


def make_parse_example_spec(feature_columns: Sequence[Any]) -> dict[str, Any]:
    """What `tf.parse_example` shall read for these columns."""
    found: dict[str, Any] = {}
    for column in feature_columns:
        found |= column.spec()
    return found


def _sorted(columns: Any) -> list[Any]:
    columns = list(columns) if isinstance(columns, Sequence | set) else [columns]
    names = [c.name for c in columns]
    if not columns or len(set(names)) < len(names):
        raise ValueError(f"no columns, or two of one name: {names}.{here()}")
    return sorted(columns, key=lambda c: c.name)
