"""How a value lies in memory: by that NumPy decides whether a later `ravel` is a view or a copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array, apply, ground
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import case

_ndarray = np.ndarray
_empty, _arange = np.empty, np.arange  # by themselves, so that no recording takes note of them


def _laid_out(x: Array, axes: tuple[int, ...], gap: bool = False) -> Array:
    *outer, last = (np.shape(x)[a] for a in axes)
    inner = np.empty((*outer, last + gap), np.asarray(x).dtype)[..., :last]
    inner[...] = np.transpose(x, axes)
    return np.transpose(inner, np.argsort(axes))


laid_out = linear(
    _laid_out,
    lambda ct, x, axes, gap=False: ct,
    name="laid_out",
    label="{}",
    keywords=("axes", "gap"),
    cases=(case((2, 3), axes=(1, 0)), case((2, 3), axes=(1, 0), gap=True)),
)
"""The same values, the axes lying in memory in the given order, the widest step first.

With a gap they are contiguous in no order, as a part of a larger array is.
"""


def layout(value: Any) -> tuple[type, tuple[int, ...]]:
    """Whether a value is an array or a number, and the steps along its axes that matter."""
    value = ground(value)
    pairs = zip(value.strides, value.shape, strict=True)
    return value.__class__, tuple(step if n > 1 else 0 for step, n in pairs)


def places_like(value: np.ndarray) -> np.ndarray:
    """The number of each element, in C order, in an array that lies in memory as the value does."""
    places = np.empty_like(value, np.intp, subok=False)
    places[...] = np.arange(value.size).reshape(value.shape)
    if 1 not in value.shape:
        return places
    pairs = zip(value.shape, value.strides, places.strides, strict=True)  # of one step any will do
    wanted = [own if n > 1 else s // value.itemsize * places.itemsize for n, s, own in pairs]
    return (
        places
        if wanted == list(places.strides)
        else np.lib.stride_tricks.as_strided(places, strides=wanted)
    )


def places_at(shape: tuple[int, ...], steps: Sequence[int]) -> np.ndarray:
    """The numbers 0, 1, 2, ... in a shape, lying in memory with these steps between them.

    >>> places_at((2, 2), (4, 2)).flags.c_contiguous
    False
    """
    count = int(np.prod(shape))
    if count == 0:
        return np.zeros(shape, int)
    ways = [(n - 1) * step for n, step in zip(shape, steps, strict=True)]
    memory = _empty(sum(map(abs, ways)) + 1, int)
    start = -8 * sum(way for way in ways if way < 0)
    places = np.ndarray(shape, int, memory, start, [8 * step for step in steps])
    places[...] = _arange(count).reshape(shape)
    return places


def view_at(table: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The entries of a table at some places, each of which lies where its number says: a view.

    >>> view_at(np.array([0, 10, 20, 30, 40, 50]), np.arange(6).reshape(2, 3)[:, 1])
    array([10, 40])
    """
    size = table.itemsize
    first = places.item((0,) * places.ndim) * size
    steps = [step // places.itemsize * size for step in places.strides]
    return _ndarray(places.shape, table.dtype, table, first, steps)


def axes_by_step(value: np.ndarray) -> tuple[int, ...]:
    """The axes that are longer than 1, the widest step first."""
    long = [axis for axis, n in enumerate(value.shape) if n > 1]
    return tuple(sorted(long, key=lambda axis: -abs(value.strides[axis])))


def laid_like(value: Any, other: np.ndarray) -> Any:
    """A value of the shape of another array, its axes in the same order in memory.

    It is contiguous in Fortran's order only where the other array is, since NumPy reads or makes
    some arrays by that (`np.ravel(x, order="A")`, `np.pad`).
    """
    plain = ground(value)
    if other.ndim < 2 or plain.__class__ is not _ndarray:
        return value
    if other.flags.c_contiguous and plain.flags.c_contiguous:
        return value
    wanted = axes_by_step(other)
    gap = wanted == tuple(sorted(wanted, reverse=True)) and len(wanted) > 1
    gap = gap and not other.flags.f_contiguous
    if axes_by_step(plain) == wanted and gap <= (not plain.flags.f_contiguous):
        return value
    rest = [axis for axis in range(other.ndim) if axis not in wanted]
    params = {"axes": (*rest, *wanted)}
    return apply(laid_out, (value,), params | {"gap": True} if gap else params)
