"""Numbers and arrays as the short texts that drawings, outlines and steps share."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.abstract import Abstract
from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.table import brief

FULL = 6
"""Arrays of at most this many entries are written in full."""


def number(value: Any) -> str:
    """A number with four significant digits, e.g. `0.5`, `-1.2e-07`, `nan`."""
    if isinstance(value, float | complex | np.floating | np.complexfloating):
        return f"{value + 0.0:.4g}"  # so that -0.0 is written as 0
    return str(value)


def short(value: Any) -> str:
    """A value on one line: scalars and small arrays in full, others by their range.

    Of several adjoints together, one where nothing arrives is `⊣`.

    >>> short(0.25), short(np.arange(6.0))
    ('0.25', '[0, 1, 2, 3, 4, 5]')
    >>> short(np.arange(60.0).reshape(6, 10))
    '0 .. 59'
    """
    value = ground(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, tuple) and any(part is None for part in value):
        return f"({', '.join('⊣' if part is None else short(part) for part in value)})"
    if isinstance(value, tuple | list | str | Abstract) or value is None:
        return brief(value)
    array = np.asarray(value)
    if array.ndim and 0 < array.size <= FULL and array.dtype.kind in "fciub":
        return _brackets(array)
    if array.size > FULL and array.dtype.kind in "fciub" and np.all(array == array.flat[0]):
        return f"all {number(array.flat[0])}"
    return number(array[()]) if array.ndim == 0 and array.dtype.kind in "fc" else brief(value)


def _brackets(array: np.ndarray) -> str:
    if array.ndim == 0:
        return number(array[()])
    return f"[{', '.join(map(_brackets, array))}]"


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a value; () for the several results of one op, which have no shape together.

    Of a value that is not computed yet, unknown lengths are None.
    """
    value = ground(value)
    if isinstance(value, float):  # of which there may be 10,000
        return ()
    if isinstance(value, Abstract):
        return value.dims or ()  # type: ignore[return-value]
    return () if isinstance(value, tuple | list) else np.shape(value)


def is_empty(value: Any) -> bool:
    """Whether an array has no entries."""
    return 0 in shape_of(value)


def shape_text(value: Any) -> str:
    """`float64 (32, 10)` for an array, '' for one number."""
    value = ground(value)
    if isinstance(value, Abstract):
        return str(value) if value.dtype.kind != "V" else ""
    array = None if isinstance(value, tuple | list) else np.asarray(value)
    return "" if array is None or array.ndim == 0 else f"{array.dtype} {array.shape}"


def mean_text(value: Any) -> str:
    """`mean 0.12` for an array that is too large to write in full, else ''."""
    value = ground(value)
    if isinstance(value, tuple | list | Abstract):
        return ""
    array = np.asarray(value)
    if array.ndim == 0 or array.size <= FULL or array.dtype.kind not in "fciu":
        return ""
    if np.all(array == array.flat[0]):
        return ""
    with np.errstate(all="ignore"):
        mean = array.mean()
        if (
            array.dtype.kind in "fc"
            and 0 < abs(mean) < 8 * np.finfo(array.dtype).eps * np.abs(array).max()
        ):
            return "mean 0 up to rounding"
        return f"mean {number(mean)}"


def rms(value: Any) -> float:
    """The root of the mean square: the size of a typical entry; 0 for an empty array."""
    value = ground(value)
    if isinstance(value, tuple | list):
        parts = [rms(part) for part in value if part is not None]
        return max(parts, default=0.0)
    if isinstance(value, float):  # of which there may be 10,000
        return abs(float(value))
    array = np.abs(np.asarray(value, dtype=complex if np.iscomplexobj(value) else float))
    if array.size == 0:
        return 0.0
    largest = float(array.max())
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean((array / largest) ** 2)))


def amount(value: Any) -> str:
    """A value as a term of a sum: `2`, `(-0.3)`, `array (5, 2) of -1 .. 1`."""
    written = short(value)
    if " " in written and not written.startswith("["):
        shape = shape_of(value)
        return f"array {shape} of {written}" if shape else written
    return f"({written})" if written.startswith("-") else written


def is_zero(value: Any) -> bool:
    """Whether every entry is exactly 0 (and there is one)."""
    value = ground(value)
    if isinstance(value, float):
        return value == 0
    if isinstance(value, tuple | list):
        return all(part is None or is_zero(part) for part in value)
    return bool(np.size(value)) and not np.any(value)


LONGEST = 120
"""Characters of a name, of which there may be many nested; Graphviz takes 16,384 for a text."""


def cleaned(name: Any) -> str:
    r"""What a user calls something as pictures and pages can show it: on one line, not endless.

    Names are data: they hold line breaks, ends of strings, halves of characters.

    >>> cleaned("a\x00b\n"), len(cleaned("x" * 10**6))
    ('a b', 120)
    """
    return clipped(str(name), LONGEST)


def clipped(text: str, width: int) -> str:
    """The text on one line and printable, cut after `width` characters with a `…`.

    >>> clipped("a very long formula", 8)
    'a very …'
    """
    text = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of about `width` characters, broken where a formula may be.

    >>> wrapped("a * (b + c) - d", 11)
    ['a * (b + c)', '- d']
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
