"""`InvalidType`: a function says what it expected of its arguments, and what it got."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


class InvalidType(Exception):
    """Arguments of shapes or dtypes that a function does not take."""

    def __init__(self, function: str, expect: str, actual: str, hint: str = "") -> None:
        self.expect, self.actual = expect, actual
        super().__init__(
            f"Invalid operation is performed in: {function} (Forward)\n"
            f"Expect: {expect}\nActual: {actual}{hint and chr(10) + hint}{here()}"
        )


def expect(function: str, condition: bool, wanted: str, actual: Any, hint: str = "") -> None:
    """Raise InvalidType unless the condition holds."""
    if not condition:
        raise InvalidType(function, wanted, str(actual), hint)


def same_dtype(function: str, x: Any, y: Any, names: str = "x.dtype == W.dtype") -> None:
    """Both arrays must have one dtype: nothing is promoted."""
    hint = "Convert the data: x.astype(np.float32); links hold float32."
    expect(function, x.dtype == y.dtype, names, f"{x.dtype} != {y.dtype}", hint)


def labels(function: str, t: Any) -> None:
    """Labels are int32, as NumPy's default integers are not."""
    hint = "Write t.astype(np.int32)."
    expect(function, t.dtype == np.int32, "in_types[1].dtype == int32", t.dtype, hint)
