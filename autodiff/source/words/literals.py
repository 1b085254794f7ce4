"""Constants as Python text: numbers, dtypes, and arrays that are small or regular."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.words.texts import ATOM, PRODUCT, UNARY, Text

LITERAL = 12
"""Arrays of at most so many elements are written as they are."""


def constant(value: Any, narrow: bool = False) -> Text:
    """A number, a dtype or another plain thing.

    >>> constant(np.float64(0.5)).text, constant(np.float64(0.5), narrow=True).text
    ('0.5', 'np.float64(0.5)')
    >>> constant(float("inf")).text, constant(np.dtype("float32")).text
    ('np.inf', 'np.float32')
    """
    kind = value.__class__
    if kind is bool or kind is np.bool_:
        return Text(str(bool(value)))
    if kind is float or (kind is np.float64 and not narrow):
        return number(float(value))
    if kind is int or (kind is np.int64 and not narrow):
        return Text(str(int(value)), ATOM if value >= 0 else UNARY)
    if kind is complex or (kind is np.complex128 and not narrow):
        value = complex(value)
        if (
            all(map(math.isfinite, (value.real, value.imag)))
            and not value.real
            and not _negative(value)
        ):
            return Text(repr(value))
        return Text(f"complex({number(value.real).text}, {number(value.imag).text})")
    if isinstance(value, np.generic) and value.dtype.kind in "fiuc":
        inner = value.item()
        if value.dtype.kind == "f":
            short = (
                number(float(str(value))).text if np.isfinite(value) else number(float(value)).text
            )
            return Text(f"np.{value.dtype}({short})")
        return Text(f"np.{value.dtype}({constant(inner).text})")
    if value is None or value is Ellipsis or kind is str:
        return Text(
            "..." if value is Ellipsis else repr(value).replace("'", '"') if kind is str else "None"
        )
    if isinstance(value, np.dtype):
        return Text(f"np.{value.name}" if hasattr(np, value.name) else f'np.dtype("{value.str}")')
    if isinstance(value, type):
        if value.__module__ == "numpy":
            return Text(f"np.{value.__name__}")
        if value in (float, int, bool, complex):
            return Text(value.__name__)
    if kind is range:
        return Text(repr(value))
    raise UnsupportedError(
        f"{value!r:.60} is an argument of a call, which has no text: only numbers, arrays, strings "
        "and dtypes can be written out."
    )


def _negative(value: complex) -> bool:
    return math.copysign(1.0, value.real) < 0 or math.copysign(1.0, value.imag) < 0


def number(value: float) -> Text:
    """A float: as a fraction 1 / n where that is shorter."""
    if math.isnan(value) or math.isinf(value):
        name = "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
        return Text(name, ATOM if value > 0 or math.isnan(value) else UNARY)
    text = repr(value)
    if len(text) > 8 and 0 < abs(value) < 1:
        n = round(1 / value)
        for over in (1, 2):
            m = round(over / value)
            if 0 < abs(m) < 10**7 and over / m == value and m > 0:
                return Text(f"{over} / {m}", PRODUCT)
        del n
    return Text(text, UNARY if text.startswith("-") else ATOM)


def array_literal(array: np.ndarray) -> str | None:
    """A small or regular array as NumPy text; None where it is neither.

    >>> array_literal(np.zeros((2, 3))), array_literal(np.arange(4)), array_literal(np.eye(5))
    ('np.zeros((2, 3))', 'np.arange(4)', 'np.eye(5)')
    >>> array_literal(np.array([1.5, -2.0]))
    'np.array([1.5, -2.0])'
    """
    dtype = "" if array.dtype == np.float64 else f", dtype={constant(array.dtype).text}"
    shape = str(array.shape[0]) if array.ndim == 1 else str(array.shape)
    if array.dtype.kind not in "fiubc":
        return None
    if array.ndim and array.size > 2:
        first = array.flat[0]
        if array.tobytes() == np.full(array.shape, first, array.dtype).tobytes():
            if first == 0 and not np.signbit(np.real(first)):
                return f"np.zeros({shape}{dtype})"
            if first == 1:
                return f"np.ones({shape}{dtype})"
            return f"np.full({shape}, {constant(first).text}{dtype})"
        if (
            array.ndim == 1
            and array.dtype == np.int64
            and np.array_equal(array, np.arange(array.size))
        ):
            return f"np.arange({array.size})"
        square = array.ndim == 2 and array.size > 4 and array.shape[0] == array.shape[1]
        if square and array.dtype == np.float64 and array.tobytes() == np.eye(len(array)).tobytes():
            return f"np.eye({len(array)})"
    if array.size > LITERAL:
        return None
    default = {"f": np.float64, "i": np.int64, "b": np.bool_, "c": np.complex128}
    same = array.size > 0 and array.dtype == default.get(array.dtype.kind)
    dtype = "" if same else f", dtype={constant(array.dtype).text}"
    if array.size == 0:
        return f"np.zeros({array.shape}{dtype})"
    return f"np.array({_nested(array.tolist())}{dtype})"


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    text = constant(value)
    return repr(value) if isinstance(value, float) and math.isfinite(value) else text.text
