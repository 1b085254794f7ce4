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

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

from autodiff.core.ground.endings import Ending, ending
from autodiff.core.inside.imported import bind_own, looks
from autodiff.core.inside.reachable import MOST_CODES, Code, reach

exchanges: dict[ModuleType, dict[str, Any]] = {}
"""For each module its names that are exchanged, and for what."""
methods: list[tuple[type, str, Callable[..., Any]]] = []
"""The same for methods of classes: class, name, function."""
own_of: dict[int, Any] = {}
"""NumPy's own function, by the identity of what it is exchanged for."""
exchanged_for: dict[int, Any] = {}
"""The opposite."""
makers: set[str] = set()
"""Names that are exchanged all or none: what they make is given to packages, which ask for them."""
_told: dict[int, Any] = {}
"""Functions that a user's variable may hold by itself, and that are exchanged there."""
_own_names: dict[ModuleType, dict[str, Any]] = {}
"""For each module what its exchanged names stand for by themselves."""


class Held:
    """Names are exchanged as long as this lives.

    `reached` are the namespaces of users and the code objects whose names are exchanged; `all` says
    that NumPy's are, whoever mentions them.
    """

    __slots__ = ("__weakref__", "all", "reached", "restoring")

    def __init__(self) -> None:
        self.all = False
        self.reached: set[int] = set()
        self.restoring: list[Ending] = []

    def put(self, exchange: Callable[[], Any], restore: Callable[[], Any]) -> None:
        """Exchange names as long as this lives."""
        self.restoring.append(ending(self, restore))
        exchange()


Put = tuple[Callable[[], Any], Callable[[], Any]]
"""What exchanges names, and what puts their own back: both in C."""
_now: dict[str, Ending] = {}
"""The one object that is held now, if any, under "held"; it takes itself out."""
_nobody: Any = partial(_now.pop, "held", None)


def exchange(module: ModuleType, name: str, new: Any) -> None:
    """Enter a name of a module and what it is to stand for into the table."""
    own = vars(module)[name]
    exchanges.setdefault(module, {})[name] = new
    _own_names.setdefault(module, {})[name] = own
    own_of[id(new)], exchanged_for[id(own)] = own, new
    _told[id(new)], _told[id(own)] = new, own


def exchanged(
    function: Callable[..., Any] | None = None, values: Iterable[Any] = ()
) -> Held | None:
    """Exchange the names that a function comes to when it is called with values, or share in it.

    They are those of NumPy and `math`, and those that the user's modules and the module of the
    function have bound for themselves; without a function, all.  There is no lock, which an
    interrupt could leave locked: each step may be done twice, by two threads at once, and is one
    call of C.
    """
    found = None if function is None else reach(function, values, _told)
    return _all(function) if found is None else _mentioned(found)


def _all(function: Callable[..., Any] | None) -> Held:
    """Exchange every name."""
    held = _held()
    if not held.all:
        for module, names in exchanges.items():
            held.put(*_names_put(vars(module), names, _own_names[module]))
        for kind, name, method in methods:
            held.put(*_method_put(kind, name, method))
        held.all = True
    for look in looks(function):
        if id(look.namespace) not in held.reached:
            names = look.bound(exchanged_for)
            if names:
                new = {name: exchanged_for[id(own)] for name, own in names.items()}
                held.put(*_names_put(look.namespace, new, names))
            held.reached.add(id(look.namespace))
    return held


def _mentioned(codes: Iterable[Code]) -> Held | None:
    """Exchange NumPy's names that the user's code mentions; None where it mentions none."""
    held = None
    for code in codes:
        puts = _puts_of(code)
        if not puts:
            continue
        held = held or _held()
        if not held.all and id(code) not in held.reached:
            for put in puts:
                held.put(*put)
            held.reached.add(id(code))
    return held


def _puts_of(code: Code) -> list[Put]:
    """What exchanges the names that a code object mentions, worked out once."""
    known = _puts.get(id(code))
    if known is None or known[0] is not code:
        if len(_puts) >= MOST_CODES:
            _puts.clear()
        known = _puts[id(code)] = (code, list(_putting(code.names)))
    return known[1]


_puts: dict[int, tuple[Code, list[Put]]] = {}


def _putting(mentioned: frozenset[str]) -> Iterator[Put]:
    wanted = mentioned if makers.isdisjoint(mentioned) else mentioned | makers
    for module, names in exchanges.items():
        new = {name: names[name] for name in wanted & names.keys()}
        if new:
            own = {name: _own_names[module][name] for name in new}
            yield _names_put(vars(module), new, own)
    for kind, name, method in methods:
        if kind.__name__ in wanted:
            yield _method_put(kind, name, method)


def _held() -> Held:
    """The object that is held now; where there is none a new one, the same for all threads."""
    while True:
        reference = _now.get("held")
        held: Held | None = reference() if reference is not None else None
        if held is not None:
            return held
        held = Held()
        held.restoring.append(ending(held, _nobody))
        if _now.setdefault("held", held.restoring[0]) is held.restoring[0]:
            return held
        held.restoring[0].run = bool  # another thread's was there first


def is_exchanged() -> bool:
    """Whether somebody holds the names now."""
    return "held" in _now


def put_imports_right() -> None:
    """Where nothing is exchanged, let modules that were imported meanwhile bind NumPy's own."""
    if not is_exchanged():
        bind_own(own_of)


def _names_put(namespace: dict[str, Any], names: dict[str, Any], own: dict[str, Any]) -> Put:
    """Names of a namespace that stand for others, and then for their own again."""
    return partial(namespace.update, names), partial(namespace.update, own)


def _method_put(kind: type, name: str, method: Any) -> Put:
    """The same for a method of a class."""
    return partial(setattr, kind, name, method), partial(setattr, kind, name, method.__wrapped__)
