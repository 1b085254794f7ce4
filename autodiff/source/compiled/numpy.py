"""The back end of NumPy: the program itself."""

from __future__ import annotations

from autodiff.source.program import Prepared, Source


def compiled(ready: Prepared) -> Source:
    """The program that gives the very results."""
    return ready.module_for(checked=False)
