"""Linear algebra: inverse, solve, determinant and what follows; batched where NumPy batches.

Formulas: M. Giles, "Collected Matrix Derivative Results for Forward and Reverse Mode
Algorithmic Differentiation" (2008), section 2.
"""

import math

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite, primitive, reduction
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import (
    dtype_of,
    is_complex,
    ndim_of,
    ordered_as,
    refuse,
    shape_of,
)
from autodiff.ops.linear.products import flipped


def well_conditioned(*shape):
    """A matrix far from singular, for tests: uneven, with a heavy diagonal."""
    n = shape[-1]
    uneven = np.sin(np.arange(math.prod(shape)) * 1.7 + 0.4).reshape(shape) * 0.4
    return uneven + np.eye(*shape[-2:]) * np.arange(1.0, n + 1)


inv = primitive(
    np.linalg.inv,
    lambda tangents, ans, a: -ans @ tangents[0] @ ans,
    lambda index, ct, ans, a: -flipped(ans) @ ct @ flipped(ans),
    why="every element of the inverse depends on all of the matrix",
    cases=(case(well_conditioned(3, 3)), case(well_conditioned(2, 3, 3))),
)


def _solve_each(a, b):
    """np.linalg.solve for right-hand sides along the last axis, one a matrix."""
    return np.linalg.solve(a, b) if ndim_of(b) == 1 else np.linalg.solve(a, b[..., None])[..., 0]


def _solve_jvp(tangents, ans, a, b):
    ta, tb = tangents
    right = 0.0 if tb is None else tb
    vector = ndim_of(b) == 1
    if ta is not None:
        right = right - ((ta @ ans[..., None])[..., 0] if vector else ta @ ans)
    right = np.broadcast_to(right, shape_of(ans))
    return _solve_each(a, right) if vector else np.linalg.solve(a, right)


def _solve_vjp(index, ct, ans, a, b):
    if ndim_of(b) == 1:
        ctb = _solve_each(flipped(a), ct)
        return ctb if index == 1 else -ctb[..., :, None] * ans[..., None, :]
    ctb = np.linalg.solve(flipped(a), ct)
    return ctb if index == 1 else -ctb @ flipped(ans)


solve = primitive(
    np.linalg.solve, _solve_jvp, _solve_vjp, why="linear in b, but not in a", arity=2,
    cases=(
        case(well_conditioned(3, 3), (3,)), case(well_conditioned(3, 3), (3, 2)),
        case(well_conditioned(2, 3, 3), (2, 3, 1)), case(well_conditioned(3, 3), (2, 3, 2)),
        case(well_conditioned(2, 3, 3), (3,)),
    ),
)  # fmt: skip

# -- determinants ---------------------------------------------------------------------------


