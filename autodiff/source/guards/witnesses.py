"""What was, of things that a program froze, and whether it still is.

>>> place = Place("rates", lambda rates=[0.1]: rates)
>>> seen = Witnesses([place])
>>> seen.changed() is None
True
>>> place.get().append(0.2)
>>> seen.changed().path
'rates'
"""

from __future__ import annotations

import types
import zlib
from collections import deque
from collections.abc import Hashable
from typing import Any

import numpy as np

from autodiff.core.ground.draws import state_of, states
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import is_traced
from autodiff.source.guards.captured import (
    FUNCTIONS,
    SCALARS,
    attributes_of,
    is_looked_into,
    is_numbers,
)
from autodiff.source.guards.places import UNREADABLE, Place

WHOLE = 2**26
"""Of an array of more bytes only a sample is compared."""


def fingerprint(value: Any) -> Any:
    """What tells whether something is as it was; what it holds has places of its own."""
    kind = type(value)
    if isinstance(value, np.ndarray):
        return of_array(value)
    if isinstance(value, SCALARS):
        return kind, repr(value)
    if isinstance(value, set | frozenset):
        return kind, frozenset(value)
    if isinstance(value, dict):
        return kind, tuple(value)
    if isinstance(value, list | tuple | deque):
        return (kind, tuple(value), tuple(map(type, value))) if is_numbers(value) else (
            kind, len(value)
        )  # fmt: skip
    owner = getattr(value, "__self__", None)
    if isinstance(value, FUNCTIONS) and owner is not None:  # a method is another object each time
        return kind, id(owner), getattr(value, "__name__", "")
    held = attributes_of(value) if is_looked_into(value) and not isinstance(value, type) else []
    if held and not isinstance(value, FUNCTIONS):
        return kind, tuple(held)
    by_itself = isinstance(value, Hashable) and not is_traced(value)  # whose `==` is of elements
    return (kind, value) if by_itself else (kind, id(value))


def of_array(array: np.ndarray) -> Any:
    """Shape, dtype and a sum over the bytes."""
    shape, dtype = array.shape, array.dtype
    if dtype.hasobject:
        return shape, dtype, repr(array.tolist())
    if array.nbytes > WHOLE:
        array = array.ravel("K")[:: array.size // 4096]
    return shape, dtype.str, zlib.crc32(np.ascontiguousarray(array).tobytes())


FIXED = (*SCALARS, *FUNCTIONS, type, types.NoneType)
"""What is as it was where it is the same object."""


Seen = tuple[Place, Any, Any]
"""A place, what was there, and its fingerprint."""


class Witnesses:
    """What was, of things that a program froze: `changed()` names the first that is no more."""

    def __init__(self, places: list[Place]) -> None:
        self.keep([(place, found := place.now(), fingerprint(found)) for place in places])
        self.look_at_draws()

    def keep(self, seen: list[Seen]) -> None:
        """Watch these; apart what is as it was where it is the same object, a quick look."""
        self.fixed = [one for one in seen if isinstance(one[1], FIXED)]
        self.others = [one for one in seen if not isinstance(one[1], FIXED)]

    @property
    def known(self) -> list[Seen]:
        """All that is watched."""
        return [*self.fixed, *self.others]

    def look_at_draws(self) -> None:
        """From here on the function shall not draw at random."""
        self.draws = self.states()

    def states(self) -> list[bytes | None]:
        """Where the generators of random numbers stand: the global ones, and those held here."""
        return [*states().values(), *[state_of(place.now()) for place, *_ in self.known]]

    def settle(self) -> None:
        """Refuse a function that changes them itself while it runs, or draws at random."""
        place = self.changed()
        if place is not None:
            raise UnsupportedError(
                f"the function changes {place.path} each time that it runs, which a program would "
                f"not do. Pass it as an argument, and return what it becomes.{here()}"
            )
        if self.states() != self.draws:
            raise UnsupportedError(
                "the function draws at random. Draw outside, and pass what was drawn as an "
                f"argument.{here()}"
            )

    def without(self, made: set[tuple[str, int]]) -> None:
        """Let go of arrays that are read anew at each call: by their path, and which they are."""
        self.keep([one for one in self.known if (one[0].path, id(one[0].now())) not in made])

    def changed(self) -> Place | None:
        """The first place where something else is now."""
        try:
            same = all([place.get() is before for place, before, _ in self.fixed])
        except UNREADABLE:
            same = False
        for place, before, print_before in self.others if same else self.known:
            now = place.now()
            if now is before and isinstance(now, FIXED):
                continue
            if fingerprint(now) != print_before:
                return place
        return None


class Window:
    """A part of a captured array, taken by a view: where it lies in the array that owns it."""

    def __init__(self, part: np.ndarray, owner: np.ndarray) -> None:
        self.offset = part.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        self.shape, self.strides, self.dtype = part.shape, part.strides, part.dtype

    def of(self, owner: np.ndarray) -> np.ndarray:
        """The same part of the array as it is now."""
        return np.ndarray(self.shape, self.dtype, owner, self.offset, self.strides)
