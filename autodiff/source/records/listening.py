"""Functions that look for a recorder in their own thread or task, and else do what they did.

Each takes the place of another while a recording is under way (`exchange`): of one that makes an
array of anything, which NumPy would ask nobody about, of a method, of an op of several calls.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.ground.locations import is_library
from autodiff.core.inside import callers
from autodiff.core.inside.blanks import become_filled
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import own_of as numpys
from autodiff.core.inside.opened import is_open
from autodiff.core.language.dispatch import is_traced, tracer_classes
from autodiff.source.records.answers import answered
from autodiff.source.records.native import GETITEM
from autodiff.source.records.nodes import Call, leaves
from autodiff.source.records.recorded import BOOKS, Recorded, plain
from autodiff.source.records.recorder import current
from autodiff.source.records.sizes import Size

LIKE = ("np.empty_like", "np.zeros_like", "np.ones_like")

callers.users.add(__file__)  # what the user calls reaches the engine through here


def own_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A module's own function, under what the engine has exchanged it for."""
    while isinstance(function, FunctionType) and is_library(function.__code__.co_filename):
        if not hasattr(function, "__wrapped__"):
            break
        function = function.__wrapped__
    return function


Around = Callable[[Callable[..., Any]], Callable[..., Any]]


def converting(
    function: Callable[..., Any], name: str, around: Around = lambda own: own
) -> Callable[..., Any]:
    """A function that is called, and taken down, with something around it, as `undrawn`."""
    call, function = Call("function", name, around(own_of(function))), around(function)

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or not is_recorded((args, kwargs)):
            return (function if is_users(sys._getframe(1)) else call.function)(*args, **kwargs)
        return answered(recorder, recorder.call(call, args, kwargs))

    return exchanged


def is_recorded(tree: Any) -> bool:
    """Whether something in nested arguments is recorded, and nothing traced by the engine."""
    kinds = {type(one) for one in leaves(tree)}
    return Recorded in kinds and kinds.isdisjoint(tracer_classes)


def listing(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function that may be given a list of recorded values, which NumPy would not hand over."""
    call = Call("function", name, own_of(function))

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is not None and is_recorded((args, kwargs)):
            frame = sys._getframe(1)
            if name == "np.empty_like" and frame.f_code.co_filename == BOOKS:
                return call.function(*plain(args), **plain(kwargs))
            if name in LIKE and is_users(frame) and is_open():
                return function(*plain(args), **plain(kwargs))  # the engine's blank array
            if any(type(one) in (list, tuple) and is_recorded(one) for one in args):
                return answered(recorder, recorder.call(call, args, kwargs))
            return call.function(*args, **kwargs)
        return (function if is_users(sys._getframe(1)) else call.function)(*args, **kwargs)

    return exchanged


def of_distribution(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A method of SciPy's distributions, which turn their arguments into plain arrays."""

    @functools.wraps(function)
    def exchanged(dist: Any, *args: Any, **kwargs: Any) -> Any:
        recorder, given = current.get(), list(leaves((args, kwargs)))
        recorded = any(type(one) is Recorded for one in given)
        if recorder is None or not recorded or any(map(is_traced, given)):
            return function(dist, *args, **kwargs)
        own = functools.partial(function, dist)
        call = Call("function", f"scipy.stats.{dist.name}.{name}", own)
        return recorder.call(call, args, kwargs)

    return exchanged


def folding(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """An op of several calls as one, which the program defines as a function of its own."""

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or recorder.closed:
            return function(*args, **kwargs)
        start = recorder.mark()
        return recorder.fold(name, function, args, kwargs, start, function(*args, **kwargs))

    return exchanged


def looking(function: Callable[..., Any]) -> Callable[..., Any]:
    """For the library's own rules, which ask NumPy's iterator for a layout and nothing else."""

    own = numpys.get(id(function), function)

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        frame = sys._getframe(1)
        if is_library(frame.f_code.co_filename):
            args, kwargs = plain(args), plain(kwargs)
        return (function if is_users(frame) else own)(*args, **kwargs)

    return exchanged


def making(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function that makes an array of no other: filled by recorded values, it becomes one."""
    call = Call("function", name, own_of(function))

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder, frame = current.get(), sys._getframe(1)
        users = is_users(frame)
        if recorder is None or recorder.closed:
            return (function if users else call.function)(*args, **kwargs)
        if not is_recorded((args, kwargs)):
            code = frame.f_code
            if users and is_open():
                return function(*args, **kwargs)  # the engine's blank array
            books = code.co_filename == BOOKS and name not in ("np.empty", "np.full")
            compiled = call.function.__name__ not in code.co_names
            if books or compiled or not (users or is_library(code.co_filename)):
                return call.function(*args, **kwargs)
        return recorder.call(call, args, kwargs)

    return exchanged


def measuring(own: Callable[..., int]) -> Callable[..., int]:
    """`len(x)` of the user's, whose comparisons are noted where sizes are to be free."""

    def length(container: Any) -> int:
        found = own(container)
        recorder = current.get()
        if recorder is None or recorder.sizes is None or not hasattr(container, "shape"):
            return found
        return Size.noting(found, recorder.sizes) if is_users(sys._getframe(1)) else found

    return length


def picking(own: Callable[..., Any]) -> Callable[..., Any]:
    """`np.eye(k)[labels]`: an element of a blank array at a recorded index."""

    def getitem(self: Any, index: Any) -> Any:
        recorder = current.get()
        if recorder is None or not is_recorded(index):
            return own(self, index)
        return recorder.call(GETITEM, (np.array(self, subok=False), index))

    return getitem


def filling(own: Callable[..., Any]) -> Callable[..., Any]:
    """`y = np.zeros(n); y[i] = v` of a recorded v: y becomes what it becomes of a traced one."""

    def setitem(self: Any, index: Any, value: Any) -> None:
        if current.get() is None or not is_recorded(value) or not value.node.dynamic:
            if is_recorded(index) and not np.shape(index):
                index = operator.index(index)  # NumPy would ask for self[index], which is recorded
            own(self, index, value)
        else:
            become_filled(self)
            self[index] = value

    return setitem


def casting(own: Callable[..., Any]) -> Callable[..., Any]:
    """A recorded value that waits in a ledger stays recorded."""

    def cast(self: Any, value: Any) -> Any:
        if type(value) is Recorded:
            kind = value.node.value.__class__
            if kind is float or kind is complex:
                number = np.float64 if kind is float else np.complex128
                call = Call("function", f"np.{number.__name__}", number)
                value = value.recorder.call(call, (value,))
            return value if value.dtype == self.dtype else value.astype(self.dtype)
        return own(self, value)

    return cast
