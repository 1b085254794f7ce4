"""Which ops are analytic, so that the complex step applies: f(x + ih) = f(x) + i h f'(x) + ...

An op is, if NumPy evaluates it for complex numbers as a holomorphic function: elementwise
functions with a power series, and what is linear or multilinear over the complex numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

from autodiff.check.kinks.kinks import SHAPES
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry

HOLOMORPHIC = frozenset(
    (
        *("add", "subtract", "multiply", "divide", "negative", "positive", "reciprocal", "square"),
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "power"),
        *("sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"),
        *("sum", "mean", "prod", "cumprod", "inv", "solve", "det"),
    )
)
"""Entries whose kind alone does not say that they are analytic."""
NOT_COMPLEX_LINEAR = frozenset(
    (
        *(
            "real",
            "imag",
            "conjugate",
            "mirrored",
            "vdot",
            "vecdot",
            "vecmat",
            "correlate",
            "astype",
        ),
        *("rfft", "irfft", "hfft", "ihfft", "rfftn", "irfftn", "rfft2", "irfft2", "interp"),
    )
)
"""Linear and bilinear entries that are so over the real numbers only."""


def is_analytic(op: Op) -> bool:
    """Whether an op of the registry is analytic; a user's own op is not known to be.

    >>> is_analytic(registry["tanh"]), is_analytic(registry["absolute"])
    (True, False)
    """
    if registry.by_name.get(op.name) is not op or op.name in NOT_COMPLEX_LINEAR:
        return False
    return op.kind in ("linear", "bilinear") or op.name in HOLOMORPHIC


def all_analytic(program: Iterable[Equation], cuts: Iterable[Equation] = ()) -> bool:
    """Whether every op of a run is, and no comparison or rounding chose what was run."""
    ops = {equation.op for equation in (*program, *cuts) if equation.op is not None}
    return all(op.name in SHAPES or is_analytic(op) for op in ops)
