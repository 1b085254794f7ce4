"""Initial values of parameters; a linear layer's weights are (outputs, inputs)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.neon.backends.backend import NervanaObject


class Initializer(NervanaObject):
    """Base: `fill(param)`."""

    def values(self, shape: Any) -> Any:
        """The numbers for a shape."""
        raise NotImplementedError

    def fill(self, param: Any) -> None:
        """Write them."""
        param[:] = self.values(param.shape)


class Constant(Initializer):
    """One value."""

    def __init__(self, val: float = 0.0, name: str = "") -> None:
        self.val = val

    def values(self, shape: Any) -> Any:
        """The value everywhere."""
        return np.full(shape, self.val)


class Array(Constant):
    """The numbers of an array."""

    def values(self, shape: Any) -> Any:
        """The array."""
        return np.asarray(getattr(self.val, "array", self.val)).reshape(shape)


class Uniform(Initializer):
    """Within low .. high."""

    def __init__(self, low: float = 0.0, high: float = 1.0, name: str = "") -> None:
        self.low, self.high = low, high

    def values(self, shape: Any) -> Any:
        """Drawn."""
        return self.be.rng.uniform(self.low, self.high, shape)


class Gaussian(Initializer):
    """Normal numbers."""

    def __init__(self, loc: float = 0.0, scale: float = 1.0, name: str = "") -> None:
        self.loc, self.scale = loc, scale

    def values(self, shape: Any) -> Any:
        """Drawn."""
        return self.be.rng.normal(self.loc, self.scale, shape)


class GlorotUniform(Initializer):
    """Bound sqrt(6 / (inputs + outputs))."""

    def values(self, shape: Any) -> Any:
        """Drawn."""
        limit = np.sqrt(6.0 / (shape[0] + shape[1]))
        return self.be.rng.uniform(-limit, limit, shape)


class Xavier(Initializer):
    """Bound sqrt(3 / n), n = shape[0] if local (the outputs, of a linear layer!) else shape[1]."""

    def __init__(self, local: bool = True, name: str = "") -> None:
        self.local = local

    def values(self, shape: Any) -> Any:
        """Drawn."""
        limit = np.sqrt(3.0 / shape[0 if self.local else 1])
        return self.be.rng.uniform(-limit, limit, shape)


class Kaiming(Xavier):
    """Deviation sqrt(2 / n)."""

    def values(self, shape: Any) -> Any:
        """Drawn."""
        return self.be.rng.normal(0, np.sqrt(2.0 / shape[0 if self.local else 1]), shape)


class IdentityInit(Initializer):
    """The identity matrix, of a square weight."""

    def __init__(self, local: bool = True, name: str = "") -> None:
        self.local = local

    def values(self, shape: Any) -> Any:
        """Ones on the diagonal."""
        return np.eye(*shape)
