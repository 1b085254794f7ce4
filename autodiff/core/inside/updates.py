"""`a += x` of a plain array and a traced x, where nobody but the variable `a` holds the array.

Python binds the variable to what the addition gives back.  So where the number of references says
that no other variable, view or container would see the array change, nothing has to be changed:
the variable is given the sum, a traced value.  So it is with arrays that a call returned, as here:

>>> from autodiff import grad
>>> def unit(v):
...     return v / np.sqrt(np.sum(v * v))
>>> def f(angle):
...     a = unit(np.array([3.0, 4.0]))
...     a *= np.sin(angle)
...     return a[0]
>>> round(grad(f)(0.0), 3)
0.6
"""

from __future__ import annotations

import dis
import functools
import sys
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any

import numpy as np

from autodiff.core.inside.callers import is_users
from autodiff.core.inside.opened import is_open
from autodiff.core.inside.sole_owners import COUNTED, holders
from autodiff.core.language.dispatch import ground

_ndarray, _ones = np.ndarray, np.ones


def updated(ufunc: np.ufunc, args: Any, kwargs: dict[str, Any], frame: FrameType) -> Any:
    """What a variable of the frame stands for after `a += x`, in the dtype and shape of `a`.

    None where others hold the array too, or where NumPy would refuse.
    """
    if not COUNTED or len(args) != 2 or len(kwargs) != 1 or len(kwargs["out"]) != 1:
        return None
    if args[0] is not kwargs["out"][0] or args[0].__class__ is not _ndarray:
        return None
    if not is_open() or not is_users(frame):
        return None
    name = _variables(frame.f_code).get(frame.f_lasti)
    if name is None or name not in frame.f_locals or frame.f_locals[name] is not args[0]:
        return None
    if holders(frame, name) != _holders_of_one():
        return None
    array: np.ndarray = args[0]
    if not (array.flags.writeable and array.flags.owndata) or array.dtype.kind not in "fc":
        return None
    found = ufunc(*args)
    plain = ground(found)
    if np.shape(plain) != array.shape or not np.can_cast(plain.dtype, array.dtype, "same_kind"):
        return None
    return found if plain.dtype == array.dtype else found.astype(array.dtype)


@functools.lru_cache(1000)
def _variables(code: CodeType) -> dict[int, str]:
    """By the place of an `a += x` in the code: the variable that is bound to its result."""
    found = {}
    lines = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    for update, then in pairwise(lines):
        ends = update.opname == "BINARY_OP" and update.argrepr.endswith("=")
        if ends and then.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            name = then.argval[0] if isinstance(then.argval, tuple) else then.argval
            if name not in code.co_freevars:  # those of the function around stay what they are
                found[update.offset] = name
    return found


class _Counting:
    """Stands for x in `y += x`, and counts the references to y."""

    count = -2

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        self.count = holders(sys._getframe(1), "y")
        return args[0]


@functools.cache
def _holders_of_one() -> int:
    """The number of references to an array of one variable, during `y += x`."""
    counting = _Counting()
    _update_alone(counting)
    return counting.count


def _update_alone(x: Any) -> None:
    y = _ones(2)
    y += x
