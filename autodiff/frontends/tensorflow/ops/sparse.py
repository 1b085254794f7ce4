"""Sparse tensors: three tensors (indices, values, dense_shape) that go together.

They are fed and fetched as `SparseTensorValue`s, and made dense, multiplied, summed and looked up
by; nothing else takes them.  Only the values have a derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    known,
    stage_code,
    tensor,
)
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor, placeholder
from autodiff.frontends.tensorflow.graph.sparse_values import SparseTensor, SparseTensorValue
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.shapes import as_dims


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor that is fed: {placeholder: tf.SparseTensorValue(indices, values, shape)}."""
    own = name or "SparsePlaceholder"
    dims = as_dims(shape)
    rank = None if dims is None else len(dims)
    full = None if dims is None or None in dims else np.array(dims, np.int64)
    return SparseTensor(
        placeholder(np.int64, [None, rank], f"{own}/indices"),
        placeholder(dtype, [None], f"{own}/values"),
        placeholder(np.int64, [rank], f"{own}/shape") if full is None else full,
    )


def _filled(indices: Any, values: Any, shape: Any, default: Any) -> Any:
    lengths = tuple(int(n) for n in np.ravel(shape))
    places = np.asarray(indices).reshape(-1, len(lengths)) if len(lengths) else indices
    if np.size(places) and (np.max(places, 0) >= lengths).any():
        raise ValueError(f"an index of a sparse tensor is outside of its shape {lengths}")
    flat = np.ravel_multi_index(tuple(np.moveaxis(places, -1, 0)), lengths)
    if len(np.unique(flat)) < len(flat):
        raise ValueError("an index of a sparse tensor comes twice")
    count = int(np.prod(lengths))
    dtype = values.dtype
    start = np.full(count, default, dtype)
    if dtype.kind == "O":
        start[flat] = values
        return start.reshape(lengths)
    chosen = np.zeros(count, bool)
    chosen[flat] = True
    order = np.zeros(count, int)
    order[flat] = np.arange(len(flat))
    spread = values[order] if len(flat) else np.zeros(count, dtype)
    return np.reshape(np.where(chosen, spread, start), lengths)


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Any:
    """The array of a shape that has the values at the indices, and `default_value` elsewhere."""
    values = tensor(sparse_values)
    places = tensor(sparse_indices)

    def fill(values: Any, places: Any, shape: Any, default: Any) -> Any:
        if np.ndim(places) < 2:
            places = np.reshape(places, (-1, 1))
        given = np.broadcast_to(values, (len(places),)) if np.ndim(values) == 0 else values
        return _filled(places, given, shape, default)

    shape = constant_value(output_shape)
    return stage_code(
        fill, values, places, name=name, type="SparseToDense", dims=known(shape),
        dtype=as_dtype(values.dtype), shape=output_shape, default=default_value,
    )  # fmt: skip


@scoped("SparseTensorToDense")
def sparse_tensor_to_dense(
    sp_input: SparseTensor, default_value: Any = 0, validate_indices: bool = True
) -> Any:
    """A sparse tensor as an array, `default_value` where it has nothing."""
    sp = _sparse("tf.sparse_tensor_to_dense", sp_input)
    return sparse_to_dense(sp.indices, sp.dense_shape, sp.values, default_value)


def sparse_tensor_dense_matmul(
    sp_a: SparseTensor,
    b: Any,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    name: str | None = None,
) -> Any:
    """The product of a sparse matrix and an array, by the rows that the sparse one has."""
    sp = _sparse("tf.sparse_tensor_dense_matmul", sp_a)

    def product(values: Any, b: Any, indices: Any, shape: Any) -> Any:
        right = np.swapaxes(b, 0, 1) if adjoint_b else b
        rows, columns = indices[:, 0], indices[:, 1]
        if adjoint_a:
            rows, columns, shape = columns, rows, shape[::-1]
        terms = values[:, None] * right[columns]
        order = np.argsort(rows, kind="stable")
        member = (rows[order] == np.arange(int(shape[0]))[:, None]).astype(values.dtype)
        return member @ terms[order]

    right = tensor(b)
    dims = sp.get_shape().as_list()
    width = (dims_of(right) or (None, None))[0 if adjoint_b else 1]
    return stage_code(
        product, sp.values, b, name=name, type="SparseTensorDenseMatMul",
        dims=(dims[1 if adjoint_a else 0], width), indices=sp.indices, shape=sp.dense_shape,
    )  # fmt: skip


