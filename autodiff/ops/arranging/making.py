"""Arrays made of others by a pattern: diagonals, triangles, windows, grids and ranges."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import composite, constant, linear
from autodiff.core.language.op import case
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import (
    along,
    cast,
    dtype_of,
    flags_of,
    inexact,
    ndim_of,
    ordered_as,
    shape_of,
    size_of,
    without_ones,
)  # fmt: skip


def _diagonal_transpose(ct, x, offset=0, axis1=0, axis2=1):
    shape = shape_of(x)
    places = np.diagonal(np.arange(size_of(x)).reshape(shape), offset, axis1, axis2)
    return np.reshape(scatter(np.reshape(ct, -1), places.ravel(), (size_of(x),)), shape)


diagonal = linear(
    np.diagonal, _diagonal_transpose, keywords=("offset", "axis1", "axis2"),
    cases=(
        case((3, 3)), case((3, 4), offset=1), case((2, 3, 4), offset=-1, axis1=2, axis2=0),
    ),
)  # fmt: skip


@composite(np.trace)
def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    """The sum of a diagonal."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


@composite(np.diag, result="view")
def diag(v, k=0):
    """The diagonal of a matrix, or the matrix with a given diagonal."""
    if ndim_of(v) == 2:
        return np.diagonal(v, k)
    if ndim_of(v) != 1:
        raise ValueError("np.diag takes a vector or a matrix.")
    n = shape_of(v)[0]
    rows, columns = np.arange(n) + max(0, -k), np.arange(n) + max(0, k)
    return scatter(v, (rows, columns), (n + abs(k), n + abs(k)))


@composite(np.diagflat)
def diagflat(v, k=0):
    """The matrix with the flattened argument on a diagonal."""
    return diag(np.reshape(v, -1), k)


def _rows_of_vector(m):
    """tril and triu make a matrix of a vector, each row the vector."""
    return np.broadcast_to(m, (shape_of(m)[0],) * 2) if ndim_of(m) == 1 else m


def _bind_triangle(m, k=0):
    return (_rows_of_vector(m),), {"k": k} if k else {}


TRIANGLES = (case((3, 3)), case((2, 4), k=1), case((2, 3, 3), k=-1), case((3,)))
tril = linear(
    np.tril, lambda ct, x, k=0: np.tril(ct, k), binder=_bind_triangle, keywords=("k",),
    cases=TRIANGLES,
)  # fmt: skip
triu = linear(
    np.triu, lambda ct, x, k=0: np.triu(ct, k), binder=_bind_triangle, keywords=("k",),
    cases=TRIANGLES,
)  # fmt: skip


def _windows_transpose(ct, x, window_shape, axis=None):
    shape = shape_of(x)
    places = sliding_window_view(np.arange(size_of(x)).reshape(shape), window_shape, axis)
    return np.reshape(scatter(np.reshape(ct, -1), places.ravel(), (size_of(x),)), shape)


sliding_windows = linear(
    sliding_window_view, _windows_transpose, keywords=("window_shape", "axis"),
    cases=(
        case((5,), window_shape=2), case((3, 4), window_shape=(2, 3)),
        case((3, 4), window_shape=2, axis=1),
    ),
)  # fmt: skip

# -- grids and ranges -----------------------------------------------------------------------


