"""Whose code makes a call: the user's own, or that of an installed package."""

from __future__ import annotations

from types import FrameType

from autodiff.core.ground.locations import is_installed

_known: dict[str, bool] = {}


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs the user's own code, and not a package's (NumPy's, SciPy's, ours).

    >>> import sys
    >>> is_users(sys._getframe())
    True
    """
    file = frame.f_code.co_filename
    known = _known.get(file)
    if known is None:
        known = _known[file] = not is_installed(file)
    return known
