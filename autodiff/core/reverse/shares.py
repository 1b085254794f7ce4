"""Shares of one cotangent that are thin products: one product at the end gives their sum.

A matrix that is used for many vectors, at each step of a recurrent network or for each example of a
loop, gets a share left_k.T @ right_k from each use.  To make it costs an array of the size of the
matrix, to add it another pass.  But

    sum over k of left_k.T @ right_k  =  [left_1; left_2; ...].T @ [right_1; right_2; ...]

so a use costs what it has read, and one product of a good size makes the sum: the gradient of such
a loop takes less time than the loop that one writes by hand.  It is the same sum in another order,
so its last bits may differ; what is written as a program adds `one_by_one`.

>>> one = Shares([np.eye(2)], [np.ones((2, 3))])
>>> (one + Shares([np.eye(2)], [np.ones((2, 3))])).total()
array([[2., 2., 2.],
       [2., 2., 2.]])
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import numpy as np

from autodiff.core.language.dispatch import Array
from autodiff.core.language.op import Op

Result = TypeVar("Result")

WORTH = 1024
"""Elements of a matrix from which on it is worth to wait."""
THIN = 4
"""A share is thin where its factors together have so many times fewer elements than itself."""
WAITING = 2**20
"""Bytes of factors that wait at most, so that they are in the cache when their turn comes."""

_ndarray = np.ndarray
_waits: ContextVar[bool] = ContextVar("waits", default=True)


class Shares:
    """The sum of products left.T @ right that are not made yet, and of a `rest`, which is."""

    __slots__ = ("bytes", "lefts", "rest", "rights")
    __array_ufunc__ = None  # `array + shares` is asked of the shares

    def __init__(self, lefts: list[Array], rights: list[Array], rest: Array | None = None) -> None:
        self.lefts, self.rights, self.rest = lefts, rights, rest
        self.bytes: int = sum([factor.nbytes for factor in (*lefts, *rights)])

    def __add__(self, other: Any) -> Shares:
        """With other shares, or with an array; what was added here before may be changed."""
        if other.__class__ is not Shares:
            self.rest = other if self.rest is None else self.rest + other
            return self
        self.lefts += other.lefts
        self.rights += other.rights
        self.bytes += other.bytes
        return Shares([], [], self.total()) if self.bytes > WAITING else self

    __radd__ = __add__

    def total(self) -> Array:
        """The sum, as an array."""
        found = np.concatenate(self.lefts).T @ np.concatenate(self.rights) if self.lefts else None
        if found is None or self.rest is None:
            return self.rest if found is None else found
        found += self.rest
        return found


def shares_of(op: Op, index: int, ct: Array, primals: tuple[Array, ...]) -> Shares | None:
    """The cotangent of one argument of a product, to be made later; None where it is not thin."""
    matrix = primals[index]
    if not (type(ct) is type(matrix) is _ndarray and matrix.size >= WORTH and _waits.get()):
        return None
    factors = op.factors(index, ct, *primals) if op.factors is not None else None
    if factors is None:
        return None
    left, right = factors
    thin = THIN * (left.size + right.size) <= matrix.size
    return Shares([left], [right]) if thin and left.dtype is right.dtype is matrix.dtype else None


def one_by_one(function: Callable[..., Result], *args: Any) -> Result:
    """function(*args), where each share of a cotangent is made and added when it is met."""
    context = copy_context()
    context.run(_waits.set, False)
    return context.run(function, *args)
