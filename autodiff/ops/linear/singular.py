"""The singular value decomposition.

With the turning parts J of u^H (cotangent of u) and K of v^H (cotangent of v), the cotangent of
a = u diag(s) v^H is u M v^H, and between two singular values

    2 M[i, j] = (J + K)[i, j] / (s[j] - s[i]) + (J - K)[i, j] / (s[j] + s[i])

(Townsend, "Differentiating the Singular Value Decomposition", 2016, in partial fractions; they are
the gaps between the eigenvalues +s and -s of [[0, a], [a^H, 0]]).  The first gap is 0 where two
values are equal: u and v may turn together.  The second is 0 where both are 0: they may turn each
by itself.  A vector outside of the columns of u, where a is tall, comes with 1 / s[j].  What is
determined at such places is found as in `autodiff.ops.linear.ties`.

A singular value is |x| of a smooth x, so its slope at 0 is taken as 0, as that of |x| is.  Where
also vectors are used, x is one of them with its sign: the part of the cotangent that turns over
when u[:, j] does is the slope in x.
"""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, is_traced, whole
from autodiff.core.language.kinds import composite, primitive
from autodiff.core.language.op import case
from autodiff.core.reverse.around import cotangents_around
from autodiff.ops.ground.arguments import conjugated, dtype_of, is_complex, refuse, shape_of
from autodiff.ops.linear.added import added_by_svd, completed
from autodiff.ops.linear.close import is_inexact, lengths, refined
from autodiff.ops.linear.linalg import well_conditioned
from autodiff.ops.linear.matrices import adjoint, diagonal_matrix, diagonal_of, mirrored
from autodiff.ops.linear.products import flipped
from autodiff.ops.linear.ties import (
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
    tolerance,
)

NAMES = "singular values"
INSTEAD = (
    "Use what does not depend on it: the values, all of these vectors together as in "
    "u[:, {i}:{j}] @ vh[{i}:{j}], or the matrix, (u * f(s)) @ vh."
)


class Gaps:
    """Which differences and sums of singular values are 0, to rounding."""

    def __init__(self, s, shape, complex_numbers):
        plain = whole(s)
        n = plain.shape[-1]
        own = np.eye(n, dtype=bool)
        self.size = max(shape[-2:])
        self.zero = plain <= tolerance(plain, self.size)[..., 0]
        both = self.zero[..., None, :] & self.zero[..., :, None]
        self.tied = tied_pairs(s) | (both & ~own)
        self.sums = both if complex_numbers else both & ~own
        self.skipped = self.tied | own, self.sums | (own & (not complex_numbers))
        self.spare = self.zero & (shape[-2] != shape[-1])
        self.any = bool(self.tied.any() or self.zero.any())


def _fractions(s):
    row, column = s[..., None, :], s[..., :, None]
    return row - column, row + column


def _svd_jvp(tangents, ans, a):
    u, s, vh = ans
    t, v = tangents[0], adjoint(vh)
    inner = adjoint(u) @ t @ v
    gaps = Gaps(s, shape_of(a), is_complex(a))
    lost = [np.where(pairs, np.nan, 0.0) for pairs in (gaps.tied, gaps.sums)]
    less, more = (
        divided(inner + sign * adjoint(inner), gap, skipped) / 2 + nan
        for sign, gap, skipped, nan in zip((1, -1), _fractions(s), gaps.skipped, lost, strict=True)
    )
    tu, tv = u @ (less + more), v @ (less - more)
    m, n = shape_of(a)[-2:]
    inverse = np.where(gaps.zero, np.nan, 1 / np.where(gaps.zero, 1.0, s))[..., None, :]
    if m > n:
        tu = tu + (t @ v - u @ inner) * inverse
    if n > m:
        tv = tv + (adjoint(t) @ u - v @ adjoint(inner)) * inverse
    ts = np.real(diagonal_of(inner))
    return tu, np.where(gaps.zero, np.nan, ts) if gaps.zero.any() else ts, adjoint(tv)


