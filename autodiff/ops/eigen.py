"""Eigenvalues and singular values.

Only the triangle that NumPy reads has a derivative.  Vectors of equal eigenvalues are not
determined: a derivative that needs them raises an error that names the two (in forward mode,
which cannot know whether they will be used, it is NaN).
"""

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, ground, whole
from autodiff.core.language.kinds import composite, primitive
from autodiff.core.language.op import case
from autodiff.ops.arguments import conjugated, is_complex, refuse, shape_of
from autodiff.ops.linalg import well_conditioned
from autodiff.ops.matrices import adjoint, diagonal_matrix, diagonal_of, mirrored, symmetric
from autodiff.ops.products import flipped


def _gaps(values):
    """1 / (w_j - w_i), 0 where they are equal; and which pairs are."""
    gaps = values[..., None, :] - values[..., :, None]
    size = np.max(np.abs(ground(values)), axis=-1, initial=0.0)[..., None, None]
    n = shape_of(values)[-1]
    equal = np.abs(ground(gaps)) <= 4 * n * np.finfo(float).eps * size
    inverse = np.where(equal, 0.0, 1 / np.where(equal, 1.0, gaps))
    return inverse, equal & ~np.eye(n, dtype=bool)


def _divided(terms, values, what, reverse):
    """terms[i, j] / (w_j - w_i); at a gap of 0 a zero term stays 0, another is refused."""
    inverse, equal = _gaps(values)
    if equal.any():
        plain = np.abs(whole(terms))
        bad = equal & (plain > 1e-10 * np.max(plain, initial=0.0))
        if bad.any() and reverse:
            *_, i, j = (int(k[0]) for k in np.nonzero(bad))
            raise UnsupportedError(
                f"{what} {min(i, j)} and {max(i, j)} are equal, and the result depends on their "
                "single vectors, which are not determined: the gap between them divides. Use a "
                f"function of the values, or of the whole space that they span.{here()}"
            )
        if bad.any():
            inverse = np.where(bad, np.nan, inverse)
    return inverse * terms


def _eigh_jvp(tangents, ans, a, UPLO):
    w, v = ans
    inner = adjoint(v) @ tangents[0] @ v
    return np.real(diagonal_of(inner)), v @ _divided(inner, w, "eigenvalues", reverse=False)


def _eigh_vjp(index, ct, ans, a, UPLO):
    w, v = ans
    inner = 0.0
    if ct[0] is not None:
        inner = diagonal_matrix(ct[0])
    if ct[1] is not None:
        turn = adjoint(v) @ conjugated(ct[1])
        inner = inner + _divided((turn - adjoint(turn)) / 2, w, "eigenvalues", reverse=True)
    return conjugated(v @ inner @ adjoint(v))


