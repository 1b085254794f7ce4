"""Exercise 14.1: back through a softmax, whose Jacobian is not diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception


def softmax(S: Any, axis: int = -1) -> Any:
    """Probabilities along an axis, the largest score taken off first."""
    e = np.exp(S - np.max(S, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def softmax_vjp(ct: Any, p: Any) -> Any:
    """The solution of 14.1."""
    return p * (ct - np.sum(ct * p, axis=-1, keepdims=True))


def diagonal(ct: Any, p: Any) -> Any:
    """The rule without what the other probabilities of a row lose."""
    return ct * p * (1 - p)


def _softmax_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    cases = [
        (np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])),
        (np.array([[1.0, 1.0, 1.0]]), np.array([[0.5, 0.25, 0.25]])),
    ]
    for rows, columns in ((1, 3), (3, 3), (2, 4), (5, 2)):
        p = softmax(rng.normal(size=(rows, columns)))
        cases.append((rng.normal(size=(rows, columns)), p))
    return cases


SOFTMAX_VJP = Exercise(
    number="14.1",
    title="Back through a softmax",
    shows="every score moves every probability of its row, and a shift moves none",
    solution=softmax_vjp,
    inputs=_softmax_inputs,
    forbids=ENGINE,
    hints=(
        "One row first: J = diag(p) - p pᵀ. Multiply ct from the left: which two terms come out, "
        "and which of them is a single number for the whole row?",
        "Entry i is p_i ct_i - p_i · (the sum of ct_k p_k over the row). Take p_i out. For rows "
        "under each other the sum keeps its axis: keepdims=True.",
    ),
    misconceptions=(
        Misconception(
            "the diagonal alone",
            diagonal,
            "If one score grows, its probability grows. Where does that come from: do the others "
            "of the row stay as they are?",
            "section 1 of the lesson: the Jacobian that is not diagonal",
        ),
        Misconception(
            "the sum forgotten",
            lambda ct, p: ct * p,
            "Let ct be 1 everywhere. The probabilities of a row add up to 1, whatever the scores "
            "are. What should come back?",
            "section 1 of the lesson: J times a row of ones",
        ),
        Misconception(
            "one sum for all rows",
            lambda ct, p: p * (ct - np.sum(ct * p)),
            "With one row it is right. Do the scores of one row move the probabilities of another?",
        ),
        Misconception(
            "the sum along the wrong axis",
            lambda ct, p: p * (ct - np.sum(ct * p, axis=0, keepdims=True)),
            "Which entries of p add up to 1: those of a row, or those of a column?",
        ),
        Misconception(
            "the mean of ct in place of its weighted sum",
            lambda ct, p: p * (ct - np.mean(ct, axis=-1, keepdims=True)),
            "p pᵀ ct: with which weights are the numbers of ct added up?",
        ),
        Misconception(
            "the plain sum of ct",
            lambda ct, p: p * (ct - np.sum(ct, axis=-1, keepdims=True)),
            "p pᵀ ct: with which weights are the numbers of ct added up?",
        ),
        Misconception(
            "the probability in front forgotten",
            lambda ct, p: ct - np.sum(ct * p, axis=-1, keepdims=True),
            "A score whose probability is nearly 0: can it move anything? What does your rule "
            "give it?",
        ),
        Misconception(
            "the first row's Jacobian for all rows",
            lambda ct, p: ct @ (np.diag(p[0]) - np.outer(p[0], p[0])),
            "With one row it is right. Has the second row the same probabilities, and the same J?",
        ),
        Misconception(
            "the gradient of a cross-entropy",
            lambda ct, p: p - ct,
            "p - onehot is the gradient of softmax and logarithm together. Is there a logarithm "
            "here?",
            "lesson 8, section 2",
        ),
    ),
)
