"""What becomes of a plain number that a call makes: is it looked at, kept, or computed with?

`float(loss)` loses the derivative, and it does no harm where the number is printed, put into a
text, compared, or cut to a whole number: nothing of it can come back into the result.  The bytecode
after the call tells.  An instruction whose columns enclose those of the call takes its value, and
the next one to enclose that takes the result (PEP 657).

>>> import sys
>>> class Asking:
...     def __float__(self):
...         print(destiny(sys._getframe(1))[0])
...         return 1.0
>>> print(round(float(Asking()), 2))
looked at
1.0
>>> kept = [float(Asking()) + 1]
other
"""

from __future__ import annotations

import dis
import math
import sys
from functools import lru_cache
from inspect import unwrap
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.call_site import REMAINDERS, callee, look_up

LOOKED_AT, KEPT, OTHER = "looked at", "kept", "other"

TEXTS = frozenset(("FORMAT_VALUE", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC"))
ANSWERS = frozenset(("COMPARE_OP", "CONTAINS_OP", "IS_OP"))
"""Instructions whose result is a truth, which has no derivative."""
REMAINDER = "%"
ON_THE_WAY = frozenset(("BINARY_OP", REMAINDER, "UNARY_NEGATIVE", "BUILD_TUPLE"))
"""Instructions whose result is looked at in place of their operands."""
NEUTRAL = frozenset(
    ("LOAD_CONST", "PRECALL", "PUSH_NULL", "KW_NAMES", "CACHE", "NOP", "EXTENDED_ARG")
)
OPERATORS = ("BINARY_OP", "UNARY_NEGATIVE")
PASSING: tuple[Any, ...] = (
    round, abs, min, max, float, divmod, np.absolute, np.sqrt, np.max, np.min, np.round,
)  # fmt: skip
LOOKING: tuple[Any, ...] = (
    print, str, repr, format, ascii, bool, int, math.floor, math.ceil, math.trunc, math.isnan,
    math.isinf, math.isfinite, math.isclose, np.isnan, np.isinf, np.isfinite, np.isclose,
)  # fmt: skip
KEEPING = ("append", "insert", "add", "appendleft", "update", "setdefault")


Extent = tuple[tuple[int, int], tuple[int, int]]
"""Line and column of the beginning and of the end."""


class Taker(NamedTuple):
    """An instruction that takes the result of a call: what it is, and of a call the callee."""

    name: str
    names: tuple[str, ...]
    begins_with_text: bool


def destiny(frame: FrameType) -> tuple[str, tuple[str, ...]]:
    """What becomes of the result of what a frame does, and the names of the callee that takes it.

    That is a call, or an operator.
    """
    for name, names, begins_with_text in _way(frame.f_code, frame.f_lasti)[1:]:
        if name in TEXTS or name in ANSWERS or (name == REMAINDER and begins_with_text):
            return LOOKED_AT, ()
        if name.startswith("CALL"):
            function, owner = look_up(frame, names)
            own = unwrap(function) if callable(function) else None
            if any(own is one for one in LOOKING) or _writes(names, owner, begins_with_text):
                return LOOKED_AT, names
            if any(own is one for one in PASSING):
                continue
            return KEPT if names[-1:] and names[-1] in KEEPING else OTHER, names
        if name in ("STORE_SUBSCR", "BUILD_MAP", "MAP_ADD"):
            return KEPT, ()
        if name not in ON_THE_WAY:
            break
    return OTHER, ()


def is_call_of(frame: FrameType, function: Any) -> bool:
    """Whether a frame calls this function just now."""
    way = _way(frame.f_code, frame.f_lasti)
    return bool(way) and bool(way[0].names) and look_up(frame, way[0].names)[0] is function


@lru_cache(maxsize=1000)
def _way(code: CodeType, offset: int) -> list[Taker]:
    """A call or an operator, and the instructions that take its result, one after the other."""
    before: list[dis.Instruction] = []
    found: list[Taker] = []
    own = None
    for one in dis.get_instructions(code):
        extent = _extent(one)
        if one.offset == offset:
            if ("CALL" not in one.opname and one.opname not in OPERATORS) or extent is None:
                return []
            own = extent
            found.append(_taker(before, one))
        elif one.opname not in NEUTRAL and _encloses(extent, own):
            found.append(_taker(before, one))
            own = extent
        before.append(one)
    return found


def _taker(before: list[dis.Instruction], one: dis.Instruction) -> Taker:
    remainder = one.opname == "BINARY_OP" and one.arg in REMAINDERS
    names = callee([*before, one]) if "CALL" in one.opname else ()
    return Taker(REMAINDER if remainder else one.opname, names, _begins_with_text(before, one))


def _encloses(outer: Extent | None, inner: Extent | None) -> bool:
    """Whether the source of one thing is part of that of another."""
    if outer is None or inner is None or outer == inner:
        return False
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _extent(one: dis.Instruction) -> Extent | None:
    """Where the source of an instruction begins and ends."""
    place = one.positions
    if place is None or None in (place.lineno, place.col_offset, place.end_col_offset):
        return None
    return (place.lineno, place.col_offset), (place.end_lineno, place.end_col_offset)  # type: ignore[return-value]


def _begins_with_text(before: list[dis.Instruction], taker: dis.Instruction) -> bool:
    """Whether an expression begins with a text."""
    place = _extent(taker)
    for one in reversed(before):
        extent = _extent(one)
        if place is not None and extent is not None and extent[0] == place[0]:
            if one.opname == "LOAD_CONST":
                return isinstance(one.argval, str)
            if one.opname not in (*NEUTRAL, "LOAD_METHOD", "LOAD_ATTR", "PUSH_NULL"):
                return False
    return False


def _writes(names: tuple[str, ...], owner: Any, begins_with_text: bool) -> bool:
    """Whether a method makes a text, a line of a log or of a bar of progress."""
    logging = sys.modules.get("logging")
    if owner.__class__ is str or (
        logging and (owner is logging or isinstance(owner, logging.Logger))
    ):
        return True
    if names[1:] == ("format",) and begins_with_text:
        return True
    return type(owner).__module__.partition(".")[0] == "tqdm"
