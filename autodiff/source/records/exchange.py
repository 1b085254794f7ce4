"""Names that are exchanged while a program is recorded.

NumPy asks its arguments who computes, but for the functions that make arrays: `np.zeros(n)` has no
argument to ask, and `np.asarray(x)` and `math.exp(x)` do not.  While a recording is under way these
names of `numpy` and `math`, and those that the user's modules have bound for themselves by `from
numpy import zeros`, mean functions that look for a recorder in their own thread or task.

The ops' rules are exchanged too, for such that note what they compute: of which value this is the
cotangent, or the tangent, so that it can be called `d_h` or `t_h`.
"""

from __future__ import annotations

import builtins
import functools
import math
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from autodiff.core.ground.draws import undrawn
from autodiff.core.inside.blanks import Blank
from autodiff.core.inside.exchange import Held, exchanged, exchanges
from autodiff.core.inside.imported import bound_in, looks
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse import safekeeping, sweep
from autodiff.core.reverse.safekeeping import Keeper
from autodiff.core.values import ledger
from autodiff.core.values.ledger import Ledger
from autodiff.source.records.listening import (
    casting,
    converting,
    filling,
    folding,
    listing,
    looking,
    making,
    measuring,
    of_distribution,
    own_of,
    picking,
)
from autodiff.source.records.noting import (
    noting_copy,
    noting_fit,
    noting_joint,
    noting_jvp,
    noting_read,
    noting_sum,
    noting_vjp,
    unseen,
    unseen_of_values,
)
from autodiff.source.records.recorder import Recorder, current

