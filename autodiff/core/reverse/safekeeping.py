"""Keeping what a tape relies on: arrays that user code could change before the reverse sweep.

A rule reads the values of the forward run later, in the sweep.  An array that was changed in
between would give a wrong derivative without a word.  So an array of up to 1 MB is copied when it
is recorded, and a larger one locked (made read-only) until the transform is done, where a copy
would cost as much as the work on it; where a tape outlives the transform, as with `vjp` and
`Tensor`, all are copied.

A lock does not reach a view that was taken before, as PDE codes have one of their interior.  So a
large array is compared at the end with what it was: as a whole when it is met for the first time,
the second time, then ever more rarely, and always where that is a small share of the work; else by
some elements, each time others.  An array that nobody but the caller's container holds has no view,
and needs no look.

What is left: a few elements of an array of more than 1 MB, in a function that does little more than
read it once, changed by an older view for the first time after two calls that changed nothing.  To
look at all of it each time would cost such a function 15 % at the very least: one sum of 160 MB
takes 5 ms, it needs two, and the gradient of a logistic regression on them takes 67 ms.
"""

from __future__ import annotations

import math
import sys
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.language.dispatch import Params
from autodiff.core.reverse.locks import Lock, lock

SMALL = 2**20
"""Arrays of at most so many bytes are copied rather than locked."""
ROW = 4096
BLOCK = 256
"""So many rows are summed in all ways while they are in the cache."""
SHARE = 0.02
"""The part of a run's time that looks at all of an array may always take."""

_ndarray = np.ndarray
_NEVER_CHANGE = frozenset(map(type, (0, 0.0, True, None, ..., slice(0), "", np.intp())))
"""Of such parts most indices, axes and shapes are made."""


class Keeper:
    """Keeps the arrays of one trace; `lasting` if its tape may outlive the transform."""

    __slots__ = ("lasting", "locked", "seen", "since", "watched")

    def __init__(self, lasting: bool) -> None:
        self.lasting = lasting
        self.since = 0.0
        self.locked: list[Lock] = []
        self.watched: list[tuple[np.ndarray, int, bytes]] = []
        self.seen: set[int] = set()

    def constant(self, array: np.ndarray) -> np.ndarray:
        """A constant operand, safe from later changes."""
        if array.nbytes <= SMALL:
            return copied(array)
        return self.variable(array)

    def variable(self, array: np.ndarray, alone: bool = False) -> np.ndarray:
        """The value of a variable (or a large constant), safe from later changes.

        One that is `alone` has no view.
        """
        if array.nbytes <= SMALL or not array.flags.owndata or self.lasting:
            return copied(array)
        if id(array) in self.seen:  # held by the tape, so that the number is its own
            return array
        self.seen.add(id(array))
        self.lock(array)
        if alone:
            return array
        if not self.watched:
            self.since = perf_counter()
        turn = next_turn(array)
        self.watched.append((array, turn, look(array, turn)))
        return array

    def lock(self, array: np.ndarray) -> None:
        """Make an array read-only until all who need it so have released it."""
        held = lock(array)
        if held is not None:
            self.locked.append(held)

    def params(self, params: Params) -> Params:
        """Parameters such as index arrays, safe from later changes."""
        for value in params.values():
            kind = value.__class__
            if kind is tuple and _NEVER_CHANGE.issuperset(map(type, value)):
                continue
            if kind is _ndarray or kind is tuple or kind is list:
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
        if not self.seen:
            return []
        self.locked.clear()
        if self.watched:
            note_run([array for array, _, _ in self.watched], perf_counter() - self.since)
        changed = [array for array, turn, before in self.watched if look(array, turn) != before]
        self.watched.clear()
        self.seen.clear()
        return changed


