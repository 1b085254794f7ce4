"""Categorical columns: features that are one of a few, or some of many, as numbers of buckets.

Each gives for every example a row of bucket numbers, -1 where there is none; what TensorFlow keeps
as a sparse tensor is here this array (batch, most of an example).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data.records.features import VarLenFeature
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.declaring.staging import stage_code
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype, string
from autodiff.frontends.tensorflow.ops.fingerprints import SEED, crossed, fingerprint

WHOLE = np.dtype(np.int64)


def raw(features: Mapping[str, Any], key: str) -> Any:
    """A feature as (batch, values): -1 and "" stand for what a sparse one has not."""
    if key not in features:
        raise ValueError(f"no feature is called {key!r}; there are {sorted(features)}.{here()}")
    value = features[key]
    if isinstance(value, SparseTensor):
        nothing = b"" if value.dtype == string else -1
        dense = tf.sparse_tensor_to_dense(value, nothing, validate_indices=False)
        rank = value.get_shape().ndims
        return dense if rank == 2 else tf.reshape(dense, [tf.shape(dense)[0], -1])
    value = tf.convert_to_tensor(value)
    if value.dims is not None and len(value.dims) == 0:
        raise ValueError(f"the feature {key!r} has no axis of examples.{here()}")
    if value.dims is not None and len(value.dims) == 1:
        return tf.expand_dims(value, 1)
    return value


@dataclass(frozen=True, eq=False)
class Category:
    """A feature with `count` buckets; `number` gives the array of bucket numbers for its values."""

    name: str
    key: str
    count: int
    number: Callable[[np.ndarray], np.ndarray]
    dtype: Any = string
    keys: tuple[Any, ...] = ()
    weights: str | None = None
    hashed: bool = False

    def ids(self, features: Mapping[str, Any]) -> Any:
        """The bucket numbers (batch, n), -1 where an example has no more."""
        values = raw(features, self.key)
        if (values.dtype == string) != (self.dtype == string):
            raise ValueError(
                f"the feature {self.key!r} is of {values.dtype}, and its column of {self.dtype}."
                f"{here()}"
            )
        flat = values if len(values.dims or (0, 0)) == 2 else _rows(values)
        return stage_code(self.number, flat, type="Bucket", dims=flat.dims, dtype=WHOLE)

    def prints(self, features: Mapping[str, Any]) -> Any:
        """The bucket numbers, as what crossings are made of."""
        return self.ids(features)

    def spec(self) -> dict[str, Any]:
        """How the feature stands in an Example."""
        own = {self.key: VarLenFeature(self.dtype)}
        return own | ({self.weights: VarLenFeature(tf.float32)} if self.weights else {})


def _rows(values: Any) -> Any:
    return tf.reshape(values, [tf.shape(values)[0], -1])


def _plain(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _each(function: Callable[[bytes], int]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of each word; "" is none."""

    def number(values: np.ndarray) -> np.ndarray:
        words = [_plain(v) for v in np.ravel(values)]
        found = [function(w) if w else -1 for w in words]
        return np.array(found, np.int64).reshape(np.shape(values))

    return number


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> Category:
    """Whole numbers below `num_buckets`, themselves; others are `default_value`, or an error."""

    def number(values: np.ndarray) -> np.ndarray:
        out = (values < 0) | (values >= num_buckets)
        missing = values == -1  # of a sparse feature, nothing
        if default_value is None and (out & ~missing).any():
            raise ValueError(
                f"the feature {key!r} has {values[out & ~missing][0]}, and buckets 0 to "
                f"{num_buckets - 1}; give a default_value for others."
            )
        return np.where(out & ~missing, default_value or 0, values).astype(np.int64)

    return Category(key, key, num_buckets, number, WHOLE)


def categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Sequence[Any],
    dtype: Any = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> Category:
    """The place of a value in a list; others are `default_value`, or hashed into more buckets."""
    words = np.asarray(vocabulary_list)
    if not len(words) or len(set(vocabulary_list)) < len(words):
        raise ValueError(f"the vocabulary of {key!r} is empty, or has a word twice.{here()}")
    if num_oov_buckets and default_value != -1:
        raise ValueError(f"num_oov_buckets or default_value, one of the two.{here()}")
    text = words.dtype.kind in "USO"
    kind = string if text else WHOLE if dtype is None else as_dtype(dtype)
    places: dict[Any, int] = {_plain(w) if text else int(w): i for i, w in enumerate(words)}

    def other(word: Any) -> int:
        if num_oov_buckets:
            return len(words) + fingerprint(_plain(word)) % num_oov_buckets
        return default_value

    def lookup(values: np.ndarray) -> np.ndarray:
        found = [-1 if v == -1 else places.get(int(v), other(v)) for v in np.ravel(values)]
        return np.array(found, np.int64).reshape(np.shape(values))

    number = _each(lambda w: places[w] if w in places else other(w)) if text else lookup
    return Category(key, key, len(words) + num_oov_buckets, number, kind)


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: Any = string,
) -> Category:
    """The line on which a word stands in a file, of which `vocabulary_size` lines are read."""
    with open(vocabulary_file, encoding="utf-8") as file:
        lines = file.read().splitlines()[:vocabulary_size]
    default = -1 if default_value is None else default_value
    words = lines if as_dtype(dtype) == string else list(map(int, lines))
    return categorical_column_with_vocabulary_list(key, words, dtype, default, num_oov_buckets)


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = string
) -> Category:
    """The bucket into which TensorFlow's hash puts a word, or a whole number as text."""
    if hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size={hash_bucket_size} is below 1.{here()}")
    kind = as_dtype(dtype)
    hashed = _each(lambda w: fingerprint(w) % hash_bucket_size)

    def whole(values: np.ndarray) -> np.ndarray:
        texts = np.array([b"" if v == -1 else b"%d" % v for v in np.ravel(values)], object)
        return hashed(texts.reshape(np.shape(values)))

    number = hashed if kind == string else whole
    return Category(key, key, hash_bucket_size, number, kind, hashed=True)


def weighted_categorical_column(
    categorical_column: Category, weight_feature_key: str, dtype: Any = np.float32
) -> Category:
    """The same, where each value counts as much as another feature says."""
    c = categorical_column
    name = f"{c.name}_weighted_by_{weight_feature_key}"
    return Category(name, c.key, c.count, c.number, c.dtype, c.keys, weight_feature_key)


@dataclass(frozen=True, eq=False)
class Crossed(Category):
    """Combinations of the values of several features, hashed into buckets."""

    seed: int = field(default=SEED)

    def ids(self, features: Mapping[str, Any]) -> Any:
        """The bucket of each combination of an example's values."""
        dense = [
            isinstance(k, str) and not isinstance(features.get(k), SparseTensor) for k in self.keys
        ]
        order = sorted(range(len(self.keys)), key=lambda i: dense[i])  # as TensorFlow's own kernel
        parts = [_prints(self.keys[i], features) for i in order]
        whole = [dense[i] for i in order]

        def number(*arrays: np.ndarray) -> np.ndarray:
            found = []
            for own in zip(*arrays):
                chosen = [
                    [v for v in row if all_ or not _none(v)]
                    for row, all_ in zip(own, whole, strict=True)
                ]
                every = itertools.product(*chosen)
                found.append(
                    [crossed([_print(v) for v in c], self.seed) % self.count for c in every]
                )
            width = max(map(len, found), default=0)
            rows = [row + [-1] * (width - len(row)) for row in found]
            return np.array(rows, np.int64).reshape(len(found), width)

        return stage_code(number, *parts, type="SparseCross", dims=(None, None), dtype=WHOLE)

    def spec(self) -> dict[str, Any]:
        """How the features stand in an Example."""
        found: dict[str, Any] = {}
        for key in self.keys:
            found |= {key: VarLenFeature(string)} if isinstance(key, str) else key.spec()
        return found


def _prints(key: Any, features: Mapping[str, Any]) -> Any:
    return raw(features, key) if isinstance(key, str) else key.prints(features)


def _none(value: Any) -> bool:
    return value in (b"", "") if isinstance(value, bytes | str) else value == -1


def _print(value: Any) -> int:
    return fingerprint(_plain(value)) if isinstance(value, bytes | str) else int(value)


def crossed_column(keys: Sequence[Any], hash_bucket_size: int, hash_key: int | None = None) -> Any:
    """Combinations of features (names, or categorical columns that are not hashed ones)."""
    if len(keys) < 2:
        raise ValueError(f"crossed_column crosses at least two features.{here()}")
    leaves: list[Any] = []
    for key in keys:
        leaves += key.keys if isinstance(key, Crossed) else [key]
    names = sorted(k if isinstance(k, str) else k.name for k in leaves)
    name = "_X_".join(names)
    return Crossed(
        name, name, hash_bucket_size, lambda values: values, keys=tuple(leaves),
        seed=SEED if hash_key is None else hash_key,
    )  # fmt: skip
