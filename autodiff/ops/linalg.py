"""Linear algebra: inverse, solve, determinant, norm; batched where NumPy batches.

Formulas: M. Giles, "Collected Matrix Derivative Results for Forward and Reverse Mode
Algorithmic Differentiation" (2008), section 2.
"""

import numpy as np

from autodiff.core.dispatch import ground
from autodiff.core.kinds import composite, primitive, reduction
from autodiff.core.op import case
from autodiff.ops.products import flipped
from autodiff.ops.shapes import shape_of


def well_conditioned(*shape):
    """A matrix far from singular, for tests."""
    n = shape[-1]
    rng = np.random.default_rng(n)
    return rng.normal(size=shape) * 0.3 + np.diag(np.arange(1.0, n + 1))


inv = primitive(
    np.linalg.inv,
    lambda tangents, ans, a: -ans @ tangents[0] @ ans,
    lambda index, ct, ans, a: -flipped(ans) @ ct @ flipped(ans),
    why="every element of the inverse depends on all of the matrix",
    cases=(case(well_conditioned(3, 3)), case(well_conditioned(2, 3, 3))),
)


def _columns(b):
    return len(shape_of(b)) == 1


def _solve_jvp(tangents, ans, a, b):
    ta, tb = tangents
    right = 0.0 if tb is None else tb
    if ta is not None:
        right = right - ta @ ans
    return np.linalg.solve(a, np.broadcast_to(right, shape_of(ans)))


def _solve_vjp(index, ct, ans, a, b):
    ctb = np.linalg.solve(flipped(a), ct)
    if index == 1:
        return ctb
    return -ctb[..., :, None] * ans[..., None, :] if _columns(b) else -ctb @ flipped(ans)


solve = primitive(
    np.linalg.solve,
    _solve_jvp,
    _solve_vjp,
    why="linear in b, but not in a",
    arity=2,
    cases=(
        case(well_conditioned(3, 3), (3,)),
        case(well_conditioned(3, 3), (3, 2)),
        case(well_conditioned(2, 3, 3), (2, 3, 1)),
        case(well_conditioned(3, 3), (2, 3, 2)),
    ),
)


def cofactors(ans, a, axis=None):
    """The matrix of cofactors, d det(a) / d a: det(a) * inv(a).T, also where a is singular."""
    plain = ground(a)
    n = shape_of(a)[-1]
    if n == 1:
        return np.ones_like(plain)
    if np.all(np.linalg.cond(plain) < 1e8):
        return ans * flipped(np.linalg.inv(a))
    keep = np.array([[k for k in range(n) if k != i] for i in range(n)])
    minors = a[..., keep[:, None, :, None], keep[None, :, None, :]]
    return (-1.0) ** np.add.outer(np.arange(n), np.arange(n)) * np.linalg.det(minors)


det = reduction(
    np.linalg.det,
    cofactors,
    axes=(-2, -1),
    cases=(case(well_conditioned(3, 3)), case(well_conditioned(2, 2, 2)), case(np.ones((2, 2)))),
)


def _safe_ratio(x, ans):
    """x / ans, and 0 where ans is 0 (the kink of a norm)."""
    return np.where(ans == 0, 0.0, x / np.where(ans == 0, 1.0, ans))


euclidean_norm = reduction(
    lambda x, axis=None, keepdims=False: np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims)),
    lambda ans, x, axis=None: _safe_ratio(x, ans),
    name="norm",
    public=np.linalg.vector_norm,
    label="‖{}‖",
    kinks="at 0: 0",
    cases=(case((3,)), case((2, 3), axis=1), case((2, 3), axis=0, keepdims=True)),
)


@composite(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """np.linalg.norm for vectors (any ord) and matrices (Frobenius, 1, -1, inf, -inf)."""
    from autodiff.core.dispatch import apply
    from autodiff.core.errors import UnsupportedError

    ndim = len(shape_of(x))
    axes = tuple(range(ndim)) if axis is None else tuple(np.atleast_1d(axis).tolist())
    if ord is None or (len(axes) == 1 and ord == 2) or (len(axes) == 2 and ord == "fro"):
        return apply(euclidean_norm, (x,), {"axis": axes, "keepdims": keepdims})
    if len(axes) == 1:
        size = np.abs(x)
        if ord in (np.inf, -np.inf):
            return (np.max if ord > 0 else np.min)(size, axis=axes, keepdims=keepdims)
        if ord == 1:
            return np.sum(size, axis=axes, keepdims=keepdims)
        if not isinstance(ord, str) and ord != 0:
            return np.sum(size**ord, axis=axes, keepdims=keepdims) ** (1 / ord)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        inside, outside = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=inside, keepdims=True)
        best = (np.max if ord > 0 else np.min)(sums, axis=outside, keepdims=True)
        return best if keepdims else np.squeeze(best, axis=axes)
    raise UnsupportedError(f"np.linalg.norm with ord={ord!r} has no derivative rule in autodiff.")
