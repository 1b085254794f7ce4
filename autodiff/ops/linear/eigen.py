"""Eigenvalues and eigenvectors.

Only the triangle that NumPy reads has a derivative.  What is determined at equal eigenvalues, and
what is refused, is in `autodiff.ops.linear.ties`.  A complex vector of `eigh` has a phase that is
LAPACK's choice: what depends on it is refused.  Those of `eig` have norm 1 and a real largest
component, which the rule knows.
"""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, whole
from autodiff.core.language.kinds import composite, primitive
from autodiff.core.language.op import case
from autodiff.core.reverse.around import cotangents_around
from autodiff.ops.ground.arguments import conjugated, is_complex, refuse
from autodiff.ops.linear.close import is_inexact, lengths, refined
from autodiff.ops.linear.linalg import well_conditioned
from autodiff.ops.linear.matrices import adjoint, diagonal_matrix, diagonal_of, mirrored, symmetric
from autodiff.ops.linear.products import flipped
from autodiff.ops.linear.ties import (
    apart,
    changed,
    divided,
    evened,
    is_still,
    noise_of,
    other_vectors,
    refuse_difference,
    refuse_phases,
    refuse_ties,
    remaining,
    tied_pairs,
    uneven,
)

INSTEAD = (
    "Use what does not depend on it: the values, all of these vectors together as in "
    "v[:, {i}:{j}] @ v[:, {i}:{j}].T, or a function of the matrix, (v * f(w)) @ v.T."
)
INSTEAD_GENERAL = (
    "Use what does not depend on it: the values, or a function of the matrix, "
    "(v * f(w)) @ np.linalg.inv(v)."
)


def _gaps(w):
    return w[..., None, :] - w[..., :, None]


def _sizes(cts):
    """Of each pair of vectors the size of the cotangents, beside which their terms round."""
    return lengths(cts[1])


def _eigh_jvp(tangents, ans, a, UPLO):
    w, v = ans
    inner = adjoint(v) @ tangents[0] @ v
    tied = tied_pairs(w)
    turn = divided(inner, _gaps(w), tied | np.eye(tied.shape[-1], dtype=bool))
    if tied.any():
        turn = np.where(tied, np.nan, turn)
    return np.real(diagonal_of(inner)), v @ turn


def _half_turn(ct, v):
    """What the result gains when pairs of vectors turn into each other."""
    turn = adjoint(v) @ conjugated(ct)
    return (turn - adjoint(turn)) / 2


def _eigh_pull(ct, ans, primals, params, swept=None):
    w, v = ans
    inner = 0.0
    if ct[0] is not None:
        inner = diagonal_matrix(ct[0])
    if ct[1] is not None:
        turn = _half_turn(ct[1], v)
        if is_complex(v):
            scale = adjoint(v) @ conjugated(ct[1])
            refuse_phases(np.imag(diagonal_of(scale)), [scale], "eigenvector", swept)
        tied = tied_pairs(w)
        limits = None
        if tied.any():
            limits = _eigh_limits(w, v, tied, swept)
        skipped = tied | np.eye(tied.shape[-1], dtype=bool)
        found = divided(turn, _gaps(w), skipped, tied, limits)
        inner = inner + refined(
            found, _gaps(w), ct, lambda cts: _half_turn(cts[1], v), _sizes, ans, swept
        )
    return (conjugated(v @ inner @ adjoint(v)),)


def _eigh_limits(w, v, tied, swept):
    """The limits of turn / gap at equal eigenvalues (None: no vectors matter), or a refusal."""
    if swept is None:
        refuse_ties(tied, w, "eigenvalues", swept, INSTEAD)
    even, moves = evened(w, tied), apart(w, tied)
    steps = np.where(tied, moves[..., None, :] - moves[..., :, None], 1.0)
    found = []
    for vectors in (v, v @ other_vectors(tied, v)):
        around = cotangents_around(swept, (even, vectors), (moves, None))
        (cts, changes, beside), noise = around, noise_of(around)
        ct, change = changed(cts, 1, v), changed(changes, 1, v)
        scales = [adjoint(vectors) @ conjugated(c) for c in (ct, change)]
        bad = remaining(_half_turn(ct, vectors), scales, tied, noise)
        refuse_ties(bad, w, "eigenvalues", swept, INSTEAD)
        limits = np.where(tied, _half_turn(change, vectors) / steps, 0.0)
        block = limits + diagonal_matrix(changed(cts, 0, w) * tied.any(-1))
        found.append((limits, [vectors @ block @ adjoint(vectors), *beside], (ct, change)))
    (limits, first, used), (_, other, _) = found
    refuse_difference(first, other, tied, noise, w, "eigenvalues", swept, INSTEAD)
    return None if all(is_still(part, tied.any(-1)) for part in used) else limits


eigh_op = primitive(
    lambda a, UPLO: np.linalg.eigh(a, UPLO), _eigh_jvp,
    lambda index, ct, ans, a, **params: _eigh_pull(ct, ans, (a,), params)[0],
    why="two results", multiple=True, name="eigh", public=np.linalg.eigh, keywords=("UPLO",),
    kinks="equal eigenvalues: single vectors refused; phases of complex vectors refused",
    joint_vjp=_eigh_pull, limits_at=is_inexact,
    cases=(case(symmetric(3, 3)), case(symmetric(2, 3, 3)), case(symmetric(3, 3), UPLO="U")),
)  # fmt: skip


@composite(np.linalg.eigh)
def eigh(a, UPLO="L"):
    """w and v with a = v diag(w) v^H, of the Hermitian matrix in one triangle of a."""
    return apply(eigh_op, (mirrored(a, lower=UPLO.upper() == "L"),), {"UPLO": UPLO})


