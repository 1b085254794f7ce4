"""The names of NumPy that stand for other functions while a derivative is being taken.

- Functions that the registry serves look into lists and tuples among their arguments: one with a
  traced element becomes a traced array, and NumPy hands the call over (of ufuncs see `ufuncs`).
- Constructors (`np.array`, `np.full`, ...) take traced values too.
- What constructors make of plain numbers is a `Blank`, where user code made it.

Everything else, and every call that a package makes, goes to NumPy's own function.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError, UnsupportedError
from autodiff.core.ground.locations import is_library
from autodiff.core.ground.refusals import is_only_looked_at, refusal
from autodiff.core.inside import constructors, ufuncs
from autodiff.core.inside.blanks import Blank, Filled, blank, view_of
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import exchange, exchanges, makers, methods
from autodiff.core.inside.iterating import Iterated, enumerated
from autodiff.core.inside.opened import NOTHING, current, is_open
from autodiff.core.language.dispatch import (
    ground,
    holds_traced,
    is_traced,
    sequences,
    worth_a_look,
)
from autodiff.core.language.registry import registry
from autodiff.core.values.lists import joined

Function = Callable[..., Any]
_ndarray = np.ndarray
_share_memory = np.may_share_memory
_getframe = sys._getframe

CONSTRUCTORS = "array asarray asanyarray ascontiguousarray asfortranarray full full_like"
"""They take traced values, which NumPy would not hand over; the registry serves them."""
MAKERS = (
    f"{CONSTRUCTORS} zeros ones empty zeros_like ones_like empty_like copy eye identity "
    "arange linspace logspace geomspace diag tile repeat tri concatenate stack vstack hstack "
    "dstack column_stack block append pad outer"
)
"""Makers of arrays that may be written into."""
ANSWERS_BLANK = "dot"
"""`A.dot(x)`, a method of plain arrays, may answer with such an array too."""
MAY_SHARE = "asarray asanyarray ascontiguousarray asfortranarray diag"
"""Those that may hand out the memory of their argument, which is not theirs to fill."""
OF_SEQUENCES = (
    "concatenate concat stack vstack hstack dstack column_stack select choose lexsort piecewise "
    "multi_dot savez savez_compressed"
)
"""Functions of a list of arrays, which NumPy hands over where one of these is traced."""
OF_NESTED = "block"
"""A function whose lists say where its arrays go: NumPy looks into them itself."""


COMBINED = {
    "sum": np.add,
    "prod": np.multiply,
    **dict.fromkeys(("max", "amax"), np.maximum),
    **dict.fromkeys(("min", "amin"), np.minimum),
}
"""Reductions that start from `initial=`, which NumPy does not hand over, and how it is added."""

OF_STRIDES = (
    (np, "broadcast_to"),
    (np.lib.stride_tricks, "sliding_window_view"),
    (np.lib.stride_tricks, "as_strided"),
)
"""Functions that make views of another class, which would not know that their base is blank."""


def supply() -> None:
    """Fill the table of exchanges from the registry."""
    known = {id(function) for function in (*registry.by_function, *registry.composites)}
    for module in (np, np.linalg, np.fft, np.emath):
        for name, function in list(vars(module).items()):
            if id(function) in known:
                is_ufunc = isinstance(function, np.ufunc)
                new = ufuncs.stand_in(function) if is_ufunc else _of_lists(function, name)
                _exchange(module, name, new)
    makers.update(f"{MAKERS} {ANSWERS_BLANK}".split())
    for name in MAKERS.split():
        own = getattr(np, name)
        served = name in CONSTRUCTORS.split()
        traced = _without_like(own, registry.composites[own]) if served else _joining(own, name)
        _exchange(np, name, _maker(own, traced, name in MAY_SHARE.split()))
    for module, name in OF_STRIDES:
        own = getattr(module, name)
        start = _of_traced(own) if name == "as_strided" else own
        _exchange(module, name, _of_strides(own, exchanges.get(module, {}).get(name, start)))
    _exchange(np, "fromiter", _fromiter(np.fromiter))
    exchange(np, "r_", constructors.Joining(np.r_, axis=0))
    exchange(np, "c_", constructors.Joining(np.c_, axis=-1, ndmin=2, trans1d=0))
    exchange(np, "ndenumerate", enumerated)
    exchange(np, "nditer", Iterated)
    methods.append((np.vectorize, "__call__", constructors.vectorized(np.vectorize.__call__)))


def _exchange(module: ModuleType, name: str, function: Function) -> None:
    """Let a name stand for a function, which the registry knows as it knows NumPy's own."""
    own = getattr(module, name)
    exchange(module, name, function)
    tables: tuple[dict[Any, Any], ...] = (
        registry.by_function,
        registry.composites,
        registry.results,
    )
    for table in tables:
        if own in table:
            table[function] = table[own]


