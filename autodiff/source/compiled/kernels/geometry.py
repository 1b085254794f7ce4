"""Where the elements of a value lie: a view is other steps through the same memory.

Shapes and strides are fixed in a program, so that `x.T`, `x[1:]`, `x[:, None]` and a broadcast
array are not computed at all: a loop over them takes other steps through what they show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node


@dataclass(frozen=True, slots=True)
class Elements:
    """Elements in the memory of `base`: the first one's place, and the step along each axis."""

    base: Node
    first: int
    steps: tuple[int, ...]
    shape: tuple[int, ...]

    def along(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The steps along the axes of a shape that the elements are broadcast to."""
        more = len(shape) - len(self.shape)
        own = [0 if n == 1 else step for n, step in zip(self.shape, self.steps)]
        return (*[0] * more, *own)


def steps_of(array: np.ndarray) -> tuple[int, ...] | None:
    """The strides of an array in elements; None where they are no whole numbers of these."""
    size = array.itemsize
    return tuple([s // size for s in array.strides]) if not any(
        s % size for s in array.strides
    ) else None  # fmt: skip


def dense_steps(array: np.ndarray) -> tuple[int, ...]:
    """The steps of a new array that is laid out as this one, without gaps."""
    order = memory_order(array)
    steps, step = [0] * array.ndim, 1
    for axis in reversed(order):
        steps[axis] = step
        step *= max(array.shape[axis], 1)
    return tuple(steps)


def memory_order(array: np.ndarray) -> list[int]:
    """The axes from the one with the largest steps to the one with the smallest."""
    if array.flags.c_contiguous:
        return list(range(array.ndim))
    return sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))


def base_of(node: Node) -> Node | None:
    """The node in whose memory a view lies: the nearest that is no view itself."""
    while node.root is not node and node.call.kind != "input":
        first = node.args[0] if node.args else None
        if first.__class__ is not Node or not isinstance(first.value, np.ndarray):
            return None
        if first.value.dtype != node.value.dtype:
            return None
        if first.root is not node.root:
            return None
        node = first
    return node


def elements_of(node: Node, part: np.ndarray | None = None) -> Elements | None:
    """Where the elements of a node lie, or those of a part of it."""
    base = base_of(node)
    own = node.value if part is None else part
    if base is None or not isinstance(base.value, np.ndarray):
        return None
    if base.value.size == 0:
        return None
    steps, whole = steps_of(own), steps_of(base.value)
    if steps is None or whole is None or own.dtype != base.value.dtype:
        return None
    gap = address(own) - address(base.value)
    if gap % own.itemsize:
        return None
    if own is base.value and base.call.kind != "input":
        return Elements(base, 0, dense_steps(own), own.shape)
    if base.call.kind != "input" and not is_dense(base.value):
        return None
    return Elements(base, gap // own.itemsize, steps, own.shape)


def address(array: np.ndarray) -> int:
    """Where the first element is."""
    return int(array.__array_interface__["data"][0])


def is_dense(array: np.ndarray) -> bool:
    """Whether an array has no gaps, in any order of its axes."""
    own = steps_of(array)
    dense = dense_steps(array)
    return own is not None and all(
        a == b or n == 1 for a, b, n in zip(own, dense, array.shape, strict=True)
    )


def indexed(array: np.ndarray, index: Any) -> np.ndarray | None:
    """The view that a fixed index shows, also of one element; None where it is no view."""
    parts = index if index.__class__ is tuple else (index,)
    for part in parts:
        ends = (part.start, part.stop, part.step) if part.__class__ is slice else (part,)
        for one in ends:
            whole = isinstance(one, int | np.integer) and not isinstance(one, bool)
            if not (whole or one is None or one is Ellipsis):
                return None
    if Ellipsis not in [p for p in parts if p.__class__ is type(Ellipsis)]:
        parts = (*parts, Ellipsis)
    found = array[parts]
    return found if isinstance(found, np.ndarray) else None


Loop = tuple[tuple[int, ...], list[tuple[int, ...]]]


def collapsed(shape: tuple[int, ...], rows: list[tuple[int, ...]]) -> Loop:
    """A loop over a shape with as few axes as the steps of all its arrays allow, largest first.

    `rows` are the steps of each array along each axis.

    >>> collapsed((2, 3), [(3, 1), (0, 0)])
    ((6,), [(1,), (0,)])
    >>> collapsed((2, 3), [(1, 2), (1, 2)])
    ((6,), [(1,), (1,)])
    """
    axes = [axis for axis, n in enumerate(shape) if n != 1]
    weight = [sum(abs(row[axis]) for row in rows) for axis in range(len(shape))]
    axes.sort(key=lambda axis: -weight[axis])
    sizes: list[int] = []
    steps: list[list[int]] = [[] for _ in rows]
    for axis in axes:
        n = shape[axis]
        if sizes and all(own[-1] == row[axis] * n for own, row in zip(steps, rows)):
            sizes[-1] *= n
            for own, row in zip(steps, rows):
                own[-1] = row[axis]
        else:
            sizes.append(n)
            for own, row in zip(steps, rows):
                own.append(row[axis])
    return tuple(sizes), [tuple(own) for own in steps]


def size_of(shape: tuple[int, ...]) -> int:
    """How many elements a shape has."""
    return math.prod(shape)
