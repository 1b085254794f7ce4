"""Exercise 14.2: the backward pass of attention, three products and a softmax between them.

Every misconception is the right pass with one of its pieces exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception, parts_of
from autodiff.course.exercises.lesson_14.softmax_rows import diagonal, softmax, softmax_vjp

Rule = Callable[[Any, Any], Any]


def _backward(
    *,
    scale: Callable[[Any, Any], float] = lambda Q, K: float(np.sqrt(Q.shape[1])),
    rule: Rule = softmax_vjp,
    dV: Callable[[Any, Any, Any], Any] = lambda P, dY, S: P.T @ dY,
    dQ: Rule = lambda dS, K: dS @ K,
    dK: Rule = lambda dS, Q: dS.T @ Q,
    order: Callable[[Any, Any, Any], Any] = lambda dQ, dK, dV: (dQ, dK, dV),
) -> Callable[..., Any]:
    """The backward pass; a misconception exchanges one of its pieces."""

    def attention_vjp(dY: Any, Q: Any, K: Any, V: Any) -> Any:
        S = Q @ K.T / np.sqrt(Q.shape[1])
        P = softmax(S)
        dS = rule(dY @ V.T, P) / scale(Q, K)
        return order(dQ(dS, K), dK(dS, Q), dV(P, dY, S))

    return attention_vjp


def _scaled(by: Callable[[Any, Any], float]) -> Callable[..., Any]:
    """The backward pass of attention whose scores are divided by something else."""

    def attention_vjp(dY: Any, Q: Any, K: Any, V: Any) -> Any:
        P = softmax(Q @ K.T / by(Q, V))
        dS = softmax_vjp(dY @ V.T, P) / by(Q, V)
        return dS @ K, dS.T @ Q, P.T @ dY

    return attention_vjp


def _attention_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """One query with two keys of one number, a square case, then four sizes that differ."""
    column = np.array([[1.0], [-1.0]])
    cases: list[tuple[Any, ...]] = [(np.ones((1, 1)), np.ones((1, 1)), column, 2 * column)]
    for queries, keys, d, values in ((2, 2, 2, 2), (2, 3, 4, 5), (4, 2, 3, 2), (3, 5, 2, 4)):
        cases.append(
            (
                rng.normal(size=(queries, values)),
                rng.normal(size=(queries, d)),
                rng.normal(size=(keys, d)),
                rng.normal(size=(keys, values)),
            )
        )
    return cases


def _see_attention(answer: Any, dY: Any, Q: Any, K: Any, V: Any) -> Any:
    return parts_of(answer(dY, Q, K, V), "dL/dQ", "dL/dK", "dL/dV")


ATTENTION_VJP = Exercise(
    number="14.2",
    title="The backward pass of attention",
    shows="three products come back with their transposes, and the softmax row by row",
    solution=_backward(),
    inputs=_attention_inputs,
    observe=_see_attention,
    forbids=ENGINE,
    hints=(
        "Compute S and P again. Then go back from Y = P V: which two adjoints does this product "
        "give? Through the softmax you have exercise 14.1; then one more product.",
        "dV = Pᵀ dY, dP = dY Vᵀ, dS by the rule of the softmax, and the score is Q Kᵀ / √d: "
        "the 1/√d stands in front of both dQ and dK. K comes in transposed: the shape of dK is "
        "that of K.",
    ),
    misconceptions=(
        Misconception(
            "1/√d forgotten",
            _backward(scale=lambda Q, K: 1.0),
            "dL/dV is right. By what was Q Kᵀ divided before the softmax?",
        ),
        Misconception(
            "d in place of √d",
            _backward(scale=lambda Q, K: float(Q.shape[1])),
            "dL/dV is right. By what was Q Kᵀ divided: by d, or by its root?",
        ),
        Misconception(
            "the root of the number of keys",
            _backward(scale=lambda Q, K: float(np.sqrt(len(K)))),
            "What is d: how many keys there are, or how many numbers a key has?",
        ),
        Misconception(
            "the root of the columns of V",
            _scaled(lambda Q, V: float(np.sqrt(V.shape[1]))),
            "Which numbers are multiplied and added up in Q Kᵀ? How many are they?",
        ),
        Misconception(
            "d in place of √d, forward too",
            _scaled(lambda Q, V: float(Q.shape[1])),
            "By what are the scores divided: by d, or by its root?",
        ),
        Misconception(
            "the softmax left out",
            _backward(rule=lambda dP, P: dP),
            "dL/dV is right. Between P and S stands the softmax: what does it do to an adjoint?",
            "exercise 14.1",
        ),
        Misconception(
            "the softmax as if it were diagonal",
            _backward(rule=diagonal),
            "If one score of a row grows, which probabilities of the row move?",
            "exercise 14.1",
        ),
        Misconception(
            "the softmax without its sum",
            _backward(rule=lambda dP, P: dP * P),
            "Add the same number to all scores of a row: P does not move. Do the entries of your "
            "dS add up to 0 in each row?",
            "exercise 14.1",
        ),
        Misconception(
            "the softmax summed along the columns",
            _backward(rule=lambda dP, P: P * (dP - np.sum(dP * P, axis=0, keepdims=True))),
            "Which entries of P add up to 1: those of a row, or those of a column?",
        ),
        Misconception(
            "P not transposed",
            _backward(dV=lambda P, dY, S: P @ dY),
            "dL/dV has one row per key. P has one row per query. Which way round must it stand?",
        ),
        Misconception(
            "scores in place of probabilities",
            _backward(dV=lambda P, dY, S: S.T @ dY),
            "dL/dQ and dL/dK are right. With what was V multiplied: with S, or with P?",
        ),
        Misconception(
            "dS not transposed for K",
            _backward(dK=lambda dS, Q: dS @ Q),
            "Entry [i, j] of dS belongs to query i and key j. dL/dK has one row per key: over what "
            "must you add up?",
        ),
        Misconception(
            "Q and K exchanged in the products",
            _backward(dQ=lambda dS, K: dS.T @ K, dK=lambda dS, Q: dS @ Q),
            "dL/dQ has one row per query. Has yours?",
        ),
        Misconception(
            "another order",
            _backward(order=lambda dQ, dK, dV: (dK, dQ, dV)),
            "In which order are the three asked for?",
            "the task",
        ),
        Misconception(
            "dL/dV first",
            _backward(order=lambda dQ, dK, dV: (dV, dQ, dK)),
            "In which order are the three asked for?",
            "the task",
        ),
    ),
)
