"""Images: convolution and pooling over windows, NCHW (batch, channels, height, width).

No function here loops over pixels.
"""

import functools
import math

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import bilinear, linear, primitive
from autodiff.core.language.kinks import Kinks
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.ground.reuse import keep, kept


def pair(value):
    """(height, width) of a setting that may be given as one int."""
    if type(value) is int:
        return value, value
    return tuple([int(v) for v in np.broadcast_to(value, (2,))])


def _windows_value(x, kernel, stride):
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1]]


def _fold_value(y, shape, kernel, stride):
    image = np.zeros(shape, y.dtype)
    rows, columns = y.shape[2], y.shape[3]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            image[
                :, :, i : i + stride[0] * rows : stride[0], j : j + stride[1] * columns : stride[1]
            ] += y[..., i, j]
    return image


WINDOW = ("kernel", "stride")

windows = linear(
    _windows_value,
    lambda ct, x, kernel, stride: apply(
        fold, (ct,), {"shape": shape_of(x), "kernel": kernel, "stride": stride}
    ),
    name="windows",
    keywords=WINDOW,
    cases=(case((2, 1, 4, 5), kernel=(2, 3), stride=(1, 2)),),
)
fold = linear(
    _fold_value,
    lambda ct, y, shape, kernel, stride: apply(
        windows, (ct,), {"kernel": kernel, "stride": stride}
    ),
    name="fold",
    keywords=("shape", *WINDOW),
    cases=(case((2, 1, 3, 2, 2, 3), shape=(2, 1, 4, 5), kernel=(2, 3), stride=(1, 2)),),
)


def _framed(x, padding, value=0.0):
    if padding == (0, 0):
        return x
    (ph, pw) = padding
    if type(x) is np.ndarray:  # np.pad takes three times as long
        n, c, rows, columns = x.shape
        framed = np.full((n, c, rows + 2 * ph, columns + 2 * pw), value, x.dtype)
        framed[:, :, ph : ph + rows, pw : pw + columns] = x
        return framed
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)


# Inside of these three the batch is the last axis in memory: (channels, rows, columns, batch).  A
# window's row is then one long run of numbers, and not as short as the kernel is wide, and all
# images are one matrix product.  Results stay laid out so, and NumPy keeps it up in what follows.


def _batch_last(x):
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0))


def _columns_of(x, kernel, stride):
    """Every window as a column: (C * kh * kw, rows * columns * N), and the number of those."""
    found = kept(("columns", kernel, stride), x)
    if found is None:
        view = np.lib.stride_tricks.sliding_window_view(_batch_last(x), kernel, axis=(1, 2))
        view = view[:, :: stride[0], :: stride[1]]
        size = view.shape[1:3]
        columns = view.transpose(0, 4, 5, 1, 2, 3).reshape(x.shape[1] * math.prod(kernel), -1)
        found = columns, size
        keep(("columns", kernel, stride), x, found)
    return found


CACHED = 2**18
"""Bytes of a piece of the columns that stays in the processor's cache."""


def _pieces(columns, rows):
    """In how many pieces a product with few rows reads the columns; BLAS cuts larger ones."""
    n = columns.nbytes // CACHED if rows <= 32 else 1
    return next((k for k in range(n, 1, -1) if not columns.shape[1] % k), 1)


def _conv_value(x, w, stride):
    columns, (rows, width) = _columns_of(x, w.shape[2:], stride)
    flat = w.reshape(len(w), -1)
    n = _pieces(columns, len(w))
    y = flat @ columns.reshape(len(columns), n, -1).transpose(1, 0, 2)
    return y.transpose(1, 0, 2).reshape(len(w), rows, width, len(x)).transpose(3, 0, 1, 2)


def _conv_input(ct, w, shape, stride):
    """The cotangent of the image: every output spreads its window's weights."""
    n, outputs, rows, width = ct.shape
    (kh, kw), (down, across) = w.shape[2:], stride
    flat = _batch_last(ct).reshape(outputs, -1)
    image = np.zeros((*shape[1:], n), np.result_type(ct, w))
    for i in range(kh):  # one row of the kernel at a time, whose shares stay in the cache
        shares = w[:, :, i].reshape(outputs, -1).T @ flat
        shares = shares.reshape(w.shape[1], kw, rows, width, n)
        for j in range(kw):
            image[:, i : i + down * rows : down, j : j + across * width : across] += shares[:, j]
    return image.transpose(3, 0, 1, 2)


