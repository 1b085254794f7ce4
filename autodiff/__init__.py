"""autodiff: forward- and reverse-mode automatic differentiation of plain NumPy code.

See the derivative (`draw`, `steps`, `step`), read it (`source`), trust it (`check`, `check_grad`),
use it (`grad`, `jvp`, `vjp`, `jacobian`, `hessian`, `hvp`, or the eager `Tensor`).
"""

import importlib
from typing import TYPE_CHECKING

from autodiff import ops
from autodiff.check import check, check_grad
from autodiff.core.forward.dual import Dual
from autodiff.core.ground.errors import (
    AutodiffError,
    AutodiffWarning,
    DetachError,
    DisconnectedError,
    DisconnectedWarning,
    EscapedTracerError,
    GradientCheckError,
    InPlaceError,
    KinkWarning,
    MutationError,
    NonScalarError,
    NotHolomorphicError,
    PromotionNote,
    RuleError,
    ShapeError,
    TreeError,
    UnsupportedError,
)
from autodiff.core.ground.locations import locations
from autodiff.core.ground.memory import keep_what_is_freed
from autodiff.core.ground.numpy_warnings import install
from autodiff.core.ground.scopes import scope
from autodiff.core.language.singular.kinks import KinkError, kinks
from autodiff.core.reverse.single_points import SinglePointWarning
from autodiff.core.reverse.tape import Tape
from autodiff.core.reverse.tensor import Tensor
from autodiff.core.transforms.annotations import named, stop_gradient
from autodiff.core.transforms.checkpoint import checkpoint
from autodiff.core.transforms.custom import custom_op
from autodiff.core.transforms.forward import derivative, jvp
from autodiff.core.transforms.jacobians import hessian, hvp, jacobian
from autodiff.core.transforms.reverse import grad, value_and_grad, vjp
from autodiff.source import source

if TYPE_CHECKING:  # what loads when it is used, for those who read types
    from autodiff import course as course
    from autodiff import data as data
    from autodiff import frontends as frontends
    from autodiff import nn as nn
    from autodiff import optim as optim
    from autodiff.check.kinks.smoothness import smoothness
    from autodiff.check.nan import NonFiniteError, NonFiniteWarning, detect_nan
    from autodiff.check.report import Report
    from autodiff.check.traps.gallery import traps
    from autodiff.source.compiled import compile
    from autodiff.source.program.source import Source
    from autodiff.view import compare, draw, draw_failure, live, paths, step, steps

install()
keep_what_is_freed()
del install, keep_what_is_freed
__version__ = "0.1.0"

_ON_USE = {
    "NonFiniteError": "autodiff.check.nan",
    "NonFiniteWarning": "autodiff.check.nan",
    "Report": "autodiff.check.report",
    "Source": "autodiff.source.program.source",
    "compare": "autodiff.view",
    "compile": "autodiff.source.compiled",
    "detect_nan": "autodiff.check.nan",
    "draw": "autodiff.view",
    "draw_failure": "autodiff.view",
    "live": "autodiff.view",
    "paths": "autodiff.view",
    "smoothness": "autodiff.check.kinks.smoothness",
    "step": "autodiff.view",
    "steps": "autodiff.view",
    "traps": "autodiff.check.traps.gallery",
}
"""Names that load when they are used, so that `import autodiff` stays light."""
_PARTS_ON_USE = ("course", "data", "frontends", "nn", "optim")
"""Subpackages that do."""


if not TYPE_CHECKING:  # else a name that is not there would pass as known

    def __getattr__(name: str) -> object:
        if name in _PARTS_ON_USE:
            return importlib.import_module(f"autodiff.{name}")
        if name not in _ON_USE:
            raise AttributeError(f"module 'autodiff' has no attribute {name!r}")
        return getattr(importlib.import_module(_ON_USE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ON_USE, *_PARTS_ON_USE})


__all__ = [
    "AutodiffError",
    "AutodiffWarning",
    "DetachError",
    "DisconnectedError",
    "DisconnectedWarning",
    "Dual",
    "EscapedTracerError",
    "GradientCheckError",
    "InPlaceError",
    "KinkError",
    "KinkWarning",
    "MutationError",
    "NonFiniteError",
    "NonFiniteWarning",
    "NonScalarError",
    "NotHolomorphicError",
    "PromotionNote",
    "Report",
    "RuleError",
    "ShapeError",
    "SinglePointWarning",
    "Source",
    "Tape",
    "Tensor",
    "TreeError",
    "UnsupportedError",
    "check",
    "check_grad",
    "checkpoint",
    "compare",
    "compile",
    "course",
    "custom_op",
    "derivative",
    "detect_nan",
    "draw",
    "draw_failure",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "kinks",
    "live",
    "locations",
    "named",
    "ops",
    "paths",
    "scope",
    "smoothness",
    "source",
    "step",
    "steps",
    "stop_gradient",
    "traps",
    "value_and_grad",
    "vjp",
]
