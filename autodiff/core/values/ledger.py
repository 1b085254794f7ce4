"""Ledgers: an array that is changed element by element, at the cost of what each change touches.

Recorded values never change, so a write into a traced array makes a new value; to copy all of it at
every write would make a loop quadratic in time and in memory.  So what is written waits in a
ledger: the array as it was, the values written since, and for each element which of them came
last.  A read of one element is the value that was written there.  A read of more is one equation,
`filled`, of just the values that are still visible in it.

An element is named by its place: its number in C order in the array that owns the memory.  A view
is an array of places, and what is known of its elements a view of the same kind.
"""

from __future__ import annotations

import math
import sys
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.errors import InPlaceError, ShapeError
from autodiff.core.ground.locations import (
    LOOK,
    Place,
    at_place,
    current_place,
    here,
    place_of,
)
from autodiff.core.language.dispatch import Params, apply, ground, is_traced, now, window_classes
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.values.blocks import block_of
from autodiff.core.values.filled import Plan, filled_op, in_order, run_of
from autodiff.core.values.layout import laid_like, places_at, places_like, view_at

_float64 = np.float64
_ndarray = np.ndarray
_arange = np.arange  # by itself, so that no recording takes note of it


REARRANGING = frozenset(
    ["reshape", "ravel", "transpose", "swapaxes", "moveaxis", "expand_dims", "squeeze", "flip"]
)
"""View ops whose transpose puts every element back where it came from."""
SELECTING = REARRANGING | {
    "getitem", "diagonal", "broadcast_to", "sliding_window_view", "einsum_view",
    "as_strided",
}  # fmt: skip
"""Ops whose result consists of elements of the argument: they work on places as on values."""


class Ledger:
    """What was written into one array, and where; `places` are its elements in their own layout."""

    __slots__ = ("are_in_order", "base", "dtype", "place", "places", "slots", "sources", "stamps")

    def __init__(self, base: Any, value: np.ndarray) -> None:
        """A ledger of an array that is `base` (traced or plain) now, laid out as `value`."""
        self.base = base
        self.dtype = value.dtype
        self.places = places_like(value)
        self.are_in_order = self.places.flags.c_contiguous and self.places.base is None
        self.sources: list[Any] = []
        self.stamps = np.zeros(value.size, np.int32)
        self.slots = np.zeros(value.size, np.intp)
        self.place: Place | None = None

    # -- writing -------------------------------------------------------------------------------

    def write(self, places: Any, value: Any) -> None:
        """Let the elements at some places be those of a value, which is broadcast to them."""
        plain = ground(value)
        slots: Any = 0
        if plain.__class__ is not _float64 or self.dtype != _float64:
            value = self.cast(value)
            own, shape = np.shape(plain), places.shape
            if places is self.places and own == shape:
                self._start(laid_like(value, self.places))
                return
            if own == shape:
                slots = _arange(math.prod(own)).reshape(shape)
            elif own:
                value, slots = _spread(value, own, shape)
        if self.place is None:
            self.place = place_of(sys._getframe(2)) if current_place() is LOOK else current_place()
        self.sources.append(value)
        self.note(self.stamps, places, len(self.sources))
        self.note(self.slots, places, slots)
        if len(self.sources) > 2 * self.stamps.size + 64:
            self._forget()

    def _start(self, base: Any) -> None:
        """Start anew from an array that is known as a whole."""
        self.base, self.sources, self.place = base, [], None
        self.stamps[...] = 0

    def cast(self, value: Any) -> Any:
        """A value to be written, in the array's dtype and safe from later changes."""
        if is_traced(value):
            if value.dtype == self.dtype:
                return again(value)
            if self.dtype.kind not in "fc":
                refuse_whole_numbers(self.dtype)
            if value.dtype.kind == "c" and self.dtype.kind == "f":
                raise InPlaceError(
                    f"complex numbers can't be written into an array of {self.dtype} without "
                    f"losing their imaginary parts. Write np.real(v), or make it complex.{here()}"
                )
            return value.astype(self.dtype)
        array = np.empty(np.shape(value), self.dtype)
        array[...] = value
        return array if array.ndim else array[()]

    def _forget(self) -> None:
        """Let go of the values that were overwritten."""
        alive, stamps = np.unique(self.stamps, return_inverse=True)
        if alive[0] != 0:
            alive, stamps = np.concatenate([[0], alive]), stamps + 1
        self.sources = [self.sources[k - 1] for k in alive[1:].tolist()]
        self.stamps = stamps.astype(np.int32)

    def become_plain(self) -> bool:
        """Keep plain values only; False, and unchanged, while a derivative could be lost by it."""
        values = [self.base, *self.sources]
        if any([is_traced(value) and value.carries_derivative for value in values]):
            return False
        self.base, *self.sources = map(ground, values)
        return True

    def is_view(self, places: np.ndarray) -> bool:
        """Whether some places lie in the memory of all, each where its number says."""
        known = self.places
        return self.are_in_order and places.size > 0 and (places is known or places.base is known)

    def note(self, table: np.ndarray, places: Any, entries: Any) -> None:
        """Set what a table of all elements says of those at some places."""
        if places.__class__ is _ndarray and self.is_view(places):
            view_at(table, places)[...] = entries
        else:
            table[places] = entries

    def noted(self, table: np.ndarray, places: np.ndarray) -> np.ndarray:
        """What a table of all elements says of those at some places."""
        return view_at(table, places) if self.is_view(places) else table[places]

    # -- reading -------------------------------------------------------------------------------

    def element(self, place: Any) -> Any:
        """The value of one element."""
        stamp = self.stamps.item(place)
        source, slot = self.base, place
        if stamp:
            source, slot = self.sources[stamp - 1], self.slots.item(place)
        if is_traced(source):
            if ground(source).__class__ is not _ndarray:
                return source
        elif source.__class__ is not _ndarray:
            return source
        return source[np.unravel_index(slot, source.shape)]

    def read(self, places: np.ndarray) -> Any:
        """The values of some elements, in the shape of their places."""
        whole = places is self.places
        if whole and not self.sources:
            return self.base
        if 0 in places.strides:
            repeated = [step == 0 and n > 1 for step, n in zip(places.strides, places.shape)]
            if True in repeated:
                once = places[tuple([slice(0, 1 if r else None) for r in repeated])]
                return apply(registry["broadcast_to"], (self.read(once),), {"shape": places.shape})
        stamps = self.noted(self.stamps, places)
        first = stamps.flat[0] if stamps.size else 0
        if (stamps == first).all():
            source = self.sources[first - 1] if first else self.base
            slots = self.noted(self.slots, places) if first else places
            plain = ground(source)
            if plain.__class__ is _ndarray and plain.shape == places.shape and in_order(slots):
                return laid_like(again(source), places)
            if plain.__class__ is _ndarray and plain.ndim and places.ndim and not whole:
                return laid_like(_elements(source, slots), places)
        place = current_place() if self.place is None else self.place
        found = laid_like(at_place(place, self._put_together, places, stamps), places)
        if whole:
            self._start(found)
        return found

    def _put_together(self, places: np.ndarray, stamps: np.ndarray) -> Any:
        """One equation of all values that are visible at some places."""
        flat, stamps = places.reshape(-1), stamps.reshape(-1)
        order = stamps.argsort(kind="stable")
        known = stamps[order]
        starts = [0, *((known[1:] != known[:-1]).nonzero()[0] + 1).tolist()]
        slots, as_before = self.slots[flat], stamps == 0
        slots[as_before] = flat[as_before]
        arrays, first, singles, rest = [], [], [], []
        for stamp, start, end in zip(known[starts].tolist(), starts, [*starts[1:], len(order)]):
            source = self.sources[stamp - 1] if stamp else self.base
            if end - start == 1 and ground(source).__class__ is not _ndarray:
                singles.append(start)
                rest.append(source)
            else:
                put = order[start:end]
                taken, size = slots[put], np.size(ground(source))
                if 2 * len(taken) < size:  # so that its cotangent costs what is read
                    source, taken = _elements(source, taken), _arange(len(taken))
                arrays.append((run_of(put), run_of(taken)))
                first.append(source)
        plan = Plan(places.shape, self.dtype, arrays, order[singles] if singles else order[:0])
        return apply(filled_op, (*first, *rest), {"at": plan})


