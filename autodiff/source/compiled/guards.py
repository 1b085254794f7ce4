"""What guards of a compiled program do: they raise what `Compiled` waits for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class Otherwise(Exception):
    """A guard of a program does not hold."""


def expect(holds: Any, what: str) -> None:
    """The guard of a decision."""
    if not holds:
        raise Otherwise(what)


def finite(*values: Any) -> None:
    """The guard of derivatives; True and False are what a kernel found out."""
    for value in values:
        if value is True:
            continue
        found = np.vdot(value, value)
        if value is False or not math.isfinite(found.real):
            raise FloatingPointError
