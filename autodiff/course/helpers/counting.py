"""`Counted`: a function that counts its calls, to see what a derivative costs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class Counted:
    """The function f, with the number of its calls so far in `calls`.

    One call is one pass of forward mode, or one recording for reverse mode.

    >>> square = Counted(lambda x: x * x)
    >>> square(3.0) + square(4.0), square.calls
    (25.0, 2)
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f, self.calls = f, 0
        functools.update_wrapper(self, f)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """f(*args), counted."""
        self.calls += 1
        return self.f(*args, **options)
