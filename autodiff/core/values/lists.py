"""Lists of traced values as one array, as NumPy makes an array of a list of numbers.

>>> from autodiff import Tensor
>>> x = Tensor([1.0, 2.0])
>>> of_lists([[x[0], 3.0], x]).shape
(2, 2)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground, holds_traced


def of_lists(value: Any) -> Any:
    """Nested lists of numbers as one array, of which some may be traced; else the value itself."""
    if value.__class__ is not list and value.__class__ is not tuple:
        return value
    return joined(value) if holds_traced(value) else np.asarray(value)


def joined(value: Any) -> Any:
    """The array of a nested list, in one operation however deep the list is."""
    shape, parts = [len(value)], list(value)
    while parts and all([isinstance(part, list | tuple) for part in parts]):
        lengths = set(map(len, parts))
        if len(lengths) > 1:
            _refuse_ragged(f"rows of lengths {', '.join(map(str, sorted(lengths)))}")
        shape.append(lengths.pop())
        parts = [element for part in parts for element in part]
    parts = [joined(part) if isinstance(part, list | tuple) else part for part in parts]
    own = {np.shape(ground(part)) for part in parts}
    if len(own) > 1:
        _refuse_ragged(f"elements of shapes {', '.join(map(str, sorted(own)))}")
    row = np.stack(parts)
    return row if len(shape) == 1 else np.reshape(row, (*shape, *own.pop()))


def _refuse_ragged(what: str) -> None:
    raise ShapeError(
        f"a list with {what} makes no array: NumPy needs rows of one length. To join parts of "
        f"different lengths write np.concatenate([...]).{here()}"
    )