def _of_lists(own: Function, name: str) -> Function:
    """A function that takes lists of traced values for arrays, in the user's own calls."""
    joining = _joining(own, name)
    joined_with = COMBINED.get(name)

    @functools.wraps(own)
    def function(*args: Any, **kwargs: Any) -> Any:
        lists = not sequences.isdisjoint(map(type, args))
        if kwargs:
            lists = lists or not sequences.isdisjoint(map(type, kwargs.values()))
            if joined_with and is_traced(kwargs.get("initial")) and is_users(_getframe(1)):
                initial = kwargs.pop("initial")
                return joined_with(function(*args, **kwargs), initial)
        return (joining if lists and is_users(_getframe(1)) else own)(*args, **kwargs)

    return function


def _joining(own: Function, name: str) -> Function:
    """A function whose lists of traced values become arrays first."""
    if name == OF_NESTED:
        return own
    array_of = _each_joined if name in OF_SEQUENCES.split() else joined

    def function(*args: Any, **kwargs: Any) -> Any:
        args = tuple([_array(arg, array_of) for arg in args])
        return own(*args, **{name: _array(arg, array_of) for name, arg in kwargs.items()})

    return function


def _of_strides(own: Function, function: Function) -> Function:
    """A function whose result is a view: of a blank array one that is filled with it."""

    @functools.wraps(own)
    def call(array: Any, *args: Any, **kwargs: Any) -> Any:
        found = function(array, *args, **kwargs)
        if array.__class__ is Blank and found.__class__ is _ndarray and found.size:
            return view_of(found, array)
        return found

    return call


def _of_traced(own: Function) -> Function:
    """A function that NumPy does not hand over, and that the registry serves."""
    traced = registry.composites[own]

    def function(array: Any, *args: Any, **kwargs: Any) -> Any:
        if is_traced(array):
            return traced(array, *args, **kwargs)
        if hasattr(type(array), "__array_function__") and not issubclass(type(array), _ndarray):
            raise UnsupportedError(refusal(f"np.{own.__name__}"))  # a program is written down
        return own(array, *args, **kwargs)

    return function


def _array(arg: Any, array_of: Function) -> Any:
    return array_of(arg) if arg.__class__ in sequences and holds_traced(arg) else arg


def _each_joined(parts: Any) -> Any:
    return type(parts)([_array(part, joined) for part in parts])


def _maker(own: Function, traced: Function, may_share: bool) -> Function:
    """A function whose new arrays may be filled, where user code makes them.

    `traced` serves traced arguments.
    """

    @functools.wraps(own)
    def function(*args: Any, **kwargs: Any) -> Any:
        of_numbers = worth_a_look.isdisjoint(map(type, args))
        if not of_numbers and len(args) == 1 and args[0].__class__ is list:
            of_numbers = worth_a_look.isdisjoint(map(type, args[0]))
        if of_numbers and not kwargs:
            if current() is NOTHING or not is_users(_getframe(1)) or not is_open():
                return own(*args)
            found = own(*args)
        elif not is_users(_getframe(1)):
            if not is_library(_getframe(1).f_code.co_filename):
                args = tuple(map(_for_a_package, args))
            return own(*args, **kwargs)
        else:
            found = (traced if _any_traced(args, kwargs) else own)(*args, **kwargs)
        if found.__class__ is _ndarray and found.dtype.kind in "fc" and is_open():
            if may_share or (kwargs and "copy" in kwargs):
                return _if_copied(found, args)
            return blank(found)
        return found

    return function


def _without_like(own: Function, code: Function) -> Function:
    """The code for traced arguments; with `like=` NumPy hands the call over by itself."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return (code if kwargs.get("like") is None else own)(*args, **kwargs)

    return function


def _any_traced(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether one of the arguments is traced, or a list with a traced element."""
    return any(map(holds_traced, (*args, *kwargs.values()) if kwargs else args))


def _for_a_package(arg: Any) -> Any:
    """An argument of a package's constructor: of a filled array the values, if only for a look."""
    if arg.__class__ is not Filled:
        return arg
    frame = _getframe(2)
    if arg.carries_derivative and not is_only_looked_at(frame):
        raise DetachError(refusal(frame=frame))
    return ground(arg)


def _if_copied(found: np.ndarray, args: tuple[Any, ...]) -> Any:
    """A blank array, unless it may show the memory of the argument; of a blank one that itself."""
    given = args[0] if args else None
    if given.__class__ in sequences or given.__class__ is float:
        return blank(found)
    shown = given.__class__ is Blank and given.shape == found.shape and _share_memory(found, given)
    return given if shown else found


def _fromiter(own: Function) -> Function:
    """`np.fromiter` as user code calls it, while a derivative is being taken."""

    @functools.wraps(own)
    def fromiter(*args: Any, **kwargs: Any) -> Any:
        if is_users(_getframe(1)) and is_open():
            return constructors.fromiter(own, *args, **kwargs)
        return own(*args, **kwargs)

    return fromiter
