"""Norms of vectors and matrices; where a norm is 0 its derivative is taken as 0."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, reduction
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks
from autodiff.ops.elementwise.arithmetic import direction
from autodiff.ops.ground.arguments import along, conjugated, ndim_of, one_axis


def _ratio(x, ans):
    """x / ans, and 0 where ans is 0 (the kink of a norm)."""
    if np.all(ground(ans)):
        return x / ans
    return np.where(ans == 0, 0.0, x / np.where(ans == 0, 1.0, ans))


def _euclidean(x, axis=None, keepdims=False):
    square = x.real**2 + x.imag**2 if np.iscomplexobj(x) else x * x
    return np.sqrt(np.sum(square, axis=axis, keepdims=keepdims))


euclidean_norm = reduction(
    _euclidean, lambda ans, x, axis=None: _ratio(conjugated(x), ans), real=True,
    name="norm", public=np.linalg.vector_norm, label="‖{}‖",
    kinks=Kinks(
        "the norm of 0", "0", lambda ans, x, **_: np.equal(ans, 0), lambda ans, x, **_: x,
        instead="np.sum(x**2) for its square",
    ),
    cases=(case((3,)), case((2, 3), axis=1), case((2, 3), axis=0, keepdims=True)),
)  # fmt: skip


def _power_weight(ans, x, ord, axis=None):
    """sign(x) |x|**(p - 1) / norm**(p - 1), and 0 where x or the norm is 0.

    A norm of negative order is 0 as soon as one component is, whatever the others are.
    """
    empty = (ground(x) == 0) | (ground(ans) == 0)
    size = np.where(empty, 1.0, np.abs(x))
    share = np.where(empty, 0.0, (size / np.where(empty, 1.0, ans)) ** (ord - 1))
    return share * direction(x)


def _power(x, ord, axis=None, keepdims=False):
    with np.errstate(divide="ignore"):  # 0 ** -1 is infinite, and the norm 0
        total = np.sum(abs(x) ** ord, axis=axis, keepdims=keepdims)
        return total ** (1 / ord)


power_norm = reduction(
    _power, _power_weight, real=True,
    name="power_norm", label="‖{}‖{ord}", keywords=("ord",),
    kinks=Kinks(
        "the norm of 0, or sum |x| with a component 0", "0",
        lambda ans, x, ord, **_: np.equal(x, 0) & (np.equal(ans, 0) | (ord <= 1)),
        lambda ans, x, ord, **_: x,
    ),
    cases=(
        case((3,), ord=3), case((2, 3), ord=1.5, axis=1),
        case((2, 3), ord=1, axis=0, keepdims=True),
        case(np.array([1.0, -2.0, 0.0, 3.0]), ord=4),
    ),
)  # fmt: skip


def _vector(x, ord, axis, keepdims):
    if ord is None or ord == 2:
        return apply(euclidean_norm, (x,), {"axis": axis, "keepdims": keepdims})
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    if ord in (np.inf, -np.inf):
        return (np.max if ord > 0 else np.min)(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(
            np.not_equal(ground(x), 0).astype(abs(ground(x)).dtype), axis=axis, keepdims=keepdims
        )
    return apply(power_norm, (x,), {"ord": ord, "axis": axis, "keepdims": keepdims})


def _matrix(x, ord, axes, keepdims):
    if ord is None or ord == "fro":
        return apply(euclidean_norm, (x,), {"axis": axes, "keepdims": keepdims})
    rows, columns = (one_axis(a, ndim_of(x)) for a in axes)
    if ord in (1, -1, np.inf, -np.inf):
        inside, outside = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = np.sum(np.abs(x), axis=inside, keepdims=True)
        found = (np.max if ord > 0 else np.min)(sums, axis=outside, keepdims=True)
        return found if keepdims else np.squeeze(found, axis=(rows, columns))
    if ord in (2, -2, "nuc"):
        s = np.linalg.svdvals(np.moveaxis(x, (rows, columns), (-2, -1)))
        one = along(-1, ndim_of(s), 0 if ord == 2 else -1)
        found = np.sum(s, -1) if ord == "nuc" else s[one]
        found = np.copy(found) if ndim_of(found) else found
        return np.expand_dims(found, (rows, columns)) if keepdims else found
    raise ValueError(f"Invalid norm order {ord!r} for matrices.")


@composite(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """np.linalg.norm: of vectors by any order, of matrices by every order that NumPy has."""
    ndim = ndim_of(x)
    if axis is None:
        if ord is None:
            return apply(euclidean_norm, (x,), {"axis": tuple(range(ndim)), "keepdims": keepdims})
        if ndim not in (1, 2):
            raise ValueError("Improper number of dimensions to norm.")
        axis = tuple(range(ndim))
    axes = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    if len(axes) == 1:
        return _vector(x, ord, axes, keepdims)
    if len(axes) == 2:
        return _matrix(x, ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@composite(np.linalg.vector_norm)
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of x as one vector, or of its vectors along axes."""
    if axis is not None and np.ndim(axis) == 0:
        axis = (axis,)
    return _vector(x, ord, tuple(range(ndim_of(x))) if axis is None else tuple(axis), keepdims)


@composite(np.linalg.matrix_norm)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norms of the matrices in the last two axes."""
    return _matrix(x, ord, (-2, -1), keepdims)
