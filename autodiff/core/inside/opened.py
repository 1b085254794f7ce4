"""Whether a derivative is being taken here: in this thread or task, and by code that still runs.

`opening()` returns a guard, which its caller keeps on the evaluation stack alone, while it calls
the user's function:

    found = (opening(f), f(*args))[1]

What a guard stands for ends with its last reference.  So an exception, and an interrupt at any
moment, leave nothing open and nothing to be undone.  A task that outlives the derivative sees that
its guards are gone.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

from autodiff.core.inside.exchange import exchanged, put_imports_right


class Guard:
    """Says that the user's function runs, and that NumPy's names are exchanged, as it lives."""

    __slots__ = ("__weakref__", "exchanged")

    def __init__(self, function: Callable[..., Any] | None) -> None:
        self.exchanged = exchanged(function)


class Opened(NamedTuple):
    """What is open in a context: its guards, the arrays filled since, the modules there were."""

    guards: tuple[weakref.ref[Guard], ...]
    filled: list[weakref.ref[Any]]
    modules: int

    @property
    def alive(self) -> bool:
        """Whether one of the guards lives."""
        guards = self.guards
        return bool(guards) and (guards[-1]() is not None or any(guard() for guard in guards))


NOTHING = Opened((), [], 0)
_opened: ContextVar[Opened] = ContextVar("opened", default=NOTHING)
current = _opened.get


def opening(function: Callable[..., Any] | None = None) -> Guard:
    """A new guard of this context, under which a function is called."""
    guard = Guard(function)
    before = current()
    if before.alive:
        _opened.set(Opened((*before.guards, weakref.ref(guard)), *before[1:]))
    else:
        _opened.set(Opened((weakref.ref(guard),), [], guard.exchanged.modules))
    return guard


def is_open() -> bool:
    """Whether a derivative is being taken in this thread or task."""
    opened = current()
    return opened is not NOTHING and opened.alive


def back_to(before: Opened) -> Iterator[Any]:
    """End what was opened since `before`; the arrays filled meanwhile, where nothing is open."""
    ended = current()
    _opened.set(before)
    while ended is not before and ended.filled and not before.alive:
        array = ended.filled.pop()()
        if array is not None:
            yield array
    if ended is not before:
        put_imports_right(ended.modules)
