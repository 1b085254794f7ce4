"""SciPy's linear algebra at traced matrices, by the ops of `np.linalg`, and functions of matrices.

A function of a matrix f(A) has its derivative in the corner of one of twice the size,
f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]] (Higham, Functions of Matrices, section 3.2),
and the transpose of E -> L(A, E) is ct -> L(A.T, ct): so one rule serves exp, log and sqrt to any
order.
"""

import numpy as np
from scipy import linalg

from autodiff.core.ground.draws import undrawn
from autodiff.core.language.dispatch import apply, whole
from autodiff.core.language.kinds import primitive
from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.language.op import case
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import conjugated, is_complex, refuse, shape_of


def _along(op, matrix, direction):
    """L(A, E), the derivative of a function of a matrix along a direction."""
    n = shape_of(matrix)[-1]
    below = np.concatenate([np.zeros((n, n)), matrix], axis=1)
    block = np.concatenate([np.concatenate([matrix, direction], axis=1), below], axis=0)
    return apply(op, (block,))[:n, n:]


def _refuse_on_the_cut(name, a):
    """Raise for a matrix at which a root or logarithm jumps: there is no derivative.

    It jumps at a complex matrix with a negative eigenvalue, and at a real one with two such that
    are equal, which a change can move off the axis together.  The derivative of a derivative by
    reverse mode is one of a matrix in which each eigenvalue stands twice.
    """
    plain = whole(a)
    w = np.linalg.eigvals(plain)
    cut = w[(np.real(w) < 0) & (np.abs(np.imag(w)) < 1e-6 * np.abs(w))]
    if plain.dtype.kind != "c":
        cut = w[(np.real(w) < 0) & (np.abs(np.imag(w)) < 1e-3 * np.abs(w))]
        apart = np.abs(cut[:, None] - cut) + np.diag(np.full(cut.size, np.inf))
        cut = cut[np.min(apart, axis=1, initial=np.inf) < 1e-3 * np.abs(cut)]
    if cut.size:
        refuse(
            f"scipy.linalg.{name} of a matrix with a negative eigenvalue, where it jumps,",
            "For second derivatives at a real one take forward mode over reverse mode, as "
            "ad.hessian and ad.hvp do.",
        )


def _matrix_function(function, name, sample, jumps=False):
    def value(a):
        if shape_of(a)[-2:] != shape_of(a):
            refuse(f"scipy.linalg.{name} of a stack of matrices", "Write a loop and np.stack.")
        return np.asarray(undrawn(function)(a))

    def pull(index, ct, ans, a):
        if jumps:
            _refuse_on_the_cut(name, a)
        back = np.transpose(a)
        if is_complex(ct) and not is_complex(a):
            # A block of real numbers keeps its eigenvalues on the cut, where all have one root.
            return _along(op, back, np.real(ct)) + 1j * _along(op, back, np.imag(ct))
        return _along(op, back, ct)

    op = primitive(
        value,
        jvp=lambda tangents, ans, a: _along(op, a, tangents[0]),
        vjp=pull,
        why="the derivative of a function of a matrix is one of a matrix of twice the size",
        name=name,
        cases=(case(sample),),
    )
    teach(function, lambda A, *args, **kwargs: apply(op, (of_lists(A),)))
    return op


SAMPLE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.2, 0.5, 3.0]])
expm = _matrix_function(linalg.expm, "expm", SAMPLE / 4)
logm = _matrix_function(linalg.logm, "logm", SAMPLE, jumps=True)
sqrtm = _matrix_function(linalg.sqrtm, "sqrtm", SAMPLE, jumps=True)


def triangle(a, lower, unit_diagonal=False):
    """The triangle of a matrix that a solver reads."""
    a = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        n = shape_of(a)[-1]
        a = np.where(np.eye(n, dtype=bool), 1.0, a)
    return a


def transposed(a, trans):
    """a, its transpose, or its conjugate transpose, as SciPy's `trans` says."""
    if trans in (0, "N"):
        return a
    a = np.swapaxes(a, -1, -2)
    return conjugated(a) if trans in (2, "C") else a


def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, **_):
    """x with a x = b for a triangular a."""
    return np.linalg.solve(transposed(triangle(a, lower, unit_diagonal), trans), b)


