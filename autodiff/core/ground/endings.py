"""What is done when the last reference to an object goes: a call of C, which no interrupt can cut.

A `finally` is Python, and Ctrl-C may come before its first line.  What must be undone in any case
hangs on an object instead, whose end undoes it.

>>> from functools import partial
>>> class Held:
...     pass
>>> held, done = Held(), []
>>> held.ending = ending(held, partial(done.append, "undone"))
>>> del held
>>> done
['undone']
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from typing import Any


class Ending(weakref.ref[Any]):
    """A reference that calls its `run` when the object goes; the object has to hold it."""

    __slots__ = ("run",)
    run: Callable[[], Any]


_run: Any = operator.methodcaller("run")


def ending(of: Any, run: Callable[[], Any]) -> Ending:
    """What calls `run`, a function in C or a `partial` of one, when an object goes."""
    found = Ending(of, _run)
    found.run = run
    return found
