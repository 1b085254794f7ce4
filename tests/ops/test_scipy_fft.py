"""SciPy's Fourier transforms: SciPy's values, and derivatives, whatever keywords are given."""

import numpy as np
import pytest

import autodiff as ad

fft = pytest.importorskip("scipy.fft")
fftpack = pytest.importorskip("scipy.fftpack")

X = np.array([[0.3, -0.7, 1.2, 0.4], [0.9, 0.2, -0.5, 1.6], [0.1, 0.8, -1.1, 0.6]])
Z = X + 1j * X[::-1]
ONE = [{}, {"n": 6}, {"n": 3, "axis": 0}, {"norm": "ortho"}, {"norm": "forward", "workers": 1}]
SEVERAL = [{}, {"axes": (0, 1)}, {"s": (4, 5)}, {"norm": "ortho", "overwrite_x": True}]
CALLS = [
    *((fft, name, kwargs) for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft") for kwargs in ONE),
    *(
        (fft, name + end, kwargs)
        for name in ("fft", "ifft", "rfft", "irfft")
        for end in ("2", "n")
        for kwargs in SEVERAL
    ),
    *((fftpack, name, kwargs) for name in ("fft", "ifft") for kwargs in ONE[:3]),
    *((fftpack, name, {"shape": (4, 5)}) for name in ("fft2", "ifft2", "fftn", "ifftn")),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "kwargs"), CALLS)
def test_scipys_transforms(module, name, kwargs):
    f = getattr(module, name)
    x = X if name.startswith(("rfft", "ihfft")) else Z
    y, pullback = ad.vjp(lambda x: f(x, **kwargs), x)
    np.testing.assert_allclose(y, f(x.copy(), **kwargs), atol=1e-12)
    _, moved = ad.jvp(lambda x: f(x, **kwargs), (x,), (x[::-1],))
    np.testing.assert_allclose(moved, f(x[::-1].copy(), **kwargs), atol=1e-12)  # it is linear
    ct = np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype)
    pulled = np.sum(np.conj(pullback(ct)[0]) * x[::-1]).real
    assert pulled == pytest.approx(np.sum(np.conj(ct) * moved).real)


def test_lists_and_positions():
    ad.check_grad(lambda x: np.abs(fft.fft([x[0], x[1] ** 2, 1.0], 4, -1, "ortho")), X[0])
