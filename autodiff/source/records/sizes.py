"""The size of an axis, whose comparisons are noted: `if len(x) > 100` decides by a size.

Where a program is to hold for other sizes, each such decision has to be looked at again.

>>> log = []
>>> n = Size.noting(3, log)
>>> n > 100, [(size, sign, other, found) for size, sign, other, found, _ in log]
(False, [(3, '>', 100, False)])
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from autodiff.core.inside.callers import is_users
from autodiff.source.records.nodes import Place

Decision = tuple[int, str, int, bool, Place]
"""A size, how it was compared with what, what came out, and where."""
ASKING = ("shape", "size")
"""Functions through which the user asks for a size."""


class Size(int):
    """A whole number that notes what it is compared with."""

    log: list[Decision]

    @classmethod
    def noting(cls, value: int, log: list[Decision]) -> Size:
        """A size that writes into a log."""
        new = cls(value)
        new.log = log
        return new

    def __bool__(self) -> bool:
        self._note("!=", 0, int(self) != 0, sys._getframe(1))
        return int(self) != 0

    def _note(self, sign: str, other: int, found: bool, frame: Any) -> None:
        if is_users(frame):
            where = (frame.f_code, frame.f_lasti)
            self.log.append((int(self), sign, int(other), found, where))

    __hash__ = int.__hash__


def _comparing(name: str, sign: str) -> Callable[..., Any]:
    own = getattr(int, name)

    def compare(self: Size, other: Any) -> Any:
        found = own(int(self), other)
        if found is not NotImplemented:
            self._note(sign, other, found, sys._getframe(1))
        return found

    return compare


def _computing(name: str) -> Callable[..., Any]:
    own = getattr(int, name)

    def compute(self: Size, *others: Any) -> Any:
        found = own(int(self), *others)
        return Size.noting(found, self.log) if found.__class__ is int else found

    return compute


for _name, _sign in {"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">="}.items():
    setattr(Size, f"__{_name}__", _comparing(f"__{_name}__", _sign))
for _name in ("add", "sub", "mul", "floordiv", "mod", "pow"):
    setattr(Size, f"__{_name}__", _computing(f"__{_name}__"))
    setattr(Size, f"__r{_name}__", _computing(f"__r{_name}__"))


def measured(found: Any, log: list[Decision] | None) -> Any:
    """A shape or a size that the user asks for, as sizes that note."""
    if log is None:
        return found
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_code.co_name in ASKING and not is_users(frame):
        frame = frame.f_back
    if frame is None or not is_users(frame):
        return found
    if isinstance(found, tuple):
        return tuple([Size.noting(n, log) for n in found])
    return Size.noting(found, log)
