"""`filled`: an array put together from elements of others, as they were written into it.

It is the one operation by which a `values.ledger` shows what stands in it: linear in all that was
written, and its transpose gives each operand what stands where its elements were put.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array, Params, apply, ground
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import case
from autodiff.core.language.registry import registry

Numbers = slice | np.ndarray
"""Elements of an array in one row, by their numbers: a run from one to another, or each."""
_arange = np.arange  # by itself, so that no recording takes note of it


def run_of(numbers: np.ndarray) -> Numbers:
    """Numbers that follow each other as a slice; others as they are.

    >>> run_of(np.array([3, 4, 5])), run_of(np.array([3, 5]))
    (slice(3, 6, None), array([3, 5]))
    """
    if not numbers.size or not (numbers[1:] - numbers[:-1] == 1).all():
        return numbers
    return slice(int(numbers[0]), int(numbers[-1]) + 1)


def each_of(numbers: Numbers) -> np.ndarray:
    """The numbers one by one."""
    return _arange(numbers.start, numbers.stop) if isinstance(numbers, slice) else numbers


def are_all(numbers: Numbers, size: int) -> bool:
    """Whether these are 0, 1, 2, ...: all elements of an array of a size, each in its place."""
    if isinstance(numbers, slice):
        return bool(numbers.start == 0 and numbers.stop == size)
    return bool(numbers.size == size) and in_order(numbers)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which element of which operand goes where: the parameter of `filled`.

    Each of the first operands gives its elements `taken` to the places `put`, as (put, taken); the
    others are single numbers, one for each of `singles`.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    arrays: Sequence[tuple[Numbers, Numbers]]
    singles: np.ndarray

    def __repr__(self) -> str:
        """The places of each operand's elements, where they are few: `[1, 2] [0]`."""
        operands = [each_of(put).tolist() for put, _ in self.arrays]
        operands += [[place] for place in self.singles.tolist()] if self.singles.size <= FEW else []
        if sum(map(len, operands)) <= FEW >= self.singles.size:
            return " ".join(map(str, operands))
        return f"{len(self.arrays) + len(self.singles)} parts of {list(self.shape)}"


FEW = 8
"""So many places are shown one by one."""


def _filled(*values: Any, at: Plan) -> Array:
    out = np.empty(int(np.prod(at.shape)), at.dtype)
    for value, (put, taken) in zip(values, at.arrays):
        flat = np.asarray(value).reshape(-1)
        out[put] = flat if are_all(taken, flat.size) else flat[taken]
    if at.singles.size:
        out[at.singles] = values[len(at.arrays) :]
    return out.reshape(at.shape)


def _filled_transpose(index: int, ct: Any, *values: Any, at: Plan) -> Any:
    flat, singles = _in_one_row(ct), index - len(at.arrays)
    return (
        flat[at.singles[singles]] if singles >= 0 else _given_back(flat, values[index], at, index)
    )


def _filled_pulled(ct: Any, ans: Array, values: Any, params: Params) -> list[Any]:
    at: Plan = params["at"]
    flat = _in_one_row(ct)
    found = [_given_back(flat, values[index], at, index) for index in range(len(at.arrays))]
    found.extend(flat[at.singles] if at.singles.size else ())
    return found


def _in_one_row(ct: Any) -> Any:
    return ct if len(ct.shape) == 1 else np.reshape(ct, -1)


def _given_back(flat: Any, value: Any, at: Plan, index: int) -> Any:
    """The cotangent of an operand: what stands where its elements were put."""
    put, taken = at.arrays[index]
    shape = np.shape(ground(value))
    size = math.prod(shape)
    part = flat[put]
    if not are_all(taken, size):
        part = apply(registry["scatter"], (part,), {"index": each_of(taken), "shape": (size,)})
    if not shape:
        return part[0]
    return part if shape == (size,) else np.reshape(part, shape)


def _example(arrays: list[tuple[list[int], list[int]]], singles: list[int]) -> Plan:
    pairs = [(run_of(np.array(put)), np.array(taken)) for put, taken in arrays]
    return Plan((7,), np.dtype(float), pairs, np.array(singles, np.intp))


filled_op = linear(
    _filled,
    _filled_transpose,
    name="filled",
    arity=None,
    keywords=("at",),
    binder=lambda *values, at: (values, {"at": at}),
    joint_vjp=_filled_pulled,
    cases=(
        case((3,), (), (), (), (), at=_example([([0, 2, 1], [2, 0, 1])], [5, 4, 3, 6])),
        case((2, 2), (), at=_example([([0, 6], [3, 0]), ([1, 2, 3, 4, 5], [0] * 5)], [])),
    ),
)
"""An array put together from parts of others, as its elements were written."""


def in_order(slots: np.ndarray) -> bool:
    """Whether these are 0, 1, 2, ...: all elements of an array, each in its place."""
    return bool((slots.reshape(-1) == _arange(slots.size)).all())
