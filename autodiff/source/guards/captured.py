"""What a function uses besides its arguments: globals, closures, attributes of objects.

A program freezes them, so they are found before it is written: arrays that it uses directly become
inputs of their own, read anew at each call; of numbers and strings, and of arrays that it uses in
some other way, is remembered what they were, and a call after a change is refused.

>>> rate = 0.1
>>> found = reachable(lambda x: rate * x)
>>> [(place.path, place.get()) for place in found]
[('rate', 0.1)]
"""

from __future__ import annotations

import dataclasses
import functools
import types
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.locations import is_installed

DEPTH = 4
MOST = 20_000
"""At most so many places are looked at."""
WHOLE = 2**26
"""Of an array of more bytes only a sample is compared."""


@dataclass(frozen=True)
class Place:
    """Where something is kept: a path as one would write it, and how to read it now."""

    path: str
    get: Callable[[], Any]

    def now(self) -> Any:
        """What is there now, None where nothing is any more."""
        try:
            return self.get()
        except (LookupError, AttributeError, ValueError, TypeError):
            return None


WRAPPING: list[tuple[type, str]] = [(np.vectorize, "pyfunc")]
"""Classes whose objects call a function of the user's, and where they keep it."""
SCALARS = (bool, int, float, complex, str, np.generic)


def reachable(f: Callable[..., Any]) -> list[Place]:
    """The arrays, numbers and strings that a function can reach by names in its code."""
    walk = _Walk()
    walk.function(f, 0)
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found: list[Place] = []
        self.seen: set[int] = set()
        self.kept: list[Any] = []

    def function(self, f: Any, depth: int) -> None:
        """Look into what a callable is made of."""
        if id(f) in self.seen or depth > 12:
            return
        self.seen.add(id(f))
        self.kept.append(f)
        if isinstance(f, functools.partial):
            inner = getattr(f, "function", None)  # what a transform was applied to
            self.function(inner if inner is not None else f.func, depth + 1)
            for number, value in enumerate(f.args):
                self.value(value, Place(f"argument{number}", lambda v=value: v), depth)
            for name, value in f.keywords.items():
                self.value(value, Place(name, lambda v=value: v), depth)
        elif isinstance(f, types.MethodType):
            self.value(f.__self__, Place("self", lambda: f.__self__), 0, f.__func__)
            self.function(f.__func__, depth + 1)
        elif isinstance(f, types.FunctionType):
            if is_installed(f.__code__.co_filename):
                self.wrapped(f, depth)
            else:
                self.code(f, depth)
        elif inside(f) is not None:
            self.function(getattr(f, inside(f) or ""), depth + 1)
        elif not isinstance(f, type | types.BuiltinFunctionType) and callable(f):
            call = vars(type(f)).get("__call__")
            if isinstance(call, types.FunctionType):
                self.value(f, Place(type(f).__name__, lambda: f), 0, call)
                self.function(call, depth + 1)

    def wrapped(self, f: types.FunctionType, depth: int) -> None:
        """The functions that a library's function was made of: `ad.checkpoint(f)`."""
        cells = [cell.cell_contents for cell in f.__closure__ or () if has_contents(cell)]
        for inner in (getattr(f, "__wrapped__", None), *cells):
            if isinstance(inner, types.FunctionType | types.MethodType | functools.partial):
                self.function(inner, depth + 1)

    def code(self, f: types.FunctionType, depth: int) -> None:
        """The globals that a function names, what it closes over, and its defaults."""
        names = names_of(f.__code__)
        space = f.__globals__
        for name in names:
            if name in space:
                self.value(space[name], Place(name, lambda n=name: space[n]), depth, f)
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self.value(value, Place(name, lambda c=cell: c.cell_contents), depth, f)
        count = f.__code__.co_argcount
        defaults = f.__defaults__ or ()
        for name, value in zip(f.__code__.co_varnames[count - len(defaults) : count], defaults):
            if isinstance(value, np.ndarray):
                self.found.append(Place(name, lambda v=value: v))
        wrapped = getattr(f, "__wrapped__", None)
        if wrapped is not None:
            self.function(wrapped, depth + 1)

    def value(self, value: Any, place: Place, depth: int, user: Any = None) -> None:
        """One thing that is reached: kept, or looked into."""
        if len(self.found) > MOST:
            return
        if isinstance(value, (np.ndarray, *SCALARS)):
            self.found.append(place)
            return
        if isinstance(value, types.ModuleType):
            file = getattr(value, "__file__", None)
            if file is None or is_installed(file) or user is None:
                return
            for name in names_of(getattr(user, "__code__", None)):
                if name in vars(value):
                    own = Place(f"{place.path}.{name}", lambda n=name: vars(value)[n])
                    self.value(vars(value)[name], own, depth + 1, user)
            return
        if isinstance(value, type):
            return
        if callable(value) and not dataclasses.is_dataclass(value):
            self.function(value, depth + 1)
        if depth >= DEPTH or id(value) in self.seen:
            return
        for key, part, get in _parts(value, place):
            self.kept.append(value)
            self.seen.add(id(value))
            self.value(part, Place(key, get), depth + 1, user)


