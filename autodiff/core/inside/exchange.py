"""Names of a module that stand for other functions while somebody holds what `exchanged` returns.

Nothing has to be undone by hand: with the last reference, functions in C put the module's own ones
back, so that no interrupt can come between.

>>> import math
>>> own, held = math.sin, exchanged()
>>> math.sin is own, math.sin.__wrapped__ is own
(False, True)
>>> del held
>>> math.sin is own
True
"""

from __future__ import annotations

import operator
import threading
import weakref
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

exchanges: dict[ModuleType, dict[str, Any]] = {}
"""For each module its names that are exchanged, and for what."""
methods: list[tuple[type, str, Callable[..., Any]]] = []
"""The same for methods of classes: class, name, function."""
suppliers: list[Callable[[], None]] = []
"""What fills these tables, when names are exchanged for the first time."""


class Held:
    """Names are exchanged as long as this lives."""

    __slots__ = ("__weakref__",)


class _Restoring(weakref.ref[Held]):
    """A reference that calls its `restore` when the object goes."""

    __slots__ = ("restore",)
    restore: Callable[[], Any]


def _nothing() -> Held | None:
    return None


_restore: Any = operator.methodcaller("restore")
_lock = threading.RLock()
_waiting: list[_Restoring] = []
_current: Callable[[], Held | None] = _nothing


def exchanged() -> Held:
    """Exchange the names, or share in it where they are exchanged already."""
    global _current
    with _lock:
        held = _current()
        if held is not None:
            return held
        while suppliers:
            suppliers.pop()()
        held = Held()
        _waiting[:] = [_restoring(held, restore) for restore in _own()]
        for module, names in exchanges.items():
            vars(module).update(names)
        for kind, name, function in methods:
            setattr(kind, name, function)
        _current = _waiting[0]
        return held


def _own() -> list[Callable[[], Any]]:
    """What puts a module's or a class's own functions back."""
    if len(_puts_back) != len(exchanges) + len(methods):
        modules = [
            partial(vars(module).update, {name: vars(module)[name] for name in names})
            for module, names in exchanges.items()
        ]
        kinds = [partial(setattr, kind, name, vars(kind)[name]) for kind, name, _ in methods]
        _puts_back[:] = [*modules, *kinds]
    return _puts_back


_puts_back: list[Callable[[], Any]] = []


def _restoring(held: Held, restore: Callable[[], Any]) -> _Restoring:
    reference = _Restoring(held, _restore)
    reference.restore = restore
    return reference
