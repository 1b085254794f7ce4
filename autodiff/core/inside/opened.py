"""Whether a derivative is being taken here: in this thread or task, and by code that still runs.

`opening()` returns a guard, which its caller keeps on the evaluation stack alone, while it calls
the user's function:

    found = (opening(f, args), f(*args))[1]

What a guard stands for ends with its last reference.  So an exception, and an interrupt at any
moment, leave nothing open and nothing to be undone.  A task that outlives the derivative sees that
its guards are gone.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple

from autodiff.core.ground.refusals import being_taken
from autodiff.core.inside.exchange import Held, exchanged, put_imports_right


class Guard:
    """As long as it lives, the user's function runs and the names that it needs are exchanged."""

    __slots__ = ("__weakref__", "exchanged")

    def __init__(self, exchanged: Held | None) -> None:
        self.exchanged = exchanged


class Opened(NamedTuple):
    """What is open in a context: its guards, the arrays filled since, the modules there were."""

    guards: tuple[weakref.ref[Guard], ...]
    filled: list[weakref.ref[Any]]
    modules: int

    @property
    def guard(self) -> Guard | None:
        """One of the guards that lives, if any."""
        for reference in reversed(self.guards):
            guard = reference()
            if guard is not None:
                return guard
        return None


NOTHING = Opened((), [], 0)
_opened: ContextVar[Opened] = ContextVar("opened", default=NOTHING)
current = _opened.get


def opening(function: Callable[..., Any] | None = None, values: Iterable[Any] = ()) -> Guard:
    """A new guard of this context, under which a function is called with values.

    What is called inside of another's run needs no names that this one can't come to.
    """
    before = current()
    outer = before.guard if before.guards else None
    if outer is not None:
        guard = Guard(outer.exchanged)
        _opened.set(Opened((*before.guards, weakref.ref(guard)), before.filled, before.modules))
    else:
        guard = Guard(exchanged(function, values))
        _opened.set(Opened((weakref.ref(guard),), [], len(sys.modules)))
    return guard


def is_open() -> bool:
    """Whether a derivative is being taken in this thread or task."""
    opened = current()
    return opened is not NOTHING and opened.guard is not None


being_taken.append(is_open)


def back_to(before: Opened) -> list[Any]:
    """End what was opened since `before`; the arrays filled meanwhile, where nothing is open."""
    ended = current()
    if ended is before:
        return []
    _opened.set(before)
    if ended.modules != len(sys.modules):
        put_imports_right()
    if not ended.filled or before.guard is not None:
        return []
    filled = [reference() for reference in reversed(ended.filled)]
    ended.filled.clear()
    return [array for array in filled if array is not None]


def end(before: Opened) -> list[Any]:
    """The same for a block, which may end while another that was opened later goes on.

    So it is with blocks of generators that are run in turns.
    """
    later = [reference for reference in current().guards if reference not in before.guards]
    return [] if any([reference() is not None for reference in later]) else back_to(before)
