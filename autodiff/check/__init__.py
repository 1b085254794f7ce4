"""Gradient checks, the NaN detective, the smoothness report, and the trap gallery.

What they need is imported when one of them is first used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autodiff.core.ground.errors import GradientCheckError

if TYPE_CHECKING:
    import numpy as np

    from autodiff.check.report import Report

BOTH = ("forward", "reverse")
LATER = {
    "Report": "report",
    "detect_nan": "nan",
    "NonFiniteError": "nan",
    "NonFiniteWarning": "nan",
}
"""Names of this package, and the modules that they are loaded from on first use."""

__all__ = [
    "NonFiniteError",
    "NonFiniteWarning",
    "Report",
    "check",
    "check_grad",
    "detect_nan",
]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{LATER[name]}")
    globals()[name] = found = getattr(module, name)
    return found


def check(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = BOTH,
    order: int = 1,
    rng: np.random.Generator | None = None,
) -> Report:
    """Compare forward, reverse and numeric derivatives of f for every argument.

    The `Report` is true where all agree, and its verdict says in one sentence what is so: right;
    an op's rule is wrong, by name and line; not differentiable here; not deterministic; not
    enough precision; mutated.  `modes` may leave out "forward" or "reverse"; `order=2` also
    checks the derivatives of the gradient.  float32 arguments are checked as float64 copies.

    >>> import numpy as np
    >>> print(check(np.sin, 0.5))
    variable  shape  order  by            forward error  reverse error  noise    verdict
    --------  -----  -----  ------------  -------------  -------------  -------  -------
    x         ()     1      complex step  ...  agrees
    sin: right; all derivatives agree.
    >>> print(check(np.abs, 0.0).kind)
    not differentiable
    """
    from autodiff.check.compare import compare

    return compare(f, args, modes, order, rng)


def check_grad(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = BOTH,
    order: int = 1,
) -> None:
    """Raise `GradientCheckError`, with the table and verdict, unless all derivatives of f agree.

    A point at which f has no derivative is no agreement either: the error says so.

    >>> import numpy as np
    >>> check_grad(lambda x: x * np.exp(x), np.array([0.0, 1.0]), order=2)
    """
    report = check(f, *args, modes=modes, order=order)
    if not report.passed:
        raise GradientCheckError(f"\n{report}")