def sparse_reduce_sum(
    sp_input: SparseTensor, axis: Any = None, keep_dims: bool = False, reduction_axes: Any = None
) -> Any:
    """The sum over all axes of a sparse tensor, or some, as an array."""
    axes = reduction_axes if axis is None else axis
    axes = tuple(axes) if np.ndim(axes) else axes
    dense = sparse_tensor_to_dense(sp_input)
    return stage_code(lambda x: np.sum(x, axes, keepdims=keep_dims), dense, type="SparseReduceSum")


@taking(off="max_norm")
@scoped("embedding_lookup_sparse")
def embedding_lookup_sparse(
    params: Any,
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | None,
    partition_strategy: str = "mod",
    combiner: str = "mean",
) -> Any:
    """For each row of ids the weighted sum of the table's rows, their mean, or sum over sqrt(n)."""
    ids = _sparse("tf.nn.embedding_lookup_sparse", sp_ids)
    if combiner not in ("mean", "sum", "sqrtn"):
        raise ValueError(f'combiner is "mean", "sum" or "sqrtn", not {combiner!r}.{here()}')
    if isinstance(params, list | tuple):
        if len(params) != 1:
            raise ValueError(f"embedding_lookup_sparse: one table only.{here()}")
        (params,) = params

    def combine(table: Any, weights: Any, ids: Any, indices: Any, shape: Any) -> Any:
        member = (indices[:, 0] == np.arange(int(shape[0]))[:, None]).astype(table.dtype)
        found = member @ (table[ids] * weights[:, None])
        if combiner == "sum":
            return found
        total = member @ (weights if combiner == "mean" else weights * weights)
        return found / (total if combiner == "mean" else np.sqrt(total))[:, None]

    given = [convert_to_tensor(params)]
    weights = _ones(ids, given[0].dtype) if sp_weights is None else sp_weights.values
    return stage_code(
        combine, given[0], weights, type="EmbeddingLookupSparse",
        dims=(ids.get_shape().as_list()[0], *given[0].shape[1:]), ids=ids.values,
        indices=ids.indices, shape=ids.dense_shape,
    )  # fmt: skip


def _ones(sp: SparseTensor, dtype: np.dtype) -> Any:
    return stage_code(
        lambda x: np.ones(np.shape(x), dtype), sp.values, type="Ones", dims=sp.values.dims,
        dtype=dtype,
    )  # fmt: skip


def edit_distance(
    hypothesis: SparseTensor, truth: SparseTensor, normalize: bool = True, name: str | None = None
) -> Any:
    """Levenshtein's distance of sequences, those along the last axis; over the truth's length."""
    one, other = (_sparse("tf.edit_distance", sp) for sp in (hypothesis, truth))

    def rows(indices: Any, values: Any) -> dict[tuple[int, ...], list[Any]]:
        found: dict[tuple[int, ...], list[Any]] = {}
        for place, value in zip(np.asarray(indices).tolist(), values, strict=True):
            found.setdefault(tuple(place[:-1]), []).append(value)
        return found

    def distances(indices: Any, values: Any, others: Any, its: Any, shape: Any, size: Any) -> Any:
        own, truth = rows(indices, values), rows(others, its)
        found = np.zeros(tuple(int(n) for n in np.maximum(shape, size)[:-1]), np.float32)
        for place in np.ndindex(found.shape):
            a, b = own.get(place, []), truth.get(place, [])
            distance = float(_levenshtein(a, b))
            if normalize:
                distance = distance / len(b) if b else (np.inf if a else 0.0)
            found[place] = distance
        return found

    return stage_code(
        distances, one.indices, one.values, other.indices, other.values, one.dense_shape,
        other.dense_shape, name=name, type="EditDistance", dims=None, dtype=np.dtype(np.float32),
    )  # fmt: skip


def _levenshtein(a: list[Any], b: list[Any]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def _sparse(what: str, value: Any) -> SparseTensor:
    if not isinstance(value, SparseTensor):
        raise TypeError(f"{what} takes a tf.SparseTensor, and got {value!r:.60}.{here()}")
    return value


__all__ = [
    "SparseTensor",
    "SparseTensorValue",
    "edit_distance",
    "sparse_placeholder",
    "sparse_reduce_sum",
    "sparse_tensor_dense_matmul",
    "sparse_tensor_to_dense",
    "sparse_to_dense",
]
