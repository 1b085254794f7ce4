"""This library compiled by `ad.compile` with nothing but NumPy."""

from benchmarks.kits.compiled_kit import (
    WITHOUT,
    Compiled,
    array,
    conv2d,
    cross_entropy,
    logsumexp,
    max_pool2d,
    relu,
    xp,
)

NAME = "compiled with NumPy"

__all__ = ["WITHOUT", "array", "conv2d", "cross_entropy", "logsumexp", "max_pool2d", "relu", "xp"]

_own = Compiled("numpy")
gradient, jvp, hvp, scalars = _own.gradient, _own.jvp, _own.hvp, _own.scalars
jacobian, hessian = _own.jacobian, _own.hessian