def _turns(ct, u, vh):
    """What the result gains when pairs of vectors turn: together, against each other; and outside.

    Together is J + K, against each other J - K; the third is the cotangent of u (of v) outside of
    its columns.
    """
    j, k, outside = 0.0, 0.0, 0.0
    if ct[0] is not None:
        c = conjugated(ct[0])
        inner = adjoint(u) @ c
        j = inner - adjoint(inner)
        outside = c - u @ inner if shape_of(u)[-2] > shape_of(vh)[-1] else outside
    if ct[2] is not None:
        c = flipped(ct[2])
        inner = vh @ c
        k = inner - adjoint(inner)
        outside = c - adjoint(vh) @ inner if shape_of(vh)[-1] > shape_of(u)[-2] else outside
    return j + k, j - k, outside


def _sizes(cts):
    """Of each pair of vectors the size of the cotangents, beside which their terms round."""
    return lengths(cts[0]) + lengths(cts[2], -1)


def _scales(ct, u, vh):
    """What beside a turn counts as 0: products, and cotangents that are 0 along all vectors."""
    left = [] if ct[0] is None else [adjoint(u) @ conjugated(ct[0]), ct[0]]
    return left + ([] if ct[2] is None else [vh @ flipped(ct[2]), ct[2]])


def _svd_pull(ct, ans, primals, params, swept=None):
    u, s, vh = ans
    m, n = shape_of(primals[0])[-2:]
    gaps = Gaps(s, (m, n), is_complex(u))
    total, limits, outside = 0.0, (None, None, None), 0.0
    with_vectors = ct[0] is not None or ct[2] is not None
    if with_vectors:
        together, against, outside = _turns(ct, u, vh)
        if is_complex(u):
            phases = np.where(gaps.zero, 0.0, np.imag(diagonal_of(whole(together))))
            refuse_phases(phases, _scales(ct, u, vh), "singular vector", swept)
        if gaps.any:
            limits = _svd_limits(ans, gaps, swept)
        less, more = _fractions(s)
        total = divided(together, less, gaps.skipped[0], gaps.tied, limits[0])
        together = refined(total, less, ct, lambda cts: _turns(cts, u, vh)[0], _sizes, ans, swept)
        total = together / 2
        more = divided(against, more, gaps.skipped[1], gaps.sums, limits[1])
        total = total + more / 2
    if ct[1] is not None:
        slopes = ct[1]
        if gaps.zero.any():
            slopes = slopes - np.where(gaps.zero, _even(ct, ans, gaps, swept, with_vectors), 0.0)
        total = total + diagonal_matrix(slopes)
    found = u @ total @ vh
    if m != n and ct[0 if m > n else 2] is not None:
        zero = gaps.zero[..., None, :]
        free = divided(outside, s[..., None, :], zero, zero, limits[2])
        found = found + (free @ vh if m > n else u @ adjoint(free))
    return (conjugated(found),)


def _svd_limits(ans, gaps, swept):
    """The limits of turn / gap where gaps are 0 (None: no vectors matter), or a refusal."""
    u, s, vh = ans
    if swept is None:
        refuse_ties(gaps.tied | gaps.sums, s, NAMES, swept, INSTEAD)
    level = np.where(gaps.zero, 0.0, evened(s, gaps.tied))
    free = gaps.zero | gaps.tied.any(-1)
    moves = (np.arange(1.0, free.shape[-1] + 1) * free).astype(dtype_of(s))
    less, more = _fractions(moves)
    found = []
    for at in ((u, level, vh), _turned(u, level, vh, gaps)):
        around = cotangents_around(swept, at, (None, moves, None))
        (cts, changes, beside), noise = around, noise_of(around)
        changes = [changed(changes, k, ans[k]) for k in range(3)]
        _refuse_turns(cts, changes, at, noise, s, gaps, swept)
        together, against, outside = _turns(changes, at[0], at[2])
        limits = (
            np.where(gaps.tied, together / np.where(gaps.tied, less, 1.0), 0.0),
            np.where(gaps.sums, against / np.where(gaps.sums, more, 1.0), 0.0),
            outside / np.where(gaps.zero, moves, 1.0)[..., None, :],
        )
        own = np.eye(free.shape[-1], dtype=bool) & free[..., None, :]
        regular = ~gaps.sums & (gaps.tied | own)  # of these the second fraction has its gap
        slopes = changed(cts, 1, s) - (_even(cts, at, gaps, swept, True) if gaps.zero.any() else 0)
        inner = (limits[0] + limits[1]) / 2 + diagonal_matrix(slopes * free)
        inner = inner + np.where(regular, _turns(cts, at[0], at[2])[1], 0.0) / _safe_sum(level) / 2
        side = np.where(gaps.zero[..., None, :], limits[2], 0.0)
        pulled = at[0] @ inner @ at[2]
        if gaps.spare.any():
            tall = shape_of(u)[-2] > shape_of(vh)[-1]
            pulled = pulled + (side @ at[2] if tall else at[0] @ adjoint(side))
        found.append((limits, [pulled, *beside], (cts, changes)))
    (limits, first, used), (_, other, _) = found
    refuse_difference(first, other, gaps.tied | gaps.sums, noise, s, NAMES, swept, INSTEAD)
    parts = [c[0] for c in used if c[0] is not None]
    parts += [flipped(c[2]) for c in used if c[2] is not None]
    return (None, None, None) if all(is_still(c, free) for c in parts) else limits


