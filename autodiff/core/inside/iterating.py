"""`np.ndenumerate` and `np.nditer` over traced arrays and over arrays that get traced values.

>>> from autodiff import grad
>>> def f(x):
...     y = np.zeros((2, 2))
...     for place, value in np.ndenumerate(x):
...         y[place] = value * sum(place)
...     with np.nditer(y, op_flags=["readwrite"]) as elements:
...         for element in elements:
...             element[...] = element * element
...     return y.sum()
>>> grad(f)(np.ones((2, 2)))
array([[0., 2.],
       [2., 8.]])
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.inside.callers import is_users
from autodiff.core.language.dispatch import ground, holds_traced, is_traced
from autodiff.core.values import inplace
from autodiff.core.values.lists import of_lists

_ndenumerate, _nditer = np.ndenumerate, np.nditer
KNOWN = frozenset(["multi_index", "c_index", "f_index", "refs_ok", "zerosize_ok", "common_dtype"])


def enumerated(arr: Any) -> Any:
    """`np.ndenumerate`: pairs of an index and an element."""
    if is_users(sys._getframe(1)):
        arr = of_lists(arr) if holds_traced(arr) else arr
    if not is_traced(arr) and arr.__class__ not in inplace.blanks:  # which the loop may fill
        return _ndenumerate(arr)
    return ((place, arr[place]) for place in np.ndindex(arr.shape))


class Iterated:
    """`np.nditer` over arrays of one shape or that broadcast, element by element in C order."""

    def __new__(cls, op: Any, flags: Any = (), *args: Any, **kwargs: Any) -> Any:
        """NumPy's own where nothing is traced, nor may become so."""
        several = isinstance(op, list | tuple)
        values = op if several else [op]
        traced = any([is_traced(v) or v.__class__ in inplace.blanks for v in values])
        if not traced or not is_users(sys._getframe(1)):
            return _nditer(op, flags, *args, **kwargs)
        return super().__new__(cls)

    def __init__(self, op: Any, flags: Any = (), op_flags: Any = None, **kwargs: Any) -> None:
        several = isinstance(op, list | tuple)
        unknown = [*(set(flags) - KNOWN), *kwargs]
        if unknown or (several and any(value is None for value in op)):
            what = unknown[0] if unknown else "an operand None"
            raise UnsupportedError(
                f"np.nditer over traced values does not know {what!r}. Write a loop "
                f"`for i in np.ndindex(x.shape)`, or the operation on the whole array.{here()}"
            )
        self.several = several
        wanted = [ground(value) for value in (op if several else [op])]
        self.shape = np.broadcast_shapes(*[np.shape(value) for value in wanted])
        flags_of = op_flags or [["readonly"]]
        flags_of = flags_of if isinstance(flags_of[0], list | tuple) else [flags_of]
        self.written = ["readwrite" in own or "writeonly" in own for own in flags_of]
        self.operands = tuple(op) if several else (op,)
        self._places = list(np.ndindex(self.shape))
        self.index = 0

    @property
    def itersize(self) -> int:
        """The number of elements."""
        return len(self._places)

    @property
    def finished(self) -> bool:
        """Whether the last element is passed."""
        return self.index >= len(self._places)

    @property
    def multi_index(self) -> tuple[int, ...]:
        """The place of the current element."""
        return self._places[self.index]

    @property
    def value(self) -> Any:
        """The current element of each operand: an array without axes, which may be written."""
        found = tuple([self[i] for i in range(len(self.operands))])
        return found if self.several else found[0]

    def iternext(self) -> bool:
        """Go on; whether there is another element."""
        self.index += 1
        return not self.finished

    def reset(self) -> None:
        """Begin anew."""
        self.index = 0

    def close(self) -> None:
        """Nothing waits to be written."""

    def __getitem__(self, operand: int) -> Any:
        array = self.operands[operand]
        if np.shape(ground(array)) != self.shape:
            array = np.broadcast_to(array, self.shape)
        return array[(*self.multi_index, ...)]

    def __setitem__(self, operand: int, value: Any) -> None:
        self.operands[operand][self.multi_index] = value

    def __len__(self) -> int:
        return len(self.operands)

    def __iter__(self) -> Iterator[Any]:
        while not self.finished:
            yield self.value
            self.index += 1

    def __enter__(self) -> Iterated:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
