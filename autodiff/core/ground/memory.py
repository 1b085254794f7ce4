"""Memory that a tape gives back stays with the process, where the next one finds it.

A gradient makes all its arrays anew and lets go of them at once when the tape ends.  The C library
of Linux then hands the end of its heap back to the system, page by page of 4 KB, and the next call
asks for each page again: 0.2 to 2 microseconds a page, which was a quarter to a half of the time of
networks with arrays of some hundred KB.  It keeps more (64 MB) as soon as it has met an array of 32
MB, which need not be written to: so one is made here, and dropped.  Who sets the limits by the
variables of the environment (`MALLOC_TRIM_THRESHOLD_` and its kin) keeps them.

The rule is told in glibc's manual, "Malloc Tunable Parameters", `M_MMAP_THRESHOLD`.
"""

from __future__ import annotations

import contextlib
import sys

import numpy as np

LARGEST = 31 << 20
"""Bytes, just below the largest array that the C library takes as a sign."""


def keep_what_is_freed() -> None:
    """Let the C library keep up to 64 MB at the end of its heap; nothing is written."""
    if sys.platform == "linux":
        with contextlib.suppress(MemoryError):
            np.empty(LARGEST, np.uint8)
