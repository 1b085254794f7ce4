"""Who takes note of every equation while it is recorded: open tapes.

A trace hands each new equation to `take`: the transform's own program, the recorders that are
attached, or nobody.  Tapes of several threads and tasks are attached to one trace, that of the
eager style; each tells by itself what is its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import Lock
from typing import Any

from autodiff.core.language.dispatch import Trace
from autodiff.core.language.equation import Equation

_attaching = Lock()


class Recording(Trace):
    """A trace whose equations recorders may take note of."""

    __slots__ = ("recorders", "take")

    recorders: tuple[weakref.ref[Any], ...]
    take: Callable[[Equation], None] | None

    def attach(self, recorder: Any) -> None:
        """Let a recorder (an open tape) take note of every equation from now on."""
        with _attaching:
            self.recorders = (*self.recorders, weakref.ref(recorder))
            self.take = self._tell_recorders

    def detach(self, recorder: Any) -> None:
        """The opposite of `attach`."""
        with _attaching:
            self.recorders = tuple(one for one in self.recorders if one() not in (recorder, None))
            self.take = self._tell_recorders if self.recorders else None

    def _tell_recorders(self, equation: Equation) -> None:
        for reference in self.recorders:
            recorder = reference()
            if recorder is not None:
                recorder.record(equation)
