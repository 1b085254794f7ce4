"""Names that are exchanged while a program is recorded.

NumPy asks its arguments who computes, but for the functions that make arrays: `np.zeros(n)` has no
argument to ask, and `np.asarray(x)` and `math.exp(x)` do not.  While a recording is under way these
names of `numpy` and `math` mean functions that look for a recorder in their own thread or task.
What was imported before by name (`from numpy import zeros`) is not reached.

The ops' rules are exchanged too, for such that note what they compute: of which value this is the
cotangent, or the tangent, so that it can be called `d_h` or `t_h`.
"""

from __future__ import annotations

import builtins
import functools
import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.ground.draws import undrawn
from autodiff.core.ground.locations import is_library
from autodiff.core.inside import callers
from autodiff.core.inside.blanks import Blank, become_filled
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import Held, exchanged, exchanges
from autodiff.core.inside.exchange import own_of as numpys
from autodiff.core.inside.opened import is_open
from autodiff.core.language.dispatch import is_traced, tracer_classes
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.language.signatures import describe
from autodiff.core.reverse import safekeeping, sweep
from autodiff.core.reverse.safekeeping import Keeper
from autodiff.core.values.ledger import Ledger
from autodiff.source.records.native import GETITEM
from autodiff.source.records.nodes import Call, leaves
from autodiff.source.records.noting import (
    noting_copy,
    noting_fit,
    noting_joint,
    noting_jvp,
    noting_read,
    noting_sum,
    noting_vjp,
    unseen,
)
from autodiff.source.records.recorded import BOOKS, Recorded, answered, plain
from autodiff.source.records.recorder import Recorder, current
from autodiff.source.records.sizes import Size

