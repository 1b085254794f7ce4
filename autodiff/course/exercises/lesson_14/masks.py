"""Exercise 14.3: a mask before the softmax, through which no later position is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception
from autodiff.course.exercises.lesson_14.softmax_rows import softmax


def _masked(
    *,
    seen: Callable[[int], Any] = lambda n: np.tri(n, dtype=bool),
    hidden: float = -np.inf,
    scale: Callable[[Any], float] = lambda Q: float(np.sqrt(Q.shape[1])),
    axis: int = -1,
) -> Callable[..., Any]:
    def causal(Q: Any, K: Any, V: Any) -> Any:
        S = Q @ K.T / scale(Q)
        with np.errstate(all="ignore"):
            return softmax(np.where(seen(len(Q)), S, hidden), axis) @ V

    return causal


def _masked_after(Q: Any, K: Any, V: Any) -> Any:
    P = softmax(Q @ K.T / np.sqrt(Q.shape[1]))
    return (P * np.tri(len(Q))) @ V


def _probabilities(Q: Any, K: Any, V: Any) -> Any:
    return _masked()(Q, K, np.eye(len(Q)))


def _values_masked(Q: Any, K: Any, V: Any) -> Any:
    return softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ (np.tri(len(Q), V.shape[1]) * V)


def _causal_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    one, two = np.ones((1, 1)), np.ones((2, 1))
    cases = [(one, one, one), (two, two, np.array([[2.0], [10.0]]))]
    for n, d, values in ((3, 3, 2), (4, 2, 3), (5, 4, 5)):
        cases.append(
            (rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, values)))
        )
    return cases


CAUSAL = Exercise(
    number="14.3",
    title="No look into the future",
    shows="a score of minus infinity is a probability of 0, and no gradient passes there",
    solution=_masked(),
    inputs=_causal_inputs,
    hints=(
        "Which score makes a probability of exactly 0? Put it where a position would look at a "
        "later one, *before* the softmax.",
        "np.tri(n) has ones on and below the diagonal. np.where(np.tri(n, dtype=bool), S, -np.inf) "
        "keeps the scores there.",
    ),
    misconceptions=(
        Misconception(
            "no mask",
            _masked(seen=lambda n: np.ones((n, n), bool)),
            "On whom does the first output depend in your function? On whom may it?",
        ),
        Misconception(
            "masked after the softmax",
            _masked_after,
            "The future is out. What do the probabilities of the first row add up to?",
        ),
        Misconception(
            "masked with 0",
            _masked(hidden=0.0),
            "What is exp(0)? So how much of the future is still seen?",
        ),
        Misconception(
            "the future in place of the past",
            _masked(seen=lambda n: np.tri(n, dtype=bool).T),
            "Row i belongs to query i. Which columns are later than i: those on the left of the "
            "diagonal, or on the right?",
        ),
        Misconception(
            "without itself",
            _masked(seen=lambda n: np.tri(n, k=-1, dtype=bool)),
            "At whom may the first position look, if not even at itself?",
        ),
        Misconception(
            "one step too far",
            _masked(seen=lambda n: np.tri(n, k=1, dtype=bool)),
            "Does your first output depend on the second value?",
        ),
        Misconception(
            "plus infinity",
            _masked(hidden=np.inf),
            "What is exp(∞)? Which score makes a probability of 0?",
        ),
        Misconception(
            "d in place of √d",
            _masked(scale=lambda Q: float(Q.shape[1])),
            "The mask is right. By what are the scores divided: by d, or by its root?",
        ),
        Misconception(
            "multiplied by √d",
            _masked(scale=lambda Q: 1 / float(np.sqrt(Q.shape[1]))),
            "The mask is right. Do the scores grow with d? Shall they be made smaller, or larger?",
        ),
        Misconception(
            "the softmax along the columns",
            _masked(axis=0),
            "For which of the two does a position share out its attention: the keys of its row, or "
            "the queries of a column?",
        ),
        Misconception(
            "1/√d forgotten",
            _masked(scale=lambda Q: 1.0),
            "The mask is right. By what are the scores divided?",
        ),
        Misconception(
            "the probabilities in place of the output",
            _probabilities,
            "Row i of P says how much position i takes of each. Of each what?",
        ),
        Misconception(
            "the values masked",
            _values_masked,
            "Is the mask for pairs of positions, or for the numbers of a value?",
        ),
    ),
)
