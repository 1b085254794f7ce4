"""The right numbers in another shape: turned over, summed over an axis, the diagonal alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.course.judging.relating import Case, Relation, same


def transposed(expected: np.ndarray, got: np.ndarray) -> bool:
    """Whether rows and columns are exchanged."""
    return expected.ndim > 1 and same(expected.T, got)


def reshaped(expected: np.ndarray, got: np.ndarray) -> bool:
    """Whether the same numbers, in the same order, stand in another shape."""
    return expected.shape != got.shape and same(expected.ravel(), got.ravel())


def reduced(cases: Sequence[Case]) -> Relation | None:
    """The expected array summed or averaged over an axis, or over all."""
    for name, reduce in (("sum", np.sum), ("mean", np.mean)):
        for axis in (None, 0, 1, -1):
            if all(_is_reduced(own.expected, own.got, reduce, axis) for own in cases):
                over = "all its entries" if axis is None else f"its axis {axis}"
                return Relation(
                    f"the {name} over {over}",
                    f"your result is the {name} of the expected one over {over}",
                    "Which shape is asked for, and which line of yours makes fewer numbers of it?",
                )
    return None


def _is_reduced(expected: np.ndarray, got: np.ndarray, reduce: Any, axis: int | None) -> bool:
    if expected.ndim == 0 or expected.shape == got.shape:
        return False
    if axis is not None and not -expected.ndim <= axis < expected.ndim:
        return False
    return any(same(reduce(expected, axis=axis, keepdims=keep), got) for keep in (False, True))


def not_reduced(cases: Sequence[Case]) -> Relation | None:
    """The array whose sum or mean over an axis is expected."""
    if not any(own.expected.shape != own.got.shape for own in cases):
        return None
    for name, reduce in (("sum", np.sum), ("mean", np.mean)):
        for axis in (None, 0, 1, -1):
            if all(same(own.expected, own.got) or _is_reduced(own.got, own.expected, reduce, axis)
                   for own in cases):  # fmt: skip
                over = "all its entries" if axis is None else f"its axis {axis}"
                return Relation(
                    f"a {name} is missing",
                    f"the {name} of your result over {over} is the expected one",
                    "Which shape is asked for? What makes one number of several that belong to it?",
                )
    return None


def is_diagonal_of(expected: np.ndarray, got: np.ndarray) -> bool:
    """Whether only the diagonal came, as a vector or as a matrix."""
    square = expected.ndim == 2 and expected.shape[0] == expected.shape[1] > 1
    return square and (same(np.diag(expected), got) or same(np.diag(np.diag(expected)), got))
