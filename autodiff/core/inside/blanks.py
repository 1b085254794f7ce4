"""Arrays that user code makes blank, and that become traced when a traced value is written in.

A `Blank` is an `ndarray` like any other: NumPy's own C code reads it and computes with it.  At the
first traced write it and all its views become `Filled`, in place, whoever holds them: windows of
one ledger (see `values.windows`).  What lay in memory is then NaN, and of a dtype that NumPy can't
compute with, so that whoever reaches around the protocols meets an error or NaN, and never a stale
number.  When nothing is differentiated any more, they are plain arrays again, with their values.

>>> from autodiff import grad
>>> def f(x):
...     y = np.zeros(3)
...     tail = y[1:]
...     y[2] = x * x
...     return tail[1] * x
>>> grad(f)(2.0)
12.0
"""

from __future__ import annotations

import operator
import sys
import weakref
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError, InPlaceError
from autodiff.core.ground.locations import here
from autodiff.core.ground.refusals import refusal
from autodiff.core.inside.opened import current, is_open
from autodiff.core.language.dispatch import holds_traced, now, tracer_classes
from autodiff.core.values import inplace
from autodiff.core.values.absent import INSTEAD, Absent
from autodiff.core.values.flat import Flat
from autodiff.core.values.ledger import Extent, Ledger, refuse_whole_numbers
from autodiff.core.values.lists import of_lists
from autodiff.core.values.operators import plain_classes
from autodiff.core.values.windows import Windowed

_set: Any = np.ndarray.__setitem__
_set_dtype: Any = getattr(np.ndarray, "_set_dtype", None) or vars(np.ndarray)["dtype"].__set__
"""NumPy 2.5 has a method for what it no longer lets users do."""
_set_shape: Any = getattr(np.ndarray, "_set_shape", None) or vars(np.ndarray)["shape"].__set__
_real: Any = vars(np.ndarray)["real"]
_imag: Any = vars(np.ndarray)["imag"]
_reference = weakref.ref
_copy = np.array
VIEWS_BETWEEN_LOOKS = 256


class Blank(np.ndarray):
    """A plain array of floating point numbers that traced values may be written into."""

    def __array_finalize__(self, made_of: Any) -> None:
        root: Any = self.base
        if root.__class__ is Blank:
            views = root.__dict__.setdefault("views", [])
            views.append(_reference(self))
            if not len(views) % VIEWS_BETWEEN_LOOKS:
                views[:] = [view for view in views if view() is not None]

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        if array is self:  # `out=`
            return self
        return array[()] if return_scalar else blank(array)

    def __setitem__(self, index: Any, value: Any) -> None:
        kind = value.__class__
        if kind in tracer_classes or ((kind is list or kind is tuple) and holds_traced(value)):
            become_filled(self)
            self[index] = value
        else:
            _set(self, index, value)

    def fill(self, value: Any) -> None:
        """Set every element to one value, in place."""
        self[...] = value

    @property
    def flat(self) -> Any:
        """The elements one after another, to read and to write."""
        return Flat(self)

    @flat.setter
    def flat(self, value: Any) -> None:
        Flat(self).set_all(value)

    @property
    def real(self) -> Any:
        """The real part, a view."""
        return _real.__get__(self)

    @real.setter
    def real(self, value: Any) -> None:
        if holds_traced(value):
            self[...] = value + 1j * self.imag if self.dtype.kind == "c" else value
        else:
            _real.__set__(self, value)

    @property
    def imag(self) -> Any:
        """The imaginary part, a view."""
        return _imag.__get__(self)

    @imag.setter
    def imag(self, value: Any) -> None:
        if holds_traced(value) and self.dtype.kind == "c":
            self[...] = self.real + 1j * of_lists(value)
        else:
            _imag.__set__(self, value)

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))

    def __reduce__(self) -> Any:
        return self.view(np.ndarray).__reduce__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.view(np.ndarray).__reduce_ex__(protocol)

    def __deepcopy__(self, memo: Any = None) -> Any:
        return self.copy()


