"""Shares of one cotangent that are thin products: one product at the end gives their sum.

A matrix that is used for many vectors, at each step of a recurrent network or for each example of a
loop, gets a share left_k.T @ right_k from each use.  To make it costs an array of the size of the
matrix, to add it another pass.  But

    sum over k of left_k.T @ right_k  =  [left_1; left_2; ...].T @ [right_1; right_2; ...]

so a use costs what it has read, and one product of a good size makes the sum: the gradient of such
a loop takes less time than the loop that one writes by hand.  Where a view is taken anew for each
use, `x @ W.T` or `W[:, :n] @ x`, the shares of the equal views wait together.

It is the same sum in another order, so its last bits may differ; what is written as a program adds
`one_by_one`.

>>> shares = Shares(np.zeros((2, 3)))
>>> for k in range(3):
...     shares.add(np.eye(2), np.ones((2, 3)))
>>> shares.total()
array([[3., 3., 3.],
       [3., 3., 3.]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import Any, NamedTuple, TypeVar

import numpy as np

from autodiff.core.language.equation import Equation

Result = TypeVar("Result")

WORTH = 1024
"""Elements of a matrix from which on it is worth to wait."""
THIN = 4
"""A share is thin where its factors together have so many times fewer elements than itself."""
WAITING = 2**20
"""Bytes of factors that wait at most, so that they are in the cache when their turn comes."""

_ndarray = np.ndarray
_waits: ContextVar[bool] = ContextVar("waits", default=True)


class Factors(NamedTuple):
    """The factors that wait for one matrix, or for equal views of it.

    `views` are the equations that lead from one of these to the matrix.
    """

    views: Sequence[Equation]
    lefts: list[np.ndarray]
    rights: list[np.ndarray]


class Shares:
    """A cotangent: what is summed of it already, and the factors of products to be added."""

    __slots__ = ("bytes", "known", "waiting")
    __array_ufunc__ = None  # `array + shares` is asked of the shares

    def __init__(self, known: np.ndarray) -> None:
        self.known = known
        self.bytes = 0
        self.waiting: dict[Any, Factors] = {}

    def add(self, left: np.ndarray, right: np.ndarray, views: Sequence[Equation] = ()) -> None:
        """Add left.T @ right, or what it means for the matrix where it is of a view."""
        key = tuple([(view.op, repr(view.params)) for view in views])
        factors = self.waiting.setdefault(key, Factors(views, [], []))
        factors.lefts.append(left)
        factors.rights.append(right)
        self.bytes += left.nbytes + right.nbytes
        if self.bytes > WAITING:
            self.known, self.bytes = self.total(), 0
            self.waiting.clear()

    def total(self) -> np.ndarray:
        """The sum, as an array."""
        total = self.known
        for views, lefts, rights in self.waiting.values():
            share: Any = np.concatenate(lefts).T @ np.concatenate(rights)
            for view in views:
                assert view.op is not None
                share = view.op.vjp(0, share, view.value, view.primals, view.params)
            total = total + share
        return total

    def __add__(self, other: Any) -> Any:
        return self.total() + other

    __radd__ = __add__


def wait(
    equation: Equation, index: int, ct: Any, cotangents: dict[Equation, Any], owned: set[Equation]
) -> bool:
    """Let the share of one argument of a product wait, where it is thin and not the only one."""
    source = equation.inputs[index]
    if source not in cotangents and (source.op is None or not source.op.is_linear):
        return False
    matrix = equation.primals[index]
    if not (type(ct) is type(matrix) is _ndarray and matrix.size >= WORTH and _waits.get()):
        return False
    views = []
    while source not in cotangents:
        views.append(source)
        source = viewed(source)
        if source is None:
            return False
    known = cotangents[source]
    shares: Any = known if known.__class__ is Shares else None
    if shares is None and type(known) is not _ndarray:
        return False
    op: Any = equation.op
    factors = op.factors(index, ct, *equation.primals)
    if factors is None or not are_thin(factors, matrix):
        return False
    if shares is None:
        shares = cotangents[source] = Shares(known)
        owned.discard(source)
    shares.add(*factors, views)
    return True


def are_thin(factors: tuple[np.ndarray, np.ndarray], matrix: np.ndarray) -> bool:
    """Whether two plain factors are so much smaller than the matrix, and of its dtype."""
    left, right = factors
    if not type(left) is type(right) is _ndarray or not left.dtype is right.dtype is matrix.dtype:
        return False
    return THIN * (left.size + right.size) <= matrix.size


def viewed(source: Equation) -> Equation | None:
    """What an equation is a view of, by an op whose parameters tell all; None where it is none."""
    op = source.op
    if op is None or not op.is_linear or len(source.inputs) != 1 or source.value.base is None:
        return None
    whole = source.inputs[0]
    return whole if whole.__class__ is Equation and is_told(*source.params.values()) else None


_TOLD = (int, str, np.integer, type(None), type(...))


def is_told(*params: Any) -> bool:
    """Whether the text of parameters tells them apart, as that of numbers and slices does.

    >>> is_told((slice(None), 3), "C"), is_told(np.arange(2000))
    (True, False)
    """
    for param in params:
        if isinstance(param, slice):
            param = (param.start, param.stop, param.step)
        if not (is_told(*param) if isinstance(param, tuple | list) else isinstance(param, _TOLD)):
            return False
    return True


def one_by_one(function: Callable[..., Result], *args: Any) -> Result:
    """function(*args), where each share of a cotangent is made and added when it is met."""
    context = copy_context()
    context.run(_waits.set, False)
    return context.run(function, *args)
