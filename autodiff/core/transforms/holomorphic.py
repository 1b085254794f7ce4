"""The derivative of a complex function: one number where there is one, else a clear refusal.

A function of z = x + iy changes by df = a dz + b conj(dz), where a = (df/dx - i df/dy)/2 and
b = (df/dx + i df/dy)/2 (Wirtinger's derivatives).  Only where b = 0, the Cauchy-Riemann equations,
is a the derivative; `np.conj`, `np.abs` and `np.real` have none.  A sweep sees the real part of a
complex result, or the imaginary part, so that it takes two; and to see b a forward pass takes two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import NotHolomorphicError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground


def is_complex(value: Any) -> bool:
    """Whether a value, traced or not, is of complex numbers."""
    plain = ground(value)
    dtype = getattr(plain, "dtype", None)
    return isinstance(plain, complex) if dtype is None else bool(dtype.kind == "c")


def from_tangents(along_one: Any, along_i: Any, name: str) -> Any:
    """The derivative in a complex argument, from df/dx and df/dy."""
    return _only((along_one - 1j * along_i) / 2, (along_one + 1j * along_i) / 2, name)


def from_cotangents(of_real: Any, of_imag: Any, variable: Any, name: str) -> Any:
    """The derivative, from the gradients of the real and of the imaginary part of the result.

    A gradient g is in the convention of steepest ascent, df = Re(conj(g) dz).  Without an
    imaginary part `of_imag` is None.
    """
    if not is_complex(variable):
        return of_real if of_imag is None else of_real + 1j * of_imag
    if of_imag is None:
        return _only(np.conj(of_real) / 2, of_real / 2, name)
    return _only(np.conj(of_real - 1j * of_imag) / 2, (of_real + 1j * of_imag) / 2, name)


def _only(a: Any, b: Any, name: str) -> Any:
    """df/dz, unless df/dconj(z) is more than rounding: then there is no derivative."""
    size, other = np.abs(ground(a)), np.abs(ground(b))
    scale = np.max(np.maximum(size, other), initial=0.0)
    if np.any(other > np.sqrt(np.finfo(other.dtype).eps) * scale):
        place = np.unravel_index(np.argmax(other), np.shape(other))
        along = complex((ground(a) + ground(b))[place])
        across = complex((1j * (ground(a) - ground(b)))[place])
        raise NotHolomorphicError(
            f"{name} has no complex derivative here: with z = x + iy, df/dx is {along:.4g} and "
            f"df/dy is {across:.4g}, where i*df/dx = {1j * along:.4g} would be needed (so it is "
            "with np.conj, np.abs, np.real and np.imag). Take the real and the imaginary part as "
            "two real arguments, `lambda x, y: f(x + 1j*y)`; ask for ad.jvp or ad.vjp; or of one "
            f"real number for ad.grad, the direction of steepest ascent.{here()}"
        )
    return a
