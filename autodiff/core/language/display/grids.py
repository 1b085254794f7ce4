"""Arrays as pictures: small ones as a grid of numbers, larger ones as patches of colour.

A sign is a hue, orange for negative and purple for positive, which readers with any kind of
colour vision can tell apart; a size is how strong the hue is, on the scale of the array's own
largest entry.  An array of several axes is cut into panels, one a place of the leading axes.

>>> [[tile.words for tile in row] for row in panels_of(np.array([[0.25, -1.0]]))[0]]
[['0.25', '-1']]
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground

SIDE = 6
"""A matrix of at most so many rows and columns is written out in numbers."""
ROWS, COLUMNS, PANELS = 10, 16, 4
"""A larger one is shown by so many patches of colour at most, and by so many panels."""
NEGATIVE, POSITIVE, EMPTY = (0xE0, 0x82, 0x14), (0x80, 0x73, 0xAC), "#f4f5f6"
DARK, PALE = "#15181c", "#6a737d"
NOT_FINITE = "#f7b9e4"


@dataclass(frozen=True, slots=True)
class Tile:
    """One entry of an array (or a patch of them): its number, its colour, the number's colour."""

    words: str
    colour: str
    ink: str = DARK


Panel = tuple[tuple[Tile, ...], ...]


def is_shown(value: Any) -> bool:
    """Whether a value is an array of real numbers with something to see."""
    value = ground(value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return False
    return value.ndim > 0 and value.size > 1


def is_small(value: Any) -> bool:
    """Whether an array is written out in numbers."""
    shape = np.shape(ground(value))
    if len(shape) == 1:
        return bool(shape[0] <= SIDE)
    return len(shape) <= 3 and bool(max(shape[-2:]) <= SIDE) and math.prod(shape[:-2]) <= 3


def panels_of(value: Any) -> tuple[Panel, ...]:
    """The array as panels of tiles: numbers where it is small, else patches of colour."""
    stack, shares = stacked(value)
    written = is_small(value)
    return tuple(
        tuple(
            tuple(
                Tile(digits(entry) if written else "", *look)
                for entry, look in zip(entries, looks, strict=True)
            )
            for entries, looks in zip(rows, panel, strict=True)
        )
        for rows, panel in zip(stack.tolist(), _looks(shares), strict=True)
    )


def left_out(value: Any) -> str:
    """How many panels of a larger array are shown, where not all are; nothing else.

    >>> left_out(np.zeros((2, 3, 8, 8))), left_out(np.zeros((8, 8)))
    ('4 of 6 matrices', '')
    """
    count = 1 if is_small(value) else math.prod(np.shape(ground(value))[:-2])
    return f"{PANELS} of {count} matrices" if count > PANELS else ""


def stacked(value: Any) -> tuple[np.ndarray, np.ndarray]:
    """The array as panels, made small, and each entry's share of the largest (NaN: not finite)."""
    array = np.asarray(ground(value))
    array = array[None] if array.ndim == 1 else array
    stack = array.reshape(-1, *array.shape[-2:])
    if not is_small(value):
        stack = np.stack([_patches(panel) for panel in stack[:PANELS]])
    with np.errstate(all="ignore"):
        finite = np.isfinite(stack)
        largest = float(np.abs(stack[finite], dtype=float).max(initial=0.0)) or 1.0
        return stack, np.where(finite, stack / largest, np.nan)


def grid_html(value: Any) -> str:
    """The array as HTML that needs no style sheet and no script: a table a panel.

    >>> grid_html(np.array([1.0, 0.0])).count("<td")
    2
    """
    from html import escape

    written = is_small(value)
    size = "padding:1px 5px;text-align:center" if written else "padding:0;width:8px;height:8px"
    made = []
    for panel in panels_of(value):
        rows = "".join(
            "<tr style='background:none'>"
            + "".join(
                f"<td style='{size};border:0;font-size:12px;line-height:1.3;color:{tile.ink};"
                f"background:{tile.colour}'>{escape(tile.words)}</td>"
                for tile in row
            )
            + "</tr>"
            for row in panel
        )
        look = "display:inline-table;border-collapse:separate;border-spacing:1px;margin:0 6px 0 0"
        made.append(f"<table style='{look};vertical-align:middle'>{rows}</table>")
    cut = left_out(value)
    return "".join(made) + (
        f"<span style='color:{PALE};font-size:11px'>{cut}</span>" if cut else ""
    )


def _looks(shares: np.ndarray) -> list[list[list[tuple[str, str]]]]:
    """The colour of each entry, and of the number on it."""
    strength = 0.75 * np.sqrt(np.minimum(np.abs(shares), 1.0))
    hue = np.where(shares[..., None] > 0, np.array(POSITIVE), np.array(NEGATIVE))
    with np.errstate(invalid="ignore"):
        parts = np.nan_to_num(np.round(255 - (255 - hue) * strength[..., None])).astype(int)
    codes = (parts * (65536, 256, 1)).sum(axis=-1)
    codes = np.where(np.isnan(shares), -1, np.where(shares == 0, -2, codes))
    others = {-1: (NOT_FINITE, DARK), -2: (EMPTY, PALE)}
    return [
        [[others.get(code) or (f"#{code:06x}", DARK) for code in row] for row in panel]
        for panel in codes.tolist()
    ]


def _patches(panel: np.ndarray) -> np.ndarray:
    """A matrix made small: of each block the entry that is largest in size."""
    found = panel.astype(float)
    for axis, most in ((0, ROWS), (1, COLUMNS)):
        length = found.shape[axis]
        if length > most:
            size, longer = divmod(length, most)  # the first blocks are longer by one
            starts = np.arange(most) * size + np.minimum(np.arange(most), longer)
            high = np.maximum.reduceat(found, starts, axis)
            low = np.minimum.reduceat(found, starts, axis)
            found = np.where(high < -low, low, high)
    return found


def digits(entry: Any) -> str:
    """A number of an array in few characters; `0` only for an exact zero.

    >>> digits(0.12345), digits(-1e-9), digits(0.0), digits(12345.6)
    ('0.123', '-1e-9', '0', '1.23e4')
    """
    if isinstance(entry, bool | np.bool_ | int | np.integer):
        return str(int(entry))
    text = f"{entry + 0.0:.3g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text
