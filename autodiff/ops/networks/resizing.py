"""Resizing images: linear interpolation along an axis, which is a matrix with two entries a row."""

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import one_axis, shape_of

CENTERS = ("corners", "half_pixel", "top_left")


def positions(old, new, centers):
    """Where each of `new` samples lies among `old` ones, in units of an old sample.

    "corners": the first and last samples of both coincide.  "half_pixel": samples are the
    centres of pixels of one length.  "top_left": they are the left ends of the pixels.
    """
    places = np.arange(new)
    if centers == "corners":
        return places * ((old - 1) / max(new - 1, 1))
    if centers == "half_pixel":
        return np.clip((places + 0.5) * (old / new) - 0.5, 0, None)
    if centers == "top_left":
        return places * (old / new)
    raise ValueError(f"centers={centers!r}: choose from {', '.join(CENTERS)}")


def weights(old, new, centers):
    """The (new, old) matrix of linear interpolation; beyond the last sample it stays constant.

    >>> weights(2, 3, "corners")
    array([[1. , 0. ],
           [0.5, 0.5],
           [0. , 1. ]])
    """
    at = np.minimum(positions(old, new, centers), old - 1)
    below = np.floor(at).astype(int)
    above, share = np.minimum(below + 1, old - 1), at - below
    matrix = np.zeros((new, old))
    rows = np.arange(new)
    matrix[rows, below] += 1 - share
    matrix[rows, above] += share
    return matrix


def _along(matrix, x, axis):
    product = np.tensordot(matrix.astype(np.result_type(x, np.float16)), x, (1, axis))
    return np.moveaxis(product, 0, axis)


resample = linear(
    lambda x, axis, length, centers: _along(weights(x.shape[axis], length, centers), x, axis),
    lambda ct, x, axis, length, centers: apply(
        resample_transpose, (ct,),
        {"axis": axis, "length": shape_of(x)[axis], "centers": centers},
    ),
    name="resample", keywords=("axis", "length", "centers"),
    cases=tuple(case((2, 4, 3), axis=1, length=n, centers=c) for c in CENTERS for n in (3, 7)),
)  # fmt: skip
resample_transpose = linear(
    lambda y, axis, length, centers: _along(weights(length, y.shape[axis], centers).T, y, axis),
    lambda ct, y, axis, length, centers: apply(
        resample, (ct,), {"axis": axis, "length": shape_of(y)[axis], "centers": centers}
    ),
    name="resample_transpose", keywords=("axis", "length", "centers"),
    cases=(case((5, 2), axis=0, length=3, centers="half_pixel"),),
)  # fmt: skip


def resize_bilinear(x, size, centers="half_pixel", axes=(-2, -1)):
    """Images resized to size = (height, width) by linear interpolation along two axes.

    `centers` says which points coincide: "half_pixel" is PyTorch's `interpolate`, "corners" that
    with `align_corners=True` (in TensorFlow too), "top_left" TensorFlow 0.11's default.  `axes`
    are those of height and width, (1, 2) for (batch, height, width, channels).

    >>> resize_bilinear(np.array([[0.0, 2.0]]), (1, 3), centers="corners")
    array([[0., 1., 2.]])
    """
    for axis, length in zip(axes, size, strict=True):
        axis = one_axis(axis, len(shape_of(x)))
        x = apply(resample, (x,), {"axis": axis, "length": int(length), "centers": centers})
    return x


__all__ = ["positions", "resample", "resample_transpose", "resize_bilinear", "weights"]
