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
from autodiff.view.words.text import short

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
        return shape[0] <= SIDE
    return len(shape) <= 3 and max(shape[-2:]) <= SIDE and math.prod(shape[:-2]) <= 3


def panels_of(value: Any) -> tuple[Panel, ...]:
    """The array as panels of tiles: numbers where it is small, else patches of colour."""
    stack, shares = _stacked(value)
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


def tiles(value: Any) -> dict[str, Any] | None:
    """An array as data for a page, which does the colouring; None where there is nothing to see.

    A panel is rows of shares of the largest entry, from -1 to 1 (None: not finite); of a small
    array rows of [text, share].

    >>> tiles(np.array([0.0, 2.0, np.nan]))["panels"]
    [[[['0', 0.0], ['2', 1.0], ['nan', None]]]]
    """
    value = ground(value)
    if not is_shown(value):
        return None
    stack, shares = _stacked(value)
    least = np.where(shares > 0, 1e-4, -1e-4)
    rounded = np.where(shares == 0, 0.0, np.where(abs(shares) < 1e-4, least, np.round(shares, 4)))
    panels = rounded.tolist()
    if np.isnan(shares).any():
        panels = [[[None if s != s else s for s in row] for row in panel] for panel in panels]
    if is_small(value):
        words = stack.tolist()
        panels = [
            [[[digits(w), s] for w, s in zip(*row, strict=True)] for row in zip(*p, strict=True)]
            for p in zip(words, panels, strict=True)
        ]
    return {"small": is_small(value), "panels": panels, "range": short(value)}


def _stacked(value: Any) -> tuple[np.ndarray, np.ndarray]:
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
            blocks = np.array_split(np.arange(length), most)
            found = np.stack([_strongest(found.take(b, axis), axis) for b in blocks], axis)
    return found


def _strongest(block: np.ndarray, axis: int) -> np.ndarray:
    places = np.expand_dims(np.argmax(np.abs(block), axis), axis)
    return np.take_along_axis(block, places, axis).squeeze(axis)


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
