"""What a traced value answers when the user's code asks what it is: the same as its plain value.

Much code looks at its arguments first, by `isinstance(x, np.ndarray)`, `isinstance(x, float)` or
`np.isscalar(x)`, and takes another way, or none, for what it does not know.  By `isinstance`
packages, and this library, still see a traced value as what it is.

>>> from autodiff import grad
>>> def square(x):
...     if not isinstance(x, np.ndarray):
...         raise TypeError("an array is wanted")
...     return np.sum(x * x)
>>> grad(square)(np.ones(2))
array([2., 2.])
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import exchange
from autodiff.core.language.dispatch import ground, tracer_classes, window_classes

SOME = np.zeros(1)
"""Stands for the value of a window, which is an array; to put its elements together takes time."""


def supply() -> None:
    """Fill the table of exchanges."""
    exchange(np, "isscalar", _of_the_value(np.isscalar, packages=True))
    exchange(builtins, "isinstance", _of_the_value(builtins.isinstance, packages=False))


def _of_the_value(own: Callable[..., Any], packages: bool) -> Callable[..., Any]:
    """A function that asks what its first argument is; whether it answers packages so too."""

    @functools.wraps(own)
    def function(value: Any, *args: Any, **kwargs: Any) -> Any:
        found = own(value, *args, **kwargs)
        kind = value.__class__
        if found or kind not in tracer_classes:
            return found
        if not packages and not is_users(sys._getframe(1)):
            return found
        return own(SOME if kind in window_classes else ground(value), *args, **kwargs)

    return function
