"""The two slopes at a kink, of the one output element that bends most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.check.numeric import Line, differences
from autodiff.core.arguments.tree import flatten


@dataclass(frozen=True, slots=True)
class Corner:
    """The slopes of one output element to the left and right, and what the engine answers.

    `jumps` says that f itself changes by a step, or rises vertically; `answer` is NaN where
    forward mode has none.
    """

    output: str
    left: float
    right: float
    answer: float

    @property
    def has_one_slope(self) -> bool:
        """Whether both slopes are one number, so that no kink is what is wrong here."""
        return bool(np.isfinite(self.left) and np.isclose(self.left, self.right, rtol=1e-4))

    def __str__(self) -> str:
        answers = f"; autodiff answers {self.answer:.6g}" if not np.isnan(self.answer) else ""
        if np.isinf(self.left) and self.left == self.right:
            return f"the slope is infinite on both sides{answers}"
        return (
            f"the slope{self.output} is {_side(self.left)} on the left and {_side(self.right)} "
            f"on the right{answers}"
        )


def _side(slope: float) -> str:
    return "undefined" if np.isnan(slope) else f"{slope:.6g}"


def corner(line: Line, scale: float, pushed: Any, name: str) -> Corner:
    """Look at the output element whose slope changes most at h = 0, alone."""
    h = 1e-5 * scale
    up, middle, down = line.at(h), line.at(0.0), line.at(-h)
    bends = [
        np.nan_to_num(abs(np.real(np.asarray(u) + d - 2 * np.asarray(m))), nan=np.inf)
        for u, m, d in zip(up, middle, down, strict=True)
    ]
    leaf = int(np.argmax([np.max(bend, initial=-1.0) for bend in bends]))
    place = np.unravel_index(int(np.argmax(bends[leaf])), np.shape(bends[leaf]))
    weights: list[Any] = [None] * len(bends)
    weights[leaf] = np.zeros(np.shape(bends[leaf]))
    weights[leaf][place] = 1.0
    touched = [np.ones(np.shape(bend), bool) for bend in bends]
    found = differences(Line(line.at, weights, line.epsilon, touched), 0.02 * scale)
    answer = np.nan
    if pushed is not None:
        answer = float(np.real(np.asarray(flatten(pushed)[0][leaf])[place]))
    index = ", ".join(map(str, place))
    return Corner(f" of {name}[{index}]" if index else "", found.left, found.right, answer)
