"""Running the user's function on traced arguments: closing the trace, and clear errors."""

from __future__ import annotations

import os
from types import TracebackType

from autodiff.core.ground.errors import AutodiffError, DetachError, MutationError
from autodiff.core.ground.locations import at, is_ours
from autodiff.core.language.dispatch import Trace

SHOW_FRAMES = "AUTODIFF_FRAMES"
"""The environment variable that, set to anything, keeps the library's frames in tracebacks."""


class tracing:
    """Run a function on a trace's tracers: the trace closes at the end, in any case.

    NumPy's errors that come of a traced value are told anew, and the library's own frames do not
    stand between the user's line and the message.
    """

    __slots__ = ("trace",)

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.trace.closed = True
        if isinstance(error, ValueError):
            _tell_anew(error)
        if isinstance(error, AutodiffError) and SHOW_FRAMES not in os.environ:
            error.__traceback__ = users_frames(traceback)


def _tell_anew(error: ValueError) -> None:
    if isinstance(error.__cause__, DetachError):
        raise DetachError(
            "a traced value can't be assigned into a plain array: its derivative would be "
            "lost. Collect the parts in a list and write np.stack(parts), or choose with "
            f"np.where(condition, new, old).{at(error)}"
        ) from None
    if "read-only" in str(error) and not isinstance(error, AutodiffError):
        raise MutationError(
            "an array is changed here in place after an operation on traced values has read "
            "it, and the derivative needs it as it was. Change a copy instead, "
            f"`a = a.copy()`.{at(error)}"
        ) from None


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
