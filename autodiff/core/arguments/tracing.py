"""Running the user's function on traced arguments: closing the trace, and clear errors."""

from __future__ import annotations

import re
from types import TracebackType

from autodiff.core.ground.errors import AutodiffError, DetachError, MutationError
from autodiff.core.ground.locations import at
from autodiff.core.ground.refusals import swallowed, told_by_python
from autodiff.core.ground.sentences import TOLD_BY_PYTHON
from autodiff.core.language.dispatch import Trace
from autodiff.core.language.registry import registry


class tracing:
    """Run a function on a trace's tracers: the trace closes at the end, in any case.

    NumPy's errors that come of a traced value are told anew.
    """

    __slots__ = ("trace",)

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __enter__(self) -> None:
        registry.meet()

    def __exit__(
        self, kind: type | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.trace.closed = True
        if isinstance(error, Exception):
            _tell_anew(error)


def _tell_anew(error: BaseException) -> None:
    if isinstance(error, AutodiffError):
        return
    refused = swallowed(error)
    if refused:
        raise DetachError(refused) from None
    text = str(error)
    if isinstance(error, TypeError):
        for pattern, key in TOLD_BY_PYTHON:
            if re.search(pattern, text):
                raise DetachError(told_by_python(key, error)) from None
    if isinstance(error, ValueError) and "read-only" in text:
        raise MutationError(
            "an array is changed here in place after an operation on traced values has read "
            "it, and the derivative needs it as it was. Change a copy instead, "
            f"`a = a.copy()`.{at(error)}"
        ) from None
