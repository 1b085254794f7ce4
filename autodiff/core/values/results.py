"""What a NumPy function hands back: a number or an array, new memory or a view.

It decides what the next line does: `total += v` makes a new number, but changes an array; a change
of a view reaches its base, that of a copy does not.  NumPy's own functions mostly answer with a
number where no axis is left, and with new memory.  A composite, which is plain code over other
functions, may end in an array without axes or in a view of its argument; here its result becomes
what NumPy's is.

>>> import autodiff as ad
>>> def f(x):
...     middle = total = np.median(x)
...     total += x[0]
...     return total - middle
>>> ad.grad(f)(np.array([0.5, 2.0, 3.0]))
array([1., 0., 0.])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground, like_results, tracer_classes, window_classes
from autodiff.core.values.ledger import REARRANGING, Computed


def handed_back(found: Any, args: tuple[Any, ...], result: str) -> Any:
    """The result of a composite, called with `args`, as NumPy hands it back."""
    if isinstance(found, tuple | list):
        parts = [handed_back(part, args, result) for part in found]
        return like_results(found, parts) if isinstance(found, tuple) else parts
    value = ground(found)
    if value.__class__ is not np.ndarray:
        return np.copy(found) if result == "array" and found.__class__ in tracer_classes else found
    if value.ndim == 0 and result != "array":
        return found[()]
    return np.copy(found) if _shares(found, args) else found


def _shares(found: Any, args: tuple[Any, ...]) -> bool:
    """Whether a result is an argument, a view of one, or a view that can't be written to."""
    parts = list(args)
    for arg in args:
        if arg.__class__ is list or arg.__class__ is tuple:
            parts += arg
    alias: Any = getattr(found, "alias", None)
    if found.__class__ in window_classes:
        readable = found.extent.ledger.__class__ is Computed
    elif alias is None and found.__class__ in tracer_classes:  # no other value shares with it
        return any([part is found for part in parts])
    else:
        readable = alias is not None and alias.parent is not None and alias.op.name not in WRITABLE
    own = memory(found)
    return readable or any(memory(part) is own for part in parts)


def memory(value: Any) -> Any:
    """What owns the memory that a value shows: an array, or the ledger of a window."""
    if value.__class__ in window_classes:
        return value.extent.ledger
    while value.__class__ is np.ndarray and value.base is not None:
        value = value.base
    alias = getattr(value, "alias", None) if value.__class__ in tracer_classes else None
    while alias is not None and alias.parent is not None:
        value = alias.parent
        alias = value.alias
    return value


WRITABLE = REARRANGING | {"getitem"}
