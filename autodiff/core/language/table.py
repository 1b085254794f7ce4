"""A program as a table for the eye: one row an equation, values in a few characters."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import is_dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from autodiff.core.language.abstract import Abstract, dims_text
from autodiff.core.language.dispatch import Params, ground
from autodiff.core.language.op import Op


def shape_text(value: Any) -> str:
    """The shape of a value, `?` where it is not known."""
    return dims_text(value.dims) if isinstance(value, Abstract) else str(np.shape(value))


def write_call(op: Op, args: list[str], params: Params) -> str:
    """An op's call as text, by its label where it has one."""
    if op.label is not None and op.label.count("{}") == len(args):
        return op.label.format(*args, **params)
    shown = [*args, *(f"{name}={brief(value)}" for name, value in params.items())]
    return f"{op.name}({', '.join(shown)})"


def brief(value: Any) -> str:
    """A value in at most about 30 characters: numbers in full, arrays by shape and range.

    >>> brief(0.5), brief(np.ones((2, 2)))
    ('0.5', '[[1, 1], [1, 1]]')
    """
    value = ground(value)
    if isinstance(value, Abstract):
        return "not computed"
    if isinstance(value, tuple | list):
        return f"({', '.join(brief(part) for part in value)})"
    if isinstance(value, slice):
        ends = ["" if part is None else brief(part) for part in (value.start, value.stop)]
        return ":".join([*ends, brief(value.step)] if value.step is not None else ends)
    if isinstance(value, bool | np.bool_ | str | None | type(Ellipsis)):
        return "..." if value is Ellipsis else str(value)
    if np.ndim(value) == 0:
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
