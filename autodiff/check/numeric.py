"""Numeric derivatives: central differences, extrapolated to step zero.

A single step size either truncates (too large) or cancels (too small).  Ridders' method
takes central differences over a sweep of shrinking steps, extrapolates them to h = 0, and keeps
the entry of the tableau whose neighbours agree best; their disagreement is the error estimate
(C. Ridders, Advances in Engineering Software 4, 1982).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

SHRINK = 1.6
ROWS = 12


def central(function: Callable[[float], Any], step: float) -> Any:
    """The central difference (f(h) - f(-h)) / 2h of a function of one number at 0.

    >>> float(np.round(central(np.sin, 1e-3), 6))
    1.0
    """
    return (np.asarray(function(step)) - np.asarray(function(-step))) / (2 * step)


def slope(function: Callable[[float], Any], step: float = 0.02) -> tuple[Any, Any]:
    """The derivative at 0 of an array-valued function of one number, and its estimated error.

    >>> value, error = slope(np.exp)
    >>> bool(abs(value - 1) < 1e-10), bool(error < 1e-9)
    (True, True)
    """
    column = [central(function, step)]
    best = column[0]
    error = np.full(np.shape(best), np.inf)
    for row in range(1, ROWS):
        step /= SHRINK
        previous, column = column, [central(function, step)]
        factor = SHRINK**2
        for k in range(row):
            column.append((column[k] * factor - previous[k]) / (factor - 1))
            factor *= SHRINK**2
            own = np.maximum(abs(column[k + 1] - column[k]), abs(column[k + 1] - previous[k]))
            better = own < error
            best = np.where(better, column[k + 1], best)
            error = np.where(better, own, error)
    return best, error
