"""What a function came to the last time, good as long as nothing that it hung on has changed.

To follow a function through its globals, closures and modules takes as long as ten operations on
small arrays.  What it comes to is settled by what stands in a few places: so these are remembered
with what stood there, and looked at again, which takes a tenth.  Data may change as it likes, since
it calls nothing; of a function, a module or a ufunc it must be the very same.  Where something was
met that can't be looked at so (an object of a class of the user's, a container of functions),
nothing is remembered.  What was remembered keeps nothing of the user's alive.

>>> is_plain([1.0, (2, np.zeros(3))]), is_plain([np.tanh]), is_plain(np.array([len]))
(True, False, False)
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.language.dispatch import tracer_classes
from autodiff.core.language.op import Op

VALUES = frozenset(
    {np.ndarray, np.dtype, *np.sctypeDict.values()}
    | {int, float, complex, bool, str, bytes, range, slice, type(None), type(...)}
) - {np.object_, np.void}
"""Classes of values that call nothing."""
NUMBERS = VALUES - {np.ndarray}
GENERATORS = {("numpy.random._generator", "Generator"), ("numpy.random.mtrand", "RandomState")}
"""They call nothing either; to name them is not to import them, which takes a while."""
LONGEST = 200
"""A longer container is not looked through: that would take longer than what it saves."""
_ndarray = np.ndarray
_ARRAYS = frozenset((np.ndarray,))


def is_plain(value: Any) -> bool:
    """Whether a value is data that calls nothing, or a container of such."""
    kind = value.__class__
    if kind is _ndarray:
        return not value.dtype.hasobject
    if kind in VALUES or kind in tracer_classes:
        return True
    if kind is dict:
        value = value.values()
    elif kind is not list and kind is not tuple:
        return (kind.__module__, kind.__name__) in GENERATORS
    if len(value) > LONGEST:
        return False
    if NUMBERS.issuperset(map(type, value)):
        return True
    if _ARRAYS.issuperset(map(type, value)):
        return not any([array.dtype.hasobject for array in value])
    return all(map(is_plain, value))


_PLAIN = object()
_ref = weakref.ref
Kept = Any
"""What is remembered of a value: that it was data, the very object, or a weak reference to it."""


def _kept(value: Any) -> Kept:
    if is_plain(value):
        return _PLAIN
    return _ref(value) if value.__class__ in (FunctionType, ModuleType, Op) else value


class Part(NamedTuple):
    """A function that was followed: its code, and what its closure and its variables stood for."""

    code: CodeType
    closure: tuple[Kept, ...]
    names: tuple[tuple[str, Kept], ...]

    def is_of(self, function: Any) -> bool:
        """Whether a function is the same still, apart from data."""
        if function is None or function.__code__ is not self.code or not _hangs_alone(function):
            return False
        cells = function.__closure__
        if cells:
            if len(cells) != len(self.closure):
                return False
            try:
                for cell, kept in zip(cells, self.closure):
                    value = cell.cell_contents
                    if kept is _PLAIN:
                        if value.__class__ not in NUMBERS and not is_plain(value):
                            return False
                    elif value is not (kept() if kept.__class__ is _ref else kept):
                        return False
            except ValueError:  # a variable that is not bound
                return False
        return not self.names or _stand_as(function.__globals__, self.names)


def _stand_as(space: Mapping[str, Any], names: Iterable[tuple[str, Kept]]) -> bool:
    """Whether names of a namespace stand for what is remembered; some may stand for nothing."""
    get = space.get
    for name, kept in names:
        value = get(name)
        if kept is _PLAIN:
            if value.__class__ not in NUMBERS and not is_plain(value):
                return False
        elif value is not (kept() if kept.__class__ is _ref else kept):
            return False
    return True


def _hangs_alone(function: FunctionType) -> bool:
    """Whether nothing hangs on a function but data: as defaults, as attributes."""
    defaults, named, attributes = function.__defaults__, function.__kwdefaults__, function.__dict__
    return not (defaults or named or attributes) or (
        is_plain(defaults) and is_plain(named) and is_plain(attributes)
    )


class Remembered:
    """The functions and modules that a walk came through, and how many names it was told of."""

    __slots__ = ("functions", "lasting", "modules", "root", "tellable")

    def __init__(self, tellable: int) -> None:
        self.tellable = tellable
        self.lasting = True
        self.root: Part | None = None
        self.functions: list[tuple[weakref.ref[FunctionType], Part]] = []
        self.modules: list[tuple[weakref.ref[ModuleType], tuple[tuple[str, Kept], ...]]] = []

    def function(self, function: FunctionType, variables: Iterable[str]) -> None:
        """Note a function that is followed; the first is the one that was given."""
        get = function.__globals__.get
        try:
            closure = tuple([_kept(cell.cell_contents) for cell in function.__closure__ or ()])
        except ValueError:  # a variable that is not bound yet
            self.lasting = False
            return
        part = Part(function.__code__, closure, tuple([(n, _kept(get(n))) for n in variables]))
        self.lasting = self.lasting and _hangs_alone(function)
        if self.root is None:
            self.root = part
        else:
            self.functions.append((_ref(function), part))

    def module(self, module: ModuleType, names: Iterable[str]) -> None:
        """Note what the names that are mentioned stand for in a module of the user's."""
        get = module.__dict__.get
        self.modules.append((_ref(module), tuple([(name, _kept(get(name))) for name in names])))

    def holds_for(self, function: FunctionType, tellable: int) -> bool:
        """Whether the walk through a function would be the same now."""
        if self.tellable != tellable or self.root is None or not self.root.is_of(function):
            return False
        for other, part in self.functions:
            if not part.is_of(other()):
                return False
        for reference, names in self.modules:
            module = reference()
            if module is None or not _stand_as(module.__dict__, names):
                return False
        return True
