"""Windows: traced arrays whose elements wait in a ledger.

At the first write into a traced array, it and all views of it become windows: their class is
exchanged, they keep a ledger and their places in it, and whatever is done to them reads the ledger
as it is at that moment.  A window is a tracer of the highest level, whose trace puts the values in
its place and hands the operation on; so the engine's fast paths need to know nothing of windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Params, Trace, apply, ground, now, window_classes
from autodiff.core.language.op import Op
from autodiff.core.values.inplace import reshape_in_place
from autodiff.core.values.layout import layout
from autodiff.core.values.ledger import SELECTING, Computed, Extent, Ledger, picked
from autodiff.core.values.tracer import Tracer

_ndarray = np.ndarray
_share_memory = np.may_share_memory  # by itself, whatever its name stands for


class WindowTrace(Trace):
    """Applies an op to what its windows show now; a view of a window is a window again."""

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """Take views of places, and hand everything else on to the traces below."""
        if op.name in SELECTING:
            ledger, places = args[0].extent
            found = op.function(places, **params)
            return as_window(ledger, places, found)
        shown = tuple([now(arg) for arg in args])
        found = apply(op, shown, params)
        if found.__class__ is _ndarray and found.dtype.kind in "fc" and op.kind != "constant":
            if op.is_linear and self.is_view(found, shown[0], args[0]):
                return self.view(found, shown[0], op, args[0], params)
            ledger = Ledger(found, found)  # of constants only, but it may be written into
            return Window(ledger, ledger.places)
        if op.is_linear:
            alias = getattr(found, "alias", None)
            if alias is not None and alias.parent is not None and is_window(args[0]):
                return self.view(ground(found), ground(alias.parent), op, args[0], params)
        return found

    def is_view(self, found: np.ndarray, shown: Any, window: Any) -> bool:
        """Whether a plain result shares memory with the plain values that a window shows."""
        return is_window(window) and np.may_share_memory(found, shown)

    def view(self, found: Any, shown: Any, op: Op, window: Any, params: Params) -> Any:
        """The result of a linear op that shares memory with what a window shows: a window too."""
        if layout(found) == layout(shown) and found.dtype == shown.dtype:
            return Window(*window.extent)
        computed = Computed(window, op, params, found)
        return Window(computed, computed.places)


def is_window(value: Any) -> bool:
    """Whether what a value shows may still be written."""
    return value.__class__ in window_classes


WINDOWS = WindowTrace(level=2**63)
"""The trace of all windows; it never closes."""


def as_window(ledger: Ledger | Computed, places: np.ndarray, found: Any) -> Any:
    """What was taken of an array of places: one element, a view of them, or a copy."""
    if found.__class__ is not _ndarray:
        return ledger.element(found)
    if found.size == 0 or _share_memory(found, ledger.places):
        return Window(ledger, found)
    return ledger.read(found)


class Windowed(Tracer):
    """What all windows have in common; a subclass says where its `extent` is kept."""

    __slots__ = ()
    owner: Any = WINDOWS
    extent: Extent

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        window_classes.add(cls)

    @property
    def lower(self) -> Any:
        """The values that the window shows now."""
        ledger, places = self.extent
        return ledger.read(places)

    @property
    def carries_derivative(self) -> bool:
        """Whether anything would be lost if this became a plain value."""
        value = self.lower
        return isinstance(value, Tracer) and value.carries_derivative

    @property
    def is_variable(self) -> bool:
        """A variable is never written, and so never a window."""
        return False

    @property
    def data(self) -> Any:
        """The plain values that the window shows now."""
        return getattr(self.lower, "data", self.lower)

    @property
    def shape(self) -> Any:
        """The shape of what the window shows."""
        return self.extent.places.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        reshape_in_place(self, shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.extent.places.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.extent.places.size

    @property
    def flags(self) -> Any:
        """How the window's elements lie in memory, and whether they may be written."""
        return self.extent.places.flags

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next along each axis."""
        places = self.extent.places
        return tuple([step // places.itemsize * self.itemsize for step in places.strides])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the array that is written into."""
        return self.extent.ledger.dtype

    def __getitem__(self, index: Any) -> Any:
        ledger, places = self.extent
        found = picked(places, index)
        if found.__class__ is not _ndarray:
            return ledger.element(found)
        return as_window(ledger, places, found)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            return super().__iter__()
        return (self[i] for i in range(self.shape[0]))  # a change in the loop is seen

    def again(self) -> Any:
        """What the window shows now."""
        return now(self)

    def __repr__(self) -> str:
        return repr(self.lower)


class Window(Windowed):
    """A view of an array that has been written into."""

    __slots__ = ("__weakref__", "extent")

    def __init__(self, ledger: Ledger | Computed, places: np.ndarray) -> None:
        self.extent = Extent(ledger, places)
