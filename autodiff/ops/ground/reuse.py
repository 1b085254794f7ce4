"""What an op has computed on the way forward and its rule needs again: kept with the argument.

The exponentials of a softmax cost more than all the rest of its rule.  An op that has them leaves
them here, and finds them again as long as its argument, an array that nobody changes while a
derivative needs it, lives; where they are gone (or were never there) the rule computes them anew.
What fills much memory makes room for what comes later, since many arguments live long.

>>> x = np.array([0.0, 1.0])
>>> keep("exp", x, (np.exp(x),))
>>> kept("exp", x)
(array([1.        , 2.71828183]),)
>>> kept("exp", x.copy()) is None
True
"""

import weakref

import numpy as np

ROOM = 2**26
"""Bytes of all that is kept."""
_kept = {}


class _Kept(weakref.ref):
    """An argument, what was computed from it, and its bytes; it leaves with the argument."""

    __slots__ = ("place", "result", "size")


class _Room:
    """How many bytes are taken; threads may make it a little wrong, until room is made."""

    taken = 0


def _leave(entry):
    if _kept.pop(entry.place, None) is not None:
        _Room.taken -= entry.size


def keep(what, x, result):
    """Leave the parts of a result with a plain array, in the place of others of their kind."""
    if type(x) is not np.ndarray:
        return
    entry = _Kept(x, _leave)
    entry.place, entry.result = (what, id(x)), result
    entry.size = sum([getattr(part, "nbytes", 0) for part in result])
    before = _kept.pop(entry.place, None)
    _Room.taken += entry.size - (0 if before is None else before.size)
    _kept[entry.place] = entry
    if _Room.taken > ROOM:
        _make_room()


def _make_room():
    """Let the oldest go until there is room."""
    entries = list(_kept.values())
    _Room.taken = sum([entry.size for entry in entries])
    for entry in entries:
        if _Room.taken <= ROOM:
            break
        _leave(entry)


def kept(what, x):
    """The result of that kind that was left with this very array, or None."""
    entry = _kept.get((what, id(x)))
    return entry.result if entry is not None and entry() is x else None
