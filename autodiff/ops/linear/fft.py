"""Discrete Fourier transforms: linear, and symmetric, so each is nearly its own transpose."""

import numpy as np

from autodiff.core.language.kinds import composite, linear
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import along, arrayed, conjugated, ndim_of, refuse_out, shape_of

SWAPPED = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}
"""The norm with which the transposed real transform scales as the original."""


def resized(x, n, axis):
    """x cut or filled with zeros to length n along an axis."""
    own, ndim = shape_of(x)[axis], ndim_of(x)
    if own > n:
        return x[along(axis, ndim, slice(n))]
    if own < n:
        widths = [(0, 0)] * ndim
        widths[axis] = (0, n - own)
        return np.pad(x, widths)
    return x


def _binder(name):
    def bind(a, n=None, axis=-1, norm=None, out=None):
        refuse_out(f"fft.{name}", out)
        return (a,), {"axis": axis, **_told(n=n, norm=norm)}

    return bind


def _told(**params):
    return {name: value for name, value in params.items() if value is not None}


def _transposed(transform):
    def transpose(ct, a, n=None, axis=-1, norm=None):
        return resized(transform(ct, axis=axis, norm=norm), shape_of(a)[axis], axis)

    return transpose


CASES = (
    case((4,)), case((2, 5), axis=0), case((6,), n=4), case((3,), n=5), case((4,), norm="ortho"),
    case((2, 3), norm="forward"),
)  # fmt: skip
KEYWORDS = ("n", "axis", "norm")


def _entry(function, transpose, cases=CASES):
    name = function.__name__
    return linear(
        function, transpose, binder=_binder(name), keywords=KEYWORDS, label=f"{name}({{}})",
        cases=cases,
    )  # fmt: skip


fft = _entry(np.fft.fft, _transposed(np.fft.fft))
ifft = _entry(np.fft.ifft, _transposed(np.fft.ifft))


def _rfft_transpose(ct, a, n=None, axis=-1, norm=None):
    """Re of the full transform of the half spectrum; `fit` takes the real part."""
    own = shape_of(a)[axis]
    full = np.fft.fft(resized(ct, own if n is None else n, axis), axis=axis, norm=norm)
    return resized(np.real(full), own, axis)


def _irfft_transpose(ct, a, n=None, axis=-1, norm=None):
    """The half spectrum of ct; frequencies that stand for two count twice."""
    n = shape_of(ct)[axis]
    half = conjugated(np.fft.rfft(ct, axis=axis, norm=SWAPPED[norm]))
    twice = np.full(n // 2 + 1, 2.0)
    twice[0] = 1.0
    if n % 2 == 0:
        twice[-1] = 1.0
    column = [1] * ndim_of(ct)
    column[axis] = -1
    return resized(half * twice.reshape(column), shape_of(a)[axis], axis)


HALF = (
    case((4,)), case((2, 5), axis=0), case((5,), n=5), case((3,), n=6), case((4,), norm="ortho"),
    case((2, 3), norm="forward"), case((6,), n=4),
)  # fmt: skip
rfft = _entry(np.fft.rfft, _rfft_transpose)
irfft = _entry(np.fft.irfft, _irfft_transpose, HALF)


@composite(np.fft.hfft)
def hfft(a, n=None, axis=-1, norm=None, out=None):
    """The transform of a signal with a real spectrum: irfft of the conjugate, scaled back."""
    refuse_out("fft.hfft", out)
    return np.fft.irfft(conjugated(a), n, axis, SWAPPED[norm])


@composite(np.fft.ihfft)
def ihfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of hfft: the conjugate of rfft, scaled."""
    refuse_out("fft.ihfft", out)
    return conjugated(np.fft.rfft(a, n, axis, SWAPPED[norm]))


# -- several axes ---------------------------------------------------------------------------


def _sizes(a, s, axes):
    """One length (None: as it is) and one axis for each transform."""
    if axes is None:
        axes = range(ndim_of(a)) if s is None else range(-len(s), 0)
    axes = tuple(axes)
    lengths = (None,) * len(axes) if s is None else tuple(s)
    if len(lengths) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    return [(None if n == -1 else n, axis) for n, axis in zip(lengths, axes, strict=True)]


def _several(name, one, axes):
    def code(a, s=None, axes=axes, norm=None, out=None):
        refuse_out(f"fft.{name}", out)
        for n, axis in reversed(_sizes(a, s, axes)):
            a = one(a, n, axis, norm)
        return arrayed(a)

    code.__doc__ = f"`{one.__name__}` along one axis after the other, the last one first."
    composite(getattr(np.fft, name), result="view")(code)


_several("fftn", np.fft.fft, None)
_several("ifftn", np.fft.ifft, None)
_several("fft2", np.fft.fft, (-2, -1))
_several("ifft2", np.fft.ifft, (-2, -1))


def _several_real(name, axes):
    def code(a, s=None, axes=axes, norm=None, out=None):
        refuse_out(f"fft.{name}", out)
        *rest, (n, last) = _sizes(a, s, axes)
        a = np.fft.rfft(a, n, last, norm)
        for n, axis in reversed(rest):
            a = np.fft.fft(a, n, axis, norm)
        return a

    code.__doc__ = "rfft along the last axis, fft along the others."
    composite(getattr(np.fft, name))(code)


def _several_real_back(name, axes):
    def code(a, s=None, axes=axes, norm=None, out=None):
        refuse_out(f"fft.{name}", out)
        *rest, (n, last) = _sizes(a, s, axes)
        for size, axis in rest:
            a = np.fft.ifft(a, size, axis, norm)
        return np.fft.irfft(a, n, last, norm)

    code.__doc__ = "ifft along all axes but the last, irfft along that."
    composite(getattr(np.fft, name))(code)


_several_real("rfftn", None)
_several_real("rfft2", (-2, -1))
_several_real_back("irfftn", None)
_several_real_back("irfft2", (-2, -1))


def _shift(name, sign):
    def code(x, axes=None):
        axes = range(ndim_of(x)) if axes is None else (axes,) if np.ndim(axes) == 0 else axes
        axes = tuple(axes)
        return np.roll(x, tuple(sign * (shape_of(x)[axis] // 2) for axis in axes), axes)

    code.__doc__ = f"`np.fft.{name}`: half a turn along each axis."
    composite(getattr(np.fft, name))(code)


_shift("fftshift", 1)
_shift("ifftshift", -1)