def _dispatching(name: str) -> Any:
    """The method of plain arrays, which sees where an argument is traced."""
    own, function = getattr(np.ndarray, name), getattr(np, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if any(map(holds_traced, args)) or any(map(holds_traced, kwargs.values())):
            return function(self, *args, **kwargs)
        return own(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, own.__doc__
    return method


for _name in ("dot", "put", "searchsorted", "repeat", "take", "choose"):
    setattr(Blank, _name, _dispatching(_name))


class Filled(Windowed, Blank):  # type: ignore[misc, override]
    """A blank array that has been written into; as a subclass it is asked before a `Blank`."""

    extent: Extent

    def __array_finalize__(self, made_of: Any) -> None:
        raise DetachError(refusal(frame=sys._getframe(1)))  # by C code, of what lies in memory

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    __str__ = object.__str__
    __sizeof__ = object.__sizeof__


def _refuse_the_rest() -> None:
    """What is left of `ndarray` would read the memory: each operator and attribute says no."""
    known = {"__new__", "__array_finalize__", "__class_getitem__"}
    for kind in Filled.__mro__[: Filled.__mro__.index(np.ndarray)]:
        known.update(vars(kind))
    for name in vars(np.ndarray).keys() - known:
        if name.strip("_") in vars(operator) or name[3:].strip("_") in vars(operator):
            setattr(Filled, name, lambda self, other: NotImplemented)
        else:
            setattr(Filled, name, Absent(name, INSTEAD.get(name, "x.data.{name}")))


_refuse_the_rest()


def blank(array: np.ndarray) -> Any:
    """The same memory as a `Blank`, where it is of floating point numbers in one piece."""
    if array.dtype.kind not in "fc":
        return array
    return (array if array.flags.forc else array.copy()).view(Blank)


def view_of(found: np.ndarray, array: Any) -> Any:
    """What a function of strides made of a blank array, as a view of it, which a write reaches."""
    root: Any = array.base if array.base.__class__ is Blank else array
    offset = found.ctypes.data - root.ctypes.data
    view = np.ndarray.__new__(Blank, found.shape, found.dtype, root, offset, found.strides)
    view.flags.writeable = found.flags.writeable
    return view


def settled(value: Any) -> Any:
    """A result of user code: what no later write changes, of NumPy's own class."""
    return _copy(value, subok=False) if value.__class__ is Blank else now(value)


def become_filled(array: Blank) -> None:
    """Make an array, what it is a view of, and all views of that windows of one ledger."""
    root: Any = array.base if array.base.__class__ is Blank else array
    if array.dtype.kind not in "fc":
        refuse_whole_numbers(array.dtype)
    if not array.flags.writeable:
        _set(array, ..., array)  # NumPy's own words
    ledger = Ledger(*[_copy(root, order="K", subok=False)] * 2)
    views = _views(root)
    extents = [Extent(ledger, ledger.places)]
    extents += [Extent(ledger, _places(view, root, ledger)) for view in views]
    np.ndarray.fill(root, np.nan)
    unreadable = _unreadable(root)
    for each, extent in zip([root, *views], extents, strict=True):
        _make_unreadable(each, unreadable)
        each.__class__ = Filled
        each.extent = extent
    _heal_later(root)


def _views(root: Any) -> list[Any]:
    """The views of an array that somebody still holds."""
    found = [reference() for reference in root.__dict__.get("views", ())]
    return [view for view in found if view is not None]


def hide_memory(array: Any) -> None:
    """Put NaN, and a dtype that NumPy can't compute with, where nobody should read any more."""
    np.ndarray.fill(array, np.nan)
    _make_unreadable(array, _unreadable(array))
    _heal_later(array)


def _make_unreadable(array: Any, dtype: np.dtype[Any]) -> None:
    """Give what lies in memory a dtype that can't be computed with, and no row of truths a shape.

    `A.compress(y)` asks an array of any dtype whether its elements are true, if it has one axis.
    """
    if array.ndim == 1:
        _set_shape(array, (1, *array.shape))
    _set_dtype(array, dtype)


def _unreadable(array: Any) -> np.dtype[Any]:
    """A dtype of the same size that NumPy turns into no other, and names where it is asked to."""
    half = f"V{array.itemsize // 2}"
    return np.dtype([("a traced array", half), ("which holds no plain numbers", half)])


def _heal_later(root: Any) -> None:
    if is_open():
        current().filled.append(_reference(root))


def _places(view: Any, root: Any, ledger: Ledger) -> Any:
    """The places that a view of the root shows, which lie among all places as its elements do."""
    if view.dtype != root.dtype:
        raise InPlaceError(
            "a traced value can't be written into an array while a view of it in another dtype "
            f"is in use, such as y.real of complex numbers. Take the view anew, after.{here()}"
        )
    size = root.itemsize
    step = ledger.places.itemsize
    offset = view.ctypes.data - root.ctypes.data
    row = ledger.places.ravel("K")
    strides = tuple([stride // size * step for stride in view.strides])
    found = np.ndarray(view.shape, np.intp, row, offset // size * step, strides)
    found.flags.writeable = view.flags.writeable
    return found


def plain_again(filled: Any) -> None:
    """Let a filled array and its views be plain, unless a derivative could be lost."""
    if filled.__class__ is not Filled or "extent" not in vars(filled):
        return
    ledger: Any = filled.extent.ledger
    if not ledger.become_plain():
        return
    for each in (filled, *_views(filled)):
        shape = each.shape
        _set_dtype(each, ledger.dtype)
        each.__class__ = Blank
        del each.extent
        if each is filled and each.size != ledger.places.size:  # the answer of a stand-in
            each.resize(shape, refcheck=False)
        elif each.shape != shape:  # `y.shape = ...` since
            _set_shape(each, shape)
    filled[...] = ledger.read(ledger.places).reshape(filled.shape)


inplace.blanks[Blank] = become_filled
plain_classes.add(Blank)
