"""`x.flat`: the elements of a traced array one after another, row by row, to read and to write.

NumPy's own is an iterator that can be indexed, whose parts are copies, and which may stand
wherever an array may.

>>> import numpy as np
>>> from autodiff import grad
>>> def f(x):
...     y = x * 1.0
...     y.flat[1:3] = y.flat[0] * x.flat[3]
...     return np.sum(y.flat)
>>> grad(f)(np.array([[2.0, 3.0], [4.0, 5.0]]))
array([[11.,  0.],
       [ 0.,  5.]])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.core.values.inplace import as_written_in_turn, flags_of
from autodiff.core.values.lists import of_lists


class Flat:
    """The elements of a traced array in one row."""

    __slots__ = ("base", "index")

    def __init__(self, base: Any) -> None:
        self.base = base
        self.index = 0

    def __next__(self) -> Any:
        if self.index >= len(self):
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def copy(self) -> Any:
        """All elements, in new memory."""
        return np.copy(np.reshape(self.base, -1))

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return np.copy(np.reshape(self.base, -1)[index])[()]

    def __setitem__(self, index: Any, value: Any) -> None:
        values = of_lists(_row(value))
        if not np.size(ground(values)):  # NumPy does not look at the index then
            return
        spots = np.atleast_1d(np.arange(len(self))[index]).reshape(-1)
        np.put(self.base, spots, as_written_in_turn(self.base, spots, values))

    def set_all(self, value: Any) -> None:
        """`x.flat = value`, where NumPy copies a value first that does not lie as x, by columns."""
        value = of_lists(_row(value))
        if flags_of(self.base).f_contiguous and not flags_of(value).f_contiguous:
            value = np.copy(value)
        self[:] = value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.copy(), dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(value, Flat) for value in kwargs.get("out", ())):
            raise UnsupportedError(f"x.flat is no array to put results into.{here()}")
        return getattr(ufunc, method)(*map(_row, args), **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return func(*map(_row, args), **kwargs)


def _row(value: Any) -> Any:
    """What a function sees of an argument: of `x.flat` its elements."""
    if isinstance(value, Flat):
        return value.copy()
    if isinstance(value, list | tuple) and any(isinstance(part, Flat) for part in value):
        return type(value)(map(_row, value))
    return value
