"""Matrices: decompositions in TensorFlow's order of results, diagonals, norms, sums over indices.

NumPy's functions do the work; what differs is told where it does (`svd`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import node, scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, stage_code, tensor
from autodiff.frontends.tensorflow.ops.math import (
    cholesky,
    matrix_determinant,
    matrix_inverse,
    matrix_solve,
)


class Eigen(NamedTuple):
    """Eigenvalues and eigenvectors (as columns)."""

    e: Any
    v: Any


def self_adjoint_eig(tensor: Any, name: str | None = None) -> Eigen:
    """The eigenvalues (rising) of symmetric matrices, and their eigenvectors as columns."""
    return Eigen(*stage_code(np.linalg.eigh, tensor, name=name, type="SelfAdjointEig"))


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues alone."""
    return self_adjoint_eig(tensor, name)[0]


def svd(
    tensor: Any, compute_uv: bool = True, full_matrices: bool = False, name: str | None = None
) -> Any:
    """(s, u, v) with tensor = u diag(s) v^T: NumPy's third result is v^T, and comes last too."""

    def decompose(x: Any) -> Any:
        if not compute_uv:
            return np.linalg.svd(x, compute_uv=False)
        u, s, vh = np.linalg.svd(x, full_matrices=full_matrices)
        return s, u, np.conj(np.swapaxes(vh, -1, -2))

    return stage_code(decompose, tensor, name=name, type="Svd")


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """(q, r) with input = q r, q with orthonormal columns and r upper triangular."""
    mode = "complete" if full_matrices else "reduced"
    return stage_code(lambda x: tuple(np.linalg.qr(x, mode)), input, name=name, type="Qr")


@node("MatrixSolveLs", tensors=2)
def matrix_solve_ls(matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True) -> Any:
    """x that makes |matrix x - rhs|^2 + l2_regularizer |x|^2 smallest, by the normal equations."""
    transposed = np.swapaxes(matrix, -1, -2)
    size = np.shape(matrix)[-1]
    square = np.matmul(transposed, matrix) + l2_regularizer * np.eye(size, dtype=matrix.dtype)
    return np.linalg.solve(square, np.matmul(transposed, rhs))


@node("MatrixTriangularSolve", tensors=2)
def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False
) -> Any:
    """x with matrix x = rhs, of which the matrix's other triangle is not read."""
    matrix = np.tril(matrix) if lower else np.triu(matrix)
    return np.linalg.solve(np.swapaxes(matrix, -1, -2) if adjoint else matrix, rhs)


@node("CholeskySolve", tensors=2)
def cholesky_solve(chol: Any, rhs: Any) -> Any:
    """x with L L^T x = rhs, from the Cholesky factor L."""
    return np.linalg.solve(np.swapaxes(chol, -1, -2), np.linalg.solve(chol, rhs))


@node("MatrixDiag")
def matrix_diag(diagonal: Any) -> Any:
    """Matrices with these diagonals, zeros elsewhere."""
    return diagonal[..., None] * np.eye(np.shape(diagonal)[-1], dtype=diagonal.dtype)


@node("MatrixDiagPart")
def matrix_diag_part(input: Any) -> Any:
    """The diagonals of matrices."""
    return np.diagonal(input, axis1=-2, axis2=-1)


@node("MatrixSetDiag", tensors=2)
def matrix_set_diag(input: Any, diagonal: Any) -> Any:
    """The matrices with other diagonals."""
    here = np.eye(*np.shape(input)[-2:], dtype=bool)
    return np.where(here, diagonal[..., None], input)


@node("MatrixBandPart")
def matrix_band_part(input: Any, num_lower: Any, num_upper: Any) -> Any:
    """The matrices with zeros outside of a band about the diagonal; -1 keeps a whole triangle."""
    rows, columns = np.indices(np.shape(input)[-2:])
    below, above = int(num_lower), int(num_upper)
    kept = ((below < 0) | (rows - columns <= below)) & ((above < 0) | (columns - rows <= above))
    return np.where(kept, input, np.zeros((), input.dtype))


@node("MatrixTranspose")
def matrix_transpose(a: Any) -> Any:
    """The last two axes exchanged."""
    return np.swapaxes(a, -1, -2)


@node("Cross", tensors=2)
def cross(a: Any, b: Any) -> Any:
    """The vector products along the last axis, of length 3."""
    return np.cross(a, b)


@scoped("norm")
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keep_dims: bool = False) -> Any:
    """The norm of a vector, or over some axes; by default Euclidean, of matrices Frobenius'."""
    if ord in ("euclidean", "fro"):
        ord = None if np.ndim(axis) or axis is None else 2
    if axis is None:
        return stage_code(lambda x: np.linalg.norm(np.ravel(x), ord), tensor, type="Norm")
    axes = tuple(axis) if np.ndim(axis) else axis
    return stage_code(
        lambda x: np.linalg.norm(x, ord, axes, keepdims=keep_dims), tensor, type="Norm"
    )


def einsum(equation: str, *inputs: Any, name: str | None = None) -> Any:
    """The sum of products that an equation such as "ij,jk->ik" describes."""
    return stage_code(lambda *xs: np.einsum(equation, *xs), *inputs, name=name, type="Einsum")


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """The sum of products over pairs of axes."""
    return stage_code(lambda x, y: np.tensordot(x, y, axes), a, b, name=name, type="Tensordot")


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Any]:
    """The coordinates of a grid, one array for each axis."""
    found = stage_code(
        lambda *xs: tuple(np.meshgrid(*xs, indexing=indexing)), *args, name=name, type="Meshgrid"
    )
    return list(found)


def eye(
    num_rows: int,
    num_columns: int | None = None,
    batch_shape: Any = None,
    dtype: Any = np.float32,
    name: str | None = None,
) -> Any:
    """The identity matrix, or a stack of them."""
    columns = num_rows if num_columns is None else num_columns
    one = np.eye(int(num_rows), int(columns), dtype=dtype)
    if batch_shape is not None:
        one = np.broadcast_to(one, (*map(int, np.ravel(batch_shape)), *one.shape))
    return stage_code(lambda x: x, one, name=name, type="Eye")


def _square(what: str, x: Any) -> Any:
    dims = dims_of(tensor(x))
    if dims is not None and (len(dims) < 2 or dims[-1] != dims[-2]):
        raise ValueError(f"{what} takes square matrices, and got shape {dims}.{here()}")
    return x


@scoped("log_det")
def log_matrix_determinant(x: Any) -> Any:
    """log |det x| of positive definite matrices, by Cholesky."""
    parts = matrix_diag_part(cholesky(_square("log_matrix_determinant", x)))
    return 2 * stage_code(lambda d: np.sum(np.log(d), -1), parts, type="LogSum")


batch_matrix_diag, batch_matrix_diag_part = matrix_diag, matrix_diag_part
batch_matrix_set_diag, batch_matrix_band_part = matrix_set_diag, matrix_band_part
batch_matrix_transpose = matrix_transpose
batch_matrix_determinant, batch_matrix_inverse = matrix_determinant, matrix_inverse
batch_matrix_solve, batch_matrix_solve_ls = matrix_solve, matrix_solve_ls
batch_matrix_triangular_solve = matrix_triangular_solve
batch_cholesky, batch_cholesky_solve = cholesky, cholesky_solve
batch_self_adjoint_eig, batch_self_adjoint_eigvals = self_adjoint_eig, self_adjoint_eigvals
batch_svd = svd
"""The names until 0.11 of what takes stacks of matrices."""

__all__ = [name for name in dir() if not name.startswith("_")]
