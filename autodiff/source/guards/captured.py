"""What a function uses besides its arguments: globals, closures, attributes of objects and classes.

A program freezes them, so they are found before it is written: arrays that it uses directly become
inputs of their own, read anew at each call; of all else is remembered what it was, and a call after
a change is refused.  Looked into are the user's functions and classes, containers, and of objects
the attributes whose names stand in the code.

>>> rate = 0.1
>>> found = reachable(lambda x: rate * x)
>>> [(place.path, place.get()) for place in found]
[('rate', 0.1)]
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import is_installed
from autodiff.source.guards.places import Place

DEPTH = 64
MOST = 20_000
"""At most so many places are watched."""
SHORT = 50
"""A longer list of numbers is one place."""


WRAPPING: list[tuple[type, str]] = [(np.vectorize, "pyfunc")]
"""Classes whose objects call a function of the user's, and where they keep it."""
SCALARS = (bool, int, float, complex, str, np.generic, enum.Enum)
INDIRECT = {"getattr", "vars", "__dict__", "asdict", "astuple", "attrgetter", "__getattr__"}
"""Names of what reaches attributes whose names don't stand in the code."""


def reachable(f: Callable[..., Any], *others: tuple[str, Any]) -> list[Place]:
    """What a function can reach by names in its code, and by other things that it is given."""
    names: set[str] = set()
    while True:  # until no more names are found behind those that are known
        walk = _Walk(names)
        walk.function(f)
        for path, value in others:
            walk.value(value, Place(path, lambda v=value: v), 0)
        if walk.names <= names:
            return walk.found
        names = names | walk.names


class _Walk:
    def __init__(self, names: set[str]) -> None:
        self.known = names
        self.names: set[str] = set()
        self.found: list[Place] = []
        self.seen: set[int] = set()
        self.kept: list[Any] = []

    def enter(self, thing: Any) -> bool:
        """Whether a thing is looked into for the first time."""
        if id(thing) in self.seen:
            return False
        self.seen.add(id(thing))
        self.kept.append(thing)
        return True

    def keep(self, place: Place) -> None:
        """Watch a place."""
        if len(self.found) >= MOST:
            raise UnsupportedError(
                f"the function uses more than {MOST} things besides its arguments. Pass what it "
                "needs as arguments."
            )
        self.found.append(place)

    def function(self, f: Any, depth: int = 0) -> None:
        """Look into what a callable is made of."""
        if depth > DEPTH or not self.enter(f):
            return
        if isinstance(f, functools.partial):
            inner = getattr(f, "function", None)  # what a transform was applied to
            self.function(inner if inner is not None else f.func, depth + 1)
            for number, value in enumerate(f.args):
                self.value(value, Place(f"argument{number}", lambda v=value: v), depth)
            for name, value in f.keywords.items():
                self.value(value, Place(name, lambda v=value: v), depth)
        elif isinstance(f, types.MethodType):
            self.function(f.__func__, depth + 1)
            self.value(f.__self__, Place("self", lambda: f.__self__), depth)
        elif isinstance(f, types.FunctionType):
            if is_installed(f.__code__.co_filename):
                self.wrapped(f, depth)
            else:
                self.code(f, depth)
        elif inside(f) is not None:
            self.function(getattr(f, inside(f) or ""), depth + 1)
        elif not isinstance(f, type | types.BuiltinFunctionType) and callable(f):
            self.seen.discard(id(f))
            self.value(f, Place(type(f).__name__, lambda: f), depth)

    def wrapped(self, f: types.FunctionType, depth: int) -> None:
        """The functions that a library's function was made of: `ad.checkpoint(f)`."""
        cells = [cell.cell_contents for cell in f.__closure__ or () if has_contents(cell)]
        for inner in (getattr(f, "__wrapped__", None), *cells):
            if isinstance(inner, types.FunctionType | types.MethodType | functools.partial):
                self.function(inner, depth + 1)

    def code(self, f: types.FunctionType, depth: int) -> None:
        """The globals that a function names, what it closes over, its defaults and attributes."""
        names = names_of(f.__code__)
        self.names.update(names)
        space = f.__globals__
        for name in names:
            if name in space:
                self.value(space[name], Place(name, lambda n=name: space[n]), depth, names)
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            if has_contents(cell):
                place = Place(name, lambda c=cell: c.cell_contents)
                self.value(cell.cell_contents, place, depth, names)
        code, own = f.__code__, f.__defaults__ or ()
        first = code.co_argcount - len(own)
        defaults = dict(zip(code.co_varnames[first : code.co_argcount], own))
        for name, value in {**defaults, **(f.__kwdefaults__ or {})}.items():
            self.value(value, Place(name, lambda v=value: v), depth, names)
        for name, value in vars(f).items():
            if name in self.known:
                place = Place(f"{f.__name__}.{name}", lambda n=name: vars(f)[n])
                self.value(value, place, depth, names)
        wrapped = getattr(f, "__wrapped__", None)
        if wrapped is not None:
            self.function(wrapped, depth + 1)

    def value(self, value: Any, place: Place, depth: int, names: list[str] | None = None) -> None:
        """One thing that is reached: watched, and looked into."""
        if isinstance(value, types.ModuleType):
            self.module(value, place, depth, names or [])
            return
        self.keep(place)
        if isinstance(value, (np.ndarray, *SCALARS)) or value is None:
            return
        if isinstance(value, type):
            self.kind(value, depth)
            return
        if isinstance(value, FUNCTIONS) or inside(value) is not None:
            self.function(value, depth + 1)
            return
        if depth >= DEPTH or not self.enter(value) or is_numbers(value):
            return
        if not isinstance(value, CONTAINERS):
            self.kind(type(value), depth)
        for path, part, get in self.parts(value, place):
            self.value(part, Place(path, get), depth + 1, names)

    def module(self, module: Any, place: Place, depth: int, names: list[str]) -> None:
        """What of a module of the user's is named in the code."""
        file = getattr(module, "__file__", None)
        if file is None or is_installed(file):
            return
        for name in names:
            if name in vars(module):
                own = Place(f"{place.path}.{name}", lambda n=name: vars(module)[n])
                self.value(vars(module)[name], own, depth + 1, names)

    def kind(self, kind: type, depth: int) -> None:
        """The methods of a class of the user's, and what stands in its body."""
        for own in kind.__mro__:
            if not is_users_class(own) or not self.enter(own):
                continue
            for name, value in list(vars(own).items()):
                method = method_of(value)
                if method is not None:
                    if name in self.known or name.startswith("__"):
                        self.function(method, depth + 1)
                elif name in self.known and not isinstance(value, types.MemberDescriptorType):
                    path = f"{own.__name__}.{name}"
                    place = Place(path, lambda k=own, n=name: vars(k)[n])
                    self.value(value, place, depth + 1)

    def parts(self, value: Any, place: Place) -> Iterator[tuple[str, Any, Callable[[], Any]]]:
        """What a container or an object holds."""
        if isinstance(value, dict):
            for key in list(value):
                yield f"{place.path}[{key!r}]", value[key], lambda k=key: place.get()[k]
        elif isinstance(value, list | tuple | deque):
            for number in range(len(value)):
                path = f"{place.path}[{number}]"
                yield path, value[number], lambda n=number: place.get()[n]
        elif is_looked_into(value):
            everything = dataclasses.is_dataclass(value) or not INDIRECT.isdisjoint(self.known)
            for name in attributes_of(value):
                if everything or name in self.known:
                    path = f"{place.path}.{name}"
                    yield path, getattr(value, name), lambda n=name: getattr(place.get(), n)


FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
CONTAINERS = (dict, list, tuple, deque, set, frozenset)


def has_contents(cell: types.CellType) -> bool:
    """Whether something is in a cell yet."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


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


def method_of(value: Any) -> Any:
    """The function that an attribute of a class calls when it is used, if any."""
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    if isinstance(value, property):
        return value.fget
    if isinstance(value, functools.cached_property):
        return value.func
    return value if isinstance(value, types.FunctionType) else None


def is_numbers(value: Any) -> bool:
    """Whether this is a long list of plain numbers, or a set, which are watched as a whole."""
    if isinstance(value, set | frozenset):
        return True
    long = isinstance(value, list | tuple | deque) and len(value) > SHORT
    return long and {type(one) for one in value} <= {bool, int, float, complex, str}


def is_users_class(kind: type) -> bool:
    """Whether a class is of the user's own program."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    return kind.__module__ != "builtins" and (file is None or not is_installed(file))


def attributes_of(value: Any) -> list[str]:
    """The names of what an object holds itself."""
    found = dict.fromkeys(vars(value) if hasattr(value, "__dict__") else ())
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name) and name not in ("__dict__", "__weakref__"):
                found[name] = None
    return list(found)


def is_looked_into(value: Any) -> bool:
    """Whether an object's attributes are the user's: not those of NumPy's and Python's own."""
    return dataclasses.is_dataclass(value) or not is_library_object(value)


LIBRARIES = ("numpy", "scipy", "numba", "autodiff", "builtins", "logging", "re")
"""What numba compiles keeps the global arrays that it was compiled with, so they hold by itself."""


def is_library_object(value: Any) -> bool:
    """Whether an object is of an installed package, whose insides are its own."""
    module = type(value).__module__
    return module.partition(".")[0] in LIBRARIES
