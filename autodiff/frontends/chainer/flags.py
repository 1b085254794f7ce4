"""Whether a graph is recorded: the `volatile` flag of variables, and a block that records none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

from autodiff.core.ground.locations import here


class Flag(Enum):
    """ON: no graph; OFF: a graph; AUTO: as the others have it."""

    OFF = "off"
    ON = "on"
    AUTO = "auto"


OFF, ON, AUTO = Flag.OFF, Flag.ON, Flag.AUTO
_recording: ContextVar[bool] = ContextVar("chainer_backprop", default=True)


def as_flag(value: Any) -> Flag:
    """A flag given as itself, as a word, or as a truth value."""
    if isinstance(value, bool):
        return ON if value else OFF
    return value if isinstance(value, Flag) else Flag(value)


def together(flags: Iterable[Flag]) -> Flag:
    """The flag of a result; ON and OFF do not mix."""
    found = set(flags) - {AUTO}
    if len(found) > 1:
        raise ValueError(
            "ON and OFF flags cannot be mixed. A volatile variable meets one that is to be "
            f"differentiated: make both alike.{here()}"
        )
    return found.pop() if found else AUTO


def recording() -> bool:
    """Whether graphs are recorded here."""
    return _recording.get()


@contextmanager
def no_backprop_mode() -> Iterator[None]:
    """Inside the block no graph is recorded."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)