CONVERTING = ("asarray", "array", "asanyarray", "ascontiguousarray", "asfortranarray", "fromiter")
LOOKING: tuple[Any, ...] = (isinstance, hasattr, np.isscalar)
"""What asks what a value is, which is no part of a program: a recorded one answers as its value."""
DENSITIES = ["pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"]
MAKING = ("zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "logspace")

_lock = threading.Lock()
_open = 0
_held: list[Held] = []
"""The engine's own exchange, over which this one lies."""
_before: list[Callable[[], Any]] = []
"""What puts everything back, in the order in which it was exchanged."""
_own: dict[int, Any] = {}
"""A module's own function, by the identity of whatever has stood for it."""
_told: dict[Any, Any] = {}
"""What stands for a module's own function now."""


@contextmanager
def recording(recorder: Recorder, spaces: Iterable[dict[str, Any]] = ()) -> Iterator[None]:
    """Take down what the block asks of NumPy; `spaces` are more namespaces of its code."""
    _enter()
    bound = [(space, _bind(space)) for space in spaces]
    token = current.set(recorder)
    try:
        yield
    finally:
        recorder.closed = True
        current.reset(token)
        for space, own in reversed(bound):
            space.update(own)
        _leave()


def _bind(space: dict[str, Any]) -> dict[str, Any]:
    """Exchange the names of a namespace by what they stand for; what they stood for."""
    bound = bound_in(space, _own)
    space.update({name: _told[_own[id(old)]] for name, old in bound.items()})
    return bound


def _enter() -> None:
    global _open
    with _lock:
        _open += 1
        if _open == 1:
            registry.meet()
            _held.append(exchanged())
            for owner, name, new in _exchanges():
                old = getattr(owner, name)
                if isinstance(owner, ModuleType) and owner is not builtins:
                    own = own_of(old)
                    _own[id(old)] = _own[id(own)] = own
                    if own not in _told or name == own.__name__:  # the name that it has, of several
                        _told[own] = new
                _before.append(functools.partial(_put, owner, name, old))
                _put(owner, name, new)
            for look in looks():
                _before.append(functools.partial(look.namespace.update, _bind(look.namespace)))


def _leave() -> None:
    global _open
    with _lock:
        _open -= 1
        if _open == 0:
            for put_back in reversed(_before):
                put_back()
            for table in (_before, _held, _own, _told):
                table.clear()


def _put(owner: Any, name: str, new: Any) -> None:
    """Let an attribute of a module, a class or a record be another."""
    (object.__setattr__ if isinstance(owner, Op) else setattr)(owner, name, new)


def _exchanges() -> Iterator[tuple[Any, str, Any]]:
    for module, name, new in names_exchanged():
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


def names_exchanged() -> Iterator[tuple[Any, str, Any]]:
    """Names of modules, and what they stand for."""
    for module, names in exchanges.items():
        for name, function in names.items():
            own = own_of(function)
            if module is math or own in LOOKING:
                continue
            if isinstance(function, FunctionType) and own is not function:
                yield module, name, listing(function, describe(own))
    yield builtins, "len", measuring(len)
    for name in CONVERTING:
        yield np, name, converting(getattr(np, name), f"np.{name}")
    for name in MAKING:
        yield np, name, making(getattr(np, name), f"np.{name}")
    for name, function in vars(math).items():
        if callable(function) and not name.startswith("_"):
            yield math, name, converting(function, f"math.{name}")
    taught = {taught.function for taught in registry.taught}
    for module, name, function in _of_scipy():
        if function not in taught:
            yield module, name, converting(function, f"{module.__name__}.{name}", undrawn)
    yield np, "nditer", looking(np.nditer)


def _of_scipy() -> Iterator[tuple[ModuleType, str, FunctionType]]:
    """SciPy's functions in Python, which turn their arguments into plain arrays."""
    for module in filter(None, map(sys.modules.get, ("scipy.special", "scipy.linalg"))):
        for name in module.__all__:
            function = getattr(module, name)
            if isinstance(function, FunctionType):
                yield module, name, function


def _rules() -> Iterator[tuple[Any, str, Any]]:
    """Methods of classes and parts of ops, and what they are exchanged for."""
    taught = {taught.function: taught for taught in registry.taught}
    for module, name, function in _of_scipy():
        if function in taught:
            own = taught[function].otherwise
            yield (
                taught[function],
                "otherwise",
                converting(own, f"{module.__name__}.{name}", undrawn),
            )
    stats = sys.modules.get("scipy.stats")
    for kind in (stats.rv_continuous, stats.rv_discrete) if stats else ():
        for name in DENSITIES:
            function = getattr(kind, name, None)
            if function in taught:
                own = taught[function].otherwise
                yield taught[function], "otherwise", of_distribution(own, name)
            elif function is not None:
                yield kind, name, of_distribution(function, name)
    for name in ("constant", "variable"):
        yield Keeper, name, noting_copy(getattr(Keeper, name))
    yield Blank, "__getitem__", picking(Blank.__getitem__)
    yield Blank, "__setitem__", filling(Blank.__setitem__)
    yield Ledger, "cast", casting(Ledger.cast)
    for op in registry:
        function = op.function
        if isinstance(function, FunctionType) and function.__module__.startswith("scipy."):
            yield op, "function", converting(function, describe(function), undrawn)
        elif (
            getattr(function, "__module__", "") == "autodiff.ops.later.scipy_linalg"
            and op.name.isidentifier()
        ):
            yield op, "function", converting(function, f"scipy.linalg.{op.name}", undrawn)
        elif isinstance(function, FunctionType) and op.name.isidentifier():
            yield op, "function", folding(function, op.name)
        if op.vjp is not None:
            yield op, "vjp", noting_vjp(op.vjp)
        if op.jvp is not None:
            yield op, "jvp", noting_jvp(op.jvp)
        if op.joint_vjp is not None:
            yield op, "joint_vjp", noting_joint(op.joint_vjp)
    yield safekeeping, "look", unseen(safekeeping.look)
    yield ledger, "places_like", unseen_of_values(ledger.places_like)
    yield sweep, "fit", noting_fit(sweep.fit)
    yield sweep, "add_in_place", noting_read(sweep.add_in_place)
    yield sweep, "add_cotangents", noting_sum(sweep.add_cotangents)