CONVERTING = ("asarray", "array", "asanyarray", "ascontiguousarray", "asfortranarray", "fromiter")
LOOKING: tuple[Any, ...] = (isinstance, np.isscalar)
"""What asks for a class, which is no part of a program: a recorded value has its value's."""
LIKE = ("np.empty_like", "np.zeros_like", "np.ones_like")
DENSITIES = ["pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"]
MAKING = ("zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "logspace")

_lock = threading.Lock()
_open = 0
_held: list[Held] = []
"""The engine's own exchange, over which this one lies."""
_before: list[tuple[Any, str, Any]] = []


callers.users.add(__file__)  # what the user calls reaches the engine through here


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Take down what the block asks of NumPy."""
    _enter()
    token = current.set(recorder)
    try:
        yield
    finally:
        recorder.closed = True
        current.reset(token)
        _leave()


def _enter() -> None:
    global _open
    with _lock:
        _open += 1
        if _open == 1:
            _held.append(exchanged())
            for owner, name, new in _exchanges():
                _before.append((owner, name, getattr(owner, name)))
                object.__setattr__(owner, name, new) if isinstance(owner, Op) else setattr(
                    owner, name, new
                )


def _leave() -> None:
    global _open
    with _lock:
        _open -= 1
        if _open == 0:
            for owner, name, old in reversed(_before):
                object.__setattr__(owner, name, old) if isinstance(owner, Op) else setattr(
                    owner, name, old
                )
            _before.clear()
            _held.clear()


def _exchanges() -> Iterator[tuple[Any, str, Any]]:
    for module, name, new in _names():
        known = _made.setdefault((module, name, getattr(module, name)), new)
        _serve(known, getattr(module, name))
        yield module, name, known
    yield from _rules()


_made: dict[Any, Any] = {}
"""The functions that names have been exchanged for, made once for each."""


def _serve(new: Any, own: Any) -> None:
    """Let the registry know a function as it knows the one that it stands for."""
    for table in (registry.by_function, registry.composites, registry.results):
        if own in table and new not in table:
            table[new] = table[own]  # type: ignore[index, assignment]


def _names() -> Iterator[tuple[Any, str, Any]]:
    """Names of modules, and what they stand for."""
    for module, names in exchanges.items():
        for name, function in names.items():
            own = own_of(function)
            if module is math or own in LOOKING:
                continue
            if isinstance(function, FunctionType) and own is not function:
                yield module, name, _listing(function, describe(own))
    yield builtins, "len", _measuring(len)
    for name in CONVERTING:
        yield np, name, _converting(getattr(np, name), f"np.{name}")
    for name in MAKING:
        yield np, name, _making(getattr(np, name), f"np.{name}")
    for name, function in vars(math).items():
        if callable(function) and not name.startswith("_"):
            yield math, name, _converting(function, f"math.{name}")
    for module in ("scipy.special", "scipy.linalg"):
        for name in getattr(sys.modules.get(module), "__all__", ()):
            function = getattr(sys.modules[module], name)
            if isinstance(function, FunctionType):
                own = _converting(function, f"{module}.{name}", undrawn)
                yield sys.modules[module], name, own
    yield np, "nditer", _looking(np.nditer)


def _rules() -> Iterator[tuple[Any, str, Any]]:
    """Methods of classes and parts of ops, and what they are exchanged for."""
    stats = sys.modules.get("scipy.stats")
    for kind in (stats.rv_continuous, stats.rv_discrete) if stats else ():
        for name in DENSITIES:
            if hasattr(kind, name):
                yield kind, name, _of_distribution(getattr(kind, name), name)
    for name in ("constant", "variable"):
        yield Keeper, name, noting_copy(getattr(Keeper, name))
    yield Blank, "__getitem__", _picking(Blank.__getitem__)
    yield Blank, "__setitem__", _filling(Blank.__setitem__)
    yield Ledger, "cast", _casting(Ledger.cast)
    for op in registry:
        function = op.function
        if isinstance(function, FunctionType) and function.__module__.startswith("scipy."):
            yield op, "function", _converting(function, describe(function), undrawn)
        elif (
            getattr(function, "__module__", "") == "autodiff.ops.later.scipy_linalg"
            and op.name.isidentifier()
        ):
            yield op, "function", _converting(function, f"scipy.linalg.{op.name}", undrawn)
        elif isinstance(function, FunctionType) and op.name.isidentifier():
            yield op, "function", _folding(function, op.name)
        if op.vjp is not None:
            yield op, "vjp", noting_vjp(op.vjp)
        if op.jvp is not None:
            yield op, "jvp", noting_jvp(op.jvp)
        if op.joint_vjp is not None:
            yield op, "joint_vjp", noting_joint(op.joint_vjp)
    yield safekeeping, "look", unseen(safekeeping.look)
    yield sweep, "fit", noting_fit(sweep.fit)
    yield sweep, "add_in_place", noting_read(sweep.add_in_place)
    yield sweep, "add_cotangents", noting_sum(sweep.add_cotangents)


def own_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A module's own function, under what the engine has exchanged it for."""
    while isinstance(function, FunctionType) and is_library(function.__code__.co_filename):
        if not hasattr(function, "__wrapped__"):
            break
        function = function.__wrapped__
    return function


Around = Callable[[Callable[..., Any]], Callable[..., Any]]


def _converting(
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


def _listing(function: Callable[..., Any], name: str) -> Callable[..., Any]:
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


def _of_distribution(function: Callable[..., Any], name: str) -> Callable[..., Any]:
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


def _folding(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """An op of several calls as one, which the program defines as a function of its own."""

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or recorder.closed:
            return function(*args, **kwargs)
        start = recorder.mark()
        return recorder.fold(name, function, args, kwargs, start, function(*args, **kwargs))

    return exchanged


def _looking(function: Callable[..., Any]) -> Callable[..., Any]:
    """For the library's own rules, which ask NumPy's iterator for a layout and nothing else."""

    own = numpys.get(id(function), function)

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        frame = sys._getframe(1)
        if is_library(frame.f_code.co_filename):
            args, kwargs = plain(args), plain(kwargs)
        return (function if is_users(frame) else own)(*args, **kwargs)

    return exchanged


def _making(function: Callable[..., Any], name: str) -> Callable[..., Any]:
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


def _measuring(own: Callable[..., int]) -> Callable[..., int]:
    """`len(x)` of the user's, whose comparisons are noted where sizes are to be free."""

    def length(container: Any) -> int:
        found = own(container)
        recorder = current.get()
        if recorder is None or recorder.sizes is None or not hasattr(container, "shape"):
            return found
        return Size.noting(found, recorder.sizes) if is_users(sys._getframe(1)) else found

    return length


def _picking(own: Callable[..., Any]) -> Callable[..., Any]:
    """`np.eye(k)[labels]`: an element of a blank array at a recorded index."""

    def getitem(self: Any, index: Any) -> Any:
        recorder = current.get()
        if recorder is None or not is_recorded(index):
            return own(self, index)
        return recorder.call(GETITEM, (np.array(self, subok=False), index))

    return getitem


def _filling(own: Callable[..., Any]) -> Callable[..., Any]:
    """`y = np.zeros(n); y[i] = v` of a recorded v: y becomes what it becomes of a traced one."""

    def setitem(self: Any, index: Any, value: Any) -> None:
        if current.get() is None or not is_recorded(value) or not value.node.dynamic:
            own(self, index, value)
        else:
            become_filled(self)
            self[index] = value

    return setitem


def _casting(own: Callable[..., Any]) -> Callable[..., Any]:
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
