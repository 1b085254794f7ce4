"""Shapes, parts and wholes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends.chainer.function import called
from autodiff.frontends.chainer.variable import Variable, array_of


def reshape(x: Any, shape: Any) -> Variable:
    """The same elements in another shape."""
    return called(lambda v: np.reshape(v, shape), x)


def flatten(x: Any) -> Variable:
    """All elements along one axis."""
    return reshape(x, (-1,))


def transpose(x: Any, axes: Any = None) -> Variable:
    """Axes in reverse, or in the order given."""
    return called(lambda v: np.transpose(v, axes), x)


def swapaxes(x: Any, axis1: int, axis2: int) -> Variable:
    """Two axes exchanged."""
    return called(lambda v: np.swapaxes(v, axis1, axis2), x)


def rollaxis(x: Any, axis: int, start: int = 0) -> Variable:
    """An axis moved to another place."""
    return called(lambda v: np.moveaxis(v, axis, start - (start > axis)), x)


def broadcast_to(x: Any, shape: Any) -> Variable:
    """x repeated to a shape."""
    return called(lambda v: np.broadcast_to(v, shape), x)


def broadcast(*args: Any) -> Any:
    """All arguments repeated to one shape."""
    shape = np.broadcast_shapes(*(array_of(a).shape for a in args))
    return tuple(broadcast_to(a, shape) for a in args)


def expand_dims(x: Any, axis: int) -> Variable:
    """A new axis of length 1."""
    return called(lambda v: np.expand_dims(v, axis), x)


def squeeze(x: Any, axis: Any = None) -> Variable:
    """Axes of length 1 dropped."""
    return called(lambda v: np.squeeze(v, axis=axis), x)


def concat(xs: Sequence[Any], axis: int = 1) -> Variable:
    """Arrays one after the other, along axis 1 unless told."""
    return called(lambda *vs: np.concatenate(vs, axis=axis), *xs)


def hstack(xs: Sequence[Any]) -> Variable:
    """Arrays side by side."""
    return called(lambda *vs: np.hstack(vs), *xs)


def vstack(xs: Sequence[Any]) -> Variable:
    """Arrays one below the other."""
    return called(lambda *vs: np.vstack(vs), *xs)


def stack(xs: Sequence[Any], axis: int = 0) -> Variable:
    """Arrays along a new axis."""
    return called(lambda *vs: np.stack(vs, axis=axis), *xs)


def split_axis(x: Any, indices_or_sections: Any, axis: int, force_tuple: bool = False) -> Any:
    """The parts between places along an axis."""
    found = called(lambda v: tuple(np.split(v, indices_or_sections, axis=axis)), x)
    return found if len(found) > 1 or force_tuple else found[0]


def separate(x: Any, axis: int = 0) -> Any:
    """Every slice along an axis."""
    count = array_of(x).shape[axis]
    return tuple(
        get_item(x, (slice(None),) * (axis % array_of(x).ndim) + (i,)) for i in range(count)
    )


def get_item(x: Any, slices: Any) -> Variable:
    """x[slices]."""
    index = array_of(slices)
    return called(lambda v: v[index], x)


def select_item(x: Any, t: Any) -> Variable:
    """x[i, t[i]] of each row."""
    labels = array_of(t)
    return called(lambda v: v[np.arange(len(labels)), labels], x)


def tile(x: Any, reps: Any) -> Variable:
    """x repeated along its axes."""
    return called(lambda v: np.tile(v, reps), x)


def cast(x: Any, typ: Any) -> Variable:
    """x in another dtype."""
    return called(lambda v: v.astype(typ), x)


Variable.__getitem__ = get_item  # type: ignore[attr-defined]
Variable.reshape = lambda self, *shape: reshape(  # type: ignore[attr-defined]
    self, shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
)
Variable.transpose = lambda self, *axes: transpose(self, axes or None)  # type: ignore[attr-defined]
Variable.T = property(transpose)  # type: ignore[attr-defined]
__all__ = [
    "broadcast", "broadcast_to", "cast", "concat", "expand_dims", "flatten", "get_item", "hstack",
    "reshape", "rollaxis", "select_item", "separate", "split_axis", "squeeze", "stack", "swapaxes",
    "tile", "transpose", "vstack",
]  # fmt: skip
