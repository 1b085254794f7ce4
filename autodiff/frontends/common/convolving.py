"""Windows with gaps, and the transpose of a convolution, which others call a deconvolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.images import conv2d_input
from autodiff.ops.networks.windows import pair


def dilated(kernels: Any, gaps: Any = 1) -> Any:
    """Kernels (out, in, h, w) as far apart as `gaps` says, zeros in between; 1 leaves them.

    >>> dilated(np.ones((1, 1, 1, 2)), 2).ravel().tolist()
    [1.0, 0.0, 1.0]
    """
    apart = pair(gaps)
    if apart == (1, 1):
        return kernels
    o, c, *size = shape_of(kernels)
    widths = ((0, 0), (0, 0), (0, 0), (0, apart[0] - 1), (0, 0), (0, apart[1] - 1))
    wide = np.pad(np.reshape(kernels, (o, c, size[0], 1, size[1], 1)), widths)
    rows, columns = (k * d for k, d in zip(size, apart, strict=True))
    framed = np.reshape(wide, (o, c, rows, columns))
    return framed[:, :, : rows - apart[0] + 1, : columns - apart[1] + 1]


def spread(x: Any, kernels: Any, stride: Any = 1, pad: Any = 0, ends: Any = None) -> Any:
    """Every kernel (in, out, h, w), times an element, over the images that it came from.

    `ends` are the sizes of the result where they are not the smallest that fit; what no window
    reached is 0.

    >>> spread(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), 1).ravel().tolist()
    [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]
    """
    step, frame = pair(stride), pair(pad)
    (n, _, *size), (_, c, *kernel) = shape_of(x), shape_of(kernels)
    full = [s * (length - 1) + k for s, length, k in zip(step, size, kernel, strict=True)]
    ends = ends or [f - 2 * p for f, p in zip(full, frame, strict=True)]
    whole = [max(f, e + 2 * p) for f, e, p in zip(full, ends, frame, strict=True)]
    y = apply(conv2d_input, (x, kernels), {"shape": (n, c, *whole), "stride": step})
    return y[:, :, frame[0] : frame[0] + ends[0], frame[1] : frame[1] + ends[1]]


def spread_each(x: Any, kernel: Any, stride: Any, pad: Any, ends: Any) -> Any:
    """Each element over a window of its own, channel by channel."""
    n, c, *size = shape_of(x)
    flat = np.reshape(x, (n * c, 1, *size))
    y = spread(flat, np.ones((1, 1, *kernel), x.dtype), stride, pad, ends)
    return np.reshape(y, (n, c, *shape_of(y)[2:]))
