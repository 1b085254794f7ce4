"""Initializers, chosen by the end of a name: `_bias` 0, `_gamma` 1, `_weight` a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import among
from autodiff.frontends.mxnet.ground.generating import generator

FIXED = {"bias": 0.0, "gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "running_mean": 0.0,
         "moving_var": 1.0, "running_var": 1.0, "moving_inv_var": 0.0,
         "moving_avg": 0.0}  # fmt: skip


class Initializer:
    """Base: `initializer(name, array)` fills an array by its name."""

    def __call__(self, name: Any, arr: Any) -> None:
        """Fill."""
        for suffix, value in FIXED.items():
            if str(name).endswith(suffix):
                arr.a[...] = value
                return
        if not str(name).endswith("weight"):
            raise ValueError(
                f"Unknown initialization pattern for {name}: names end in _weight, _bias, _gamma, "
                f"_beta, ...{here()}"
            )
        self.weight(name, arr.a)

    def weight(self, name: str, a: Any) -> None:
        """Fill a weight."""
        raise NotImplementedError


class Uniform(Initializer):
    """Within -scale .. scale."""

    def __init__(self, scale: float = 0.07) -> None:
        self.scale = scale

    def weight(self, name: str, a: Any) -> None:
        """Draw."""
        a[...] = generator[0].uniform(-self.scale, self.scale, a.shape)


class Normal(Initializer):
    """Normal with deviation sigma."""

    def __init__(self, sigma: float = 0.01) -> None:
        self.sigma = sigma

    def weight(self, name: str, a: Any) -> None:
        """Draw."""
        a[...] = generator[0].normal(0, self.sigma, a.shape)


class Constant(Initializer):
    """One value."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def weight(self, name: str, a: Any) -> None:
        """Fill."""
        a[...] = self.value


class One(Constant):
    """Ones."""

    def __init__(self) -> None:
        super().__init__(1.0)


class Zero(Constant):
    """Zeros."""


class Xavier(Initializer):
    """sqrt(magnitude / factor), the factor from inputs and outputs; as bound or as deviation."""

    def __init__(
        self, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3
    ) -> None:
        among("Xavier: rnd_type", rnd_type, "uniform", "gaussian")
        among("Xavier: factor_type", factor_type, "avg", "in", "out")
        self.rnd_type, self.factor_type, self.magnitude = rnd_type, factor_type, float(magnitude)

    def weight(self, name: str, a: Any) -> None:
        """Draw."""
        area = float(np.prod(a.shape[2:]))
        fan_in, fan_out = a.shape[1] * area, a.shape[0] * area
        factor = {"avg": (fan_in + fan_out) / 2, "in": fan_in, "out": fan_out}[self.factor_type]
        scale = np.sqrt(self.magnitude / factor)
        draw = generator[0].uniform if self.rnd_type == "uniform" else None
        low, high = (-scale, scale) if draw else (0, scale)
        a[...] = (draw or generator[0].normal)(low, high, a.shape)


class MSRAPrelu(Xavier):
    """Xavier for layers before a leaky relu."""

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))


class Orthogonal(Initializer):
    """An orthogonal matrix, times scale."""

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform") -> None:
        among("Orthogonal: rand_type", rand_type, "uniform", "normal")
        self.scale, self.normal = scale, rand_type == "normal"

    def weight(self, name: str, a: Any) -> None:
        """Draw."""
        rows, columns = a.shape[0], int(np.prod(a.shape[1:]))
        draw = generator[0].normal if self.normal else generator[0].uniform
        u, _, v = np.linalg.svd(draw(0 if self.normal else -1, 1, (rows, columns)), False)
        q = u if u.shape == (rows, columns) else v
        a[...] = self.scale * q.reshape(a.shape)


class Load(Initializer):
    """Values by name, and another initializer for the rest."""

    def __init__(self, param: Any, default_init: Any = None, verbose: bool = False) -> None:
        self.param, self.default = param, default_init

    def __call__(self, name: Any, arr: Any) -> None:
        """Fill."""
        if name in self.param:
            arr.a[...] = self.param[name].value
        elif self.default is None:
            raise ValueError(
                f"Load: there is no value of {name}, and no default_init for it.{here()}"
            )
        else:
            self.default(name, arr)


class Mixed(Initializer):
    """The first initializer whose pattern matches the name."""

    def __init__(self, patterns: Any, initializers: Any) -> None:
        self.rules = list(zip(patterns, initializers, strict=True))

    def __call__(self, name: Any, arr: Any) -> None:
        """Fill."""
        import re

        next(rule for pattern, rule in self.rules if re.match(pattern, name))(name, arr)