def _conv_weights(x, ct, shape, stride):
    """The cotangent of the weights: every window, weighted by its output's cotangent."""
    columns, _ = _columns_of(x, shape[2:], stride)
    n = _pieces(columns, len(columns) * shape[0] // 32)
    flat = _batch_last(ct).reshape(shape[0], n, -1).transpose(1, 2, 0)
    products = columns.reshape(len(columns), n, -1).transpose(1, 0, 2) @ flat
    return np.add.reduce(products, axis=0).T.reshape(shape)


def _to_input(ct, x, w, stride):
    return apply(conv2d_input, (ct, w), {"shape": shape_of(x), "stride": stride})


def _to_weights(ct, x, w, stride):
    return apply(conv2d_weights, (x, ct), {"shape": shape_of(w), "stride": stride})


conv2d_core = bilinear(
    _conv_value,
    _to_input,
    _to_weights,
    name="conv2d",
    keywords=("stride",),
    cases=(
        case((2, 2, 5, 4), (3, 2, 2, 3), stride=(1, 1)),
        case((1, 1, 5, 6), (2, 1, 3, 2), stride=(2, 3)),
    ),
)
conv2d_input = bilinear(
    _conv_input,
    lambda ct, y, w, shape, stride: apply(conv2d_core, (ct, w), {"stride": stride}),
    lambda ct, y, w, shape, stride: apply(
        conv2d_weights, (ct, y), {"shape": shape_of(w), "stride": stride}
    ),
    name="conv2d_input",
    keywords=("shape", "stride"),
    cases=(case((1, 2, 2, 2), (2, 1, 3, 2), shape=(1, 1, 5, 6), stride=(2, 3)),),
)
conv2d_weights = bilinear(
    _conv_weights,
    lambda ct, x, y, shape, stride: apply(
        conv2d_input, (y, ct), {"shape": shape_of(x), "stride": stride}
    ),
    lambda ct, x, y, shape, stride: apply(conv2d_core, (x, ct), {"stride": stride}),
    name="conv2d_weights",
    keywords=("shape", "stride"),
    cases=(case((1, 1, 5, 6), (1, 2, 2, 2), shape=(2, 1, 3, 2), stride=(2, 3)),),
)


def conv2d(x, w, stride=1, padding=0):
    """The cross-correlation y[n,o,i,j] = sum over c,k,l of x[n,c,i*s+k,j*s+l] * w[o,c,k,l].

    `x` is (N, C, H, W), `w` is (O, C, kh, kw); `stride` and `padding` (of zeros, on every side)
    are an int or a pair.  Returns (N, O, rows, columns).  Raises ValueError where shapes
    do not fit.

    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    xs, ws = shape_of(x), shape_of(w)
    padding = pair(padding)
    if len(xs) != 4 or len(ws) != 4 or xs[1] != ws[1]:
        raise ValueError(
            f"conv2d needs images (N, C, H, W) and weights (O, C, kh, kw) with the same C; "
            f"got {xs} and {ws}."
        )
    if xs[2] + 2 * padding[0] < ws[2] or xs[3] + 2 * padding[1] < ws[3]:
        raise ValueError(f"the kernel {ws[2:]} is larger than the padded image of {xs[2:]}.")
    return apply(conv2d_core, (_framed(x, padding), w), {"stride": pair(stride)})


def _pool(x, size, stride, padding, fill):
    size = pair(size)
    stride = size if stride is None else pair(stride)
    if len(shape_of(x)) != 4:
        raise ValueError(f"pooling needs images (N, C, H, W); got shape {shape_of(x)}.")
    framed = _framed(x, pair(padding), fill)
    return apply(windows, (framed,), {"kernel": size, "stride": stride})


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
        ct = _batch_last(ct).transpose(3, 0, 1, 2)
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