@composite(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):
    """The eigenvalues of the Hermitian matrix in one triangle of a."""
    return eigh(a, UPLO)[0]


# -- general matrices -----------------------------------------------------------------------


def _largest(v):
    """1 at the largest component of each vector, which LAPACK makes real; else 0."""
    size = np.abs(ground(v))
    rows = np.arange(size.shape[-2])[:, None]
    return (rows == np.argmax(size, axis=-2)[..., None, :]).astype(float)


def _kept_to_norm(moved, v):
    """A movement of the vectors without the part that would change their norm or their phase."""
    stretch = np.real(np.sum(conjugated(v) * moved, axis=-2, keepdims=True))
    if is_complex(v):
        top = _largest(v)
        turn = np.sum(top * moved, -2, keepdims=True) / np.sum(top * v, -2, keepdims=True)
        stretch = stretch + 1j * np.imag(turn)
    return moved - v * stretch


def _refuse_defective(w, v, tied):
    """Raise the error for a matrix with fewer eigenvectors than columns."""
    if not tied.any():
        return
    s = np.linalg.svdvals(whole(v))
    if np.any(s[..., -1] <= 100 * s.shape[-1] * np.finfo(s.dtype).eps * s[..., 0]):
        *_, i, j = (int(k[0]) for k in np.nonzero(tied))
        refuse(
            f"np.linalg.eig of a defective matrix (eigenvalues {i} and {j} share one vector)",
            "There the eigenvalues move as the square root of a change.",
        )


def _eig_jvp(tangents, ans, a):
    w, v = ans
    tied = tied_pairs(w)
    _refuse_defective(w, v, tied)
    inner = np.linalg.solve(v, tangents[0] @ v)
    turn = divided(inner, _gaps(w), tied | np.eye(tied.shape[-1], dtype=bool))
    if tied.any():
        turn = np.where(tied, np.nan, turn)
    return diagonal_of(inner), _kept_to_norm(v @ turn, v)


def _mixed(ct, v):
    """What the result gains when one vector mixes into another, its norm and phase kept."""
    along = np.sum(ct * v, axis=-2, keepdims=True)
    free = ct - conjugated(v) * np.real(along)
    if is_complex(v):
        top = _largest(v)
        free = free - 1j * np.imag(along) * top / np.sum(top * v, -2, keepdims=True)
    return flipped(v) @ free


def _eig_pull(ct, ans, primals, params, swept=None):
    w, v = ans
    tied = tied_pairs(w)
    _refuse_defective(w, v, tied)
    inner = 0.0
    if ct[0] is not None:
        inner = diagonal_matrix(ct[0])
    if ct[1] is not None:
        limits = None
        if tied.any():
            limits = _eig_limits(w, v, tied, swept)
        skipped = tied | np.eye(tied.shape[-1], dtype=bool)
        found = divided(_mixed(ct[1], v), _gaps(w), skipped, tied, limits)
        inner = inner + refined(
            found, _gaps(w), ct, lambda cts: _mixed(cts[1], v), _sizes, ans, swept
        )
    return (np.linalg.solve(flipped(v), inner @ flipped(v)),)


def _eig_limits(w, v, tied, swept):
    """The limits of mixture / gap at equal eigenvalues (None: no vectors matter), or a refusal."""
    what = "eigenvalues"
    if swept is None:
        refuse_ties(tied, w, what, swept, INSTEAD_GENERAL)
    even, moves = evened(w, tied), apart(w, tied)
    steps = np.where(tied, moves[..., None, :] - moves[..., :, None], 1.0)
    n = tied.shape[-1]
    found = []
    for vectors in (v, _of_norm_1(v @ (np.eye(n) + uneven(n, n) * tied / 2))):
        around = cotangents_around(swept, (even, vectors), (moves, None))
        (cts, changes, beside), noise = around, noise_of(around)
        ct, change = changed(cts, 1, v), changed(changes, 1, v)
        scales = [flipped(vectors) @ c for c in (ct, change)]
        bad = remaining(_mixed(ct, vectors), scales, tied, noise)
        refuse_ties(bad, w, what, swept, INSTEAD_GENERAL)
        limits = np.where(tied, _mixed(change, vectors) / steps, 0.0)
        block = limits + diagonal_matrix(changed(cts, 0, w) * tied.any(-1))
        pulled = np.linalg.solve(flipped(vectors), block @ flipped(vectors))
        found.append((limits, [pulled, *beside], (ct, change)))
    (limits, first, used), (_, other, _) = found
    refuse_difference(first, other, tied, noise, w, what, swept, INSTEAD_GENERAL)
    return None if all(is_still(part, tied.any(-1)) for part in used) else limits


def _of_norm_1(v):
    """Vectors scaled as LAPACK does: of norm 1, the largest component real where complex."""
    if is_complex(v):
        top = np.sum(_largest(v) * v, -2, keepdims=True)
        v = v * (np.abs(top) / top)
    return v / np.sqrt(np.sum(np.abs(v) ** 2, axis=-2, keepdims=True))


eig = primitive(
    np.linalg.eig, _eig_jvp,
    lambda index, ct, ans, a: _eig_pull(ct, ans, (a,), {})[0], why="two results", multiple=True,
    kinks="equal eigenvalues: vectors refused; vectors of norm 1, largest component real",
    joint_vjp=_eig_pull, limits_at=is_inexact,
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(2, 3, 3)),
        case(np.array([[1.0, 2.0, 0.3], [-1.5, 0.5, 0.2], [0.4, 0.1, 3.0]])),
    ),
)  # fmt: skip


@composite(np.linalg.eigvals)
def eigvals(a):
    """The eigenvalues of a general matrix."""
    return np.linalg.eig(a)[0]
