"""Elements that are a block of an array: slices pick them, where their numbers would one by one.

A ledger knows of each element where it was written.  Of what is read of it together most is a part
of one value that was written, `IFOG[t, :, :n]` of what `IFOG[t] = ...` wrote.  Slices give it in no
time, and its cotangent is put into place as a block.

>>> numbers = np.arange(12).reshape(3, 4)
>>> block_of(numbers[1:, ::2], (3, 4))
(slice(1, None, None), slice(None, 3, 2))
>>> block_of(numbers[:, 3], (3, 4))
(slice(None, None, None), 3)
>>> block_of(numbers.T, (3, 4)) is None
True
"""

from __future__ import annotations

import math

import numpy as np

_arange, _outer = np.arange, np.add.outer  # by themselves, so that no recording takes note of them
Index = tuple[int | slice | None, ...]


def block_of(numbers: np.ndarray, shape: tuple[int, ...]) -> Index | None:
    """An index of slices that picks elements of an array, given by their numbers in C order.

    None where there is none that picks them in this shape.
    """
    steps = steps_of(numbers)
    if steps is None:
        return None
    sizes = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    first = [int(k) for k in np.unravel_index(numbers.flat[0], shape)]
    index: list[int | slice | None] = []
    axis = 0
    for count, step in zip(numbers.shape, steps):
        if count == 1:
            index.append(None)
            continue
        while axis < len(shape) and not goes_along(
            step, count, sizes[axis], first[axis], shape[axis]
        ):
            index.append(first[axis])
            axis += 1
        if axis == len(shape):
            return None
        index.append(run(first[axis], count, step // sizes[axis], shape[axis]))
        axis += 1
    return (*index, *first[axis:])


def steps_of(numbers: np.ndarray) -> list[int] | None:
    """How much each axis adds to a number, where that is the same everywhere."""
    if not numbers.size or not numbers.ndim:
        return None
    first = numbers.flat[0]
    grid: np.ndarray = first
    steps = []
    for axis, count in enumerate(numbers.shape):
        place = [0] * numbers.ndim
        place[axis] = int(count > 1)
        steps.append(int(numbers[tuple(place)] - first))
        grid = _outer(grid, _arange(count) * steps[-1])
    return steps if (grid == numbers).all() else None


def goes_along(step: int, count: int, size: int, first: int, length: int) -> bool:
    """Whether a run of numbers goes along an axis, whose steps are of a size, and stays in it."""
    return step > 0 and step % size == 0 and first + step // size * (count - 1) < length


def run(first: int, count: int, step: int, length: int) -> slice:
    """The slice of so many elements, as one writes it."""
    end = first + step * (count - 1) + 1
    return slice(first or None, None if end == length else end, None if step == 1 else step)
