"""Convolution and pooling of images with the channels last, (batch, height, width, channels).

The same maps as those of `autodiff.ops.networks.images`, between transposes, and with "SAME" as
TensorFlow frames an image: by the lengths, which need not be known before the op runs.
"""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import bilinear, linear, primitive
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.images import conv2d_core, conv2d_input, conv2d_weights
from autodiff.ops.networks.pooling import block_max, max_pool2d
from autodiff.ops.networks.windows import fold, windows

FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)
"""From channels last to channels first, and back."""
KERNEL, FILTER = (3, 2, 0, 1), (2, 3, 1, 0)
"""From (rows, columns, in, out) to (out, in, rows, columns), and back."""


def same_padding(length, kernel, stride):
    """What "SAME" pads before and after: of an odd number the larger half comes after.

    There are ceil(length / stride) windows.

    >>> same_padding(5, 3, 1), same_padding(5, 2, 1), same_padding(6, 3, 2)
    ((1, 1), (0, 1), (0, 1))
    """
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def frame(shape, kernel, strides, padding):
    """The widths for `np.pad` of an image of this shape."""
    if padding == "VALID":
        return ((0, 0),) * 4
    return ((0, 0), *map(same_padding, shape[1:3], kernel, strides), (0, 0))


def framed(x, kernel, strides, padding, value=0.0):
    """The image with its frame, channels first."""
    widths = frame(shape_of(x), kernel, strides, padding)
    if any(map(any, widths)):
        x = np.pad(x, widths, constant_values=value)
    return np.transpose(x, FIRST)


def unframed(image, shape, kernel, strides, padding):
    """The image of `shape` inside its frame, from channels first."""
    (top, _), (left, _) = frame(shape, kernel, strides, padding)[1:3]
    inside = image[:, :, top : top + shape[1], left : left + shape[2]]
    return np.transpose(inside, LAST)


def framed_shape(shape, kernel, strides, padding):
    """The shape of `framed` images."""
    widths = frame(shape, kernel, strides, padding)
    n, rows, columns, channels = (length + sum(own) for length, own in zip(shape, widths))
    return n, channels, rows, columns


# -- convolution ----------------------------------------------------------------------------


def _value(x, w, strides, padding):
    x = framed(x, shape_of(w)[:2], strides, padding)
    found = apply(conv2d_core, (x, np.transpose(w, KERNEL)), {"stride": strides})
    return np.transpose(found, LAST)


def to_images(ct, w, shape, strides, padding):
    """The transpose of the convolution by w: from its results to images of `shape`."""
    window = (shape_of(w)[:2], strides, padding)
    params = {"shape": framed_shape(shape, *window), "stride": strides}
    image = apply(conv2d_input, (np.transpose(ct, FIRST), np.transpose(w, KERNEL)), params)
    return unframed(image, shape, *window)


def _to_filter(ct, x, w, strides, padding):
    rows, columns, inputs, outputs = shape_of(w)
    x = framed(x, (rows, columns), strides, padding)
    params = {"shape": (outputs, inputs, rows, columns), "stride": strides}
    return np.transpose(apply(conv2d_weights, (x, np.transpose(ct, FIRST)), params), FILTER)


conv2d_last = bilinear(
    _value,
    lambda ct, x, w, strides, padding: to_images(ct, w, shape_of(x), strides, padding),
    _to_filter,
    name="conv2d_channels_last",
    keywords=("strides", "padding"),
    cases=(
        case((2, 5, 4, 2), (2, 3, 2, 3), strides=(1, 1), padding="SAME"),
        case((1, 5, 6, 1), (3, 2, 1, 2), strides=(2, 3), padding="SAME"),
        case((1, 5, 6, 1), (3, 2, 1, 2), strides=(2, 1), padding="VALID"),
    ),
)

# -- pooling --------------------------------------------------------------------------------

WINDOW = ("kernel", "strides", "padding")
POOLS = (
    case((2, 4, 6, 2), kernel=(2, 3), strides=(2, 3), padding="VALID"),
    case((1, 5, 4, 2), kernel=(3, 2), strides=(2, 1), padding="SAME"),
    case((1, 5, 4, 1), kernel=(2, 2), strides=(1, 2), padding="VALID"),
)


def _max_value(x, kernel, strides, padding, ties="share"):
    x = framed(x, kernel, strides, padding, -np.inf)
    return np.transpose(max_pool2d(x, kernel, strides), LAST)


