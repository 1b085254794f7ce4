"""Products of vectors and matrices.  All of it is bilinear over the real numbers."""

import math

import numpy as np

from autodiff.core.language.kinds import bilinear, composite
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import conjugated, laid_as, ndim_of, one_axis, shape_of


def flipped(x):
    """The last two axes swapped."""
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def _rows(x):
    """The rows of all the matrices of a stack, as one matrix."""
    columns = x.shape[-1]
    return np.reshape(x, (-1 if columns else math.prod(x.shape[:-1]), columns))


def _matmul_left(ct, x, y):
    m, n = x.ndim, y.ndim
    if m == 1 and n == 1:
        return ct * y
    if n == 1:
        return ct[..., None] * y
    if m == 1:
        return np.matmul(y, ct[..., None])[..., 0]
    if m == 2 < n and min(x.shape) > ct.shape[-1]:  # no stack of shares larger than the factors
        return _rows(flipped(ct)).T @ _rows(flipped(y))
    return ct @ flipped(y)


def _matmul_right(ct, x, y):
    m, n = x.ndim, y.ndim
    if m == 1 and n == 1:
        return ct * x
    if m == 1:
        return x[:, None] * ct[..., None, :]
    if n == 1:
        return ct @ x if m == 2 else np.matmul(flipped(x), ct[..., None])[..., 0]
    if m > 2 == n and min(y.shape) > ct.shape[-2]:
        return _rows(x).T @ _rows(ct)
    return flipped(x) @ ct


