"""NumPy's warnings (overflow, divide by zero, ...) point at the user's line, as our errors do.

NumPy warns where it is called, and an operation on traced values is called from here.  Python asks
`warnings._showwarnmsg` when a warning is about to be shown: one that stems from an operation of
ours is then given anew, as if the user's line had called NumPy itself, under the user's filters.  A
calculation that does not warn pays nothing.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from types import FrameType
from typing import Any, TypeVar

import numpy as np

from autodiff.core.ground.locations import is_library, is_ours, user_frame

Result = TypeVar("Result")
_show: Any = getattr(warnings, "_showwarnmsg", None)


def show(message: warnings.WarningMessage) -> None:
    """Show a warning, at the user's line where it stems from an operation on traced values."""
    user = _line_of(message)
    if user is None:
        _show(message)
        return
    warnings.warn_explicit(
        message.message,
        message.category,
        user.f_code.co_filename,
        user.f_lineno,
        module=user.f_globals.get("__name__", "<unknown>"),
        registry=user.f_globals.setdefault("__warningregistry__", {}),
        source=message.source,
    )


def _line_of(message: warnings.WarningMessage) -> FrameType | None:
    """The user's frame for a warning of NumPy's that one of our frames stands behind."""
    if not (issubclass(message.category, RuntimeWarning) and is_ours(message.filename)):
        return None
    frame: FrameType | None = sys._getframe(2)
    user, ours = user_frame(3), False
    text = str(message.message)
    while frame is not None and frame is not user:
        ours = ours or is_library(frame.f_code.co_filename)
        if frame.f_code.co_filename == message.filename:
            _forget(frame.f_globals.get("__warningregistry__", {}), text)
        frame = frame.f_back
    if not ours or frame is None:
        return None
    _forget(getattr(warnings, "onceregistry", {}), text)
    return user


def _forget(registry: dict[Any, Any], text: str) -> None:
    """What was shown at our line only has not been shown yet."""
    for key in [key for key in registry if isinstance(key, tuple) and key[0] == text]:
        del registry[key]


def silently(function: Callable[..., Result], *args: Any) -> Result:
    """function(*args) without warnings of NumPy about floating point numbers.

    `np.errstate` has to be undone, and an interrupt may come between; what is set in a context of
    its own ends with it.

    >>> import numpy as np
    >>> float(silently(np.log, 0.0))
    -inf
    """
    context = copy_context()
    for setting, value in _IGNORED:
        context.run(setting.set, value)
    return context.run(function, *args)


def _ignored() -> list[tuple[ContextVar[Any], Any]]:
    """What `np.seterr` sets: NumPy's variable of this context, and its value."""
    context = copy_context()
    before = dict(context)
    context.run(np.seterr, all="ignore")
    return [(var, value) for var, value in context.items() if before.get(var) is not value]


_IGNORED = _ignored()


def install() -> None:
    """Let warnings be shown by `show`."""
    if _show is not None:
        warnings._showwarnmsg = show  # type: ignore[attr-defined]