def _is_in_blocks(x, kernel, strides, padding):
    """Whether the windows lie side by side and fill the image."""
    fills = not any(length % k for length, k in zip(shape_of(x)[1:3], kernel))
    return tuple(kernel) == tuple(strides) and fills


def tie_shares(ans, x, kernel, strides, padding, ties="share"):
    """1 where the largest element of each window is; NaN counts as largest.

    Ties share equally, or with `ties="first"` the first of them, row by row, has it all.
    """
    view = windows.function(framed(x, kernel, strides, padding, -np.inf), kernel, strides)
    ans = np.transpose(ans, FIRST)[..., None, None]
    equal = (view == ans) | (np.isnan(view) & np.isnan(ans))
    if ties == "first":
        flat = equal.reshape(*equal.shape[:4], -1)
        first = np.arange(flat.shape[-1]) == flat.argmax(-1)[..., None]
        return first.astype(x.dtype).reshape(equal.shape)
    return equal / equal.sum(axis=(4, 5), keepdims=True)


def _max_jvp(tangents, ans, x, kernel, strides, padding, ties="share"):
    (t,) = tangents
    if _is_in_blocks(x, kernel, strides, padding):
        first = [np.transpose(v, FIRST) for v in (t, ans, x)]
        params = {"size": kernel, "ties": ties}
        return np.transpose(block_max.jvp(first[:1], first[1], first[2:], params), LAST)
    shares = tie_shares(ground(ans), ground(x), kernel, strides, padding, ties)
    view = framed(t, kernel, strides, padding)
    view = apply(windows, (view,), {"kernel": kernel, "stride": strides})
    return np.transpose(np.sum(view * shares, axis=(4, 5)), LAST)


def _max_vjp(index, ct, ans, x, kernel, strides, padding, ties="share"):
    window = (kernel, strides, padding)
    if _is_in_blocks(x, *window):
        ct, ans, x = (np.transpose(v, FIRST) for v in (ct, ans, x))
        params = {"size": kernel, "ties": ties}
        return np.transpose(block_max.vjp(0, ct, ans, (x,), params), LAST)
    shape = shape_of(x)
    spread = np.expand_dims(np.transpose(ct, FIRST), (4, 5)) * tie_shares(
        ground(ans), ground(x), *window, ties
    )
    params = {"shape": framed_shape(shape, *window), "kernel": kernel, "stride": strides}
    return unframed(apply(fold, (spread,), params), shape, *window)


def _tied_windows(ans, x, **window):
    shares = tie_shares(ground(ans), ground(x), **window)
    return np.any((shares > 0) & (shares < 1), axis=(4, 5))


max_pool_last = primitive(
    _max_value,
    _max_jvp,
    _max_vjp,
    why="a reduction over windows that may overlap",
    name="max_pool_channels_last", keywords=(*WINDOW, "ties"), cases=POOLS,
    kinks=Kinks(
        "the largest of a window ties", "shared equally, or by ties= the first's", _tied_windows,
        lambda ans, x, **_: x, tie=True,
    ),
)  # fmt: skip


def _counts(shape, kernel, strides, padding, dtype):
    """How many elements of each window lie inside the image."""
    inside = framed(np.ones((1, *shape[1:3], 1), dtype), kernel, strides, padding)
    return windows.function(inside, kernel, strides).sum(axis=(4, 5))


def _mean_value(x, kernel, strides, padding):
    view = windows.function(framed(x, kernel, strides, padding), kernel, strides)
    found = view.sum(axis=(4, 5)) / _counts(x.shape, kernel, strides, padding, x.dtype)
    return np.transpose(found, LAST)


def _mean_transpose(ct, x, kernel, strides, padding):
    window, shape = (kernel, strides, padding), shape_of(x)
    ct = np.transpose(ct, FIRST)
    share = ct / _counts(shape, *window, ground(ct).dtype)
    spread = np.broadcast_to(np.expand_dims(share, (4, 5)), (*shape_of(share), *kernel))
    params = {"shape": framed_shape(shape, *window), "kernel": kernel, "stride": strides}
    return unframed(apply(fold, (spread,), params), shape, *window)


avg_pool_last = linear(
    _mean_value, _mean_transpose, name="avg_pool_channels_last", keywords=WINDOW, cases=POOLS
)
