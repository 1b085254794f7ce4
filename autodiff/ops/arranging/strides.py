"""`np.lib.stride_tricks.as_strided`: a view of an array by steps in its memory.

Fast convolutions are written so.  Of an array that lies in memory in one piece each element of the
view is known; a view that reaches outside of it is refused.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided as own

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.kinds import composite, linear
from autodiff.core.language.op import case
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import flags_of, shape_of, size_of

_arange = np.arange  # by itself, so that no recording takes note of it


def _view(x, shape, steps, order="C", writeable=True):
    row = np.reshape(x if order == "C" else x.T, -1)
    if type(row) is not np.ndarray:  # a program is written down, and tried before it is given
        return row[_view(_arange(row.size), shape, steps)]
    strides = tuple([step * row.itemsize for step in steps])
    return own(row, shape, strides, writeable=writeable)


def _transpose(ct, x, shape, steps, order="C", writeable=True):
    places = _view(_arange(size_of(x)), shape, steps)
    sums = scatter(np.reshape(ct, -1), places.ravel(), (size_of(x),))
    own_shape = shape_of(x)
    return np.reshape(sums, own_shape) if order == "C" else np.reshape(sums, own_shape[::-1]).T


strided = linear(
    _view, _transpose, name="as_strided", keywords=("shape", "steps", "order", "writeable"),
    cases=(
        case((5,), shape=(4, 2), steps=(1, 1)), case((3, 4), shape=(2, 3), steps=(4, 1)),
        case((3, 4), shape=(2, 3, 2, 2), steps=(4, 1, 4, 1)), case((6,), shape=(3,), steps=(2,)),
        case((2, 3), shape=(3, 2), steps=(2, 1), order="F"),
    ),
)  # fmt: skip


def _once_each(x, shape, steps):
    """Whether no element is shown twice: what a write then means NumPy leaves open."""
    places = _view(_arange(size_of(x)), shape, steps)
    return places.size <= size_of(x) and np.unique(places).size == places.size


@composite(own, result="view")
def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """The elements that lie at some steps in the memory of an array in one piece."""
    flags, size = flags_of(x), x.itemsize
    shape = tuple(np.atleast_1d(shape_of(x) if shape is None else shape).tolist())
    strides = tuple(np.atleast_1d(x.strides if strides is None else strides).tolist())
    if not flags.forc or any([stride % size for stride in strides]):
        raise UnsupportedError(
            "as_strided of a traced array needs one that lies in memory in one piece, as x.copy() "
            f"does, and strides that are multiples of its x.itemsize = {size}.{here()}"
        )
    steps = tuple([stride // size for stride in strides])
    ends = [(length - 1) * step for length, step in zip(shape, steps, strict=True)]
    first, last = sum([min(end, 0) for end in ends]), sum([max(end, 0) for end in ends])
    if 0 not in shape and (first < 0 or last >= size_of(x)):
        raise UnsupportedError(
            f"as_strided(x, {shape}, {strides}) reaches outside of x, an array of {size_of(x)} "
            f"elements of {size} bytes.{here()}"
        )
    order = {} if flags.c_contiguous else {"order": "F"}
    read_only = {} if writeable and _once_each(x, shape, steps) else {"writeable": False}
    return strided(x, shape=shape, steps=steps, **order, **read_only)
