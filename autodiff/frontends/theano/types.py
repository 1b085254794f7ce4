"""Types of variables: dtype, axes, and which axes may be broadcast; how results get theirs.

A type is known before any value is: an axis broadcasts only if its type says so, and a value of
another dtype or number of axes is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


@dataclass(frozen=True)
class TensorType:
    """Arrays of one dtype and number of axes; `broadcastable` axes have length 1.

    >>> TensorType("float64", (False, True))
    TensorType(float64, col)
    """

    dtype: str
    broadcastable: tuple[bool, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", str(np.dtype(self.dtype)))
        object.__setattr__(self, "broadcastable", tuple(bool(b) for b in self.broadcastable))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.broadcastable)

    def __repr__(self) -> str:
        names = {
            (): "scalar", (False,): "vector", (False, False): "matrix",
            (False, True): "col", (True, False): "row",
        }  # fmt: skip
        return f"TensorType({self.dtype}, {names.get(self.broadcastable, self.broadcastable)})"

    def filter(self, value: Any, what: str, downcast: bool | None = None) -> np.ndarray:
        """A value as an array of this type; TypeError where something would be lost.

        A Python number or list is converted; an array of another dtype only if no digit is lost.
        """
        array = np.asarray(value)
        dtype = np.dtype(self.dtype)
        if array.ndim != self.ndim:
            raise TypeError(
                f"Bad input argument {what}: it has {array.ndim} axes, and {self} wants "
                f"{self.ndim}.{here()}"
            )
        if array.dtype != dtype:
            plain = not isinstance(value, np.ndarray | np.generic)
            cast = array.astype(dtype)
            kept = np.can_cast(array.dtype, dtype, "safe") or downcast
            if not kept and plain:
                kept = bool(np.array_equal(cast, array)) or (
                    dtype.kind == "f" and array.dtype.kind == "f"
                    and downcast is not False and str(dtype) == _float()
                )  # fmt: skip
            if not kept:
                raise TypeError(
                    f"Bad input argument {what}: {self} can't take {array.dtype} without losing "
                    f"digits. Write value.astype({self.dtype!r}), or "
                    f"theano.function(..., allow_input_downcast=True).{here()}"
                )
            array = cast
        for axis, one in enumerate(self.broadcastable):
            if one and array.shape[axis] != 1:
                raise TypeError(
                    f"Bad input argument {what}: axis {axis} of {self} is broadcastable, so its "
                    f"length is 1, not {array.shape[axis]}.{here()}"
                )
        return array


def _float() -> str:
    from autodiff.frontends.theano.settings import config

    return config.floatX


def autocast(value: Any) -> np.ndarray:
    """A constant in Theano's dtype for it: the smallest that holds the number.

    >>> autocast(2).dtype, autocast(0.5).dtype, autocast(0.1).dtype
    (dtype('int8'), dtype('float32'), dtype('float64'))
    """
    if isinstance(value, bool):
        return np.asarray(value)
    if type(value) is int:
        for name in ("int8", "int16", "int32", "int64"):
            if np.iinfo(name).min <= value <= np.iinfo(name).max:
                return np.asarray(value, name)
        return np.asarray(value)
    if type(value) is float:  # a float64 is a float too, and stays one
        if _float() == "float32":
            return np.asarray(value, "float32")
        with np.errstate(over="ignore"):
            small = float(np.float32(value))
        return np.asarray(value, "float32" if small == value or value != value else "float64")
    return np.asarray(value)


def type_of(value: Any) -> TensorType:
    """The type of a constant; axes of length 1 are broadcastable."""
    array = np.asarray(value)
    return TensorType(str(array.dtype), tuple(n == 1 for n in array.shape))


def broadcast(types: Sequence[TensorType]) -> tuple[bool, ...]:
    """The axes of an elementwise result: broadcastable where all operands are."""
    ndim = max((t.ndim for t in types), default=0)
    padded = [(True,) * (ndim - t.ndim) + t.broadcastable for t in types]
    return tuple(all(column) for column in zip(*padded, strict=True)) if ndim else ()


def upcast(types: Sequence[TensorType]) -> str:
    """The dtype that holds all operands: as NumPy promotes arrays."""
    return str(np.result_type(*(np.dtype(t.dtype) for t in types)))


def floating(dtype: str) -> str:
    """The dtype of a function of reals: whole numbers become floats."""
    return dtype if np.dtype(dtype).kind in "fc" else _float()


def reduced(type: TensorType, axis: Any, keepdims: bool, dtype: str) -> TensorType:
    """What is left of a type when axes are reduced away."""
    axes = range(type.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    gone = {a % max(type.ndim, 1) for a in axes}
    kept = [
        b or place in gone
        for place, b in enumerate(type.broadcastable)
        if keepdims or place not in gone
    ]
    return TensorType(dtype, tuple(kept))
