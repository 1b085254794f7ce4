"""Watchers: what looks on while derivatives are computed, such as `ad.detect_nan`.

The list is empty outside of such blocks; it is looked at once a sweep, never once an operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Watcher(Protocol):
    """What a watcher is told."""

    def swept(
        self, program: Sequence[Any], seeds: Mapping[Any, Any], found: Mapping[Any, Any]
    ) -> None:
        """A reverse sweep is done: its equations, the outputs' cotangents, the inputs'."""

    def pushed(
        self,
        op: Any,
        primals: Sequence[Any],
        params: Mapping[str, Any],
        ans: Any,
        tangents: Sequence[Any],
        tangent: Any,
    ) -> None:
        """An op was applied to dual numbers by a strict trace: the arguments, and both results."""


watchers: list[Watcher] = []
