"""Discrete Fourier transforms: linear, and symmetric, so each is nearly its own transpose."""

import numpy as np

from autodiff.core.kinds import linear
from autodiff.core.op import case
from autodiff.ops.shapes import shape_of


def resized(x, n, axis):
    """x cut or filled with zeros to length n along an axis."""
    own = shape_of(x)[axis]
    if own > n:
        return x[(slice(None),) * (axis % len(shape_of(x))) + (slice(n),)]
    if own < n:
        widths = [(0, 0)] * len(shape_of(x))
        widths[axis] = (0, n - own)
        return np.pad(x, widths)
    return x


def _transposed(transform):
    def transpose(ct, a, n=None, axis=-1, norm=None):
        return resized(transform(ct, axis=axis, norm=norm), shape_of(a)[axis], axis)

    return transpose


CASES = (
    case((4,)),
    case((2, 5), axis=0),
    case((6,), n=4),
    case((3,), n=5),
    case((4,), norm="ortho"),
)
KEYWORDS = ("n", "axis", "norm")

fft = linear(np.fft.fft, _transposed(np.fft.fft), keywords=KEYWORDS, cases=CASES)
ifft = linear(np.fft.ifft, _transposed(np.fft.ifft), keywords=KEYWORDS, cases=CASES)
