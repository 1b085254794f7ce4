"""What a workload is: one record from which the tests, the timing and the table work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.clock import seconds

Call = Callable[[], Any]
"""A prepared computation: everything converted and compiled, ready to be timed."""


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    `build(rng, **sizes)` makes the inputs, `by_hand(inputs)` prepares the hand-written NumPy
    version and `in_library(kit, inputs)` the version of any library.  `small` holds the sizes
    at which the tests compare the two.  `measure(call)` answers seconds, or another quantity
    whose name is `unit`; with `absolute` the target is a limit on ours itself rather than on its
    ratio to `reference`.  `without` names the libraries that can't run it, with the reason.
    `missed` says why the target is not reached, and how one knows; it is shown where that is so.
    """

    name: str
    title: str
    build: Callable[..., Any]
    in_library: Callable[[Any, Any], Call]
    by_hand: Callable[[Any], Call] | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    small: Mapping[str, int] = field(default_factory=dict)
    target: float | None = None
    reference: str = "numpy"
    measure: Callable[[Call], float] = seconds
    unit: str = "s"
    absolute: bool = False
    checked: bool = True
    operations: int = 0
    without: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 1000
    tolerance: float = 1e-8
    missed: str = ""
    compiled: float | None = None
    """The target of the compiled function, in the same unit."""


def in_float32(build: Callable[..., Any]) -> Callable[..., Any]:
    """The same inputs with every array of floats in single precision."""
    return lambda rng, **sizes: narrowed(build(rng, **sizes))


def narrowed(value: Any) -> Any:
    """The arrays of nested tuples and lists in single precision, where they hold floats.

    >>> narrowed([np.zeros(2), (np.arange(2), "name")])
    [array([0., 0.], dtype=float32), (array([0, 1]), 'name')]
    """
    if isinstance(value, list | tuple):
        return type(value)(map(narrowed, value))
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    return value


FLOAT32_TOLERANCE = 1e-4
NO_EAGER_STYLE = {
    name: "has no eager style"
    for name in ("compiled", "compiled_numpy", "autograd", "micrograd", "jax", "torch_compile")
}