def _is_far_from_singular(a):
    """Whether inverting the matrices loses at most half of the digits."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return False
    one = abs(a).sum(-2).max(-1) * abs(inverse).sum(-2).max(-1)
    return bool(np.all(one < 1e8))


def cofactors(ans, a, axis=None):
    """The matrix of cofactors, d det(a) / d a: det(a) inv(a)^T, also where a is singular."""
    plain = ground(a)
    n = shape_of(a)[-1]
    if n <= 1 or not plain.size:
        return np.ones_like(plain)
    if _is_far_from_singular(plain):
        return ans * flipped(np.linalg.inv(a))
    keep = np.array([[k for k in range(n) if k != i] for i in range(n)])
    minors = a[..., keep[:, None, :, None], keep[None, :, None, :]]
    return (-1.0) ** np.add.outer(np.arange(n), np.arange(n)) * np.linalg.det(minors)


det = reduction(
    np.linalg.det, cofactors, axes=(-2, -1), binder=lambda a: ((a,), {}),
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(2, 2, 2)), case(np.ones((2, 2))),
        case(np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 1.0, 1.0]])),
    ),
)  # fmt: skip


def _refuse_singular(ans):
    """Raise the error where the determinant is 0: its logarithm is -inf, infinitely steep."""
    if np.any(ground(ans[1]) == -np.inf):
        refuse(
            "np.linalg.slogdet of a singular matrix (the value is -inf)",
            "np.linalg.det has one there.",
        )


def _slogdet_jvp(tangents, ans, a):
    _refuse_singular(ans)
    turn = np.trace(np.linalg.solve(a, tangents[0]), 0, -2, -1)
    if is_complex(a):
        return 1j * ans[0] * np.imag(turn), np.real(turn)
    return None, turn


def _slogdet_vjp(index, ct, ans, a):
    _refuse_singular(ans)
    weight = 0.0 if ct[1] is None else ct[1]
    if is_complex(a) and ct[0] is not None:
        weight = weight - 1j * np.real(1j * ct[0] * ans[0])
    elif ct[1] is None:
        return None
    return np.expand_dims(weight, (-2, -1)) * flipped(np.linalg.inv(a))


slogdet = primitive(
    np.linalg.slogdet, _slogdet_jvp, _slogdet_vjp, why="two results", multiple=True,
    cases=(case(well_conditioned(3, 3)), case(-well_conditioned(2, 3, 3))),
)  # fmt: skip

# -- plain code over the others --------------------------------------------------------------


@composite(np.linalg.matrix_power, result="view")
def matrix_power(a, n):
    """a @ a @ ... @ a, by repeated squaring; of the inverse where n is negative."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        one = np.broadcast_to(np.eye(shape_of(a)[-1], dtype=dtype_of(a)), shape_of(a))
        return ordered_as(one + 0.0 * a, a)
    found = None
    while n:
        if n % 2:
            found = a if found is None else np.matmul(found, a)
        n //= 2
        a = np.matmul(a, a) if n else a
    return found


@composite(np.linalg.multi_dot)
def multi_dot(arrays):
    """The product of several matrices in the order that takes the fewest multiplications.

    Cormen et al., *Introduction to Algorithms*, section "Matrix-chain multiplication".
    """
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return np.dot(*arrays)
    first, last = ndim_of(arrays[0]) == 1, ndim_of(arrays[-1]) == 1
    if first:
        arrays[0] = np.reshape(arrays[0], (1, -1))
    if last:
        arrays[-1] = np.reshape(arrays[-1], (-1, 1))
    sides = [shape_of(arrays[0])[0], *(shape_of(x)[1] for x in arrays)]
    n = len(arrays)
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sides[i] * sides[k + 1] * sides[j + 1], k)
                for k in range(i, j)
            )

    def product(i, j):
        k = best[i, j][1]
        return arrays[i] if i == j else np.matmul(product(i, k), product(k + 1, j))

    found = product(0, n - 1)
    if first and last:
        return found[0, 0]
    return np.reshape(found, -1) if first or last else found


@composite(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """The inverse of a as a map from its last axes to its first `ind` axes."""
    shape = shape_of(a)
    side = math.prod(shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (side, -1))), (*shape[ind:], *shape[:ind]))


@composite(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    """x with tensordot(a, x, x.ndim) = b."""
    ndim = ndim_of(a)
    if axes is not None:
        axes = [axis % ndim for axis in axes]
        a = np.transpose(a, (*(i for i in range(ndim) if i not in axes), *axes))
    shape = shape_of(a)[-(ndim - ndim_of(b)) :]
    flat = np.reshape(b, -1)
    side = math.prod(shape_of(b))
    return np.reshape(np.linalg.solve(np.reshape(a, (side, side)), flat), shape)


@composite(np.linalg.trace)
def linalg_trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of the last two axes."""
    return np.trace(x, offset, -2, -1, dtype)


@composite(np.linalg.diagonal, result="view")
def linalg_diagonal(x, /, *, offset=0):
    """The diagonals of the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.cond)
def cond(x, p=None):
    """The condition number, norm(x) norm(inv(x)); for p = None or 2 a ratio of singular values."""
    if p in (None, 2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    axes = (-2, -1)
    return np.linalg.norm(x, p, axis=axes) * np.linalg.norm(np.linalg.inv(x), p, axis=axes)
