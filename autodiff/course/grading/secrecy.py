"""The secret is taken out of the environment before an answer runs, and out of its memory.

    AUTODIFF_SECRET=... autodiff course grade submitted/

A process can read `/proc/PID/environ` of its parent where both are one user's.  What is shown there
is the memory in which the process was given its environment, so that is overwritten, too.
"""

from __future__ import annotations

import ctypes
import os
import sys

from autodiff.course.checking import SECRET


def taken() -> str:
    """The environment's secret, which is in no environment any more; "" where there is none."""
    secret = os.environ.get(SECRET, "")
    if secret and sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.getenv.restype = ctypes.c_void_p
        place = library.getenv(SECRET.encode())
        if place:
            ctypes.memset(place, 0, len(os.fsencode(secret)))
    os.environ.pop(SECRET, None)
    return secret
