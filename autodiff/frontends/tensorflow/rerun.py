"""Notebook cells that are run again: what a cell made before, it is given again.

Running a cell twice would leave two placeholders and refuse the second `get_variable`.  The same
line of the same cell, compiled anew, asking for the same thing, is a re-run; a loop inside one
run of a cell is not, since its code object is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autodiff.core.program import Equation
from autodiff.frontends.tensorflow.graph import place_of_user


def is_cell(file: str) -> bool:
    """Whether a code's file is a notebook cell or a line typed into IPython.

    >>> is_cell("/tmp/ipykernel_12/345.py"), is_cell("train.py")
    (True, False)
    """
    return file.startswith("<ipython-input") or "ipykernel_" in file


def made_before(candidates: Iterable[Equation]) -> Equation | None:
    """The node that an earlier run of the caller's cell made at this place; it is claimed."""
    code, offset = place_of_user()
    if code is None or not is_cell(code.co_filename):
        return None
    for node in candidates:
        old: Any = node.code
        if (
            old is not None
            and old is not code
            and node.offset == offset
            and old.co_filename == code.co_filename
            and old == code
        ):
            node.code = code
            return node
    return None
