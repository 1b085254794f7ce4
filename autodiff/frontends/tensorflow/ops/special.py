"""More functions of each element: special functions (of SciPy, where it is installed), and kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import named, node
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor

log1p = named("Log1p", np.log1p, "x", "log(1 + x), exact near 0.")
expm1 = named("Expm1", np.expm1, "x", "e ** x - 1, exact near 0.")
sinh = named("Sinh", np.sinh, "x", "The hyperbolic sine.")
cosh = named("Cosh", np.cosh, "x", "The hyperbolic cosine.")
asinh = named("Asinh", np.arcsinh, "x", "The inverse of sinh.")
acosh = named("Acosh", np.arccosh, "x", "The inverse of cosh.")
atanh = named("Atanh", np.arctanh, "x", "The inverse of tanh.")
atan2 = named("Atan2", np.arctan2, "y x", "The angle of the point (x, y).")
rint = named("Rint", np.rint, "x", "The nearest integer, of halves the even one; no derivative.")


def _of_scipy(name: str, doc: str) -> Callable[..., Any]:
    def function(x: Any, name: str | None = None) -> Any:
        try:
            from scipy import special
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                f"tf.{own} needs SciPy: pip install scipy.{here()}", name="scipy"
            ) from None
        return getattr(special, scipy_name)(convert_to_tensor(x))

    own, _, scipy_name = name.partition("=")
    scipy_name = scipy_name or own
    function.__name__ = function.__qualname__ = own
    function.__doc__ = doc
    return function


erf = _of_scipy("erf", "2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.")
erfc = _of_scipy("erfc", "1 - erf(x), exact for large x.")
lgamma = _of_scipy("lgamma=gammaln", "The logarithm of |Gamma(x)|.")
digamma = _of_scipy("digamma", "The derivative of `lgamma`.")


@node("Lbeta")
def lbeta(x: Any) -> Any:
    """The logarithm of the Beta function along the last axis."""
    from scipy import special

    return np.sum(special.gammaln(x), -1) - special.gammaln(np.sum(x, -1))


@node("TruncateDiv", tensors=2)
def truncatediv(x: Any, y: Any) -> Any:
    """x / y of integers, rounded towards 0."""
    return np.trunc(x / y).astype(x.dtype)


@node("TruncateMod", tensors=2)
def truncatemod(x: Any, y: Any) -> Any:
    """The remainder of `truncatediv`, which has the sign of x."""
    return np.fmod(x, y)
