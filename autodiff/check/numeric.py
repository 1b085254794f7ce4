"""Numeric derivatives: differences over a sweep of steps, from both sides, and the complex step.

A single step size either truncates (too large) or cancels (too small).  Ridders' method
takes central differences over a sweep of shrinking steps, extrapolates them to h = 0, and keeps
the entry of the tableau whose neighbours agree best; their disagreement is the error estimate
(C. Ridders, Advances in Engineering Software 4, 1982).  The rounding error of f divided by the
step is added to it, so that an estimate never looks better than float64 allows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SHRINK = 1.6
ROWS = 12
NEAREST = 4
"""Quotients at the smallest steps that are compared with those at all."""
EPSILON = float(np.finfo(float).eps)
TINIEST = float(np.finfo(float).tiny)
CLOSER = (1e-1, 1e-2, 1e-3, 1e-4)
"""How much closer a suspected kink is looked at than the smallest step of the sweep."""

Leaves = Sequence[Any]


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
    steps = [step / SHRINK**row for row in range(ROWS)]
    return extrapolated([central(function, h) for h in steps])


def extrapolated(quotients: Sequence[Any], rounding: Sequence[float] = ()) -> tuple[Any, Any]:
    """Central differences at steps that shrink by 1.6, extrapolated to step 0; and the error."""
    rounding = rounding or [0.0] * len(quotients)
    column = [quotients[0]]
    best, error = column[0], np.full(np.shape(column[0]), np.inf)
    for row in range(1, len(quotients)):
        previous, column = column, [quotients[row]]
        factor = SHRINK**2
        for k in range(row):
            column.append((column[k] * factor - previous[k]) / (factor - 1))
            factor *= SHRINK**2
            own = np.maximum(abs(column[k + 1] - column[k]), abs(column[k + 1] - previous[k]))
            own = own + rounding[row]
            better = own < error
            best = np.where(better, column[k + 1], best)
            error = np.where(better, own, error)
    return best, error


@dataclass(frozen=True, slots=True)
class Slope:
    """A numeric derivative along one direction, from both sides, with its estimated noise."""

    value: float
    noise: float
    left: float
    right: float
    smooth: bool = True
    method: str = "differences"
    rounding: float = 0.0

    @property
    def relative_noise(self) -> float:
        """The noise as a share of the value."""
        return self.noise / abs(self.value) if self.value else self.noise


@dataclass(frozen=True, slots=True)
class Line:
    """A function along a line: `at(h)` returns its output leaves, weighted by `weights`.

    Differences are taken leaf by leaf before they are weighted and summed, so that what does not
    change cancels exactly.  `epsilon` is the relative precision that f works in, `touched` masks
    the elements that are known to depend on h (None: not known), though rounding may hide it;
    `blur` is the most that rounding inside of f can plausibly do to the weighted sum.
    """

    at: Callable[[Any], Leaves]
    weights: Leaves
    epsilon: float = EPSILON
    touched: Leaves | None = None
    blur: float = 0.0

    def pair(self, leaves: Leaves) -> float:
        """Re(sum(conj(weight) * leaf)) over all leaves."""
        pairs = zip(self.weights, leaves, strict=True)
        return float(sum(np.sum(np.real(np.conj(w) * v)) for w, v in pairs if w is not None))

    def change(self, a: Leaves, b: Leaves) -> float:
        """The weighted sum of a - b."""
        return self.pair([x if w is None else np.subtract(x, y) for w, x, y in self.rows(a, b)])

    def rounding(self, a: Leaves, b: Leaves) -> float:
        """The rounding error in the weighted values of those elements that depend on h."""
        total = 0.0
        for k, (w, x, y) in enumerate(self.rows(a, b)):
            if w is not None:
                moves = np.not_equal(x, y)
                if self.touched is not None:
                    moves = moves | self.touched[k]
                total += float(np.sum(abs(w) * np.where(moves, abs(x) + abs(y), 0.0)))
        return self.epsilon * total

    def rows(self, a: Leaves, b: Leaves) -> Iterator[tuple[Any, Any, Any]]:
        """Weights and both leaves, side by side."""
        yield from zip(self.weights, a, b, strict=True)


def differences(line: Line, step: float, rounding: float = 0.0) -> Slope:
    """The slope at h = 0 by Ridders' sweep from `step` downwards, with both one-sided slopes.

    Where the two sides disagree and go on disagreeing at ever smaller steps there is a kink or
    a jump, and the result is not `smooth`; nor is it where the slopes grow without bound.
    `rounding` is the rounding error of f, as far as it is known from other sweeps.

    >>> kink = differences(Line(lambda h: [abs(h)], [1.0]), 0.02)
    >>> kink.left, kink.right, kink.smooth
    (-1.0, 1.0, False)
    """
    with np.errstate(all="ignore"):
        middle = line.at(0.0)
        steps = [step / SHRINK**row for row in range(ROWS)]
        ends = [(line.at(-h), line.at(h)) for h in steps]
        rounding = max(rounding, *(line.rounding(end, middle) for pair in ends for end in pair))
        sides = [
            (line.change(middle, down) / h, line.change(up, middle) / h)
            for h, (down, up) in zip(steps, ends, strict=True)
        ]
        left, right = sides[-1]
        value, noise = _steady([(a + b) / 2 for a, b in sides], [rounding / h for h in steps])
        before = sides[ROWS // 2]
        if np.isnan(left) != np.isnan(right):
            nearest = _sides(line, middle, steps[-1] * CLOSER[-1])
            limits = (_limit(a, b, c) for a, b, c in zip(before, sides[-1], nearest, strict=True))
            return Slope(np.nan, np.inf, *limits, False)
        gap, noisy = abs(right - left), 2 * rounding / steps[-1]
        floor = 1e-5 * max(abs(left), abs(right)) + 20 * noisy
        grows = abs(left + right) > 2 * abs(sum(before)) and noise > 0.01 * abs(value)
        if (gap > floor and gap > 0.3 * abs(before[1] - before[0])) or (grows and noise > noisy):
            found = _look_closer(line, middle, steps[-1], (left, right), rounding)
            if found is not None:
                return Slope(value, noise, *found, False, rounding=rounding)
    return Slope(value, noise, value, value, rounding=rounding)


def _steady(quotients: Sequence[float], rounding: Sequence[float]) -> tuple[float, float]:
    """The extrapolated slope and its noise, but what the smallest steps say against all others.

    Between two kinks of a function made of straight pieces, as a maximum is, the quotients do not
    change with the step at all: far from 0 they agree as well as near it, on another slope.
    """
    value, noise = map(float, extrapolated(quotients, rounding))
    near = quotients[-NEAREST:]
    nearest, own = map(float, extrapolated(near, rounding[-NEAREST:]))
    apart = abs(nearest - value)
    together = all(abs(quotient - nearest) <= 0.1 * apart for quotient in near)
    return (nearest, own) if together and apart > 10 * (noise + own) else (value, noise)


def _sides(line: Line, middle: Leaves, h: float) -> tuple[float, float]:
    """The difference quotients to the left and to the right."""
    return line.change(middle, line.at(-h)) / h, line.change(line.at(h), middle) / h


def _limit(before: float, last: float, nearest: float) -> float:
    """A one-sided slope, infinite where the quotients grow without bound."""
    grows = abs(last) > 2 * abs(before) and abs(nearest) > 5 * abs(last)
    return float(np.copysign(np.inf, last)) if grows else last


def _look_closer(
    line: Line, middle: Leaves, step: float, last: tuple[float, float], rounding: float
) -> tuple[float, float] | None:
    """The one-sided slopes as near as rounding allows, where they differ or grow; else None."""
    gap = abs(last[1] - last[0])
    found = None
    for factor in CLOSER:
        sides = _sides(line, middle, step * factor)
        noisy = 2 * rounding / (step * factor)
        grown = abs(sum(sides)) > 1.5 * abs(sum(last))
        if not np.all(np.isfinite(sides)) or 20 * noisy > max(map(abs, sides)):
            break
        if abs(sides[1] - sides[0]) < 0.5 * gap and not grown:
            return None
        if 20 * noisy > abs(sides[1] - sides[0]) and not grown:
            break
        found = sides
    if found is None:
        return None
    return tuple(
        float(np.copysign(np.inf, b)) if abs(b) > 5 * abs(a) and abs(b) > 5 * gap else b
        for a, b in zip(last, found, strict=True)
    )


def complex_step(line: Line, scale: float) -> Slope | None:
    """Im f(x + ih) / h: exact to rounding for analytic f, since nothing is subtracted.

    None where f can't take complex numbers, or where a plain central difference contradicts
    (Squire & Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions", SIAM
    Review 40, 1998).
    """
    tiny = 1e-30 * scale
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # f drops them
            leaves = [np.imag(leaf) / tiny for leaf in line.at(1j * tiny)]
    except Exception:  # whatever f says to complex numbers, differences remain
        return None
    value = line.pair(leaves)
    pairs = zip(line.weights, leaves, strict=True)
    size = float(sum(np.sum(abs(w) * abs(v)) for w, v in pairs if w is not None))
    h = 1e-4 * scale
    up, down = line.at(h), line.at(-h)
    error = abs(line.change(up, down) / (2 * h) - value)
    if not error <= 1e-3 * size + 20 * line.rounding(up, down) / h:
        return None
    noise = 64 * EPSILON * size + TINIEST / tiny
    return Slope(value, noise, value, value, method="complex step")
