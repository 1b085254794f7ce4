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
NEGATIVE, POSITIVE, EMPTY, DARK = (0xE0, 0x82, 0x14), (0x80, 0x73, 0xAC), "#f4f5f6", "#15181c"
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
    array = np.asarray(ground(value))
    array = array[None] if array.ndim == 1 else array
    small = is_small(value)
    stack = array.reshape(-1, *array.shape[-2:])
    if not small:
        stack = np.stack([_patches(panel) for panel in stack[:PANELS]])
    with np.errstate(all="ignore"):
        finite = np.abs(stack[np.isfinite(stack)], dtype=float)
    largest = float(finite.max(initial=0.0)) or 1.0
    return tuple(
        tuple(tuple(_tile(entry, largest, small) for entry in row) for row in panel)
        for panel in stack
    )


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


def _tile(entry: Any, largest: float, written: bool) -> Tile:
    words = digits(entry) if written else ""
    if not np.isfinite(entry):
        return Tile(words, NOT_FINITE)
    if entry == 0:
        return Tile(words, EMPTY, "#6a737d")
    return Tile(words, shade(float(entry) / largest))


def tiles(value: Any) -> dict[str, Any] | None:
    """An array as data for a page: panels of [text, colour, colour of the text]; None without.

    >>> tiles(np.array([0.0, 2.0]))["panels"]
    [[[['0', '#f4f5f6', '#6a737d'], ['2', '#a096c1', '#15181c']]]]
    """
    value = ground(value)
    if not is_shown(value):
        return None
    panels = [
        [[[t.words, t.colour, t.ink] for t in row] for row in panel] for panel in panels_of(value)
    ]
    return {"small": is_small(value), "panels": panels, "range": short(value)}


def shade(share: float) -> str:
    """The colour of an entry by its share of the largest one, from -1 to 1.

    >>> shade(0.0), shade(1.0) == shade(-1.0)
    ('#ffffff', False)
    """
    hue = POSITIVE if share > 0 else NEGATIVE
    strength = 0.75 * math.sqrt(min(abs(share), 1.0))
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in hue)


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
