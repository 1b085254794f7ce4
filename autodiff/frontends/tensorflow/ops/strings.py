"""Strings: joined, split, counted, and numbers written as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.declaring.staging import dims_of, stage_code, tensor
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor
from autodiff.frontends.tensorflow.ground.dtypes import string
from autodiff.frontends.tensorflow.ops.fingerprints import fingerprint, murmur


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _each(function: Any, *arrays: Any) -> np.ndarray:
    """An array of Python objects, one for each element of broadcast arrays."""
    rows = np.broadcast_arrays(*(np.asarray(a, object) for a in arrays))
    found = np.empty(rows[0].shape, object)
    for place in np.ndindex(found.shape):
        found[place] = function(*(row[place] for row in rows))
    return found


def string_join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Any:
    """The strings of several tensors joined, element by element."""
    return stage_code(
        lambda *xs: _each(lambda *own: separator.join(map(_text, own)), *xs), *map(tensor, inputs),
        name=name, type="StringJoin", dims=None, dtype=string,
    )  # fmt: skip


def as_string(input: Any, precision: int = -1, name: str | None = None, **more: Any) -> Any:
    """Numbers as text, floats with `precision` digits after the point (by default six)."""

    only("as_string", more)

    def write(value: Any) -> str:
        if isinstance(value, bool | np.bool_):
            return "true" if value else "false"
        if isinstance(value, float | np.floating):
            return f"{value:.{6 if precision < 0 else precision}f}"
        return str(value)

    x = tensor(input)
    return stage_code(
        lambda x: _each(write, x), x, name=name, type="AsString", dims=dims_of(x), dtype=string
    )


def string_split(source: Any, delimiter: str = " ", skip_empty: bool = True) -> SparseTensor:
    """The words of each string of a vector, as a sparse tensor (string, word)."""

    def split(source: Any) -> Any:
        rows = [_text(s).split(delimiter) for s in np.ravel(source)]
        rows = [[w for w in row if w or not skip_empty] for row in rows]
        places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
        words = np.array([w for row in rows for w in row], object)
        shape = (len(rows), max(map(len, rows), default=0))
        return np.array(places, np.int64).reshape(-1, 2), words, np.array(shape, np.int64)

    def part(place: int, dims: Any, dtype: Any) -> Any:
        return stage_code(
            lambda x: split(x)[place], source, type="StringSplit", dims=dims, dtype=dtype
        )

    whole = np.dtype(np.int64)
    return SparseTensor(part(0, (None, 2), whole), part(1, (None,), string), part(2, (2,), whole))


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:
    """A number below `num_buckets` for each string: TensorFlow's own, by its fast hash."""
    return _buckets(fingerprint, input, num_buckets, name)


def string_to_hash_bucket(
    string_tensor: Any = None, num_buckets: int = 1, name: str | None = None, input: Any = None
) -> Any:
    """A number below `num_buckets` for each string, by the hash that came before the fast one."""
    return _buckets(murmur, string_tensor if input is None else input, num_buckets, name)


def _buckets(code: Any, strings: Any, count: int, name: str | None) -> Any:
    def bucket(value: Any) -> int:
        found: int = code(value if isinstance(value, bytes) else str(value).encode()) % count
        return found

    x = tensor(strings)
    return stage_code(
        lambda x: _each(bucket, x).astype(np.int64), x, name=name, type="StringToHashBucket",
        dims=dims_of(x), dtype=np.dtype(np.int64),
    )  # fmt: skip


def reduce_join(
    inputs: Any, axis: Any = None, keep_dims: bool = False, separator: str = "",
    name: str | None = None, reduction_indices: Any = None,
) -> Any:  # fmt: skip
    """The strings along an axis joined."""
    along = reduction_indices if axis is None else axis

    def join(x: Any) -> Any:
        found = np.asarray(x, object)
        axes = (
            range(found.ndim) if along is None else [int(a) % found.ndim for a in np.ravel(along)]
        )
        for place in sorted(axes, reverse=True):
            rows = np.moveaxis(found, place, -1)
            found = np.empty(rows.shape[:-1], object)
            for at in np.ndindex(found.shape):
                found[at] = separator.join(map(_text, rows[at]))
            found = np.expand_dims(found, place) if keep_dims else found
        return found

    return stage_code(join, tensor(inputs), name=name, type="ReduceJoin", dims=None, dtype=string)