def solve(a, b, lower=False, *_, assume_a=None, transposed=False, **__):
    """x with a x = b; of a symmetric a SciPy reads one triangle."""
    if assume_a not in (None, "gen", "general"):
        half = np.tril(a, -1) if lower else np.triu(a, 1)
        kinds = {"sym": np.transpose, "her": lambda h: conjugated(np.transpose(h))}
        kinds["pos"] = kinds["her"]
        mirror = kinds.get(str(assume_a)[:3])
        if mirror is None:
            refuse(f"scipy.linalg.solve with assume_a={assume_a!r}", "Leave it out.")
        a = half + mirror(half) + np.where(np.eye(shape_of(a)[-1], dtype=bool), a, 0.0)
    return np.linalg.solve(np.transpose(a) if transposed else a, b)


def cholesky(a, lower=False, *_, **__):
    """Cholesky's factor, the upper one unless told otherwise; SciPy reads that triangle."""
    own = a if lower else conjugated(np.swapaxes(a, -1, -2))
    factor = np.linalg.cholesky(own)
    return factor if lower else conjugated(np.swapaxes(factor, -1, -2))


def cho_solve(c_and_lower, b, *_, **__):
    """x with a x = b, from Cholesky's factor of a."""
    factor, lower = c_and_lower
    factor = factor if lower else conjugated(np.transpose(np.triu(factor)))
    factor = np.tril(factor)
    return np.linalg.solve(conjugated(np.transpose(factor)), np.linalg.solve(factor, b))


def _eigh(values_only):
    def traced(a, b=None, *, lower=True, eigvals_only=False, **kwargs):
        if b is not None or any(v is not None for n, v in kwargs.items() if "subset" in n):
            refuse("scipy.linalg.eigh with b or a subset", "Take all of them of one matrix.")
        uplo = "L" if lower else "U"
        if values_only or eigvals_only:
            return np.linalg.eigvalsh(a, uplo)
        return tuple(np.linalg.eigh(a, uplo))

    return traced


def svd(a, full_matrices=True, compute_uv=True, *_, **__):
    """The singular value decomposition."""
    found = np.linalg.svd(a, full_matrices=full_matrices, compute_uv=compute_uv)
    return tuple(found) if compute_uv else found


def qr(a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    """The QR decomposition."""
    kinds = {"full": "complete", "economic": "reduced", "r": "r"}
    if pivoting or mode not in kinds:
        refuse("scipy.linalg.qr with pivoting, or in raw mode", "Write np.linalg.qr(a).")
    m, n = shape_of(a)[-2:]
    found = np.linalg.qr(a, mode=kinds[mode])
    if mode != "r":
        return tuple(found)
    return (np.concatenate([found, np.zeros((m - n, n))]) if m > n else found,)


def block_diag(*arrays):
    """The matrix with the given ones along its diagonal."""
    rows, blocks = [], [np.atleast_2d(of_lists(a)) for a in arrays]
    widths = [shape_of(b)[1] for b in blocks]
    for place, block in enumerate(blocks):
        height = shape_of(block)[0]
        left, right = sum(widths[:place]), sum(widths[place + 1 :])
        rows.append(
            np.concatenate([np.zeros((height, left)), block, np.zeros((height, right))], axis=1)
        )
    return np.concatenate(rows, axis=0)


def toeplitz(c, r=None):
    """The matrix with constant diagonals, of its first column and row."""
    c = np.ravel(of_lists(c))
    r = conjugated(c) if r is None else np.ravel(of_lists(r))
    values = np.concatenate([c[::-1], r[1:]])
    m, n = shape_of(c)[0], shape_of(r)[0]
    return values[m - 1 - np.arange(m)[:, None] + np.arange(n)]


def norm(a, ord=None, axis=None, keepdims=False, check_finite=True):
    """`np.linalg.norm`."""
    return np.linalg.norm(a, ord=ord, axis=axis, keepdims=keepdims)


for _name, _traced in {
    "inv": lambda a, *_, **__: np.linalg.inv(a),
    "det": lambda a, *_, **__: np.linalg.det(a),
    "pinv": lambda a, *_, **__: np.linalg.pinv(a),
    "svdvals": lambda a, *_, **__: np.linalg.svd(a, compute_uv=False),
    "eigh": _eigh(False),
    "eigvalsh": _eigh(True),
    "cho_factor": lambda a, lower=False, *_, **__: (cholesky(a, lower), lower),
    "solve": solve, "solve_triangular": solve_triangular, "cholesky": cholesky,
    "cho_solve": cho_solve, "svd": svd, "qr": qr, "norm": norm, "block_diag": block_diag,
    "toeplitz": toeplitz,
}.items():  # fmt: skip
    teach(getattr(linalg, _name), _traced)