def has_contents(cell: types.CellType) -> bool:
    """Whether something is in a cell yet."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def inside(f: Any) -> str | None:
    """The attribute under which an object keeps the function that it calls, or None."""
    for kind, name in WRAPPING:
        if isinstance(f, kind):
            return name
    return None


def names_of(code: types.CodeType | None) -> list[str]:
    """The names in a function's code, and in those of the functions inside of it."""
    if code is None:
        return []
    found = dict.fromkeys(code.co_names)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found.update(dict.fromkeys(names_of(const)))
    return list(found)


def _parts(value: Any, place: Place) -> Iterator[tuple[str, Any, Callable[[], Any]]]:
    """What a container or an object holds, at most a few hundred things."""
    if isinstance(value, dict):
        for key in list(value)[:300]:
            yield f"{place.path}[{key!r}]", value[key], lambda k=key: place.get()[k]
    elif isinstance(value, list | tuple):
        for number in range(min(len(value), 300)):
            path = f"{place.path}[{number}]"
            yield path, value[number], lambda n=number: place.get()[n]
    elif hasattr(value, "__dict__") and not is_library_object(value):
        for name in list(vars(value))[:300]:
            path = f"{place.path}.{name}"
            yield path, vars(value)[name], lambda n=name: getattr(place.get(), n)


def is_library_object(value: Any) -> bool:
    """Whether an object is of an installed package, whose insides are its own."""
    module = type(value).__module__
    return module.partition(".")[0] in ("numpy", "scipy", "autodiff", "builtins", "logging", "re")


def fingerprint(value: Any) -> Any:
    """What tells whether something is as it was."""
    if not isinstance(value, np.ndarray):
        return type(value), repr(value)
    array = value
    if array.nbytes > WHOLE:
        array = array.ravel("K")[:: array.size // 4096]
    if array.dtype.hasobject:
        return value.shape, id(value)
    return value.shape, value.dtype.str, zlib.crc32(np.ascontiguousarray(array).tobytes())


class Witnesses:
    """What was, of things that a program froze: `changed()` names the first that is no more."""

    def __init__(self, places: list[Place]) -> None:
        self.known = [(place, found := place.now(), fingerprint(found)) for place in places]

    def settle(self) -> None:
        """Let go of those that the function itself changes while it runs."""
        self.known = [one for one in self.known if fingerprint(one[0].now()) == one[2]]

    def without(self, made: set[tuple[str, int]]) -> None:
        """Let go of arrays that are read anew at each call: by their path, and which they are."""
        self.known = [one for one in self.known if (one[0].path, id(one[0].now())) not in made]

    def changed(self) -> Place | None:
        """The first place where something else is now."""
        for place, before, print_before in self.known:
            now = place.now()
            if now is before and not isinstance(now, np.ndarray):
                continue  # numbers and strings never change
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
