"""Factorizations and what solves with them: Cholesky, QR, pseudo-inverse, least squares."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, whole
from autodiff.core.language.kinds import composite, primitive
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import conjugated, is_complex, laid_as, ndim_of, refuse, shape_of
from autodiff.ops.linear.added import added_by_qr, completed
from autodiff.ops.linear.linalg import well_conditioned
from autodiff.ops.linear.matrices import (
    adjoint,
    diagonal_matrix,
    diagonal_of,
    mirror,
    mirrored,
    symmetric,
)
from autodiff.ops.linear.products import flipped


def _lower_half(x):
    """The lower triangle, half of the diagonal."""
    return np.tril(x) - 0.5 * diagonal_matrix(diagonal_of(x))


def _cholesky_jvp(tangents, ans, a):
    half = np.linalg.solve(ans, tangents[0])
    return ans @ _lower_half(adjoint(np.linalg.solve(ans, adjoint(half))))


def _cholesky_vjp(index, ct, ans, a):
    inner = _lower_half(adjoint(ans) @ np.tril(conjugated(ct)))
    inner = (inner + adjoint(inner)) / 2
    half = np.linalg.solve(adjoint(ans), inner)
    return conjugated(adjoint(np.linalg.solve(adjoint(ans), adjoint(half))))


cholesky_op = primitive(
    lambda a: np.linalg.cholesky(a), _cholesky_jvp, _cholesky_vjp,
    why="each column depends on those before it (Murray, arXiv:1602.07527, section 3)",
    name="cholesky", public=np.linalg.cholesky, kinks="only the triangle read has a derivative",
    cases=(case(symmetric(3, 3)), case(symmetric(2, 3, 3)), case(symmetric(3, 3), upper=True)),
)  # fmt: skip


@composite(np.linalg.cholesky)
def cholesky(a, /, *, upper=False):
    """L with a = L L^H, or U with a = U^H U."""
    found = apply(cholesky_op, (mirrored(a, lower=not upper),))
    return laid_as(adjoint(found)) if upper else found


# -- QR -------------------------------------------------------------------------------------


def _over(x, r):
    """x inv(r), for an r whose columns are independent."""
    size = np.abs(diagonal_of(whole(r)))
    if size.size and np.any(
        size <= 4 * size.shape[-1] * np.finfo(float).eps * size.max(-1, keepdims=True, initial=0.0)
    ):
        refuse("np.linalg.qr of dependent columns", "Its vectors are not determined.")
    return flipped(np.linalg.solve(flipped(r), flipped(x)))


def _qr_jvp(tangents, ans, a):
    q, r = ans
    scaled = _over(tangents[0], r)
    inner = adjoint(q) @ scaled
    strict = np.tril(inner, -1)
    turn = strict - adjoint(strict)
    if is_complex(a):
        turn = turn + 1j * diagonal_matrix(np.imag(diagonal_of(inner)))
    return scaled - q @ (inner - turn), (inner - turn) @ r


def _qr_vjp(index, ct, ans, a):
    q, r = ans
    inner, total = 0.0, 0.0
    if ct[1] is not None:
        inner = r @ adjoint(conjugated(ct[1]))
    if ct[0] is not None:
        total = conjugated(ct[0])
        inner = inner - adjoint(total) @ q
    mirrored_inner = apply(mirror, (inner,), {"lower": True})
    return conjugated(_over(total + q @ mirrored_inner, adjoint(r)))


qr_op = primitive(
    lambda a: np.linalg.qr(a), _qr_jvp, _qr_vjp,
    why="two results (Walter & Lehmann, arXiv:1009.6112)", multiple=True,
    name="qr", public=np.linalg.qr,
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(4, 2)),
        case(well_conditioned(2, 2, 3)), case(well_conditioned(3, 2), mode="r"),
    ),
)  # fmt: skip


@composite(np.linalg.qr)
def qr(a, mode="reduced"):
    """q and r with a = q r, q orthogonal and r triangular."""
    m, n = shape_of(a)[-2:]
    if mode == "raw":
        refuse('np.linalg.qr with mode="raw"', 'Use mode="reduced".')
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"Unrecognized mode {mode!r}")
    found = apply(qr_op, (a[..., :m] if n > m else a,))
    if n > m:
        q = found[0]
        r = np.concatenate([found[1], adjoint(q) @ a[..., m:]], axis=-1)
        found = found._make((q, r))
    if mode == "complete" and m > n:
        q = completed(found[0], apply(added_by_qr, (a,)))
        below = np.zeros((*shape_of(a)[:-2], m - n, n))
        found = found._make((q, np.concatenate([found[1], below], axis=-2)))
    return found[1] if mode == "r" else found


# -- pseudo-inverse and least squares --------------------------------------------------------


def _pinv_jvp(tangents, ans, a, **params):
    t = adjoint(tangents[0])
    moved = -ans @ tangents[0] @ ans
    moved = moved + ans @ adjoint(ans) @ (t - t @ a @ ans)
    return moved + (t - ans @ a @ t) @ adjoint(ans) @ ans


def _pinv_vjp(index, ct, ans, a, **params):
    c = conjugated(ct)
    moved = -adjoint(ans) @ c @ adjoint(ans)
    left = ans @ adjoint(ans) @ (c - c @ a @ ans)
    right = (c - ans @ a @ c) @ adjoint(ans) @ ans
    return conjugated(moved + adjoint(left) + adjoint(right))


def _bind_pinv(a, rcond=None, hermitian=False, *, rtol=None):
    if hermitian:
        refuse("np.linalg.pinv with hermitian=True", "Leave it out.")
    rcond = rtol if rcond is None else rcond
    return (a,), {} if rcond is None else {"rcond": rcond}


pinv = primitive(
    np.linalg.pinv, _pinv_jvp, _pinv_vjp,
    why="depends on all of the matrix (Golub & Pereyra, SIAM J. Numer. Anal. 10, 1973, eq. 4.12)",
    binder=_bind_pinv, keywords=("rcond",), kinks="where the rank changes",
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(4, 2)), case(well_conditioned(2, 2, 3)),
    ),
)  # fmt: skip


def _inverse_of(a, rcond):
    """The pseudo-inverse with the rank that lstsq finds."""
    if rcond is None or rcond < 0:
        rcond = np.finfo(float).eps * (max(shape_of(a)) if rcond is None else 1)
    return np.linalg.pinv(a, rcond)


def _lstsq_jvp(tangents, ans, a, b, rcond):
    ta, tb = tangents
    p = _inverse_of(a, rcond)
    moved = 0.0 if tb is None else p @ tb
    if ta is None:
        return moved
    t = adjoint(ta)
    rest = b - a @ ans
    inside = t @ adjoint(p) @ ans
    return moved - p @ (ta @ ans) + p @ (adjoint(p) @ (t @ rest)) + inside - p @ (a @ inside)


def _lstsq_vjp(index, ct, ans, a, b, rcond):
    p, c = _inverse_of(a, rcond), conjugated(ct)
    back = adjoint(p) @ c
    if index == 1:
        return conjugated(back)
    rest = b - a @ ans
    free = c - adjoint(p @ a) @ c
    found = _outer(rest, p @ back) - _outer(back, ans) + _outer(adjoint(p) @ ans, free)
    return conjugated(found)


def _outer(x, y):
    """x y^H, of vectors or of matrices."""
    if ndim_of(x) == 1:
        return x[:, None] * conjugated(y)[None, :]
    return x @ adjoint(y)


lstsq_op = primitive(
    lambda a, b, rcond: np.linalg.lstsq(a, b, rcond)[0], _lstsq_jvp, _lstsq_vjp,
    why="linear in b, but not in a (Golub & Pereyra 1973)", arity=2,
    name="lstsq", public=np.linalg.lstsq, keywords=("rcond",), kinks="where the rank changes",
    cases=(
        case(well_conditioned(4, 2), (4,)), case(well_conditioned(4, 2), (4, 3)),
        case(well_conditioned(2, 3), (2,)), case(well_conditioned(3, 3), (3, 1)),
    ),
)  # fmt: skip


@composite(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """The least-squares solution, the sums of squared residuals, the rank, the singular values."""
    _, sums, rank, _ = np.linalg.lstsq(ground(a), ground(b), rcond)
    x = apply(lstsq_op, (a, b), {"rcond": rcond})
    if sums.size:
        rest = np.abs(b - a @ x) ** 2
        sums = np.sum(rest, axis=0, keepdims=ndim_of(b) == 1)
    return x, sums, rank, np.linalg.svdvals(a)
