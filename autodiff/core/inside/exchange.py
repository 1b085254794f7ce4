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
import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from autodiff.core.inside.imported import looks, put_right

exchanges: dict[ModuleType, dict[str, Any]] = {}
"""For each module its names that are exchanged, and for what."""
methods: list[tuple[type, str, Callable[..., Any]]] = []
"""The same for methods of classes: class, name, function."""
suppliers: list[Callable[[], None]] = []
"""What fills these tables, when names are exchanged for the first time."""


class Held:
    """Names are exchanged as long as this lives; `reached` are the namespaces of users."""

    __slots__ = ("__weakref__", "reached")

    def __init__(self) -> None:
        self.reached: set[int] = set()


class _Restoring(weakref.ref[Held]):
    """A reference that calls its `restore` when the object goes."""

    __slots__ = ("restore",)
    restore: Callable[[], Any]


def _nothing() -> Held | None:
    return None


_restore: Any = operator.methodcaller("restore")
_lock = threading.RLock()
_waiting: list[_Restoring] = []
_by_own: dict[int, Any] = {}
"""What each function is exchanged for, by the identity of NumPy's own."""
_own: dict[int, Any] = {}
"""The opposite: NumPy's own by what it is exchanged for."""
_modules = 0
_current: Callable[[], Held | None] = _nothing


def exchanged(function: Callable[..., Any] | None = None) -> Held:
    """Exchange the names, or share in it where they are exchanged already.

    They are those of NumPy and `math`, and those that the user's modules and the module of the
    function have bound for themselves.
    """
    global _current, _modules
    with _lock:
        held = _current()
        if held is None:
            if suppliers:
                _supply()
            held = Held()
            _modules = len(sys.modules)
            _waiting.clear()
            for module, names in exchanges.items():
                _put(held, vars(module), names)
            for kind, name, method in methods:
                _later(held, partial(setattr, kind, name, vars(kind)[name]))
                setattr(kind, name, method)
            _current = _waiting[0]
        for look in looks(function):
            if id(look.namespace) not in held.reached:
                held.reached.add(id(look.namespace))
                names = look.bound(_by_own)
                if names:
                    new = {name: _by_own[id(own)] for name, own in names.items()}
                    _put(held, look.namespace, new)
        return held


def put_imports_right() -> None:
    """Where nothing is exchanged, let modules that were imported meanwhile bind NumPy's own."""
    global _modules
    if _current() is None:
        _modules = put_right(_modules, _own)


def _supply() -> None:
    while suppliers:
        suppliers.pop()()
    for module, names in exchanges.items():
        _by_own.update({id(vars(module)[name]): new for name, new in names.items()})
        _own.update({id(new): vars(module)[name] for name, new in names.items()})


def _put(held: Held, namespace: dict[str, Any], names: dict[str, Any]) -> None:
    """Let names of a namespace stand for others, and for their own again when nobody holds."""
    _later(held, partial(namespace.update, {name: _own[id(new)] for name, new in names.items()}))
    namespace.update(names)


def _later(held: Held, restore: Callable[[], Any]) -> None:
    reference = _Restoring(held, _restore)
    reference.restore = restore
    _waiting.append(reference)
