"""Reductions: sums, means, spreads, extremes and products along axes."""

import numpy as np

from autodiff.core.dispatch import ground
from autodiff.core.kinds import constant, linear, primitive, reduction
from autodiff.core.op import case

AXES = (
    case((3, 4)), case((3, 4), axis=0), case((3, 4), axis=-1, keepdims=True),
    case((2, 3, 4), axis=(0, 2)), case((3,), axis=0), case(()),
)


def count(x, axis):
    """How many elements are reduced into one."""
    shape = np.shape(ground(x))
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return int(np.prod([shape[a] for a in axes], dtype=int))


def ties(ans, x, axis=None):
    """The weight of max and min: 1 at the extreme, shared equally among ties."""
    equal = np.equal(ground(x), ground(ans))
    return equal / np.sum(equal, axis=axis, keepdims=True)


def others(x, axis=None):
    """The product of all elements but one, for each; exact where elements are 0."""
    shape = np.shape(ground(x))
    axes = tuple(range(len(shape))) if axis is None else tuple(np.atleast_1d(axis) % len(shape))
    kept = tuple(a for a in range(len(shape)) if a not in axes)
    order = (*kept, *axes)
    flat = np.reshape(np.transpose(x, order), (*(shape[a] for a in kept), -1))
    one = np.ones_like(ground(flat[..., :1]))
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    after = np.flip(np.cumprod(np.concatenate([one, np.flip(flat, -1)[..., :-1]], -1), -1), -1)
    product = np.reshape(before * after, tuple(shape[a] for a in order))
    return np.transpose(product, tuple(int(i) for i in np.argsort(order)))


def spread_weight(ans, x, axis=None, ddof=0, correction=None):
    """The weight of the variance: 2 (x - mean) / (n - ddof)."""
    ddof = ddof if correction is None else correction
    return (x - np.mean(x, axis=axis, keepdims=True)) * (2 / (count(x, axis) - ddof))


def deviation_weight(ans, x, **params):
    """The weight of the standard deviation, 0 for a constant x (a kink)."""
    safe = np.where(ans == 0, 1.0, ans)
    return np.where(ans == 0, 0.0, spread_weight(ans, x, **params) / (2 * safe))


sum = reduction(np.sum, 1, cases=AXES, label="sum {}")
mean = reduction(np.mean, lambda ans, x, axis=None: 1 / count(x, axis), cases=AXES)
var = reduction(
    np.var, spread_weight, keywords=("ddof", "correction"),
    cases=(case((3, 4)), case((3, 4), axis=0, ddof=1), case((2, 3, 4), axis=(0, 2), keepdims=True)),
)
std = reduction(
    np.std, deviation_weight, keywords=("ddof", "correction"), kinks="of a constant x: 0",
    cases=(case((3, 4)), case((3, 4), axis=0, ddof=1), case((2, 3, 4), axis=(0, 2), keepdims=True)),
)
max = reduction(np.max, ties, cases=AXES[:-1], kinks="ties share equally")
min = reduction(np.min, ties, cases=AXES[:-1], kinks="ties share equally")
prod = reduction(
    np.prod, lambda ans, x, axis=None: others(x, axis),
    cases=(*AXES[:-1], case(np.array([0.0, 2.0, 3.0])), case(np.array([[0.0, 2.0], [0.0, 3.0]]), axis=1)),
)


def _cumsum_transpose(ct, x, axis=None):
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(ct))), np.shape(ground(x)))
    return np.flip(np.cumsum(np.flip(ct, axis), axis), axis)


cumsum = linear(
    np.cumsum, _cumsum_transpose, keywords=("axis",),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=0)),
)


def _prefix_products(x, axis):
    """D[..., k, i] = d y_k / d x_i of a cumulative product: exact where elements are 0."""
    last = np.reshape(x, -1) if axis is None else np.moveaxis(x, axis, -1)
    n = np.shape(ground(last))[-1]
    identity = np.eye(n, dtype=bool)
    without = np.where(identity, 1.0, last[..., None, :])
    return np.where(np.tril(np.ones((n, n), bool)), np.swapaxes(np.cumprod(without, -1), -1, -2), 0.0)


def _last(x, axis):
    return np.reshape(x, -1) if axis is None else np.moveaxis(x, axis, -1)


def _back(y, x, axis):
    return np.reshape(y, np.shape(ground(x))) if axis is None else np.moveaxis(y, -1, axis)


def _cumprod_jvp(tangents, ans, x, axis=None):
    moved = np.matmul(_prefix_products(x, axis), _last(tangents[0], axis)[..., None])[..., 0]
    return moved if axis is None else np.moveaxis(moved, -1, axis)


cumprod = primitive(
    np.cumprod,
    _cumprod_jvp,
    lambda index, ct, ans, x, axis=None: _back(
        np.matmul(_last(ct, axis)[..., None, :], _prefix_products(x, axis))[..., 0, :], x, axis
    ),
    why="every result depends on all elements before it",
    keywords=("axis",),
    cases=(
        case((4,)), case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=0),
        case(np.array([2.0, 0.0, 3.0])),
    ),
)

for _choice in (np.argmax, np.argmin, np.argsort, np.nonzero, np.searchsorted, np.count_nonzero):
    constant(_choice)
