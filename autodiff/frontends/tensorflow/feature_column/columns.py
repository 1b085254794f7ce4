"""Columns that are numbers: numeric ones, and categories as ones and zeros or embedded."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data.records.features import FixedLenFeature
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.feature_column.categories import WHOLE, raw


@dataclass(frozen=True, eq=False)
class Numeric:
    """A feature that is an array of numbers for each example."""

    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: Any
    normalizer_fn: Callable[[Any], Any] | None

    name = property(lambda self: self.key)
    width = property(lambda self: math.prod(self.shape))

    def values(self, features: Mapping[str, Any], trainable: bool = True) -> Any:
        """The numbers (batch, width)."""
        found = tf.cast(raw(features, self.key), np.float32)
        if self.normalizer_fn is not None:
            found = self.normalizer_fn(found)
        return tf.reshape(found, [-1, self.width])

    def spec(self) -> dict[str, Any]:
        """How the feature stands in an Example."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: Any = np.float32,
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> Numeric:
    """Numbers as they are, or as `normalizer_fn` makes them; an array has a `shape`."""
    dims = (int(shape),) if np.ndim(shape) == 0 else tuple(int(d) for d in shape)
    if any(d < 1 for d in dims):
        raise ValueError(f"numeric_column({key!r}): the shape {dims} has an empty axis.{here()}")
    return Numeric(key, dims, default_value, tf.as_dtype(dtype), normalizer_fn)


@dataclass(frozen=True, eq=False)
class Bucketized:
    """Numbers by the interval they are in: as ones and zeros, or as categories."""

    source: Numeric
    boundaries: tuple[float, ...]

    weights = None
    keys = ()
    name = property(lambda self: f"{self.source.name}_bucketized")
    size = property(lambda self: len(self.boundaries) + 1)
    count = property(lambda self: self.size * self.source.width)
    width = property(lambda self: self.count)

    def _intervals(self, features: Mapping[str, Any]) -> Any:
        found = self.source.values(features)
        return stage_code(
            lambda x: np.searchsorted(np.float32(self.boundaries), x, "right").astype(np.int64),
            found, type="Bucketize", dims=found.dims, dtype=WHOLE,
        )  # fmt: skip

    def values(self, features: Mapping[str, Any], trainable: bool = True) -> Any:
        """A one in the interval of each number."""
        return tf.reshape(tf.one_hot(self._intervals(features), self.size), [-1, self.width])

    def ids(self, features: Mapping[str, Any]) -> Any:
        """The intervals, each number's after those of the number before it."""
        return self._intervals(features) + self.size * np.arange(self.source.width)

    def prints(self, features: Mapping[str, Any]) -> Any:
        """The intervals, as what crossings are made of."""
        return self.ids(features)

    def spec(self) -> dict[str, Any]:
        """How the feature stands in an Example."""
        return self.source.spec()


def bucketized_column(source_column: Numeric, boundaries: Sequence[float]) -> Bucketized:
    """The intervals (-inf, b0), [b0, b1), ..., [bn, inf) of numbers."""
    if not isinstance(source_column, Numeric) or len(source_column.shape) > 1:
        raise ValueError(f"bucketized_column takes a numeric_column of one axis.{here()}")
    limits = tuple(boundaries)
    if not limits or any(a >= b for a, b in itertools.pairwise(limits)):
        raise ValueError(f"the boundaries {limits} do not rise.{here()}")
    return Bucketized(source_column, limits)


@dataclass(frozen=True, eq=False)
class Indicator:
    """A category as ones and zeros; a value that an example has twice counts two."""

    category: Any

    name = property(lambda self: f"{self.category.name}_indicator")
    width = property(lambda self: self.category.count)

    def values(self, features: Mapping[str, Any], trainable: bool = True) -> Any:
        """How often each bucket comes (batch, buckets)."""
        ones = tf.one_hot(self.category.ids(features), self.width)
        if self.category.weights:
            ones = ones * tf.expand_dims(weights_of(self.category, features), 2)
        return tf.reshape(tf.reduce_sum(ones, 1), [-1, self.width])

    def spec(self) -> dict[str, Any]:
        """How the feature stands in an Example."""
        return dict(self.category.spec())


def indicator_column(categorical_column: Any) -> Indicator:
    """A category as ones and zeros."""
    return Indicator(categorical_column)


@dataclass(frozen=True, eq=False)
class Embedding:
    """A category as the mean of rows of a table that is learnt."""

    category: Any
    width: int
    combiner: str
    initializer: Any
    trainable: bool

    name = property(lambda self: f"{self.category.name}_embedding")

    def values(self, features: Mapping[str, Any], trainable: bool = True) -> Any:
        """The row, or rows together, of each example (batch, width)."""
        start = self.initializer or tf.truncated_normal_initializer(0.0, self.width**-0.5)
        table = tf.get_variable(
            "embedding_weights", [self.category.count, self.width], tf.float32, start,
            trainable=self.trainable and trainable,
        )  # fmt: skip
        found = together(table, self.category, features, self.combiner)
        return tf.reshape(found, [-1, self.width])

    def spec(self) -> dict[str, Any]:
        """How the feature stands in an Example."""
        return dict(self.category.spec())


def embedding_column(
    categorical_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Embedding:
    """A category as rows of a table (buckets, dimension), combined by mean, sqrtn or sum."""
    only("embedding_column", {"ckpt_to_load_from": ckpt_to_load_from, "max_norm": max_norm})
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(f"combiner is mean, sqrtn or sum, not {combiner!r}.{here()}")
    return Embedding(categorical_column, dimension, combiner, initializer, trainable)


def weights_of(category: Any, features: Mapping[str, Any]) -> Any:
    """How much each value of a category counts (batch, n)."""
    if category.weights:
        return tf.cast(raw(features, category.weights), np.float32)
    return 1.0


def together(table: Any, category: Any, features: Mapping[str, Any], combiner: str) -> Any:
    """The rows of a table for the values of each example, weighted and combined."""
    ids = category.ids(features)
    there = tf.cast(tf.greater_equal(ids, np.int64(0)), np.float32) * weights_of(category, features)
    rows = tf.gather(table, tf.maximum(ids, np.int64(0))) * tf.expand_dims(there, 2)
    total = tf.reduce_sum(rows, 1)
    if combiner == "sum":
        return total
    size = tf.reduce_sum(there if combiner == "mean" else there * there, 1, keep_dims=True)
    safe = tf.where(tf.equal(size, 0.0), tf.ones_like(size), size)
    return total / (safe if combiner == "mean" else tf.sqrt(safe))
