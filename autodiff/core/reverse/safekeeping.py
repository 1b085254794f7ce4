"""Keeping what a tape relies on: arrays that user code could change before the reverse sweep.

A rule reads the values of the forward run later, in the sweep.  An array that was changed in
between would give a wrong derivative without a word.  So a small array is copied when it is
recorded; a large one is locked (made read-only) until the transform is done, and a change meets
an error; where a tape outlives the transform, as with `vjp` and `Tensor`, it is always copied.
A view that was taken before is not locked with its base: some elements are looked at again at the
end, which finds whatever changes most of the array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Params

SMALL = 8192
"""Arrays of at most so many elements are copied rather than locked."""

_ndarray = np.ndarray


class Keeper:
    """Keeps the arrays of one trace; `lasting` if its tape may outlive the transform."""

    __slots__ = ("lasting", "locked")

    def __init__(self, lasting: bool) -> None:
        self.lasting = lasting
        self.locked: list[tuple[np.ndarray, bytes]] = []

    def constant(self, array: np.ndarray) -> np.ndarray:
        """A constant operand, safe from later changes."""
        if array.size <= SMALL:
            return array.copy("K")
        return self.variable(array)

    def variable(self, array: np.ndarray) -> np.ndarray:
        """The value of a variable (or a large constant), safe from later changes."""
        flags = array.flags
        if not flags.owndata or self.lasting or array.size <= SMALL:
            return array.copy("K")
        if flags.writeable:
            flags.writeable = False
            self.locked.append((array, samples(array).tobytes()))
        return array

    def params(self, params: Params) -> Params:
        """Parameters such as index arrays, safe from later changes."""
        for value in params.values():
            if value.__class__ is _ndarray or value.__class__ is tuple or value.__class__ is list:
                return {name: self.parameter(value) for name, value in params.items()}
        return params

    def parameter(self, value: Any) -> Any:
        """One parameter; tuples and lists of arrays are kept element by element."""
        if value.__class__ is _ndarray:
            return self.constant(value)
        if value.__class__ is tuple or value.__class__ is list:
            return value.__class__([self.parameter(part) for part in value])
        return value

    def release(self) -> list[np.ndarray]:
        """Give locked arrays back as they were; those that were changed nevertheless."""
        changed = []
        for array, before in self.locked:
            array.flags.writeable = True
            if samples(array).tobytes() != before:
                changed.append(array)
        self.locked.clear()
        return changed


def samples(array: np.ndarray) -> np.ndarray:
    """Some elements of a large array, spread over all of it."""
    return array.ravel("K")[:: array.size // 64].copy()