def copied(array: np.ndarray) -> np.ndarray:
    """A copy, repeated where the array repeats itself, so that results lie in memory as of it."""
    if array.ndim > 1 and 0 in array.strides:
        once = array[tuple([slice(0, 1) if not step else slice(None) for step in array.strides])]
        return np.broadcast_to(once.copy("K"), array.shape)
    return array.copy("K")


def holders(values: Sequence[Any]) -> list[int]:
    """How many references each value of a list has, as seen from here."""
    return [sys.getrefcount(value) for value in values]


ALONE = holders([object()])[0] + 1
"""What an object has that is held by the list and by one other container."""

# -- looking at large arrays ------------------------------------------------------------------

WHOLE = 0


@dataclass(slots=True)
class Met:
    """How often a large array was met, and the seconds that a look and the last run took."""

    array: weakref.ref[np.ndarray]
    times: int = 0
    look: float = math.inf
    run: float = 0.0


_met: dict[int, Met] = {}
"""Of large arrays, by their identity, as long as they live."""


def next_turn(array: np.ndarray) -> int:
    """How often an array was met; `WHOLE` where all of it is to be looked at."""
    place = id(array)
    met = _met.get(place)
    if met is None or met.array() is not array:
        met = _met[place] = Met(weakref.ref(array, lambda _: _met.pop(place, None)))
    met.times = times = met.times + 1
    whole = times <= 2 or (times >= 16 and not times & (times - 1))
    return WHOLE if whole or 2 * met.look <= SHARE * met.run else times


def note_run(arrays: list[np.ndarray], seconds: float) -> None:
    """Remember how long a run took that relied on some arrays."""
    for array in arrays:
        met = _met.get(id(array))
        if met is not None:
            met.run = seconds


def look(array: np.ndarray, turn: int) -> bytes:
    """What an array is compared by at the end: sums of all of it, or some elements."""
    if turn != WHOLE:
        return samples(array, turn).tobytes()
    before = perf_counter()
    found = sums_of(array)
    met = _met.get(id(array))
    if met is not None:
        met.look = min(met.look, perf_counter() - before)
    return found


def samples(array: np.ndarray, turn: int = 0) -> np.ndarray:
    """Some elements of a large array, spread over all of it: each turn others.

    The step is a prime, so that no column of a grid is left out.
    """
    step = 61 if array.nbytes <= 2**24 else 509
    return array.ravel("K")[turn % step :: step].copy()


def sums_of(array: np.ndarray) -> bytes:
    """Sums that all bytes of an array have a part in: of the rows and columns of a table.

    A change of one element changes its row's sum, and elements that change places change two.
    Signs that turn in pairs leave sums of bytes as they are; so floating point numbers are summed
    with uneven weights as well.
    """
    return silently(_sums_of, array)


def _sums_of(array: np.ndarray) -> bytes:
    flat = array.ravel("K").view(np.uint8)
    size = flat.size - flat.size % ROW
    table = flat[:size].reshape(-1, ROW)
    bits = table.view(np.uint64)
    rows, columns = np.empty(len(bits), np.uint64), np.zeros(bits.shape[1], np.uint64)
    numbers = table.view(_NUMBERS.get(array.dtype.char, np.uint64))
    weights = np.sin(1.0 + np.arange(float(numbers.shape[1])))
    products = np.zeros(len(numbers), weights.dtype)
    floats = numbers.dtype.kind == "f"
    if floats:
        weights, products = weights.astype(numbers.dtype), products.astype(numbers.dtype)
    for start in range(0, len(bits), BLOCK):
        block = slice(start, start + BLOCK)
        np.add.reduce(bits[block], axis=1, out=rows[block])
        columns += np.add.reduce(bits[block], axis=0)
        if floats:
            np.matmul(numbers[block], weights, out=products[block])
    return b"".join([part.tobytes() for part in (rows, columns, products)]) + flat[size:].tobytes()


_NUMBERS = {"f": np.float32, "F": np.float32, "d": np.float64, "D": np.float64}
"""The floating point numbers that an array of this dtype consists of."""
