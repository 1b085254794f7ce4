"""A traceback shows the user's lines, and not this library's between them and the message.

Where an exception leaves the library, its frames are taken out of the traceback, NumPy's below them
too; a bare `raise` then does not add the last one again.  It works for every exception and every
reader of tracebacks: Python, IPython, pytest, logging.  AUTODIFF_FRAMES=1 keeps them.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from autodiff.core.ground.locations import is_ours

SHOW_FRAMES = "AUTODIFF_FRAMES"
"""The environment variable that, set to anything, keeps the library's frames in tracebacks."""

Function = TypeVar("Function", bound=Callable[..., Any])


def hide_frames(error: BaseException) -> None:
    """Take the library's own frames out of an exception's traceback; then write `raise`."""
    if SHOW_FRAMES not in os.environ:
        error.__traceback__ = users_frames(error.__traceback__)


def hidden(function: Function) -> Function:
    """Decorate what users call: its errors come without the library's frames.

    Where a call costs less than a microsecond, write the two lines there instead.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            hide_frames(error)
            raise

    return call  # type: ignore[return-value]


def users_frames(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without the library's own frames."""
    links = []
    while traceback is not None:
        if not is_ours(traceback.tb_frame.f_code.co_filename):
            links.append(traceback)
        traceback = traceback.tb_next
    kept: TracebackType | None = None
    for link in reversed(links):
        kept = TracebackType(kept, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return kept
