"""Segments: rows with the same number, as one row: their sum, mean, product, largest, smallest.

The numbers of `segment_` ops are sorted and begin with 0; a number that is missing among them gives
a row of 0, of 1 for the product.  Those of `unsorted_segment_` ops stand in any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.declaring.staging import dims_of, is_int, stage_code, tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ops.choosing import gather


def unsorted_segment_sum(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The sum of the rows of `data` that have each of the ids 0 .. num_segments - 1."""
    return _segments("UnsortedSegmentSum", data, segment_ids, num_segments, name, _sum)


def unsorted_segment_max(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The largest of the rows with each id; the lowest number of the dtype where there is none."""
    return _segments("UnsortedSegmentMax", data, segment_ids, num_segments, name, _lowest_max)


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The sum of the rows of `data` with each id."""
    return _segments("SegmentSum", data, segment_ids, _count(segment_ids), name, _sum)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The mean of the rows of `data` with each id."""
    return _segments("SegmentMean", data, segment_ids, _count(segment_ids), name, _mean)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The product of the rows of `data` with each id."""
    return _segments("SegmentProd", data, segment_ids, _count(segment_ids), name, _prod)


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The largest of the rows of `data` with each id; ties share the gradient equally."""
    return _segments("SegmentMax", data, segment_ids, _count(segment_ids), name, _max)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The smallest of the rows of `data` with each id; ties share the gradient equally."""
    return _segments("SegmentMin", data, segment_ids, _count(segment_ids), name, _min)


def sparse_segment_sum(data: Any, indices: Any, segment_ids: Any, name: str | None = None) -> Any:
    """`segment_sum` of the rows `indices` of `data`."""
    return segment_sum(gather(data, indices), segment_ids, name)


def sparse_segment_mean(data: Any, indices: Any, segment_ids: Any, name: str | None = None) -> Any:
    """`segment_mean` of the rows `indices` of `data`."""
    return segment_mean(gather(data, indices), segment_ids, name)


def sparse_segment_sqrt_n(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None
) -> Any:
    """The sum over the square root of the count, of the rows `indices` of `data` with each id."""
    count = _count(segment_ids)
    return _segments("SparseSegmentSqrtN", gather(data, indices), segment_ids, count, name, _root)


def _count(ids: Any) -> int | None:
    return None if isinstance(ids, Tensor) else int(np.max(ids)) + 1


def _segments(type: str, data: Any, ids: Any, count: Any, name: str | None, fold: Any) -> Any:
    data = tensor(data)
    own, numbered = dims_of(data), dims_of(ids)
    length = count if is_int(count) else None
    dims = None if own is None or numbered is None else (length, *own[len(numbered) :])

    def rows(data: Any, ids: Any, count: int | None) -> Any:
        ids = np.asarray(ids)
        count = int(ids.max(initial=-1)) + 1 if count is None else int(count)
        flat = np.reshape(data, (ids.size, *np.shape(data)[ids.ndim :]))
        return fold(flat, ids.ravel(), count)

    return stage_code(rows, data, name=name, type=type, dims=dims, ids=ids, count=count)


def _sum(flat: Any, ids: Any, count: int) -> Any:
    member = (ids == np.arange(count)[:, None]).astype(flat.dtype)
    return np.tensordot(member, flat, (1, 0))


def _sizes(flat: Any, ids: Any, count: int) -> np.ndarray:
    sizes = np.maximum(np.bincount(ids, minlength=count), 1).astype(flat.dtype)
    return sizes.reshape(-1, *(1,) * (np.ndim(flat) - 1))


def _mean(flat: Any, ids: Any, count: int) -> Any:
    found = _sum(flat, ids, count) / _sizes(flat, ids, count)
    return found if flat.dtype.kind in "fc" else np.trunc(found).astype(flat.dtype)


def _root(flat: Any, ids: Any, count: int) -> Any:
    return _sum(flat, ids, count) / np.sqrt(_sizes(flat, ids, count))


def _each(fold: Any, empty: Any) -> Any:
    """A function of the rows of each segment, and what stands where there are none."""

    def folded(flat: Any, ids: Any, count: int) -> Any:
        found = []
        for i in range(count):
            own = np.flatnonzero(ids == i)
            blank = np.full(np.shape(flat)[1:], empty(flat.dtype), flat.dtype)
            found.append(fold(flat[own], axis=0) if own.size else blank)
        return np.stack(found) if found else flat[:0]

    return folded


def _lowest(dtype: np.dtype) -> Any:
    return np.iinfo(dtype).min if dtype.kind in "iu" else np.finfo(dtype).min


_prod = _each(np.prod, lambda dtype: 1)
_max, _min = _each(np.max, lambda dtype: 0), _each(np.min, lambda dtype: 0)
_lowest_max = _each(np.max, _lowest)