def _factors(index, ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if index:
        return (_rows(x), _rows(ct)) if m > 0 and n == 2 else None
    if m == 2 == n:
        return ct.T, y.T
    return (_rows(ct), _rows(y)) if m == 2 and n == 1 else None


matmul = bilinear(
    np.matmul, _matmul_left, _matmul_right, label="{} @ {}", also=(np.linalg.matmul,),
    factors=_factors,
    cases=(
        case((2, 3), (3, 4)), case((3,), (3,)), case((2, 3), (3,)), case((3,), (3, 4)),
        case((5, 2, 3), (3, 4)), case((2, 3), (5, 3, 4)), case((5, 2, 3), (3,)),
        case((3,), (5, 3, 4)), case((5, 1, 2, 3), (4, 3, 2)), case((3, 4), (5, 4, 2)),
        case((2, 3, 1, 4), (4, 3)),
    ),
)  # fmt: skip


def _dot_left(ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if n == 0:
        return ct * y
    if m == 0:
        return np.sum(ct * y)
    if n == 1 or (m < 3 and n < 3):
        return _matmul_left(ct, x, y)
    return np.tensordot(ct, y, (tuple(range(m - 1, m + n - 2)), (*range(n - 2), n - 1)))


def _dot_right(ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if m == 0:
        return ct * x
    if n == 0:
        return np.sum(ct * x)
    if m < 3 and n < 3:
        return _matmul_right(ct, x, y)
    total = np.tensordot(x, ct, (tuple(range(m - 1)), tuple(range(m - 1))))
    return total if n < 2 else np.moveaxis(total, 0, n - 2)


dot = bilinear(
    np.dot, _dot_left, _dot_right, label="{} · {}", factors=_factors,
    cases=(
        case((3,), (3,)), case((2, 3), (3, 4)), case((), (2, 3)), case((2, 3), ()),
        case((2, 3), (3,)), case((3,), (3, 4)), case((2, 3), (5, 3, 4)), case((2, 5, 3), (4, 3, 2)),
    ),
)  # fmt: skip


def _inner_left(ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if m == 0 or n == 0:
        return ct * y
    if n == 1:
        return ct[..., None] * y if m > 1 else ct * y
    if m < 3 and n == 2:
        return ct @ y
    return np.tensordot(ct, y, (tuple(range(m - 1, m + n - 2)), tuple(range(n - 1))))


def _inner_right(ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if m == 0 or n == 0:
        return ct * x
    if m == 1:
        return ct[..., None] * x if n > 1 else ct * x
    if m == 2 and n < 3:
        return flipped(ct) @ x if n == 2 else ct @ x
    return np.tensordot(ct, x, (tuple(range(m - 1)), tuple(range(m - 1))))


def _inner_factors(index, ct, x, y):
    m, n = ndim_of(x), ndim_of(y)
    if index:
        return (_rows(ct), _rows(x)) if m > 0 and n == 2 else None
    if m == 2 == n:
        return ct.T, y
    return (_rows(ct), _rows(y)) if m == 2 and n == 1 else None


inner = bilinear(
    np.inner, _inner_left, _inner_right, factors=_inner_factors,
    cases=(
        case((3,), (3,)), case((2, 3), (4, 3)), case((2, 3), (3,)), case((3,), (2, 3)),
        case((), (2,)), case((2, 2, 3), (4, 3)), case((4, 3), (2, 2, 3)), case((2, 2, 3), (3,)),
        case((3,), (2, 2, 3)),
    ),
)  # fmt: skip
outer = bilinear(
    np.outer,
    lambda ct, x, y: np.reshape(ct @ np.reshape(y, -1), shape_of(x)),
    lambda ct, x, y: np.reshape(np.reshape(x, -1) @ ct, shape_of(y)),
    label="{} ⊗ {}", cases=(case((2,), (3,)), case((2, 2), (3,))),
)  # fmt: skip


@composite(np.linalg.outer)
def linalg_outer(x1, x2, /):
    """x1[i] x2[j], of vectors only."""
    if ndim_of(x1) != 1 or ndim_of(x2) != 1:
        raise ValueError(
            f"np.linalg.outer takes two vectors, got shapes {shape_of(x1)} and {shape_of(x2)}."
        )
    return np.outer(x1, x2)


vdot = bilinear(
    np.vdot,
    lambda ct, x, y: np.reshape(conjugated(ct * y), shape_of(x)),
    lambda ct, x, y: np.reshape(ct * conjugated(x), shape_of(y)),
    cases=(case((3,), (3,)), case((2, 3), (2, 3))),
)  # fmt: skip


def _vecdot_back(ct, own, other, axis):
    """ct times the other vectors, as the cotangent of arrays whose vectors lie along `axis`."""
    found = ct[..., None] * np.moveaxis(other, axis, -1)
    extra = ndim_of(found) - ndim_of(own)
    return np.moveaxis(np.sum(found, tuple(range(extra))) if extra > 0 else found, -1, axis)


vecdot = bilinear(
    np.vecdot,
    lambda ct, x, y, axis=-1: conjugated(_vecdot_back(ct, x, y, axis)),
    lambda ct, x, y, axis=-1: _vecdot_back(ct, y, conjugated(x), axis),
    also=(np.linalg.vecdot,), keywords=("axis",),
    cases=(
        case((3,), (3,)), case((2, 3), (3,)), case((2, 3), (4, 1, 3)),
        case((3, 2), (3, 2), axis=0), case((3, 2), (3,), axis=0), case((3,), (3, 4, 2), axis=0),
    ),
)  # fmt: skip
if hasattr(np, "matvec"):  # NumPy 2.2
    matvec = bilinear(
        np.matvec,
        lambda ct, x, y: (
            ct[..., :, None] * y[..., None, :] if x.ndim > 2 else _rows(ct).T @ _rows(y)
        ),
        lambda ct, x, y: np.matmul(flipped(x), ct[..., None])[..., 0],
        factors=lambda index, ct, x, y: None if index or x.ndim > 2 else (_rows(ct), _rows(y)),
        cases=(case((2, 3), (3,)), case((4, 2, 3), (3,)), case((2, 3), (4, 3))),
    )  # fmt: skip
    vecmat = bilinear(
        np.vecmat,
        lambda ct, x, y: conjugated(np.matmul(y, ct[..., None])[..., 0]),
        lambda ct, x, y: (
            conjugated(x)[..., :, None] * ct[..., None, :]
            if y.ndim > 2
            else _rows(conjugated(x)).T @ _rows(ct)
        ),
        factors=lambda index, ct, x, y: (
            (_rows(conjugated(x)), _rows(ct)) if index and y.ndim == 2 else None
        ),
        cases=(case((3,), (3, 2)), case((3,), (4, 3, 2)), case((4, 3), (3, 2))),
    )  # fmt: skip


@composite(np.tensordot, np.linalg.tensordot, result="array")
def tensordot(a, b, axes=2):
    """The sum of products over paired axes, as one matrix product."""
    m, n = ndim_of(a), ndim_of(b)
    if np.ndim(axes) == 0:
        left, right = list(range(m - int(axes), m)), list(range(int(axes)))
    else:
        left, right = (np.atleast_1d(side).astype(int).tolist() for side in axes)
    left = [one_axis(i, m) for i in left]
    right = [one_axis(i, n) for i in right]
    if [shape_of(a)[i] for i in left] != [shape_of(b)[i] for i in right]:
        raise ValueError("shape-mismatch for sum")
    free_a = [i for i in range(m) if i not in left]
    free_b = [i for i in range(n) if i not in right]
    rows = tuple(shape_of(a)[i] for i in free_a)
    columns = tuple(shape_of(b)[i] for i in free_b)
    inside = math.prod(shape_of(a)[i] for i in left)
    a = np.reshape(np.transpose(a, (*free_a, *left)), (math.prod(rows), inside))
    b = np.reshape(np.transpose(b, (*right, *free_b)), (inside, math.prod(columns)))
    return np.reshape(np.matmul(a, b), (*rows, *columns))


@composite(np.kron)
def kron(a, b):
    """The Kronecker product: every element of a times all of b, in blocks."""
    ndim = max(ndim_of(a), ndim_of(b))
    rows = (1,) * (ndim - ndim_of(a)) + shape_of(a)
    columns = (1,) * (ndim - ndim_of(b)) + shape_of(b)
    a = np.reshape(a, tuple(n for length in rows for n in (length, 1)))
    b = np.reshape(b, tuple(n for length in columns for n in (1, length)))
    return np.reshape(a * b, tuple(m * n for m, n in zip(rows, columns, strict=True)))


@composite(np.cross, np.linalg.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors of three components (or of two: its third component)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(a, axisa, 0)
    b = np.moveaxis(b, axisb, 0)
    sizes = shape_of(a)[0], shape_of(b)[0]
    if not set(sizes) <= {2, 3}:
        raise ValueError("np.cross takes vectors of two or three components.")
    a0, a1, a2 = a[0], a[1], a[2] if sizes[0] == 3 else 0.0
    b0, b1, b2 = b[0], b[1], b[2] if sizes[1] == 3 else 0.0
    third = a0 * b1 - a1 * b0
    if sizes == (2, 2):
        return third
    first, second = a1 * b2 - a2 * b1, a2 * b0 - a0 * b2
    found = laid_as(np.stack([first, second, third], axis=-1))
    return np.moveaxis(found, -1, axisc)


# -- convolution ----------------------------------------------------------------------------


def _kept(n, m, mode):
    """Which part of the full convolution a mode keeps: its start and length."""
    few, many = sorted((n, m))
    return {
        "full": (0, n + m - 1), "same": ((few - 1) // 2, many), "valid": (few - 1, many - few + 1)
    }[mode]  # fmt: skip


def _convolve_left(ct, x, y, mode="full"):
    n, m = shape_of(x)[0], shape_of(y)[0]
    start, length = _kept(n, m, mode)
    full = np.pad(ct, (start, n + m - 1 - start - length))
    return np.convolve(full, y[::-1], "valid")


MODES = ("full", "same", "valid")
convolve = bilinear(
    lambda a, v, mode="full": np.convolve(a, v, mode),
    _convolve_left,
    lambda ct, x, y, mode="full": _convolve_left(ct, y, x, mode),
    public=np.convolve, keywords=("mode",),
    binder=lambda a, v, mode="full": (
        tuple(np.reshape(x, -1) if ndim_of(x) != 1 else x for x in (a, v)), {"mode": mode},
    ),
    cases=tuple(case((n,), (m,), mode=mode) for n, m in ((5, 3), (2, 4), (4, 4)) for mode in MODES),
)  # fmt: skip


@composite(np.correlate)
def correlate(a, v, mode="valid"):
    """The sums of a[n + k] conj(v[n]) for every shift k."""
    if shape_of(a)[0] >= shape_of(v)[0]:
        return np.convolve(a, conjugated(v)[::-1], mode)
    return np.copy(conjugated(np.convolve(v, conjugated(a)[::-1], mode))[::-1], order="C")
