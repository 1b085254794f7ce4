"""Arrays as data for a page, which does the colouring; see `core.language.grids`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.grids import digits, is_shown, is_small, left_out, stacked
from autodiff.view.words.text import short


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
    stack, shares = stacked(value)
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
    told = "; ".join(filter(None, (short(value), left_out(value))))
    return {"small": is_small(value), "panels": panels, "range": told}
