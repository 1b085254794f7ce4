"""Every NumPy name of the coverage list, through plain `np.`, in both modes."""

import numpy as np
import pytest
from recipes import FAMILIES, REFUSED

import autodiff as ad
from autodiff.check.compare import _paired, _random_like
from autodiff.core.arguments.tree import flatten
from autodiff.core.ground.errors import AutodiffError

NAMES = {
    "ufuncs": """negative positive exp exp2 expm1 sin cos tan sinh cosh tanh arctan arcsinh square
        absolute fabs abs cbrt deg2rad rad2deg degrees radians reciprocal sinc conjugate conj real
        imag angle atan asinh sqrt log log2 log10 log1p i0 arcsin arccos arctanh asin acos atanh
        arccosh acosh modf frexp nan_to_num real_if_close clip unwrap add subtract multiply maximum
        minimum fmax fmin hypot logaddexp logaddexp2 arctan2 atan2 copysign divide true_divide
        power pow float_power mod remainder fmod divmod heaviside ldexp where""",
    "reductions": """sum mean std var max min amax amin ptp median nansum nanmean nanstd nanvar
        nanmax nanmin nanmedian prod nanprod cumsum cumprod nancumsum nancumprod cumulative_sum
        cumulative_prod average percentile nanpercentile quantile nanquantile sort partition
        sort_complex diff ediff1d gradient trapezoid trace apply_along_axis apply_over_axes
        bincount histogram cov corrcoef""",
    "shapes": """reshape ravel transpose permute_dims matrix_transpose swapaxes moveaxis rollaxis
        expand_dims squeeze broadcast_to broadcast_arrays atleast_1d atleast_2d atleast_3d flip
        fliplr flipud rot90 roll tile repeat resize pad concatenate concat stack vstack hstack
        dstack column_stack block append insert delete split array_split hsplit vsplit dsplit
        unstack trim_zeros copy astype ascontiguousarray asfortranarray sliding_window_view
        as_strided full full_like linspace logspace geomspace meshgrid vander""",
    "indexing": """take take_along_axis compress extract choose select piecewise diag diagonal
        diagflat tril triu slices fancy masks ix_ unique fill_diagonal put put_along_axis copyto
        place putmask""",
    "products": """dot matmul inner outer vdot vecdot matvec vecmat tensordot einsum kron cross
        convolve correlate""",
    "linalg": """inv det pinv slogdet solve cholesky eigh eigvalsh eig eigvals svd svdvals qr lstsq
        norm vector_norm matrix_norm cond matrix_power multi_dot tensorinv tensorsolve linalg.trace
        linalg.diagonal linalg.outer linalg.cross linalg.matmul linalg.vecdot linalg.tensordot
        linalg.matrix_transpose""",
    "fft": """fft ifft fft2 ifft2 fftn ifftn rfft ihfft rfft2 rfftn irfft hfft irfft2 irfftn
        fftshift ifftshift""",
    "numeric": """interp polyval poly polyadd polysub polymul polydiv polyder polyint polyfit roots
        vectorize reduce accumulate outer reduceat at""",
    "emath": """emath.sqrt emath.log emath.log2 emath.log10 emath.logn emath.power emath.arccos
        emath.arcsin emath.arctanh""",
}

CALLS = [
    pytest.param(call, id=f"{name}-{number}")
    for family in FAMILIES.values()
    for name, calls in family.items()
    for number, call in enumerate(calls)
]


def same_values(out, plain):
    leaves, wanted = flatten(out)[0], flatten(plain)[0]
    assert len(leaves) == len(wanted)
    for own, right in zip(leaves, wanted, strict=True):
        assert np.shape(own) == np.shape(right)
        np.testing.assert_allclose(own, right, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("call", CALLS)
def test_both_modes(call):
    f, *arrays = call
    plain = f(*arrays)
    out, pullback = ad.vjp(f, *arrays)
    same_values(out, plain)
    draw = np.random.default_rng(3)
    tangents = tuple(_random_like(a, draw) for a in arrays)
    ct = _random_like(out, draw)
    value, pushed = ad.jvp(f, tuple(arrays), tangents)
    same_values(value, plain)
    pulled = pullback(ct)
    right = sum(np.sum(np.real(np.conj(c) * t)) for c, t in zip(pulled, tangents, strict=True))
    assert _paired(ct, pushed) == pytest.approx(right, rel=1e-10, abs=1e-10)
    ad.check_grad(f, *arrays)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_fix(name):
    x = np.array([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(AutodiffError, match=r"[Ww]rite|Use"):
        ad.vjp(lambda v: REFUSED[name](v) or v, x)
    with pytest.raises(AutodiffError, match=r"[Ww]rite|Use"):
        ad.jvp(lambda v: REFUSED[name](v) or v, (x,), (x,))


@pytest.mark.parametrize("family", NAMES)
def test_every_name_is_called(family):
    called = set().union(*FAMILIES.values())
    missing = [name for name in NAMES[family].split() if name not in called]
    assert missing == []
