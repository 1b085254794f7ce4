"""Shapes, parts and wholes: reshape, dimshuffle, indices, concatenate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.registry import registry
from autodiff.frontends.theano.tensor.basic import as_shape, sizes_of
from autodiff.frontends.theano.types import TensorType, upcast
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_code, apply_op, as_variable, nested


def _shape(x: Any) -> Any:
    return np.array(np.shape(x), "int64")


def _reshape(x: Any, *sizes: Any) -> Any:
    return np.reshape(x, as_shape(sizes))


def _flatten(x: Any, *, keep: int) -> Any:
    return np.reshape(x, (*np.shape(x)[:keep], -1))


def _dimshuffle(x: Any, *, pattern: tuple[Any, ...]) -> Any:
    kept = [p for p in pattern if p != "x"]
    x = np.transpose(x, [*kept, *(a for a in range(np.ndim(x)) if a not in kept)])
    lengths = iter(np.shape(x))
    return np.reshape(x, tuple(1 if p == "x" else next(lengths) for p in pattern))


def _concatenate(*parts: Any, axis: int) -> Any:
    return np.concatenate(parts, axis=axis)


def _stack(*parts: Any, axis: int) -> Any:
    return np.stack(parts, axis=axis)


def _repeat(x: Any, repeats: Any, *, axis: int | None) -> Any:
    return np.repeat(x, np.asarray(repeats)[()], axis=axis)


def shape(x: Any) -> Variable:
    """The lengths of the axes, a vector of int64."""
    x = as_variable(x)
    made = apply_code("shape", _shape, (x,), TensorType("int64", (False,)))
    made.node.note = {**(made.node.note or {}), "length": x.ndim}
    return made


def reshape(x: Any, newshape: Any, ndim: int | None = None) -> Variable:
    """The same elements in another shape, whose lengths may be variables; one may be -1."""
    x = as_variable(x)
    if isinstance(newshape, Variable) and ndim is None and newshape.ndim:
        ndim = (newshape.node.note or {}).get("length")
        if ndim is None:
            raise ValueError(f"x.reshape({newshape}) needs ndim=, its length is not known.{here()}")
    if isinstance(newshape, Variable) and newshape.ndim:
        sizes, count = [newshape], ndim
    else:
        sizes, count = sizes_of(newshape)
    ones = [not isinstance(n, Variable) and int(n) == 1 for n in sizes]
    axes = tuple(ones) if len(ones) == count else (False,) * (count or 0)
    return apply_code("reshape", _reshape, (x, *sizes), TensorType(x.dtype, axes))


def flatten(x: Any, outdim: int = 1, ndim: int | None = None) -> Variable:
    """The first `outdim - 1` axes kept, the others as one."""
    x = as_variable(x)
    keep = (ndim or outdim) - 1
    type = TensorType(x.dtype, (*x.broadcastable[:keep], False))
    return apply_code("flatten", _flatten, (x,), type, keep=keep)


def dimshuffle(x: Any, *pattern: Any) -> Variable:
    """Axes in another order; "x" makes a new one that may be broadcast, others are dropped."""
    x = as_variable(x)
    if len(pattern) == 1 and isinstance(pattern[0], list | tuple):
        pattern = tuple(pattern[0])
    kept = [p for p in pattern if p != "x"]
    dropped = [a for a in range(x.ndim) if a not in kept]
    for axis in dropped:
        if not x.broadcastable[axis]:
            raise ValueError(
                f"dimshuffle{pattern} drops axis {axis} of {x.type}, which is not broadcastable: "
                f"its length may be other than 1.{here()}"
            )
    axes = tuple(True if p == "x" else x.broadcastable[p] for p in pattern)
    type = TensorType(x.dtype, axes)
    return apply_code("dimshuffle", _dimshuffle, (x,), type, pattern=pattern)


def transpose(x: Any, axes: Sequence[int] | None = None) -> Variable:
    """Axes in reverse, or in the order given."""
    x = as_variable(x)
    axes = list(axes) if axes is not None else list(range(x.ndim))[::-1]
    type = TensorType(x.dtype, tuple(x.broadcastable[a] for a in axes))
    return apply_op(registry.by_function[np.transpose], (x,), type, {"axes": tuple(axes)})


def swapaxes(x: Any, one: int, two: int) -> Variable:
    """Two axes exchanged."""
    axes = list(range(as_variable(x).ndim))
    axes[one], axes[two] = axes[two], axes[one]
    return transpose(x, axes)


def patternbroadcast(x: Any, broadcastable: Sequence[bool]) -> Variable:
    """The same value, with a type that says which axes may be broadcast."""
    x = as_variable(x)
    type = TensorType(x.dtype, tuple(broadcastable))
    return apply_code("rebroadcast", np.copy, (x,), type)


def addbroadcast(x: Any, *axes: int) -> Variable:
    """Let axes of length 1 be broadcast."""
    x = as_variable(x)
    return patternbroadcast(x, [b or a in axes for a, b in enumerate(x.broadcastable)])


def unbroadcast(x: Any, *axes: int) -> Variable:
    """Forbid axes to be broadcast."""
    x = as_variable(x)
    return patternbroadcast(x, [b and a not in axes for a, b in enumerate(x.broadcastable)])


def concatenate(tensor_list: Sequence[Any], axis: int = 0) -> Variable:
    """Arrays one after the other along an axis."""
    parts = [as_variable(p) for p in tensor_list]
    axes = [
        all(p.broadcastable[a] for p in parts) and a != axis % parts[0].ndim
        for a in range(parts[0].ndim)
    ]
    type = TensorType(upcast([p.type for p in parts]), tuple(axes))
    return apply_code("join", _concatenate, parts, type, axis=axis)


def join(axis: int, *parts: Any) -> Variable:
    """`concatenate`, the axis first."""
    return concatenate(parts, axis)


def stack(*tensors: Any, axis: int = 0) -> Variable:
    """Arrays of one shape along a new axis."""
    parts = (
        list(tensors[0]) if len(tensors) == 1 or isinstance(tensors[0], list | tuple) else tensors
    )
    found = [as_variable(p) for p in parts]
    axes = list(found[0].broadcastable)
    axes.insert(axis, False)
    type = TensorType(upcast([p.type for p in found]), tuple(axes))
    return apply_code("stack", _stack, found, type, axis=axis)


def tile(x: Any, reps: Any, ndim: int | None = None) -> Variable:
    """The array repeated along its axes."""
    x = as_variable(x)
    count = max(x.ndim, len(reps) if isinstance(reps, list | tuple) else 1)
    if ndim not in (None, count):
        raise ValueError(f"tile: the result has {count} axes, and ndim={ndim}.{here()}")
    type = TensorType(x.dtype, (False,) * count)
    return apply_code("tile", np.tile, (x,), type, reps=reps)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Variable:
    """Each element repeated."""
    x = as_variable(x)
    type = TensorType(x.dtype, (False,) * (x.ndim if axis is not None else 1))
    return apply_code("repeat", _repeat, (x, repeats), type, axis=axis)


def diag(x: Any, k: int = 0) -> Variable:
    """The diagonal of a matrix, or the matrix with that diagonal."""
    x = as_variable(x)
    type = TensorType(x.dtype, (False,) * (3 - x.ndim))
    return apply_code("diag", np.diag, (x,), type, k=k)


def shape_padleft(x: Any, n_ones: int = 1) -> Variable:
    """New axes in front, which may be broadcast."""
    x = as_variable(x)
    return dimshuffle(x, *(["x"] * n_ones), *range(x.ndim))


def shape_padright(x: Any, n_ones: int = 1) -> Variable:
    """New axes at the end, which may be broadcast."""
    x = as_variable(x)
    return dimshuffle(x, *range(x.ndim), *(["x"] * n_ones))


def shape_padaxis(x: Any, axis: int) -> Variable:
    """A new axis at a place, which may be broadcast."""
    x = as_variable(x)
    order: list[Any] = list(range(x.ndim))
    order.insert(axis if axis >= 0 else x.ndim + 1 + axis, "x")
    return dimshuffle(x, *order)


def _specify_shape(x: Any, *sizes: Any) -> Any:
    wanted = as_shape(sizes)
    if np.shape(x) != wanted:
        raise ValueError(f"specify_shape: got shape {np.shape(x)}, expected {wanted}.")
    return x


def specify_shape(x: Any, shape: Any) -> Variable:
    """x, which is refused when a function runs if its shape is another."""
    x = as_variable(x)
    sizes, _ = sizes_of(shape)
    return apply_code("specify_shape", _specify_shape, (x, *sizes), x.type)


def stacklists(arg: Any) -> Variable:
    """Nested lists of scalars as an array."""
    if isinstance(arg, list | tuple):
        return stack([stacklists(a) for a in arg])
    return as_variable(arg)


nested.append(stack)
