"""Whether two results are the same but for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np


def close(a: Any, b: Any) -> bool:
    """Whether two results are the same but for rounding, in class, dtype and shape too."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if type(a) is not type(b) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        if a.dtype.kind not in "fc":
            return bool(np.array_equal(a, b))
        wide = 1e-4 if a.dtype.itemsize == (4 if a.dtype.kind == "f" else 8) else 1e-8
        size = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        return bool(np.allclose(a, b, wide, wide * (1 + size), equal_nan=True))
    if type(a) is not type(b):
        return False
    if isinstance(a, float | complex | np.inexact):
        return close(np.asarray(a), np.asarray(b))
    return bool(a == b)
