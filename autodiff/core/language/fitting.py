"""Derivatives in the shape and dtype of their values: broadcasting undone, in one place.

A tangent has its value's shape; a cotangent comes out of a rule in the shape of the result, and is
summed over the axes along which the argument had been broadcast.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.errors import RuleError
from autodiff.core.language.dispatch import Array, ground

_float64 = np.float64
_ndarray = np.ndarray


def alike(a: Any, b: Any) -> bool:
    """Whether two plain values are arrays, or both numbers, of one shape and one dtype."""
    if a.__class__ is _ndarray is b.__class__:
        return bool(a.shape == b.shape and a.dtype is b.dtype)
    return a.__class__ is _float64 is b.__class__


def in_dtype(derivative: Any, value: Array) -> Any:
    """A tangent or cotangent in the dtype of its value; of a real value its real part."""
    base, own = ground(value), ground(derivative)
    dtype = base.dtype if hasattr(base, "dtype") else np.asarray(base).dtype
    pythons = own.__class__ is complex  # of 1j * x, which has no index as NumPy's numbers have
    own = own.dtype if hasattr(own, "dtype") else np.asarray(own).dtype
    if (own != dtype or pythons) and dtype.kind in "fc":
        if own.kind == "c" and dtype.kind == "f":
            derivative = np.real(derivative)
        if not hasattr(derivative, "astype"):
            return dtype.type(derivative)
        derivative = derivative.astype(dtype)
    return derivative if hasattr(derivative, "dtype") else np.asarray(derivative)[()]


def unbroadcast(ct: Array, shape: tuple[int, ...], what: str, index: int) -> Array:
    """Sum over the axes along which argument `index`, of `shape`, had been broadcast."""
    own = np.shape(ground(ct))
    if own == shape:
        return ct
    extra = len(own) - len(shape)
    leading = tuple(range(extra))
    if extra > 0 and own[extra:] == shape:
        return np.add.reduce(ct, axis=leading) if ct.__class__ is _ndarray else np.sum(ct, leading)
    if extra < 0 or any(a != b and b != 1 for a, b in zip(own[extra:], shape, strict=True)):
        raise RuleError(
            f"{what} returned shape {own} for argument {index}, which has shape {shape}."
        )
    places = range(len(own))
    kept = [axis for axis in places if axis >= extra and shape[axis - extra] != 1]
    if ct.__class__ is _ndarray:  # einsum is the quickest over axes in the middle
        return np.reshape(np.einsum(ct, [*places], kept), shape)
    return np.reshape(np.sum(ct, axis=tuple(axis for axis in places if axis not in kept)), shape)


def spread(value: Array, shape: tuple[int, ...]) -> Array:
    """A value broadcast to a shape: filled where that is quicker than working on a view.

    It is for small arrays, and where a view would repeat each element along the innermost axis,
    which makes NumPy's loops short.
    """
    plain: Any = value
    if plain.__class__ in PLAIN:
        size = math.prod(shape)
        if size <= 2**12 or (size <= 2**20 and plain.size > 1 and plain.shape[-1] == 1):
            full: Any = np.empty(shape, plain.dtype)
            full[...] = plain
            return full
    return np.broadcast_to(value, shape)


PLAIN: frozenset[Any] = frozenset((np.ndarray, np.float64))
"""The classes of values that are not traced, as rules meet them most."""


def real_part(value: Array) -> Array:
    """Re(value); what is real already stays as it is, None included."""
    kind = getattr(ground(value), "dtype", None)
    return np.real(value) if kind is not None and kind.kind == "c" else value