def refuse_whole_numbers(dtype: np.dtype[Any]) -> None:
    """Raise for a traced value that is written into an array of integers or bools."""
    raise InPlaceError(
        f"a traced value can't be written into an array of {dtype}, where NumPy cuts it to a whole "
        "number, which has no derivative. Make the array one of floating point numbers, such as "
        f"np.zeros(n).{here()}"
    )


def _elements(source: Any, slots: np.ndarray) -> Any:
    """Some elements of a value by their numbers, in the shape of these."""
    block = block_of(slots, np.shape(ground(source)))
    if block is not None:
        return source[block].again() if is_traced(source) else source[block].copy()
    return source[slots if len(source.shape) == 1 else np.unravel_index(slots, source.shape)]


def _spread(value: Any, own: tuple[int, ...], shape: tuple[int, ...]) -> tuple[Any, np.ndarray]:
    """A value without leading axes of length 1, and which of its elements goes to each place."""
    extra = len(own) - len(shape)
    if extra > 0 and own[:extra] == (1,) * extra:
        value, own = np.reshape(value, own[extra:]), own[extra:]
    try:
        return value, np.broadcast_to(np.arange(math.prod(own)).reshape(own), shape)
    except ValueError:
        raise ShapeError(
            f"a value of shape {own} can't be written into elements of shape {shape}.{here()}"
        ) from None


class Computed:
    """What a view shows that is computed from an array: the real part of complex numbers.

    It is read as a ledger is, and can't be written.
    """

    __slots__ = ("dtype", "op", "params", "places", "source")

    def __init__(self, source: Any, op: Op, params: Params, shown: np.ndarray) -> None:
        self.source = source
        self.op = op
        self.params = params
        self.dtype = shown.dtype
        waits = source.__class__ in window_classes
        steps = source.strides if waits and shown.dtype != source.dtype else shown.strides
        self.places = places_at(shown.shape, [step // shown.itemsize for step in steps])

    def read(self, places: np.ndarray) -> Any:
        """The values of some elements, as the source is now."""
        value = apply(self.op, (now(self.source),), self.params)
        return value if places is self.places else np.reshape(value, -1)[places]

    element = read

    def write(self, places: Any, value: Any) -> None:
        """Refuses."""
        raise InPlaceError(
            f"a change of a view made by {self.op.name} is not supported. "
            f"Copy it first: `y = y.copy()`.{here()}"
        )


class Extent(NamedTuple):
    """The elements that a window shows: a ledger, and places in it."""

    ledger: Ledger | Computed
    places: np.ndarray


def picked(places: np.ndarray, index: Any) -> Any:
    """The places that an index picks; NumPy's error for one out of range, with the user's line."""
    try:
        return places[index]
    except IndexError as error:
        raise IndexError(f"{error}.{here()}") from None


def again(value: Any) -> Any:
    """The same value as another object, which a change of the first one does not reach."""
    return value.again() if is_traced(value) else value
