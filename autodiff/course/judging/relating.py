"""A relation of a wrong result to the right one, and the numbers of one call that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.course.judging.differences import relative_errors

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that holds for every input: its name, a sentence, and what to ask.

    One that is not `whole` says where the mistake is, and not what it is.
    """

    name: str
    words: str
    question: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One call with numbers: what was expected, what came, and the inputs that are numbers."""

    expected: np.ndarray
    got: np.ndarray
    inputs: Mapping[str, np.ndarray]

    @property
    def like(self) -> bool:
        """Whether both have one shape."""
        return self.expected.shape == self.got.shape


def as_array(value: Any) -> np.ndarray | None:
    """A number, or an array of them, as an array."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    try:
        made = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return made if made.dtype.kind in "iufc" else None


def same(one: Any, two: Any) -> bool:
    """Whether both are arrays of one shape and equal numbers."""
    one, two = as_array(one), as_array(two)
    if one is None or two is None or one.shape != two.shape or not one.size:
        return False
    return bool(np.all(relative_errors(one.astype(complex), two.astype(complex)) <= TOLERANCE))
