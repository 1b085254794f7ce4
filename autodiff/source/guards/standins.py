"""Stand-ins for the arrays that a function uses besides its arguments, while it is recorded.

A program must not freeze what was computed of such an array: `X.T`, `X.std()` and `if X.max() > 5`
hold for the X of today.  Of a plain array nobody sees such a use.  So what is recorded is the same
function over other globals and closures, in which each of these arrays is a recorded value: then
the program computes of it what the function does, and its decisions are guarded.

>>> x = np.ones(2)
>>> standins = Standins(lambda array, path: f"<{path}>")
>>> standins.function(lambda: x)()
'<x>'
"""

from __future__ import annotations

import copy
import dis
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import is_installed
from autodiff.core.transforms.derived import Derived
from autodiff.source.guards.captured import DEPTH, inside, is_library_object, names_of

KINDS = "fciub"
FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)


class Standins:
    """Functions over other globals and closures; `make` makes of an array what stands for it."""

    def __init__(self, make: Callable[[np.ndarray, str], Any]) -> None:
        self.make = make
        self.known: dict[int, tuple[Any, Any]] = {}
        self.spaces: dict[int, dict[str, Any]] = {}
        self.made: set[tuple[str, int]] = set()
        """Where an array got a stand-in: the path, and which one."""

    def function(self, f: Any, depth: int = 0) -> Any:
        """A callable over stand-ins, or itself where it is none of the user's."""
        if id(f) in self.known:
            return self.known[id(f)][1]
        if isinstance(f, Derived):
            return self.keep(f, f.transform(self.function(f.function, depth), **f.options))
        if isinstance(f, functools.partial):
            args = [self.value(v, f"argument{n}", depth) for n, v in enumerate(f.args)]
            named = {k: self.value(v, k, depth) for k, v in f.keywords.items()}
            return self.keep(f, functools.partial(self.function(f.func, depth), *args, **named))
        if isinstance(f, types.MethodType):
            owner = self.value(f.__self__, "self", 0)
            return self.keep(f, types.MethodType(self.function(f.__func__, depth), owner))
        if isinstance(f, types.FunctionType):
            return f if is_installed(f.__code__.co_filename) else self.rebuilt(f, depth)
        within = inside(f)
        if within is not None:
            new = self.keep(f, copy.copy(f))
            setattr(new, within, self.function(getattr(f, within), depth))
            return new
        if not isinstance(f, type | types.BuiltinFunctionType) and callable(f):
            return self.value(f, type(f).__name__, 0)
        return f

    def keep(self, old: Any, new: Any) -> Any:
        """Remember what stands for something."""
        self.known[id(old)] = (old, new)
        return new

    def rebuilt(self, f: types.FunctionType, depth: int) -> Any:
        """A function of the user's with the same code over other globals and closures."""
        refuse_state(f)
        space = self.spaces.get(id(f.__globals__))
        if space is None:
            space = self.spaces[id(f.__globals__)] = dict(f.__globals__)
        cells = tuple([types.CellType() for _ in f.__closure__ or ()])
        defaults = f.__defaults__ or ()
        new = types.FunctionType(f.__code__, space, f.__name__, f.__defaults__, cells)
        new.__kwdefaults__ = f.__kwdefaults__
        functools.update_wrapper(new, f)
        new.__dict__.pop("__wrapped__", None)
        self.keep(f, new)
        for name in names_of(f.__code__):
            if name in f.__globals__:
                space[name] = self.value(f.__globals__[name], name, depth, f)
        for name, own, cell in zip(f.__code__.co_freevars, f.__closure__ or (), cells):
            try:
                cell.cell_contents = self.value(own.cell_contents, name, depth, f)
            except ValueError:  # nothing is in the cell yet
                continue
        count = f.__code__.co_argcount
        names = f.__code__.co_varnames[count - len(defaults) : count]
        if any(isinstance(value, np.ndarray) for value in defaults):
            new.__defaults__ = tuple(
                [
                    self.value(v, n, DEPTH) if isinstance(v, np.ndarray) else v
                    for n, v in zip(names, defaults)
                ]
            )
        return new

    def value(self, value: Any, path: str, depth: int, user: Any = None) -> Any:
        """What stands for a thing that is reached: another where an array is in it."""
        if type(value) is np.ndarray and value.dtype.kind in KINDS:
            self.made.add((path, id(value)))
            if id(value) not in self.known:
                self.keep(value, self.make(value, path))
        if id(value) in self.known:
            return self.known[id(value)][1]
        if isinstance(value, np.ndarray | np.generic | types.ModuleType | type):
            return value
        if isinstance(value, FUNCTIONS) or inside(value) is not None:
            return self.function(value, depth + 1)
        if depth >= DEPTH:
            return value
        return self.container(value, path, depth, user)

    def container(self, value: Any, path: str, depth: int, user: Any) -> Any:
        """A container or an object, copied where something in it is replaced."""
        if isinstance(value, dict):
            new = {k: self.value(v, f"{path}[{k!r}]", depth + 1, user) for k, v in value.items()}
            if all(new[k] is v for k, v in value.items()):
                return value
            made = copy.copy(value)
            made.update(new)
            return self.keep(value, made)
        if isinstance(value, list | tuple):
            parts = [self.value(v, f"{path}[{n}]", depth + 1, user) for n, v in enumerate(value)]
            if all(new is own for new, own in zip(parts, value)):
                return value
            make = getattr(type(value), "_make", type(value))
            return self.keep(value, make(parts))
        if hasattr(value, "__dict__") and not is_library_object(value):
            made = self.keep(value, copied(value))
            for name, own in list(vars(value).items()):
                new = self.value(own, f"{path}.{name}", depth + 1, user)
                if new is not own:
                    object.__setattr__(made, name, new)
            return made
        return value


def copied(value: Any) -> Any:
    """Another object with the same attributes."""
    try:
        return copy.copy(value)
    except RecursionError:  # its `__getattr__` wants an attribute that a copy has not yet
        made = object.__new__(type(value))
        vars(made).update(vars(value))
        return made


def refuse_state(f: types.FunctionType) -> None:
    """Refuse a function that writes its globals or closures: it keeps something between calls."""
    own = set(f.__code__.co_freevars)
    for step in dis.get_instructions(f.__code__):
        stored = step.opname == "STORE_DEREF" and step.argval in own
        if stored or step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            raise UnsupportedError(f"{f.__name__} changes {step.argval}, which is not its own.")