eigh_op = primitive(
    lambda a, UPLO: np.linalg.eigh(a, UPLO), _eigh_jvp, _eigh_vjp, why="two results", multiple=True,
    name="eigh", public=np.linalg.eigh, keywords=("UPLO",),
    kinks="equal eigenvalues: vectors refused",
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


def _largest(v):
    """1 at the largest component of each vector, which LAPACK makes real; else 0."""
    size = np.abs(ground(v))
    rows = np.arange(size.shape[-2])[:, None]
    return (rows == np.argmax(size, axis=-2)[..., None, :]).astype(float)


def _eig_jvp(tangents, ans, a):
    w, v = ans
    inner = np.linalg.solve(v, tangents[0] @ v)
    moved = v @ _divided(inner, w, "eigenvalues", reverse=False)
    stretch = np.real(np.sum(conjugated(v) * moved, axis=-2, keepdims=True))
    if is_complex(v):
        top = _largest(v)
        turn = np.sum(top * moved, -2, keepdims=True) / np.sum(top * v, -2, keepdims=True)
        stretch = stretch + 1j * np.imag(turn)
    return diagonal_of(inner), moved - v * stretch


def _eig_vjp(index, ct, ans, a):
    w, v = ans
    inner = 0.0
    if ct[0] is not None:
        inner = diagonal_matrix(ct[0])
    if ct[1] is not None:
        along = np.sum(ct[1] * v, axis=-2, keepdims=True)
        free = ct[1] - conjugated(v) * np.real(along)
        if is_complex(v):
            top = _largest(v)
            free = free - 1j * np.imag(along) * top / np.sum(top * v, -2, keepdims=True)
        inner = inner + _divided(flipped(v) @ free, w, "eigenvalues", reverse=True)
    return np.linalg.solve(flipped(v), inner @ flipped(v))


eig = primitive(
    np.linalg.eig, _eig_jvp, _eig_vjp, why="two results", multiple=True,
    kinks="equal eigenvalues: vectors refused; vectors of norm 1, largest component real",
    cases=(
        case(well_conditioned(3, 3)), case(well_conditioned(2, 3, 3)),
        case(np.array([[1.0, 2.0, 0.3], [-1.5, 0.5, 0.2], [0.4, 0.1, 3.0]])),
    ),
)  # fmt: skip


@composite(np.linalg.eigvals)
def eigvals(a):
    """The eigenvalues of a general matrix."""
    return np.linalg.eig(a)[0]


# -- singular values ------------------------------------------------------------------------


def _svd_jvp(tangents, ans, a):
    u, s, vh = ans
    t, v = tangents[0], adjoint(vh)
    inner = adjoint(u) @ t @ v
    row, column = s[..., None, :], s[..., :, None]
    squares, names = s * s, "singular values"
    left = _divided(inner * row + column * adjoint(inner), squares, names, reverse=False)
    right = _divided(column * inner + adjoint(inner) * row, squares, names, reverse=False)
    if is_complex(a):
        turn = diagonal_matrix(1j * np.imag(diagonal_of(inner)) / (2 * s))
        left, right = left + turn, right - turn
    tu, tv = u @ left, v @ right
    m, n = shape_of(a)[-2:]
    if m > n:
        tu = tu + (t @ v - u @ inner) / row
    if n > m:
        tv = tv + (adjoint(t) @ u - v @ adjoint(inner)) / row
    return tu, np.real(diagonal_of(inner)), adjoint(tv)


def _svd_vjp(index, ct, ans, a):
    u, s, vh = ans
    row, column = s[..., None, :], s[..., :, None]
    squares, names = s * s, "singular values"
    total, turn, outside = 0.0, 0.0, 0.0
    m, n = shape_of(a)[-2:]
    if ct[1] is not None:
        total = diagonal_matrix(ct[1])
    if ct[0] is not None:
        cu = conjugated(ct[0])
        inner = adjoint(u) @ cu
        total = total + _divided(inner - adjoint(inner), squares, names, reverse=True) * row
        turn = turn + np.imag(diagonal_of(inner)) if is_complex(a) else turn
        if m > n:
            outside = outside + ((cu - u @ inner) / row) @ vh
    if ct[2] is not None:
        cv = flipped(ct[2])
        inner = vh @ cv
        total = total + column * _divided(inner - adjoint(inner), squares, names, reverse=True)
        turn = turn - np.imag(diagonal_of(inner)) if is_complex(a) else turn
        if n > m:
            outside = outside + u @ (adjoint(cv - adjoint(vh) @ inner) / column)
    if is_complex(a):
        total = total + diagonal_matrix(1j * turn / (2 * s) + 0.0 * s)
    return conjugated(u @ total @ vh + outside)


svd_op = primitive(
    lambda a: np.linalg.svd(a, full_matrices=False), _svd_jvp, _svd_vjp,
    why="three results (Townsend, \"Differentiating the Singular Value Decomposition\", 2016)",
    multiple=True, name="svd", public=np.linalg.svd,
    kinks="equal singular values: vectors refused",
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
    m, n = shape_of(a)[-2:]
    if full_matrices and m != n:
        refuse(
            "np.linalg.svd with full_matrices=True of a matrix that is not square",
            "The added vectors are not determined. Pass full_matrices=False.",
        )
    return apply(svd_op, (a,))


@composite(np.linalg.svdvals)
def svdvals(x, /):
    """The singular values, largest first."""
    return apply(svd_op, (x,))[1]
