"""Ops of the table that give an array another shape, take it apart, or put arrays together."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.table.entries import REQUIRED, op
from autodiff.ops.ground.arguments import shape_of


@op("Flatten")
def flattened(x: Any) -> Any:
    """The batch along the first axis, all else along the second."""
    return np.reshape(x, (shape_of(x)[0], -1))


@op("Reshape", shape=(), target_shape=None, reverse=False)
def _reshape(x: Any, *, shape: Any, target_shape: Any, reverse: bool) -> Any:
    only("Reshape", {"reverse": reverse})
    if not shape:  # the older spelling, whose 0 is what is left
        return np.reshape(x, tuple(n or -1 for n in target_shape))
    return np.reshape(x, _by_codes(shape_of(x), list(shape)))


def _by_codes(own: tuple[int, ...], codes: list[int]) -> tuple[int, ...]:
    """A shape: 0 keeps a length, -2 all that are left, -3 joins two, -4 splits one in two.

    >>> _by_codes((2, 3, 4), [0, -1]), _by_codes((2, 3, 4), [-3, -2])
    ((2, -1), (6, 4))
    >>> _by_codes((6, 5), [-4, 2, -1, 0])
    (2, 3, 5)
    """
    place, shape = 0, []
    while codes:
        code = codes.pop(0)
        if code == -2:
            shape += own[place:]
            place = len(own)
        elif code == -3:
            shape.append(own[place] * own[place + 1])
            place += 2
        elif code == -4:
            first, second = codes.pop(0), codes.pop(0)
            shape.append(own[place] // second if first == -1 else first)
            shape.append(own[place] // first if second == -1 else second)
            place += 1
        else:
            shape.append(own[place] if code == 0 else code)
            place += 1
    return tuple(shape)


@op("Concat", "*", dim=1, num_args=None)
def _concat(*xs: Any, dim: int, num_args: Any) -> Any:
    return np.concatenate(xs, axis=dim)


@op("SliceChannel", num_outputs=REQUIRED, axis=1, squeeze_axis=False, outputs=0)
def _slice_channel(x: Any, *, num_outputs: int, axis: int, squeeze_axis: bool) -> Any:
    parts = np.split(x, num_outputs, axis=axis)
    return tuple(np.squeeze(p, axis) if squeeze_axis else p for p in parts)


@op("ElementWiseSum", "*", num_args=None)
def _sum_of(*xs: Any, num_args: Any) -> Any:
    total = xs[0]
    for x in xs[1:]:
        total = total + x
    return total


@op("transpose", axes=None)
def _transpose(x: Any, *, axes: Any) -> Any:
    return np.transpose(x, axes or None)


@op("SwapAxis", dim1=0, dim2=0)
def _swap(x: Any, *, dim1: int, dim2: int) -> Any:
    return np.swapaxes(x, dim1, dim2)


@op("expand_dims", axis=REQUIRED)
def _expand(x: Any, *, axis: int) -> Any:
    return np.expand_dims(x, axis)


@op("Cast", dtype=None)
def _cast(x: Any, *, dtype: Any) -> Any:
    return x if dtype is None else x.astype(dtype)


@op("slice_axis", axis=REQUIRED, begin=REQUIRED, end=None)
def _slice_axis(x: Any, *, axis: int, begin: int, end: Any) -> Any:
    return x[(slice(None),) * (axis % len(shape_of(x))) + (slice(begin, end),)]


@op("tile", reps=REQUIRED)
def _tile(x: Any, *, reps: Any) -> Any:
    return np.tile(x, reps)


@op("broadcast_to", shape=REQUIRED)
def _broadcast_to(x: Any, *, shape: Any) -> Any:
    wanted = zip(shape, shape_of(x), strict=True)
    return np.broadcast_to(x, tuple(own if n == 0 else n for n, own in wanted))
