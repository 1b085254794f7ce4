"""Whether numbers that overflow, or warnings, raise errors: then whether one comes is a decision.

`try: ... except FloatingPointError` inside of `np.errstate(all="raise")` goes one way or the other
by values that nobody compares, and a program can't check again which.
"""

from __future__ import annotations

import warnings

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here


class Strictness:
    """How strict it was when a recording began."""

    def __init__(self) -> None:
        self.raising, self.errors = raising(), errors()

    def check(self) -> None:
        """Refuse a function that makes it stricter."""
        if raising() > self.raising or errors() > self.errors:
            raise UnsupportedError(
                "the function lets NumPy raise errors where numbers are not finite, so that it "
                "may go another way by values that a program does not compare. Ask for the value "
                f"itself, `if x > 700`, or take np.errstate(...) out.{here()}"
            )


def raising() -> int:
    """In how many cases NumPy raises an error."""
    return sum(kind in ("raise", "call") for kind in np.geterr().values())


def errors() -> int:
    """How many kinds of warnings are errors."""
    return sum(action[0] == "error" for action in warnings.filters)
