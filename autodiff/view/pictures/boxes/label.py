"""What Graphviz writes in a box: rows of texts and grids, each as wide as the product says.

Graphviz measures texts with the fonts it finds; here every cell has a fixed size, from
`words.widths`, so that a layout is the same on every machine and no word leaves its box.

>>> print(table([text("W1", bold=True) + text(" parameter")])[:27])
<<TABLE BORDER="0" CELLBORD
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from autodiff.core.language.display.grids import Tile
from autodiff.view.words.widths import width

INK, FAINT = "#1f2328", "#59636e"
MOST = 400
"""Characters of any text: Graphviz takes no label of over 16,384."""
GAP = 8
"""Points between what stands at the left and at the right of a row."""
LEADING = 1.3
"""The height of a line, in sizes of its font."""
SPACES = re.compile(r"^ +| {2,}| +$")
"""Spaces that Graphviz would leave out."""
PLAIN = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `room` widens it for what will be written there later."""

    words: str
    colour: str = INK
    size: float = 11
    bold: bool = False
    italic: bool = False
    room: str = ""

    @property
    def width(self) -> float:
        """Points from its first character to its last."""
        return width(self.room or self.words, self.size, self.bold)

    def html(self) -> str:
        """The cell that holds it; within, it begins at the left, whatever Graphviz measures."""
        inner = SPACES.sub(lambda found: "&#160;" * len(found[0]), escape(self.words, quote=True))
        inner = inner or "&#160;"
        inner = f"<B>{inner}</B>" if self.bold else f"<I>{inner}</I>" if self.italic else inner
        font = f'<FONT COLOR="{self.colour}" POINT-SIZE="{self.size:g}">{inner}</FONT>'
        return (
            f'<TD ALIGN="LEFT" FIXEDSIZE="TRUE" WIDTH="{self.width + 1:.0f}" '
            f'HEIGHT="{self.size * LEADING:.0f}">{font}</TD>'
        )


