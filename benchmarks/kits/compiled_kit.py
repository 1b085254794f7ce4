"""This library compiled by `ad.compile`: kernels of numba where that is installed, else NumPy.

What is no transform is the eager kit's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import autodiff as ad
from autodiff.source.compiled.backends import is_installed
from benchmarks.kits import autodiff_kit

LONG = "would compile for too long"


class Compiled:
    """What a kit prepares, by a back end of `ad.compile`."""

    NAME = "compiled"
    WITHOUT: ClassVar = {
        "scalar-100000": LONG,
        "scalar-bytes-1000": "records nothing",
        "scalar-bytes-100000": "records nothing",
        **{f"long-chain-{n}": LONG for n in (200_000, 1_000_000)},
    }

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(autodiff_kit, name)

    def prepared(self, f: Callable[..., Any], *args: Any) -> Callable[[], Any]:
        """A call of f that is compiled already."""
        fast = ad.compile(f, backend=self.backend)
        fast(*args)
        fast(*args)
        return lambda: fast(*args)

    def gradient(self, f, params):
        """Prepare the value and the gradients of f(params)."""
        return self.prepared(ad.value_and_grad(f), params)

    def jvp(self, f, params, tangents):
        """Prepare the value of f(params) and its derivative along the tangents."""
        return self.prepared(lambda p, t: ad.jvp(f, (p,), (t,)), params, tangents)

    def hvp(self, f, params, direction):
        """Prepare the product of the Hessian of f with a direction."""
        return self.prepared(lambda p, v: ad.hvp(f, p, v), params, direction)

    def jacobian(self, f, x):
        """Prepare the Jacobian matrix of f at x."""
        return self.prepared(ad.jacobian(f), x)

    def hessian(self, f, x):
        """Prepare the Hessian matrix of f at x."""
        return self.prepared(ad.hessian(f), x)

    def scalars(self, f, numbers):
        """Prepare the value and the derivatives of f at single numbers."""
        return self.prepared(ad.value_and_grad(f), list(numbers))


KIT = Compiled("numba" if is_installed("numba") else "numpy")
