"""The relations of numbers: each test says what holds for all cases, or None.

`NUMBERS` has them in the order in which they are tried: what has another shape first
(`other_shapes`), then one sign or factor for all (`factors`), then what picks out a part of the
entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.course.judging.factors import evidence, factor
from autodiff.course.judging.other_shapes import (
    is_diagonal_of,
    not_reduced,
    reduced,
    reshaped,
    transposed,
)
from autodiff.course.judging.relating import TOLERANCE, Case, Relation, same

Test = Callable[[Sequence[Case]], Relation | None]


def _if_all(
    holds: Callable[[np.ndarray, np.ndarray], bool], name: str, words: str, question: str
) -> Test:
    """The test whether a relation of expected and got holds in every case."""

    def test(cases: Sequence[Case]) -> Relation | None:
        with np.errstate(all="ignore"):
            if all(holds(own.expected, own.got) for own in cases):
                return Relation(name, words, question)
        return None

    return test


# -- one sign or function for all ------------------------------------------------------------------


def _like(made: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray, np.ndarray], bool]:
    """Whether what came is a function of what was expected."""
    return lambda expected, got: same(made(expected), got)


def _without_signs(expected: np.ndarray, got: np.ndarray) -> bool:
    return same(np.abs(expected), got)


def _turned(expected: np.ndarray, got: np.ndarray) -> bool:
    return expected.ndim > 0 and same(expected[::-1], got)


def _shifted(expected: np.ndarray, got: np.ndarray) -> bool:
    if expected.ndim != 1 or expected.size < 3 or expected.shape != got.shape:
        return expected.ndim == 1 and expected.size < 3 and expected.shape == got.shape
    return same(expected[1:], got[:-1]) or same(expected[:-1], got[1:])


def _cut(expected: np.ndarray, got: np.ndarray) -> bool:
    whole = got.dtype.kind in "iu" or bool(np.all(got == np.trunc(got)))
    return whole and expected.shape == got.shape and bool(
        np.all(np.trunc(expected) == got) or np.all(np.round(expected) == got)
    )  # fmt: skip


def _reordered(expected: np.ndarray, got: np.ndarray) -> bool:
    return expected.ndim == 1 and expected.shape == got.shape and same(
        np.sort(expected), np.sort(got)
    )  # fmt: skip


def _offset(cases: Sequence[Case]) -> Relation | None:
    """One number added, or an input."""
    if not all(own.like for own in cases):
        return None
    differences = [own.got - own.expected for own in cases]
    first = differences[0].ravel()[0] if differences[0].size else 0
    if first != 0 and len(cases) > 1 and all(
        np.allclose(own, first, rtol=TOLERANCE, atol=1e-12) for own in differences
    ):  # fmt: skip
        return Relation(
            "off by a constant",
            f"your result is the expected one {'+' if np.real(first) > 0 else '-'} "
            f"{abs(first):.4g}, for every input",
            "Which number do you add or count once too often, or not at all?",
        )
    for name in cases[0].inputs:
        for sign, word in ((1, "plus"), (-1, "minus")):
            if len(cases) > 1 and all(
                name in own.inputs
                and own.inputs[name].shape == own.expected.shape
                and same(own.expected + sign * own.inputs[name], own.got)
                for own in cases
            ):
                return Relation(
                    f"{word} {name}",
                    f"your result is the expected one {word} {name}",
                    f"Is {name} a term of the formula?",
                )
    return None


# -- a part of the entries, or none of them --------------------------------------------------------


def _constant(cases: Sequence[Case]) -> Relation | None:
    """The same result for all inputs, where different ones are expected."""
    first = cases[0]
    if len(cases) < 3 or all(same(first.expected, own.expected) for own in cases):
        return None
    if all(same(first.got, own.got) for own in cases):
        zero = not np.any(first.got)
        return Relation(
            "the same for every input",
            f"your result is {'0' if zero else 'the same'} for every input",
            "Which factor of your answer is 0, or which two of its terms cancel?"
            if zero
            else "Which line of your answer uses the inputs?",
        )
    return None


def _zero(expected: np.ndarray, got: np.ndarray) -> bool:
    return expected.shape == got.shape and not np.any(got)


def _an_input(cases: Sequence[Case]) -> Relation | None:
    for name in cases[0].inputs:
        if len(cases) > 1 and all(
            name in own.inputs and same(own.inputs[name], own.got) for own in cases
        ):
            return Relation(
                f"{name} itself",
                f"your result is {name}, as it was given",
                f"What is to be done with {name} before it is returned?",
            )
    return None


def _not_a_number(expected: np.ndarray, got: np.ndarray) -> bool:
    return bool(np.any(np.isnan(got))) and not np.any(np.isnan(expected))


def _some_entries(cases: Sequence[Case]) -> Relation | None:
    """All right but the first, or but the last, along the first axis."""
    like = [own for own in cases if own.like and own.expected.ndim and len(own.expected) > 1]
    wrong = [own for own in like if not same(own.expected, own.got)]
    if len(like) < len(cases) or not wrong:
        return None
    for name, kept in (("first", slice(1, None)), ("last", slice(None, -1))):
        if all(same(own.expected[kept], own.got[kept]) for own in wrong):
            return Relation(
                f"all but the {name}",
                f"all entries of your result are right but the {name}",
                f"What is different for the {name} one, and which line of yours knows of it?",
            )
    return None


def _wrong_sign_of_some(expected: np.ndarray, got: np.ndarray) -> bool:
    return expected.shape == got.shape and same(np.abs(expected), np.abs(got))


NUMBERS: Sequence[Test] = (
    _constant,
    _if_all(
        transposed, "transposed", "your result is the transpose of the expected one",
        "What belongs to row 0 of the expected matrix, and what to row 0 of yours?",
    ),
    _if_all(
        reshaped, "another shape", "the numbers are right, and stand in another shape",
        "Which shape is asked for, and which has your result?",
    ),
    _if_all(
        is_diagonal_of, "the diagonal only", "your result is the diagonal of the expected one",
        "What do the entries beside the diagonal say, and why should they be 0?",
    ),
    reduced,
    not_reduced,
    _if_all(
        _like(np.negative), "the sign", "your result is minus the expected one",
        "If the input grows a little, which way does the result go, and what does yours say?",
    ),
    _if_all(
        _without_signs, "the sign is lost",
        "your result has the right size everywhere, and never a minus",
        "May the result be negative, and which line of yours takes the sign away?",
    ),
    factor,
    _if_all(
        _turned, "turned round", "your result is the expected one in reverse order",
        "Which element is to stand first, and in which order did you put them in?",
    ),
    _if_all(
        _like(lambda e: 1 / e), "upside down", "your result is 1 divided by the expected one",
        "What stands above the stroke in the formula, and what stands above yours?",
    ),
    _if_all(
        _like(np.square), "squared", "your result is the square of the expected one",
        "Is a root missing?",
    ),
    _if_all(
        _like(np.sqrt), "a root too many", "your result is the root of the expected one",
        "Is a root taken that the task does not ask for?",
    ),
    _if_all(
        _like(np.exp), "the exponential of it", "your result is exp of the expected one",
        "Is a logarithm missing?",
    ),
    _if_all(
        _like(lambda e: 1 - e), "1 minus it", "your result is 1 minus the expected one",
        "Which of the two shares is asked for: this one, or what is left?",
    ),
    _an_input,
    _if_all(
        _zero, "zero everywhere", "your result is 0 everywhere",
        "What should be added to it, and does that line run?",
    ),
    _if_all(
        _cut, "cut to whole numbers", "your result is the expected one, cut to whole numbers",
        "Which dtype has the array into which you write?",
    ),
    _offset,
    _if_all(
        _wrong_sign_of_some, "the sign of some entries",
        "your result has the right size everywhere, and the wrong sign in some places",
        "For which entries is the sign wrong, and what do those have in common?",
    ),
    _if_all(
        _shifted, "shifted by one place", "your result is the expected one, moved by one place",
        "Which index does your first element belong to?",
    ),
    _some_entries,
    _if_all(
        _reordered, "another order", "the right numbers, in another order",
        "Which element belongs where?",
    ),
    _if_all(
        lambda e, g: 0 < g.ndim < e.ndim, "an axis is missing",
        "your result has fewer axes than the expected one",
        "Of what is there one number for each row *and* each column, and what does your result "
        "have one number for?",
    ),
    _if_all(
        _not_a_number, "not a number", "your result is NaN",
        "Which step of yours makes NaN: 0 / 0, log of a negative number, inf - inf?",
    ),
)  # fmt: skip


def of_numbers(cases: Sequence[Case]) -> Relation | None:
    """The first relation that holds for all cases; none where a single number is all there is."""
    if not cases or evidence(cases) < 2:
        return None
    return next(filter(None, (test(cases) for test in NUMBERS)), None)