@composite(np.meshgrid, result="view")
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Coordinates on a grid, one array an axis."""
    if indexing not in ("xy", "ij"):
        raise ValueError("np.meshgrid needs indexing 'xy' or 'ij'.")
    ndim = len(xi)
    order = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        order[:2] = [1, 0]
    grid = tuple(
        np.reshape(x, (1,) * order[i] + (-1,) + (1,) * (ndim - order[i] - 1))
        for i, x in enumerate(xi)
    )
    grid = grid if sparse else np.broadcast_arrays(*grid)
    return tuple(np.copy(x, order="C") for x in grid) if copy else grid


def _fractions(num, endpoint, ndim):
    """0 ... 1 (or just below) in num steps, along a new first axis."""
    count = num - 1 if endpoint else num
    return np.reshape(np.arange(num) / max(count, 1), (-1,) + (1,) * ndim)


def _spread(start, stop, num, endpoint, dtype, axis, between):
    """`between(fractions)` with both ends exact, the new axis moved to its place."""
    num = int(num)
    ndim = max(ndim_of(start), ndim_of(stop))
    found = between(_fractions(num, endpoint, ndim))
    if num > 1:
        first = along(0, ndim + 1, slice(0, 1))
        shape = (1, *shape_of(found)[1:])
        ends = [np.broadcast_to(start, shape), found[along(0, ndim + 1, slice(1, None))]]
        if endpoint:
            inner = found[along(0, ndim + 1, slice(1, num - 1))]
            ends = [ends[0], inner, np.broadcast_to(stop, shape)]
        found = np.concatenate(ends, axis=0) if shape_of(found[first]) == shape else found
    found = cast(found, dtype) if is_traced(found) else found
    return np.moveaxis(found, 0, axis) if axis else found


@composite(np.linspace)
def linspace(
    start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None
):  # fmt: skip
    """Evenly spaced numbers, start + (stop - start) k / (n - 1)."""
    own = np.linspace(ground(start), ground(stop), 2).dtype
    start, stop = inexact(start, stop)
    found = _spread(
        start, stop, num, endpoint, own if dtype is None else dtype, axis,
        lambda part: start + (stop - start) * part,
    )  # fmt: skip
    count = num - 1 if endpoint else num
    return (found, cast((stop - start) / count, own) if count else np.nan) if retstep else found


@composite(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """base ** linspace(start, stop)."""
    if dtype is None:
        dtype = np.logspace(ground(start), ground(stop), 2, base=ground(base)).dtype
    start, stop, base = inexact(start, stop, base)
    if ndim_of(base):
        ndim = max(map(ndim_of, (start, stop, base)))
        start, stop, base = (
            np.reshape(x, (1,) * (ndim - ndim_of(x)) + shape_of(x)) for x in (start, stop, base)
        )
        base = np.expand_dims(base, axis)
    exponents = np.linspace(start, stop, num, endpoint=endpoint, axis=axis)
    return cast(np.power(base, exponents), dtype)


@composite(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Numbers of one ratio, start (stop / start) ** (k / (n - 1))."""
    if not np.all(ground(start)) or not np.all(ground(stop)):
        raise ValueError("Geometric sequence cannot include zero")
    dtype = np.geomspace(ground(start), ground(stop), 2).dtype if dtype is None else dtype
    start, stop = inexact(start, stop)
    return _spread(
        start, stop, num, endpoint, dtype, axis,
        lambda part: start * np.power(stop / start, part),
    )  # fmt: skip


@composite(np.vander)
def vander(x, N=None, increasing=False):
    """The powers of x as columns."""
    n = shape_of(x)[0] if N is None else N
    powers = np.arange(n) if increasing else np.arange(n)[::-1]
    return np.power(x[:, None], powers)


@composite(np.full, result="array")
def full(shape, fill_value, dtype=None, order="C", *, device=None):
    """A constant array; NumPy hands this over only where `like=` is a traced value."""
    ndim = len(shape) if isinstance(shape, tuple | list) else 1
    filled = np.broadcast_to(without_ones(fill_value, ndim), shape)
    return np.copy(cast(filled, dtype), order=order)


full_like_op = constant(np.full_like, blank=True)


@composite(np.full_like, result="array")
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """A constant array in the shape of another."""
    if not is_traced(fill_value):
        params = {"dtype": dtype, "order": order, "subok": subok, "shape": shape}
        return apply(full_like_op, (a, fill_value), params)
    dtype = dtype_of(a) if dtype is None else dtype
    flags = flags_of(a)
    if order == "K" and shape is None:
        return ordered_as(full(shape_of(a), fill_value, dtype), a)
    order = "F" if order == "F" or (order in "KA" and flags.fnc) else "C"
    return full(shape_of(a) if shape is None else shape, fill_value, dtype, order)
