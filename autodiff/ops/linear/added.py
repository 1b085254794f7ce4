"""The vectors that a full decomposition adds, where a matrix is not square.

`np.linalg.svd(a)` and `np.linalg.qr(a, mode="complete")` add columns to u until they are a basis.
The space that these span is orthogonal to u: where u moves along t, they move along -u (t^H added).
How they turn into each other is not determined.  It is taken as 0, and a result that gains when
they do is refused; a single column of real numbers has only its sign, and no such turn.

In forward mode nobody sees what becomes of them: tangents of several are NaN, and a transform that
ends in NaN goes by reverse mode instead.

>>> import autodiff as ad
>>> def slope(points):  # of the line through points: its normal is the last singular vector
...     x, y = np.linalg.svd(np.append(points, np.ones((2, 1)), axis=1))[2][-1, :2]
...     return -x / y
>>> ad.grad(slope)(np.array([[0.0, 1.0], [2.0, 5.0]])).round(12)
array([[ 1. , -0.5],
       [-1. ,  0.5]])
"""

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import constant, primitive
from autodiff.ops.ground.arguments import conjugated, is_complex, shape_of
from autodiff.ops.linear.matrices import adjoint
from autodiff.ops.linear.ties import place_of, remaining


def _of_svd(a, left):
    u, _, vh = np.linalg.svd(a)
    return u[..., a.shape[-1] :] if left else np.conj(np.swapaxes(vh, -1, -2))[..., a.shape[-2] :]


def _of_qr(a):
    return np.linalg.qr(a, mode="complete")[0][..., a.shape[-1] :]


added_by_svd = constant(_of_svd, name="added_by_svd", private=True)
added_by_qr = constant(_of_qr, name="added_by_qr", private=True)


def _turns(added):
    """Whether there is a turn of the added vectors that is not determined."""
    return shape_of(added)[-1] > 1 or is_complex(added)


def _moved(tangents, ans, u, added):
    moved = -u @ (adjoint(tangents[0]) @ ans)
    return moved + np.nan if _turns(ans) else moved


def _pulled(ct, ans, primals, params, swept=None):
    u, _ = primals
    c = conjugated(ct)
    inner = adjoint(ans) @ c
    scales = [inner, adjoint(u) @ c]
    if _turns(ans) and remaining(inner - adjoint(inner), scales, True).any():
        raise UnsupportedError(
            "the result depends on single ones of the vectors that a full decomposition adds, "
            "which LAPACK chose: any turn of them into each other is as good. Use all of them "
            "together, as in added @ added.T, or leave them out: svd with full_matrices=False, "
            f'qr with mode="reduced".{place_of(swept)}'
        )
    return -conjugated(ans @ (adjoint(c) @ u)), None


beside = primitive(
    lambda u, added: np.positive(added), _moved,
    lambda index, ct, ans, u, added: _pulled(ct, ans, (u, added), {})[index],
    why="moves with the columns that it is orthogonal to", joint_vjp=_pulled,
    limits_at=lambda ans: False, private=True, name="beside",
)  # fmt: skip


def completed(u, added):
    """The columns of u and those that were added to them."""
    return np.concatenate([u, apply(beside, (u, added))], axis=-1)
