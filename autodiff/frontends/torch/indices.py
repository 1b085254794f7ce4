"""Indices and dimensions that count from 1, as NumPy's that count from 0."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here


def axis_of(dimension: int, tensor: Any) -> int:
    """NumPy's axis of a dimension."""
    if not 1 <= dimension <= tensor.a.ndim:
        raise IndexError(
            f"dimension {dimension} of a tensor with {tensor.a.ndim}: they count from 1.{here()}"
        )
    return int(dimension) - 1


def place(index: Any, array: Any) -> int:
    """NumPy's index of one along the first dimension."""
    if not 1 <= index <= len(array):
        raise IndexError(f"index {index} of 1 .. {len(array)}: they count from 1.{here()}")
    return int(index) - 1


def places(index: Any, tensor: Any) -> Any:
    """A Torch index: a number, a list of one or two ends, or several of them."""
    parts = index if isinstance(index, tuple) else (index,)
    found: list[Any] = []
    for part, length in zip(parts, tensor.a.shape, strict=False):
        if isinstance(part, list):
            ends = part or [1, length]
            start, end = ends[0], ends[-1]
            start, end = (e + length + 1 if e < 0 else e for e in (start, end))
            if not 1 <= start <= end <= length:
                raise IndexError(f"range {part} of 1 .. {length}.{here()}")
            found.append(slice(int(start) - 1, int(end)))
        else:
            if not 1 <= part <= length:
                raise IndexError(f"index {part} of 1 .. {length}: they count from 1.{here()}")
            found.append(int(part) - 1)
    return tuple(found)
