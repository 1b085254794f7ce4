"""Does a block rest, since the generator that it stands in waits at a `yield`?

What a `with` block opens stays open while its generator waits, and whoever runs meanwhile (a loop
over it, another generator) is not in the block.  Python gives a generator no context of its own
(PEP 568 was deferred), but its frame tells: it has no caller while it waits, and what it will run
next says whether it waits at a `yield` or, with all of its task, at an `await`.

Some generators only seem to wait: `contextlib.contextmanager` and test fixtures are written as
generators, and what runs at their `yield` is the block that they are made for.

>>> import sys
>>> def frames():
...     yield block_of(sys._getframe())
>>> waiting = frames()
>>> rests(next(waiting))
True
"""

from __future__ import annotations

import contextlib
import dis
import inspect
from types import FrameType

from autodiff.core.ground.locations import is_installed

_GENERATOR = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_WAITING = _GENERATOR | inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE
_MANAGERS = contextlib.__file__
_ENTERING = ("__enter__", "__aenter__")
_CACHE, _RESUME, _SEND = (dis.opmap[name] for name in ("CACHE", "RESUME", "SEND"))
_AT_AWAIT = 3
"""The argument of the instruction RESUME that follows an `await`."""


def block_of(frame: FrameType | None) -> FrameType | None:
    """The frame of the generator that a block belongs to, opened by a call of `frame`; or None.

    None stands for a block that never rests: that of a function, and of a coroutine whose event
    loop gives each task a context.
    """
    while frame is not None:
        if _is_entering(frame):
            frame = frame.f_back
            continue
        if not frame.f_code.co_flags & _WAITING:
            return None
        driver = _driver(frame)
        if driver is None:
            return None
        if _is_entering(driver):
            frame = driver
        elif driver.f_code.co_flags & _GENERATOR or not is_installed(driver.f_code.co_filename):
            return frame
        else:
            return None  # an event loop, or a framework that runs tests with fixtures
    return None


def rests(frame: FrameType) -> bool:
    """Whether the generator of a frame waits, and its consumer runs."""
    if frame.f_back is not None:
        return False
    if frame.f_code.co_flags & inspect.CO_ASYNC_GENERATOR:
        code, place = frame.f_code.co_code, frame.f_lasti
        if code[place] != _RESUME:  # until Python 3.12 a frame stands at the yield before it
            place += 2
        return code[place + 1] & _AT_AWAIT != _AT_AWAIT
    return True


def _is_entering(frame: FrameType) -> bool:
    """Whether a frame only enters a block on behalf of its caller."""
    code = frame.f_code
    return code.co_name in _ENTERING or code.co_filename == _MANAGERS


def _driver(frame: FrameType) -> FrameType | None:
    """Who resumed a generator, beyond those that only hand on what it yields."""
    driver = frame.f_back
    if frame.f_code.co_flags & inspect.CO_ASYNC_GENERATOR:
        return driver
    while driver is not None and _hands_on(driver) and not _is_entering(driver):
        driver = driver.f_back
    return driver


def _hands_on(frame: FrameType) -> bool:
    """Whether a frame is in a `yield from` or an `await`."""
    code, place = frame.f_code.co_code, frame.f_lasti
    while code[place] == _CACHE:  # where Python 3.12 stands
        place -= 2
    return bool(frame.f_code.co_flags & _WAITING) and code[place] == _SEND
