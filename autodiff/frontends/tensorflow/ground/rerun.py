"""Notebook cells that are run again: what a cell made before, it is given again.

Running a cell twice would leave two placeholders and refuse the second `get_variable`.  The same
cell, compiled anew, that comes by the same lines (of functions from other cells too) to ask for
the same thing, is a re-run; a loop inside one run of a cell is not, since its code object is the
same.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType

from autodiff.core.ground.locations import is_ours, user_frame
from autodiff.core.language.equation import Equation

Way = tuple[tuple[CodeType, int], ...]
"""The user's lines from the innermost one out to that of the cell."""


def is_cell(file: str) -> bool:
    """Whether a code's file is a notebook cell or a line typed into IPython.

    >>> is_cell("/tmp/ipykernel_12/345.py"), is_cell("train.py")
    (True, False)
    """
    return file.startswith("<ipython-input") or "ipykernel_" in file


def way_here() -> Way | None:
    """How the cell that runs comes to this call; None where no cell runs."""
    way: list[tuple[CodeType, int]] = []
    frame = user_frame(2)
    while frame is not None:
        code = frame.f_code
        if not is_ours(code.co_filename):
            way.append((code, frame.f_lasti))
        if code.co_name == "<module>":
            return tuple(way) if is_cell(code.co_filename) else None
        frame = frame.f_back
    return None


def made_before(candidates: Iterable[Equation]) -> Equation | None:
    """The node that an earlier run of the caller's cell made by this way; it is claimed."""
    way = way_here()
    if way is None:
        return None
    cell = way[-1][0]
    for node in candidates:
        old: Way | None = node.note.get("way")
        if old is None or old != way:
            continue
        before = old[-1][0]
        if before is not cell and before.co_filename == cell.co_filename:
            node.note["way"] = way
            return node
    return None
