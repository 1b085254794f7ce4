"""Columns as `tf.contrib.layers` called them, before `tf.feature_column` took them over in 1.3.

What is crossed falls into the buckets of the later columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow import feature_column as later


def real_valued_column(
    column_name: str,
    dimension: int = 1,
    default_value: Any = None,
    dtype: Any = np.float32,
    normalizer: Any = None,
) -> Any:
    """`numeric_column`."""
    return later.numeric_column(column_name, dimension, default_value, dtype, normalizer)


def sparse_column_with_keys(
    column_name: str,
    keys: Sequence[Any],
    default_value: int = -1,
    combiner: str = "sum",
    dtype: Any = None,
) -> Any:
    """`categorical_column_with_vocabulary_list`."""
    only("sparse_column_with_keys", {"combiner": combiner}, combiner="sum")
    return later.categorical_column_with_vocabulary_list(column_name, keys, dtype, default_value)


def sparse_column_with_hash_bucket(
    column_name: str, hash_bucket_size: int, combiner: str = "sum", dtype: Any = tf.string
) -> Any:
    """`categorical_column_with_hash_bucket`."""
    only("sparse_column_with_hash_bucket", {"combiner": combiner}, combiner="sum")
    return later.categorical_column_with_hash_bucket(column_name, hash_bucket_size, dtype)


def sparse_column_with_integerized_feature(
    column_name: str, bucket_size: int, combiner: str = "sum", dtype: Any = np.int64
) -> Any:
    """`categorical_column_with_identity`."""
    what = "sparse_column_with_integerized_feature"
    only(what, {"combiner": combiner}, "dtype", combiner="sum")
    return later.categorical_column_with_identity(column_name, bucket_size)


def crossed_column(
    columns: Sequence[Any], hash_bucket_size: int, combiner: str = "sum", **more: Any
) -> Any:
    """`crossed_column`; hashed categories are crossed by their words."""
    only("crossed_column", {"combiner": combiner, **more}, "hash_key", combiner="sum")
    plain = [c.key if getattr(c, "hashed", False) else c for c in columns]
    return later.crossed_column(plain, int(hash_bucket_size), more.get("hash_key"))


def one_hot_column(sparse_id_column: Any) -> Any:
    """`indicator_column`."""
    return later.indicator_column(sparse_id_column)


def input_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Any,
    weight_collections: Any = None,
    trainable: bool = True,
    scope: str | None = None,
) -> Any:
    """`input_layer`."""
    with tf.variable_scope(scope, "input_from_feature_columns"):
        return later.input_layer(columns_to_tensors, feature_columns, weight_collections, trainable)


bucketized_column, embedding_column = later.bucketized_column, later.embedding_column
weighted_sparse_column = later.weighted_categorical_column
create_feature_spec_for_parsing = later.make_parse_example_spec
