"""Dtypes by TensorFlow's names; each is simply NumPy's.

Python floats become float32 and Python ints int32, as in TensorFlow; arrays keep their dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here

float16, float32, float64 = map(np.dtype, (np.float16, np.float32, np.float64))
double = float64
int8, int16, int32, int64, uint8, uint16 = map(
    np.dtype, (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16)
)
complex64, complex128 = np.dtype(np.complex64), np.dtype(np.complex128)
bool_ = np.dtype(bool)
string = np.dtype(object)
"""Bytes and text, held as Python objects."""

_NAMES = {"float": float32, "double": float64, "int": int32, "string": string, "bool": bool_}
_PYTHON = {float: float32, int: int32, bool: bool_, complex: complex128, str: string, bytes: string}


def as_dtype(value: Any) -> np.dtype:
    """The dtype meant by a name ("float" is float32), a Python type, or a NumPy dtype.

    >>> as_dtype("float"), as_dtype(float), as_dtype(np.float64)
    (dtype('float32'), dtype('float32'), dtype('float64'))
    """
    try:
        if isinstance(value, str):
            return _NAMES[value] if value in _NAMES else np.dtype(value)
        found = _PYTHON.get(value) or np.dtype(value)
    except TypeError:
        raise TypeError(
            f"{value!r:.60} is no dtype; write tf.float32, tf.int32, ...{here()}"
        ) from None
    return string if found.kind in "US" else found


def natural(value: Any) -> np.dtype:
    """The dtype that a value has as a tensor when none was asked for.

    >>> natural(3.0), natural([1, 2]), natural(np.ones(2))
    (dtype('float32'), dtype('int32'), dtype('float64'))
    """
    if isinstance(value, np.ndarray | np.generic):
        return string if value.dtype.kind in "US" else value.dtype
    found = np.asarray(value).dtype
    if _holds_arrays(value):
        return found
    return {"f": float32, "i": int32, "U": string, "S": string}.get(found.kind, found)


def _holds_arrays(value: Any) -> bool:
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, np.ndarray | np.generic)


def as_array(value: Any, dtype: Any = None, what: str = "the value") -> np.ndarray:
    """A value as an array of a dtype (default: its natural one); a lossy conversion is refused."""
    wanted = None if dtype is None else as_dtype(dtype)
    if wanted == string:
        return np.array(value, dtype=object)
    try:
        wanted, found = wanted or natural(value), np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{what} is {value!r:.60}, whose rows differ in length: pad them to one length.{here()}"
        ) from None
    if wanted == string:
        return np.array(value, dtype=object)
    if found.dtype == wanted:
        return found
    if found.dtype.kind not in "biufc":
        raise TypeError(f"{what} is {value!r:.60}, which can't be a tensor of {wanted}.")
    with np.errstate(invalid="ignore"):
        kept = wanted.kind not in "iub" or np.array_equal(found, found.astype(wanted))
    if not kept:
        if wanted.kind == "b" or found.dtype.kind in "iu":
            raise TypeError(f"{what} is {value!r:.60}, which does not fit into {wanted}.")
        raise TypeError(
            f"{what} has dtype {found.dtype}, and would lose its fractions as {wanted}. "
            f"Write tf.cast(x, tf.float32) for the {wanted} operand, or round the value."
        )
    if wanted.kind != "c" and found.dtype.kind == "c":
        raise TypeError(f"{what} is complex, and would lose its imaginary part as {wanted}.")
    return found.astype(wanted)
