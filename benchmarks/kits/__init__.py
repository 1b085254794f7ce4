"""One module a library: how it differentiates, and what it calls the ops the workloads need.

A kit converts inputs (`array`), and prepares computations: `gradient(f, params)` for the value
and the gradients of f at a list of parameters, `jvp`, `hvp`, `jacobian`, `hessian` likewise.
`xp` is its NumPy-like namespace.  Preparing converts and compiles; only the call is timed, the time
of preparing is told apart.  `WITHOUT` names workloads that a library leaves out, with the reason.
"""

from __future__ import annotations

import importlib
from typing import Any

NAMES = (
    "autodiff",
    "compiled",
    "compiled_numpy",
    "bare",
    "autograd",
    "mygrad",
    "micrograd",
    "torch",
    "jax",
    "tensorflow",
    "torch_compile",
)
ASKED = ("torch_compile",)
"""Libraries that run only where `--peers` names them: they compile for minutes."""
ONLY = {
    "micrograd": ("single numbers only", ("micrograd", "")),
    "tensorflow": ("graphs only", ("tensorflow",)),
}
"""Libraries that run some rows only: why, and the units of measure of those rows."""


def is_only(name: str, why: str) -> bool:
    """Whether a library was left out of a row since it runs some rows only."""
    return name in ONLY and why == ONLY[name][0]


def load(name: str) -> Any:
    """The kit of a library, a module or its `KIT`; None where the library is not installed."""
    try:
        module = importlib.import_module(f"benchmarks.kits.{name}_kit")
    except ImportError:
        return None
    return getattr(module, "KIT", module)
