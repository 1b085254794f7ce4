"""Convolution of images, NCHW (batch, channels, height, width).

No function here loops over pixels.
"""

import math

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import bilinear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.ground.reuse import keep, kept
from autodiff.ops.networks.windows import batch_last, framed, pair

# Inside of these three the batch is the last axis in memory: (channels, rows, columns, batch).  A
# window's row is then one long run of numbers, and not as short as the kernel is wide, and all
# images are one matrix product.  Results stay laid out so, and NumPy keeps it up in what follows.


def _columns_of(x, kernel, stride):
    """Every window as a column: (C * kh * kw, rows * columns * N), and the number of those."""
    found = kept(("columns", kernel, stride), x)
    if found is None:
        view = np.lib.stride_tricks.sliding_window_view(batch_last(x), kernel, axis=(1, 2))
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
    flat = batch_last(ct).reshape(outputs, -1)
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
    flat = batch_last(ct).reshape(shape[0], n, -1).transpose(1, 2, 0)
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
    return apply(conv2d_core, (framed(x, padding), w), {"stride": pair(stride)})
