"""A program as a table for the eye: one row an equation, values in a few characters."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from autodiff.core.language.abstract import Abstract, dims_text
from autodiff.core.language.dispatch import Params, ground
from autodiff.core.language.numpy_calls.signatures import signature_of
from autodiff.core.language.op import Op


def shape_text(value: Any) -> str:
    """The shape of a value, `?` where it is not known."""
    return dims_text(value.dims) if isinstance(value, Abstract) else str(np.shape(value))


def write_call(
    op: Op, args: list[str], params: Params, write: Callable[[str, Any], str] | None = None
) -> str:
    """An op's call as text: by its label where that tells all of it, else as a call.

    Parameters that have their default value, or that no caller can give, are left out; `write`
    writes the others, by name and value.
    """
    write = write or parameter_text
    known, defaults = signature_of(op.public)
    shown = {
        name: value
        for name, value in params.items()
        if not (value is None or _same(value, defaults.get(name)))
        and (name in known or name in (op.label or "") or op.public.__class__ is not np.ufunc)
    }
    label = op.label
    if (
        label is not None
        and label.count("{}") == len(args)
        and (label == "{}" or all(f"{{{name}}}" in label for name in shown))
    ):
        sign = label.replace("{}", "")
        if sign[:1] == " " or sign == "**":  # an operator: a second sign needs brackets
            args = [
                f"({arg})" if arg[:1] == "-" and (place or sign == "**") else arg
                for place, arg in enumerate(args)
            ]
        texts = {name: write(name, value) for name, value in params.items()}
        return label.format(*args, **texts)
    words = [*args, *(f"{name}={write(name, value)}" for name, value in shown.items())]
    return f"{op.name}({', '.join(words)})"


def parameter_text(name: str, value: Any) -> str:
    """A parameter as code: text in quotes, an index as it stands between brackets."""
    if name == "index":
        return index_text(value)
    return repr(value) if value.__class__ is str else brief(value)


def _same(value: Any, default: Any) -> bool:
    """Whether a parameter has its default value; arrays never have."""
    return value is default or (value.__class__ is default.__class__ and bool(value == default))


def index_text(index: Any) -> str:
    """An index as it stands between brackets.

    >>> index_text((slice(1, 3), None)), index_text((np.array([0, 2]), ...))
    ('1:3, None', '[0, 2], ...')
    """
    parts = index if index.__class__ is tuple else (index,)
    return ", ".join("None" if part is None else _places(part) for part in parts) or "()"


def _places(part: Any) -> str:
    """One part of an index: an array of many places by their number."""
    if isinstance(part, list | np.ndarray) and np.ndim(part):
        array = np.asarray(part)
        if array.size > 6:
            return f"{int(array.sum()) if array.dtype == bool else array.size} places"
        return str(array.tolist())
    return brief(part)


def brief(value: Any) -> str:
    """A value in at most about 30 characters: numbers in full, arrays by shape and range.

    >>> brief(0.5), brief(np.ones((2, 2)))
    ('0.5', '[[1, 1], [1, 1]]')
    """
    value = ground(value)
    if isinstance(value, Abstract):
        return "not computed"
    if isinstance(value, tuple | list):
        comma = "," if len(value) == 1 else ""
        return f"({', '.join(brief(part) for part in value)}{comma})"
    if isinstance(value, slice):
        ends = ["" if part is None else brief(part) for part in (value.start, value.stop)]
        return ":".join([*ends, brief(value.step)] if value.step is not None else ends)
    if isinstance(value, bool | np.bool_ | str | None | type(Ellipsis)):
        return "..." if value is Ellipsis else str(value)
    if isinstance(value, np.dtype | type) or callable(value):
        return str(getattr(value, "name", getattr(value, "__name__", type(value).__name__)))
    if np.ndim(value) == 0:
        value = value[()] if isinstance(value, np.ndarray) else value
        if isinstance(value, bool | np.bool_):
            return str(value)
        if isinstance(value, int | float | complex | np.number):
            return f"{value:.4g}"
        return repr(value) if is_dataclass(value) else "?"
    value = np.asarray(value)
    if value.size <= 4 and value.dtype.kind in "fciub":
        return np.array2string(
            value, precision=4, separator=", ", formatter={"float": "{:.4g}".format}
        ).replace("\n", "")
    if value.size == 0 or value.dtype.kind not in "fiu":
        return f"{value.dtype}{list(value.shape)}"
    with np.errstate(all="ignore"):
        return f"{value.min():.4g} .. {value.max():.4g}"


def table(
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    limit: int | None = None,
    width: int | None = None,
) -> str:
    """Rows under a header in aligned columns; beyond `limit` rows the middle is left out.

    With a `width` no line is longer: the texts of the widest columns are broken, and a row of
    several lines ends with an empty one.

    >>> print(table(("n", "square"), [("1", "1"), ("2", "4")]))
    n  square
    -  ------
    1  1
    2  4
    """
    hidden = 0
    if limit is not None and len(rows) > limit:
        hidden = len(rows) - limit
        gap = (f"... {hidden} more ...", *[""] * (len(header) - 1))
        rows = [*rows[: limit // 2], gap, *rows[-(limit - limit // 2) :]]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    if width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        words = [max(map(_longest_word, column)) for column in zip(header, *rows, strict=True)]
        widths = _narrowed(widths, words, width - 2 * (len(widths) - 1))
        rows = [line for row in rows for line in _broken(row, widths)]
        header, *more = _broken(header, widths)
        rows = [*(line for line in more if any(line)), *rows]
    rule = tuple("-" * width for width in widths)
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (header, rule, *rows))
    return "\n".join(lines).rstrip()


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _narrowed(widths: Sequence[int], words: Sequence[int], room: int) -> list[int]:
    """The widths, the largest made smaller until all fit; words of up to 24 letters stay whole."""
    for whole in (24, 0):
        for most in range(max(widths), 5, -1):
            narrow = [
                min(own, max(most, min(word, whole)))
                for own, word in zip(widths, words, strict=True)
            ]
            if sum(narrow) <= room:
                return narrow
    return narrow


def _broken(row: Sequence[str], widths: Sequence[int]) -> list[tuple[str, ...]]:
    """A row as lines of columns, and an empty line where there are several."""
    cells = [textwrap.wrap(cell, own) or [""] for cell, own in zip(row, widths, strict=True)]
    lines = list(zip_longest(*cells, fillvalue=""))
    return [*lines, ("",) * len(row)] if len(lines) > 1 else lines
