"""The windows of images (batch, channels, height, width), as a view, and back into the image."""

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import shape_of


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


def framed(x, padding, value=0.0):
    """An image with rows and columns of one value around it."""
    if padding == (0, 0):
        return x
    (ph, pw) = padding
    if type(x) is np.ndarray:  # np.pad takes three times as long
        n, c, rows, columns = x.shape
        image = np.full((n, c, rows + 2 * ph, columns + 2 * pw), value, x.dtype)
        image[:, :, ph : ph + rows, pw : pw + columns] = x
        return image
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)


def batch_last(x):
    """The image as (channels, height, width, batch) in memory."""
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0))
