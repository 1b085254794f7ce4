"""Reading by index, and its transpose: adding into zeros."""

import operator

import numpy as np

from autodiff.core.dispatch import apply
from autodiff.core.kinds import composite, linear
from autodiff.core.op import case
from autodiff.ops.shapes import shape_of


def _is_basic(index):
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(p, int | slice | None | type(Ellipsis) | np.integer) for p in parts)


def _scatter(ct, index, shape):
    zeros = np.zeros(shape, np.asarray(ct).dtype)
    if _is_basic(index):
        zeros[index] = ct
    else:
        np.add.at(zeros, index, ct)
    return zeros


scatter_op = linear(
    _scatter, lambda ct, x, index, shape: ct[index], name="scatter",
    keywords=("index", "shape"), cases=(),
)


def scatter(values, index, shape):
    """Zeros of `shape` with `values` added at `index` (repeated places add up)."""
    return apply(scatter_op, (values,), {"index": index, "shape": shape})


getitem = linear(
    lambda x, index: x[index],
    lambda ct, x, index: scatter(ct, index, shape_of(x)),
    name="getitem", public=operator.getitem, label="{}[{index}]", keywords=("index",),
    cases=(),
)

INDICES = (
    ((4,), 1), ((4,), slice(None, None, -1)), ((3, 4), (slice(None), 2)),
    ((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))), ((3, 4), np.array([2, 2, 0])),
    ((3, 4), np.array([[True, False, True, False]] * 3)), ((3, 4), (Ellipsis, None, 1)),
    ((3, 4), (None, slice(1, 3), np.array([0, 3]))),
)
"""Shapes and indices that indexing is tested on."""


@composite(np.take)
def take(a, indices, axis=None, out=None, mode="raise"):
    """Elements along an axis, by indexing."""
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    indices = np.asarray(indices)
    if mode != "raise":
        n = shape_of(a)[axis]
        indices = indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)
    return a[(slice(None),) * (axis % len(shape_of(a))) + (indices[()],)]
