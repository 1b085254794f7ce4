"""Matrices: adjoints, diagonals, and the Hermitian matrix that one triangle stands for."""

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import conjugated, ndim_of, shape_of
from autodiff.ops.linear.linalg import well_conditioned
from autodiff.ops.linear.products import flipped


def adjoint(x):
    """The conjugate transpose of the last two axes."""
    return flipped(conjugated(x))


def diagonal_of(x):
    """The diagonals of the last two axes."""
    return np.diagonal(x, 0, -2, -1)


def diagonal_matrix(x):
    """Matrices with the last axis on their diagonals."""
    return x[..., None] * np.eye(shape_of(x)[-1])


def symmetric(*shape):
    """A symmetric matrix with eigenvalues well apart, for tests."""
    a = well_conditioned(*shape)
    return (a + np.swapaxes(a, -1, -2)) / 2


def _mirror(a, lower):
    half = np.tril(a, -1) if lower else np.triu(a, 1)
    return (
        half
        + np.conj(np.swapaxes(half, -1, -2))
        + np.real(a) * np.eye(a.shape[-1], dtype=a.real.dtype)
    )


def _mirror_transpose(ct, a, lower):
    both = ct + adjoint(ct)
    half = np.tril(both, -1) if lower else np.triu(both, 1)
    return half + np.real(ct) * np.eye(shape_of(a)[-1])


mirror = linear(
    _mirror, _mirror_transpose, name="mirrored", keywords=("lower",),
    cases=(case((3, 3), lower=True), case((2, 2, 2), lower=False)),
)  # fmt: skip


def mirrored(a, lower=True):
    """The Hermitian matrix of which one triangle is given."""
    if ndim_of(a) < 2 or shape_of(a)[-1] != shape_of(a)[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return apply(mirror, (a,), {"lower": lower})
