"""Whose code makes a call: the user's own, or that of an installed package."""

from __future__ import annotations

from types import FrameType

from autodiff.core.ground.locations import is_installed


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs the user's own code, and not a package's (NumPy's, SciPy's, ours).

    >>> import sys
    >>> is_users(sys._getframe())
    True
    """
    file = frame.f_code.co_filename
    return file in users or _is_new(file)


users: set[str] = set()
"""The files that are known to be the user's."""
_packages: set[str] = set()


def _is_new(file: str) -> bool:
    """Whether a file that is not known to be the user's is it."""
    if file in _packages:
        return False
    (_packages if is_installed(file) else users).add(file)
    return file in users
