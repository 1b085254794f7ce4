"""Images: convolution and pooling over windows, NCHW (batch, channels, height, width).

No function here loops over pixels.
"""

import functools

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import bilinear, linear, primitive
from autodiff.core.language.kinks import Kinks
from autodiff.core.language.op import case
from autodiff.ops.arguments import shape_of


def pair(value):
    """(height, width) of a setting that may be given as one int."""
    return tuple(int(v) for v in np.broadcast_to(value, (2,)))


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
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)


def _columns_of(x, kernel, stride):
    """Every window as a column: (N, C * kh * kw, rows * columns), and the number of those."""
    view = _windows_value(x, kernel, stride)
    rows, width = view.shape[2:4]
    columns = view.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), -1, rows * width)
    return columns, (rows, width)


def _conv_value(x, w, stride):
    columns, size = _columns_of(x, w.shape[2:], stride)
    return (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), *size)


def _conv_input(ct, w, shape, stride):
    """The cotangent of the image: every output spreads its window's weights."""
    n, _, rows, width = ct.shape
    shares = w.reshape(len(w), -1).T @ ct.reshape(n, len(w), -1)
    shares = shares.reshape(n, *w.shape[1:], rows, width).transpose(0, 1, 4, 5, 2, 3)
    return _fold_value(shares, shape, w.shape[2:], stride)


def _conv_weights(x, ct, shape, stride):
    """The cotangent of the weights: every window, weighted by its output's cotangent."""
    columns, _ = _columns_of(x, shape[2:], stride)
    products = ct.reshape(*ct.shape[:2], -1) @ columns.transpose(0, 2, 1)
    return products.sum(axis=0).reshape(shape)


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
    equal = np.empty(x.shape, bool)
    for i, j in _offsets(size):
        np.equal(_part(x, size, i, j), ans, out=_part(equal, size, i, j))
    count = sum(_part(equal, size, i, j).astype(np.int8) for i, j in _offsets(size))
    if count.min() == count.max() == 1:
        return equal, 1.0
    if not count.min():
        equal |= np.isnan(x)
        count = sum(_part(equal, size, i, j).astype(np.int8) for i, j in _offsets(size))
    if ties == "first":
        seen = np.zeros(ans.shape, bool)
        for i, j in _offsets(size):
            own = _part(equal, size, i, j)
            own &= ~seen
            seen |= own
        return equal, 1.0
    return equal, 1 / count


def _spread_value(ct, weights, size):
    image = np.empty(weights.shape, np.asarray(ct).dtype)
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
