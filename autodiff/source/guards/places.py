"""Where something is kept that a program uses: a path as one would write it, and how to read it.

>>> rates = [0.1]
>>> place = Place("rates[0]", lambda: rates[0])
>>> place.now(), rates.clear(), place.now()
(0.1, None, None)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

UNREADABLE = (LookupError, AttributeError, ValueError, TypeError)
"""What reading a place raises where nothing is any more."""


@dataclass(frozen=True)
class Place:
    """Where something is kept: a path as one would write it, and how to read it now."""

    path: str
    get: Callable[[], Any]

    def now(self) -> Any:
        """What is there now, None where nothing is any more."""
        try:
            return self.get()
        except UNREADABLE:
            return None
