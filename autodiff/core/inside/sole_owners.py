"""A plain array that nobody but one variable of the running function holds can be filled too.

`y = A.copy()` is made by a method of a plain array, and `-A` by an operator: no name of NumPy's is
called, so that what they make is no `Blank`.  When a traced value is written into it, NumPy asks
that value for a plain one.  If the number of references says that the variable alone holds the
array, then nobody can tell it from another one with the same numbers: the variable is given a
`Blank` with them, into which the value is written.

The old array dies with the line.  What NumPy was given for the value are random numbers, and they
prove, before the new array is read, that the line wrote just this value to just these places.

>>> from autodiff import grad
>>> A = np.ones(2)
>>> def f(x):
...     y = A.copy()
...     y[1] = x * x
...     return np.sum(y) * x
>>> grad(f)(2.0)
13.0
"""

from __future__ import annotations

import ast
import dis
import functools
import linecache
import sys
from itertools import islice
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.locations import locate
from autodiff.core.inside.blanks import Filled, blank
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.opened import is_open
from autodiff.core.inside.products import value_of
from autodiff.core.language.dispatch import ground, holds_traced
from autodiff.core.values.ledger import Extent

_copy, _empty = np.array, np.empty
COUNTED = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
"""Whether the number of references to an object is known."""
PARTS = (int, slice, np.ndarray, np.integer, type(None), type(...), list)
"""Of such parts an index consists, which runs no code of the user's."""


class Write(NamedTuple):
    """One write: the traced value, what NumPy was given for it, and what must come of it."""

    value: Any
    given: Any
    old: np.ndarray
    wanted: np.ndarray
    extent: Extent
    place: tuple[CodeType, int]


class Awaiting(Filled):
    """A filled array whose first write is not proved yet: it is when this is read."""

    @property
    def extent(self) -> Any:  # type: ignore[override]
        """The elements that it shows."""
        write: Write = vars(self).pop("write")
        if not np.array_equal(write.old, write.wanted, equal_nan=True):
            vars(self)["write"] = write
            raise DetachError(
                "what was written into this plain array is not the traced value alone. Make the "
                "array by np.array(...) inside of the function, and an array of the list that is "
                f"written into it.\n  at {locate(*write.place)}"
            )
        self.__class__ = Filled  # type: ignore[assignment]
        vars(self)["extent"] = write.extent
        return write.extent


def take_over(traced: Any, frame: FrameType) -> Any:
    """What NumPy is given for a traced value that a frame writes into an array; None if refused."""
    if not COUNTED or not is_open() or not is_users(frame):
        return None
    place = _place(frame.f_code, frame.f_lasti)
    if place is None:
        return None
    name, index_code = place
    held = frame.f_locals.get(name)
    if held.__class__ is Awaiting and "write" in vars(held):
        write = vars(held)["write"]
        return write.given if write.value is traced else None  # NumPy asks twice
    if held.__class__ is not np.ndarray or held.dtype.kind not in "fc" or held.base is not None:
        return None
    plain = ground(traced)
    if not issubclass(type(plain), np.ndarray | np.generic):  # a program is being written down
        return None
    if not held.flags.writeable or plain.dtype.kind not in "fiub":
        return None
    index = value_of(index_code, frame)
    parts = index if isinstance(index, tuple) else (index,)
    if not all(isinstance(part, PARTS) and not holds_traced(part) for part in parts):
        return None
    del held
    if holders(frame, name) != _holders_of_one(frame.f_locals[name], index, np.shape(traced)):
        return None
    return _exchange(traced, frame, name, index)


def _exchange(traced: Any, frame: FrameType, name: str, index: Any) -> Any:
    """Give the variable a blank array with the same numbers, and the traced value in it."""
    old = frame.f_locals[name]
    given = np.random.default_rng(len(old.shape)).normal(size=np.shape(traced))
    new, wanted = blank(_copy(old, order="K")), _copy(old, order="K")
    new[index] = traced
    wanted[index] = given
    write = Write(traced, given, old, wanted, new.extent, (frame.f_code, frame.f_lasti))
    del new.extent
    new.__class__ = Awaiting
    vars(new)["write"] = write
    _bind(frame, name, new)
    return given


def _bind(frame: FrameType, name: str, value: Any) -> None:
    """Let a variable of a running function stand for another value (see PEP 667)."""
    frame.f_locals[name] = value
    if sys.version_info < (3, 13):
        import ctypes

        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))


@functools.lru_cache(1000)
def _place(code: CodeType, offset: int) -> tuple[str, ast.expr] | None:
    """The variable `y` and the index `i` of the write `y[i] = ...` that an instruction makes."""
    opcode = dis.opname[code.co_code[offset]]
    if opcode not in ("STORE_SUBSCR", "STORE_SLICE") or not code.co_flags & CO_OPTIMIZED:
        return None
    line, end, start, stop = next(islice(code.co_positions(), offset // 2, None))
    if line is None or line != end:
        return None
    text = linecache.getline(code.co_filename, line).encode()[start:stop].decode()
    try:
        target = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return None
    own = target.value.id in code.co_varnames or target.value.id in code.co_cellvars
    return (target.value.id, target.slice) if own else None


CO_OPTIMIZED = 1
"""The flag of code whose variables are those of a function."""

# -- who holds an array ---------------------------------------------------------------------------


def holders(frame: FrameType, name: str) -> int:
    """The number of references to the value of a variable."""
    return sys.getrefcount(frame.f_locals[name])


class _Counting:
    """Stands for the value of a write, and counts the references to what is written into."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape, self.count = shape, -2

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self.count = holders(sys._getframe(1), "y")
        return np.zeros(self.shape)

    def __float__(self) -> float:
        self.count = holders(sys._getframe(1), "y")
        return 0.0


def _holders_of_one(array: np.ndarray, index: Any, shape: tuple[int, ...]) -> int:
    """The number of references to an array of one variable, during the same write."""
    counting = _Counting(shape)
    _write_alone(array.shape, array.dtype, index, counting)
    return counting.count


def _write_alone(shape: Any, dtype: Any, index: Any, value: Any) -> None:
    y = _empty(shape, dtype)
    y[index] = value
