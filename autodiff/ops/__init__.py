"""The registry of operations, browsable: `ops["tanh"]`, `ops.table()`, `for op in ops`.

Each file declares a family, one entry an op.  Importing this package fills the registry.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

from autodiff.core.inside import tracing
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.ops.arranging import (
    copies,
    indexing,
    joining,
    looking,
    making,
    shapes,
    splitting,
    strides,
    writing,
)
from autodiff.ops.elementwise import (
    arithmetic,
    beyond_reals,
    choices,
    complex,
    exponential,
    interpolation,
    polynomials,
    trigonometric,
)
from autodiff.ops.linear import (
    eigen,
    einsum,
    factorizations,
    fft,
    linalg,
    matrices,
    products,
    singular,
)
from autodiff.ops.missing import missing_table
from autodiff.ops.networks import (
    channels_last,
    images,
    nn,
    normalization,
    pooling,
    resizing,
    windows,
)
from autodiff.ops.reference import html, markdown, table
from autodiff.ops.summing import (
    cumulative,
    methods,
    norms,
    order,
    quantiles,
    reductions,
    skipping_nan,
    statistics,
)

tracing.supply()

registry.later.update(
    {
        "numpy.polynomial": "autodiff.ops.later.series",
        "numba": "autodiff.ops.later.compiled",
        "scipy.fft": "autodiff.ops.later.scipy_fft",
        "scipy.fftpack": "autodiff.ops.later.scipy_fftpack",
        "scipy.special": "autodiff.ops.later.special",
        "scipy.linalg": "autodiff.ops.later.scipy_linalg",
        "scipy.stats": "autodiff.ops.later.distributions",
    }
)


class _Ops(ModuleType):
    """The package itself, which can be looked up in and iterated over like the registry."""

    def __getitem__(self, name: str) -> Op:
        return registry[name]

    def __iter__(self) -> Iterator[Op]:
        return iter(registry)

    def __len__(self) -> int:
        return len(registry)

    def __contains__(self, name: object) -> bool:
        return name in registry.by_name


sys.modules[__name__].__class__ = _Ops

__all__ = [
    "arithmetic",
    "beyond_reals",
    "channels_last",
    "choices",
    "complex",
    "copies",
    "cumulative",
    "eigen",
    "einsum",
    "exponential",
    "factorizations",
    "fft",
    "html",
    "images",
    "indexing",
    "interpolation",
    "joining",
    "linalg",
    "looking",
    "making",
    "markdown",
    "matrices",
    "methods",
    "missing_table",
    "nn",
    "normalization",
    "norms",
    "order",
    "polynomials",
    "pooling",
    "products",
    "quantiles",
    "reductions",
    "resizing",
    "shapes",
    "singular",
    "skipping_nan",
    "splitting",
    "statistics",
    "strides",
    "table",
    "trigonometric",
    "windows",
    "writing",
]
