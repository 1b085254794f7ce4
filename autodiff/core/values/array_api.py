"""The array API standard: code that takes arrays of any library asks them for their functions.

It calls `x.__array_namespace__()`, and `array_api_compat.array_namespace(x)` does so for what is
no array that it knows.  A traced value answers as a plain array does.

>>> from autodiff import grad
>>> def f(x):
...     xp = x.__array_namespace__()
...     return xp.sum(xp.sin(x))
>>> grad(f)(np.zeros(2))
array([1., 1.])
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

SOME = np.zeros(1)
"""Stands for the plain value: all of them have the same functions."""


class Standard:
    """What the standard asks of an array, besides what NumPy's arrays have."""

    __slots__ = ()

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """NumPy's functions, or what the package that asks has for plain arrays."""
        asking = sys._getframe(1).f_globals.get("array_namespace")
        return np if asking is None else asking(SOME, api_version=api_version)

    @property
    def device(self) -> str:
        """Where the value lies, in NumPy's word."""
        return "cpu"
