"""Whether two libraries computed the same: checked before anything is timed."""

from __future__ import annotations

from typing import Any

import numpy as np


class ResultsDifferError(AssertionError):
    """A library's result is not the reference's."""


def as_arrays(result: Any) -> list[np.ndarray]:
    """All numbers of a result as plain arrays, in order, whatever library made them."""
    if isinstance(result, list | tuple):
        return [array for part in result for array in as_arrays(part)]
    if hasattr(result, "detach"):
        result = result.detach()
    return [np.asarray(result, dtype=float)]


def assert_equal(result: Any, expected: Any, tolerance: float) -> None:
    """Raise unless every array agrees to a tolerance relative to the array's largest element."""
    found, wanted = as_arrays(result), as_arrays(expected)
    if len(found) != len(wanted):
        raise ResultsDifferError(f"{len(found)} arrays instead of {len(wanted)}")
    for place, (a, b) in enumerate(zip(found, wanted, strict=True)):
        if a.shape != b.shape:
            raise ResultsDifferError(f"array {place} has shape {a.shape} instead of {b.shape}")
        error = np.max(np.abs(a - b), initial=0.0)
        if not error <= tolerance * (1.0 + np.max(np.abs(b), initial=0.0)):
            raise ResultsDifferError(f"array {place} differs by {error:.3g}")