def _safe_sum(level):
    both = level[..., None, :] + level[..., :, None]
    return np.where(both == 0, 1.0, both)


def _turned(u, level, vh, gaps):
    """Other singular vectors of the same matrix with these values."""
    pairs = gaps.tied | gaps.sums
    left = other_vectors(pairs, u)
    right = np.where(_block(gaps), other_vectors(pairs, u, 0.7), left)
    return u @ left, level, adjoint(right) @ vh


def _block(gaps):
    """Where both values are 0, so that u and v may turn each by itself."""
    return gaps.zero[..., None, :] & gaps.zero[..., :, None]


def _refuse_turns(cts, changes, at, noise, s, gaps, swept):
    """Raise the error if the result gains when vectors turn that are free to do so."""
    u, _, vh = at
    together, against, outside = _turns(cts, u, vh)
    scales = _scales(cts, u, vh) + _scales(changes, u, vh)
    for terms, pairs in ((together, gaps.tied), (against, gaps.sums)):
        refuse_ties(remaining(terms, scales, pairs, noise), s, NAMES, swept, INSTEAD)
    if gaps.spare.any():
        sizes = scales if scales else [u]
        bad = remaining(outside, sizes, gaps.spare[..., None, :], noise).any(-2)
        bad = bad[..., None, :] & np.eye(bad.shape[-1], dtype=bool)
        refuse_ties(bad, s, NAMES, swept, INSTEAD)


def _even(ct, ans, gaps, swept, with_vectors):
    """The part of the values' cotangent that does not turn over when the vectors do.

    It is a constant for what may differentiate once more: it is taken at the plain values.
    """
    plain = tuple(map(ground, ans))
    if swept is None or not (with_vectors or any(map(is_traced, ans))):
        return 0.0 if with_vectors else ct[1]
    signs = np.where(gaps.zero, -1.0, 1.0).astype(dtype_of(plain[1]))[..., None, :]
    places = [plain, (plain[0] * signs, *plain[1:])] if with_vectors else [plain]
    found = [cotangents_around(swept, at, (None, None, None)).cts[1] for at in places]
    return sum(0.0 if one is None else one for one in found) / len(places)


svd_op = primitive(
    lambda a: np.linalg.svd(a, full_matrices=False), _svd_jvp,
    lambda index, ct, ans, a: _svd_pull(ct, ans, (a,), {})[0],
    why="three results", multiple=True, name="svd", public=np.linalg.svd,
    kinks="equal singular values: single vectors refused; phases of complex vectors refused",
    joint_vjp=_svd_pull, limits_at=is_inexact,
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(4, 2), full_matrices=False),
        case(well_conditioned(2, 2, 3), full_matrices=False),
        case(well_conditioned(3, 4), compute_uv=False),
    ),
)  # fmt: skip


@composite(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """u, s and vh with a = u diag(s) vh."""
    if hermitian and compute_uv:
        refuse("np.linalg.svd with hermitian=True", "Leave it out, or use np.linalg.eigh.")
    if not compute_uv:
        return apply(svd_op, (mirrored(a) if hermitian else a,))[1]
    found = apply(svd_op, (a,))
    m, n = shape_of(a)[-2:]
    if not full_matrices or m == n:
        return found
    u, s, vh = found
    added = apply(added_by_svd, (a,), {"left": m > n})
    if m > n:
        return found._make((completed(u, added), s, vh))
    return found._make((u, s, adjoint(completed(adjoint(vh), added))))


@composite(np.linalg.svdvals)
def svdvals(x, /):
    """The singular values, largest first."""
    return apply(svd_op, (x,))[1]
