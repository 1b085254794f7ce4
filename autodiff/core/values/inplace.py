"""In-place changes with NumPy's exact meaning: `y[i] = v`, `y += 1`, views included.

Recorded values never change.  Where nothing shares memory with an array, `y += 1` makes a new
value by an ordinary operation and rebinds the traced array to it.  Otherwise, and at the first
`y[i] = v`, the array that owns the memory and all views of it become windows of one ledger (see
`values.ledger`), which each of them reads as it is when it is looked at.  A variable can't be
changed, since that would change the caller's array.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from dis import opname
from typing import Any

import numpy as np

from autodiff.core.ground.errors import InPlaceError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import (
    apply,
    ground,
    now,
    tracer_classes,
    window_classes,
)
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.values.layout import laid_like, layout
from autodiff.core.values.ledger import SELECTING, Computed, Extent, Ledger, picked
from autodiff.core.values.lists import of_lists

_ndarray = np.ndarray
written: dict[type, type] = {}
"""For each class of traced values the class of windows that it becomes when it is written into."""


blanks: dict[type, Callable[[Any], None]] = {}
"""For each class of plain arrays that may become windows what makes one of them."""


def can_be_filled(target: Any) -> bool:
    """Whether this is a plain array that traced values may be written into; it is a window then."""
    become = blanks.get(target.__class__)
    if become is None:
        return False
    become(target)
    return True


class Alias:
    """What shares memory with a traced array: the base it is a view of, and its own views."""

    __slots__ = ("op", "params", "parent", "views")

    def __init__(self, parent: Any = None, op: Op | None = None, params: Any = None) -> None:
        self.parent = parent
        self.op = op
        self.params = params
        self.views: list[weakref.ref[Any]] = []

    def live(self) -> list[Any]:
        """The views that somebody still holds."""
        found = [(ref, ref()) for ref in self.views]
        self.views = [ref for ref, view in found if view is not None]
        return [view for _, view in found if view is not None]


def note_view(parent: Any, view: Any, op: Op, params: Any) -> None:
    """Remember that `view` shares its memory with `parent`, if it does."""
    value = view.lower
    if value.__class__ in tracer_classes:
        value = ground(value)
    if value.__class__ is not _ndarray or parent.__class__ not in tracer_classes:
        return
    base = parent.lower
    if base.__class__ in tracer_classes:
        base = ground(base)
    if base.__class__ is not _ndarray:
        return
    owner = value.base  # NumPy's views of views all name the array that owns the memory
    if owner is None:
        if value is not base:
            return
    elif owner is not base and owner is not base.base and not np.may_share_memory(value, base):
        return
    view.alias = Alias(parent, op, params)
    if parent.alias is None:
        parent.alias = Alias()
    parent.alias.views.append(weakref.ref(view))


def assign(target: Any, index: Any, value: Any) -> None:
    """`target[index] = value` for a traced target."""
    if target.__class__ not in window_classes and not can_be_filled(target):
        if ground(target).__class__ is not _ndarray:
            raise InPlaceError(f"a traced number has no elements to assign to.{here()}")
        open_ledger(target, "y[...] = v")
    ledger, places = writable(target, "y[...] = v")
    spots = picked(places, index)
    if value.__class__ in window_classes and value.extent.ledger is ledger:
        if _same_view(value.extent, ledger, spots):
            return  # `y[a:b] *= v` assigns the view y[a:b] to itself: it is written already
        refuse_shuffle(index)
    ledger.write(spots, now(of_lists(value)))


def flags_of(value: Any) -> Any:
    """How a value lies in memory, as NumPy's `flags`; a window's values lie as its places do."""
    shown = value.extent.places if value.__class__ in window_classes else ground(value)
    return np.asarray(shown).flags


def as_written_in_turn(target: Any, spots: np.ndarray, values: Any) -> Any:
    """The values that `target.flat[spots] = values` writes, in one row, over and over.

    NumPy takes each element when its turn has come: where both show one memory a later one may be
    what an earlier one wrote.
    """
    plain = ground(values)
    if not np.ndim(plain) or not np.size(plain):
        return values
    if target.__class__ not in window_classes and not can_be_filled(target):
        open_ledger(target, "y.flat[...] = v")
    flat = np.reshape(values, -1)
    order = np.arange(spots.size) % flat.size
    if values.__class__ not in window_classes or values.extent.ledger is not target.extent.ledger:
        return flat[order]
    into = target.extent.places.reshape(-1)[spots].tolist()
    sources = values.extent.places.reshape(-1)[order].tolist()
    if set(into).isdisjoint(sources):
        return flat[order]
    origin: dict[int, int] = {}
    for place, source in zip(into, sources):
        origin[place] = origin.get(source, source)
    return values.extent.ledger.read(np.array([origin[place] for place in into]))


def refuse_shuffle(index: Any) -> None:
    """Raise where compiled code, and not the user's line, assigns a row to a row.

    `rng.shuffle(y)` swaps rows by `y[i], y[j] = y[j], y[i]` in all that is no NumPy array; there
    rows are views, so that one of them would be lost.
    """
    frame = sys._getframe(2)
    if frame.f_code.co_name != "__setitem__" or frame.f_back is None:
        return
    user = frame.f_back
    if opname[user.f_code.co_code[user.f_lasti]] not in ("STORE_SUBSCR", "STORE_SLICE"):
        raise InPlaceError(
            f"compiled code, such as rng.shuffle(y), assigns row {index!r} of a traced array from "
            "another of its rows. Rows are views, so one of them would be lost. Write "
            f"y = y[rng.permutation(len(y))].{here()}"
        )


def reshape_in_place(target: Any, shape: Any) -> None:
    """`target.shape = shape`: the same memory under another shape, for this name of it only."""
    if target.__class__ not in window_classes:
        if ground(target).__class__ is not _ndarray:
            raise AttributeError(f"a traced number has no shape to set.{here()}")
        open_ledger(target, "y.shape = ...")
    ledger, places = target.extent
    target.extent = Extent(ledger, in_shape(places, shape))


def in_shape(array: np.ndarray, shape: Any) -> np.ndarray:
    """The same memory under another shape, as `y.shape = shape` has it; else the error."""
    found = np.reshape(array, shape)
    if array.size and not np.may_share_memory(found, array):
        raise AttributeError(
            f"y.shape = {shape} would need a copy, since the elements of y have gaps between them "
            f"in memory. Write y = y.reshape({shape}).{here()}"
        )
    return found


def _same_view(extent: Extent, ledger: Any, b: Any) -> bool:
    a = extent.places
    return (
        extent.ledger is ledger
        and b.__class__ is _ndarray
        and a.shape == b.shape
        and a.strides == b.strides
        and a.ctypes.data == b.ctypes.data
    )


def update(target: Any, function: Callable[..., Any], other: Any, sign: str) -> Any:
    """`target += other` and its kin; returns the changed target."""
    what = f"y {sign}= v"
    new = apply(registry.by_function[function], (target, other))
    if ground(target).__class__ is not _ndarray:
        return new  # numbers are immutable: here `y += 1` means `y = y + 1` in NumPy too
    if target.__class__ not in window_classes and root_of(target, what).is_variable:
        refuse_variable(target, what)
    shape = target.shape
    if np.shape(ground(new)) != shape:
        raise InPlaceError(
            f"{what} can't change the shape {shape} of y to {np.shape(ground(new))}. "
            f"Write `y = y {sign} v`.{here()}"
        )
    own, wanted = ground(new).dtype, target.dtype
    if own != wanted:
        if not np.can_cast(own, wanted, "same_kind"):
            raise InPlaceError(
                f"{what} would make a {own} of y, which is {wanted}. "
                f"Write `y = y {sign} v`.{here()}"
            )
        new = new.astype(wanted)
    if ground(new).__class__ is not _ndarray:  # an array without axes stays one
        new = apply(registry["copy"], (new,))
    if target.__class__ not in window_classes:
        alone = target.alias is None or (target.alias.parent is None and not target.alias.live())
        if alone and new.__class__ is target.__class__ and new.owner is target.owner:
            target.rebind(new if layout(new) == layout(target) else laid_like(new, ground(target)))
            return target
        open_ledger(target, what)
    ledger, places = writable(target, what)
    ledger.write(places, now(new))
    return target


def writable(window: Any, what: str) -> Extent:
    """The extent of a window, unless NumPy makes such a view read-only."""
    extent: Extent = window.extent
    if not extent.places.flags.writeable:
        raise InPlaceError(
            f"`{what}` on a view that NumPy makes read-only, such as np.diagonal(y) or "
            f"np.broadcast_to(y, shape). Copy it first: `y = y.copy()`.{here()}"
        )
    return extent


def root_of(target: Any, what: str) -> Any:
    """The array that owns the memory of a traced one; refuses a way there that can't be written."""
    while target.alias is not None and target.alias.parent is not None:
        if target.alias.op.name not in SELECTING:
            raise InPlaceError(
                f"`{what}` on a view made by {target.alias.op.name} is not supported. "
                f"Copy it first: `y = y.copy()`.{here()}"
            )
        target = target.alias.parent
    return target


