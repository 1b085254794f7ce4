"""Pooling of images, NCHW: the largest, or the mean, of each window.

Where windows lie side by side the largest is a reduction over blocks, without windows.
"""

import functools

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import linear, primitive
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.windows import batch_last, framed, pair, windows


def _pool(x, size, stride, padding, fill):
    size = pair(size)
    stride = size if stride is None else pair(stride)
    if len(shape_of(x)) != 4:
        raise ValueError(f"pooling needs images (N, C, H, W); got shape {shape_of(x)}.")
    image = framed(x, pair(padding), fill)
    return apply(windows, (image,), {"kernel": size, "stride": stride})


def _offsets(size):
    return [(i, j) for i in range(size[0]) for j in range(size[1])]


def _part(x, size, i, j):
    return x[:, :, i :: size[0], j :: size[1]]


def _block_max_value(x, size):
    rows = functools.reduce(np.maximum, [x[:, :, i :: size[0]] for i in range(size[0])])
    return functools.reduce(np.maximum, [rows[..., j :: size[1]] for j in range(size[1])])


def _block_weights(ans, x, size, ties="share"):
    """Where the largest of each block is (NaN counts as that), and each one's share of ties.

    With `ties="first"` only the first of each block, row by row.
    """
    equal = np.empty_like(x, bool)
    for i, j in _offsets(size):
        np.equal(_part(x, size, i, j), ans, out=_part(equal, size, i, j))
    count = _how_many(equal, size)
    least = count.min()
    if least == count.max() == 1:
        return equal, 1.0
    if not least:
        equal |= np.isnan(x)
        count = _how_many(equal, size)
    if ties == "first":
        seen = np.zeros(ans.shape, bool)
        for i, j in _offsets(size):
            own = _part(equal, size, i, j)
            own &= ~seen
            seen |= own
        return equal, 1.0
    return equal, 1 / count


def _how_many(equal, size):
    """How many elements of each block are marked."""
    parts = [_part(equal.view(np.int8), size, i, j) for i, j in _offsets(size)]
    return functools.reduce(np.add, parts)


def _spread_value(ct, weights, size):
    if weights.flags.c_contiguous:
        image = np.empty(weights.shape, ct.dtype)
    else:  # as convolutions leave it, the batch last; a cotangent in C order is read so only once
        n, *places = weights.shape
        image = np.empty((*places, n), ct.dtype).transpose(3, 0, 1, 2)
        ct = batch_last(ct).transpose(3, 0, 1, 2)
    for i, j in _offsets(size):
        np.multiply(ct, _part(weights, size, i, j), out=_part(image, size, i, j))
    return image


def _gather_value(x, weights, size):
    return sum(_part(x, size, i, j) * _part(weights, size, i, j) for i, j in _offsets(size))


WEIGHTED = ("weights", "size")
gather = linear(
    _gather_value,
    lambda ct, x, weights, size: apply(spread, (ct,), {"weights": weights, "size": size}),
    name="gather", keywords=WEIGHTED,
    cases=(case((1, 1, 4, 4), weights=np.ones((1, 1, 4, 4)), size=(2, 2)),),
)  # fmt: skip
spread = linear(
    _spread_value,
    lambda ct, y, weights, size: apply(gather, (ct,), {"weights": weights, "size": size}),
    name="spread", keywords=WEIGHTED,
    cases=(case((1, 1, 2, 2), weights=np.ones((1, 1, 4, 4)), size=(2, 2)),),
)  # fmt: skip


def _gathered(tangents, ans, x, size, ties="share"):
    equal, share = _block_weights(ground(ans), ground(x), size, ties)
    return apply(gather, (tangents[0],), {"weights": equal, "size": size}) * share


def _scattered(index, ct, ans, x, size, ties="share"):
    equal, share = _block_weights(ground(ans), ground(x), size, ties)
    return apply(spread, (ct * share,), {"weights": equal, "size": size})


def _block_ties(ans, x, size):
    """Which elements share the maximum of their block with others."""
    equal, share = _block_weights(ground(ans), ground(x), size)
    share = np.broadcast_to(share, shape_of(ans))
    several = np.repeat(np.repeat(share < 1, size[0], axis=2), size[1], axis=3)
    return several & equal


def _block_gap(ans, x, size):
    return x - np.repeat(np.repeat(ans, size[0], axis=2), size[1], axis=3)


block_max = primitive(
    _block_max_value,
    _gathered,
    _scattered,
    why="a reduction over blocks, several times faster than one over an axis of windows",
    name="block_max", keywords=("size",), cases=(case((2, 1, 4, 6), size=(2, 3)),),
    kinks=Kinks(
        "elements tie in their windows", "shared equally", _block_ties, _block_gap, tie=True
    ),
)  # fmt: skip


def max_pool2d(x, size, stride=None, padding=0):
    """The largest element of each window of an (N, C, H, W) image; ties share the cotangent.

    >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    blocks, shape = pair(size), shape_of(x)
    if (
        len(shape) == 4
        and pair(padding) == (0, 0)
        and (stride is None or pair(stride) == blocks)
        and not shape[2] % blocks[0]
        and not shape[3] % blocks[1]
    ):
        return apply(block_max, (x,), {"size": blocks})
    return np.max(_pool(x, size, stride, padding, -np.inf), axis=(4, 5))


def avg_pool2d(x, size, stride=None, padding=0):
    """The mean of each window of an (N, C, H, W) image (padding counts as zeros).

    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return np.mean(_pool(x, size, stride, padding, 0.0), axis=(4, 5))
