"""Arrays that are read-only as long as somebody holds their lock: several transforms, or threads.

Nobody has to give a lock back: with its last holder, a call of C makes the array writeable again.
So an interrupt, which may come at any moment, leaves no array of the user's read-only for good.

>>> a = np.zeros(3)
>>> one, other = lock(a), lock(a)
>>> one is other, a.flags.writeable
(True, False)
>>> del one, other
>>> a.flags.writeable
True
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autodiff.core.ground.endings import Ending, ending


class Lock:
    """As long as it lives, an array is read-only."""

    __slots__ = ("__weakref__", "endings")

    def __init__(self, array: np.ndarray) -> None:
        forget: Any = partial(_locks.pop, id(array), None)
        self.endings = [ending(self, forget), ending(self, partial(array.setflags, write=True))]


_locks: dict[int, Ending] = {}
"""The lock of each array that has one, by the array's identity; it takes itself out."""


def lock(array: np.ndarray) -> Lock | None:
    """The lock of an array, made where there is none; None for one that the user made read-only."""
    while True:
        reference = _locks.get(id(array))
        held = reference() if reference is not None else None
        if held is None and not array.flags.writeable:
            return None
        if held is None:
            held = Lock(array)
            if _locks.setdefault(id(array), held.endings[0]) is not held.endings[0]:
                held.endings.clear()  # another thread's was there first
                continue
        array.flags.writeable = False
        return held