Line = tuple[Span, ...]
"""Runs of text on one line; lines are joined by `+`."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """An array as a picture: tiles in rows, and several panels beside each other."""

    panels: tuple[tuple[tuple[Tile, ...], ...], ...]
    size: float = 9

    def html(self, align: str) -> str:
        """The cell that holds it."""
        wide, high = self._cell()
        panels, widths, heights = [], [], []
        for panel in self.panels:
            rows = "".join(
                f"<TR>{''.join(self._tile(tile, wide, high) for tile in row)}</TR>" for row in panel
            )
            widths.append(len(panel[0]) * (wide + 1) + 1)
            heights.append(len(panel) * (high + 1) + 1)
            panels.append(f"<TD>{_fixed(widths[-1], heights[-1], 1)}{rows}</TABLE></TD>")
        across = sum(widths) + 4 * (len(panels) + 1)
        inner = f"<TR>{''.join(panels)}</TR>"
        return f'<TD ALIGN="{align}">{_fixed(across, max(heights) + 4, 4)}{inner}</TABLE></TD>'

    def _cell(self) -> tuple[int, int]:
        """The size of one tile: that of the widest number, or of a bare colour."""
        words = [tile.words for panel in self.panels for row in panel for tile in row]
        widest = max((width(word, self.size) for word in words), default=0.0)
        return (round(widest) + 5, round(self.size * 1.5)) if widest else (6, 6)

    def _tile(self, tile: Tile, wide: float, high: float) -> str:
        size = f'FIXEDSIZE="TRUE" WIDTH="{wide}" HEIGHT="{high}"'
        inner = ""
        if tile.words:
            inner = (
                f'<FONT COLOR="{tile.ink}" POINT-SIZE="{self.size:g}">{escape(tile.words)}</FONT>'
            )
        return f'<TD BGCOLOR="{tile.colour}" {size}>{inner}</TD>'


@dataclass(frozen=True, slots=True)
class Hole:
    """An empty place for an array that comes later; `mark` is how a page finds it again."""

    mark: str
    panels: tuple[tuple[tuple[Tile, ...], ...], ...]
    size: float = 9

    def html(self, align: str) -> str:
        """The cell, in a colour that no picture has otherwise, with its mark in small letters."""
        words = any(tile.words for panel in self.panels for row in panel for tile in row)
        wide, high = (width(TYPICAL, self.size) + 5, round(self.size * 1.5)) if words else (6, 6)
        across = sum(len(panel[0]) * (wide + 1) + 5 for panel in self.panels)
        down = max(len(panel) for panel in self.panels) * (high + 1) + APART
        return (
            f'<TD ALIGN="{align}" FIXEDSIZE="TRUE" WIDTH="{max(across, 40):.0f}" '
            f'HEIGHT="{max(down, 8):.0f}" BGCOLOR="{HOLE}">'
            f'<FONT POINT-SIZE="4">{self.mark}</FONT></TD>'
        )


HOLE, TYPICAL, APART = "#fedcba", "-0.0123", 5
"""The colour of an empty place, how long a number is that may come into it, points below it."""
Item = Line | Swatch | Hole
Row = Line | tuple[Item, Item] | Swatch


def text(
    words: str,
    colour: str = INK,
    size: float = 11,
    bold: bool = False,
    italic: bool = False,
    room: str = "",
) -> Line:
    """A line of one run of text; the words are made printable here and nowhere else."""
    clean = "".join(c if c.isprintable() else " " for c in words[:MOST])
    return (Span(clean, colour, size, bold, italic, room),)


def _fixed(wide: float, high: float, spacing: int = 0, align: str = "LEFT") -> str:
    """The opening of a table that never grows beyond what is in it."""
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="0" ALIGN="{align}" '
        f'FIXEDSIZE="TRUE" WIDTH="{wide:.0f}" HEIGHT="{high:.0f}">'
    )


def _nested(line: Line, align: str, columns: int = 1) -> str:
    """A cell over so many columns that holds the runs of a line, each in its own place."""
    over = f' COLSPAN="{columns}"' if columns > 1 else ""
    inner = "".join(span.html() for span in line)
    wide = sum(round(span.width + 1) for span in line)
    opening = _fixed(wide, max(round(span.size * LEADING) for span in line), align=align)
    return f'<TD{over} ALIGN="{align}">{opening}<TR>{inner}</TR></TABLE></TD>'


def _cell(item: Item, align: str, columns: int = 1) -> str:
    if isinstance(item, Swatch | Hole):
        over = f' COLSPAN="{columns}"' if columns > 1 else ""
        return item.html(align).replace("<TD", f"<TD{over}", 1)
    return _nested(item, align, columns)


def table(rows: Sequence[Row], indent: int = 0, extra: str = "") -> str:
    """A label of rows: one item over the whole width, or two at the left and the right.

    `indent` moves all to the right by so many points; `extra` is a row of HTML at the end.
    """
    body = []
    for row in rows:
        if isinstance(row, Swatch) or isinstance(row[0], Span):
            body.append(_cell(row, "LEFT", 3))  # type: ignore[arg-type]
        else:
            gap = f'<TD FIXEDSIZE="TRUE" WIDTH="{GAP}" HEIGHT="1"></TD>'
            body.append(_cell(row[0], "LEFT") + gap + _cell(row[1], "RIGHT"))  # type: ignore[arg-type]
    inner = "".join(f"<TR>{cells}</TR>" for cells in body)
    inner += f'<TR><TD COLSPAN="3" ALIGN="LEFT">{extra}</TD></TR>' if extra else ""
    whole = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{inner}</TABLE>'
    if indent:
        side = f'<TD FIXEDSIZE="TRUE" WIDTH="{indent}" HEIGHT="1"></TD>'
        whole = f"{PLAIN}<TR>{side}<TD>{whole}</TD></TR></TABLE>"
    return f"<{whole}>"


def line_width(line: Line) -> float:
    """The width of a line in points."""
    return sum(span.width for span in line)