def refuse_variable(target: Any, what: str) -> None:
    """Raise for a change of a variable, which belongs to the caller."""
    view = " (or on a view of it, such as a row or a reshape)" if target.alias else ""
    raise InPlaceError(
        f"`{what}` on the variable itself{view} would change the caller's array, at which the "
        f"derivative is taken. Work on a copy, `y = x.copy()`, or write `x = x + v`.{here()}"
    )


def open_ledger(target: Any, what: str) -> None:
    """Make windows of a traced array, of what it is a view of, and of all their views."""
    root: Any = root_of(target, what)
    if root.is_variable:
        refuse_variable(target, what)
    if written.get(root.__class__) is None:
        raise InPlaceError(f"`{what}` is not supported on {root!r}.{here()}")
    ledger = Ledger(root.again(), ground(root))
    _become_window(root, ledger, ledger.places)


def _become_window(tracer: Any, ledger: Ledger | Computed, places: np.ndarray) -> None:
    views = tracer.alias.live() if tracer.alias is not None else []
    value = ground(tracer)
    tracer.alias = Extent(ledger, places)
    tracer.__class__ = written[tracer.__class__]
    for view in views:
        op, params, shown = view.alias.op, view.alias.params, ground(view)
        if op.name in SELECTING:
            _become_window(view, ledger, op.function(places, **params))
        elif layout(shown) == layout(value) and shown.dtype == value.dtype:
            _become_window(view, ledger, places)  # such as the real part of real numbers
        else:
            computed = Computed(tracer, op, params, shown)
            _become_window(view, computed, computed.places)
