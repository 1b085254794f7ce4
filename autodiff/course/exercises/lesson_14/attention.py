"""Exercises 14.1 to 14.3: softmax's rule, the backward pass of attention, and a mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception, parts_of

Rule = Callable[[Any, Any], Any]


def softmax(S: Any, axis: int = -1) -> Any:
    """Probabilities along an axis, the largest score taken off first."""
    e = np.exp(S - np.max(S, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


# -- 14.1 the reverse rule of a softmax -------------------------------------------------------


def softmax_vjp(ct: Any, p: Any) -> Any:
    """The solution of 14.1."""
    return p * (ct - np.sum(ct * p, axis=-1, keepdims=True))


def _diagonal(ct: Any, p: Any) -> Any:
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
            _diagonal,
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

# -- 14.2 the backward pass of attention ------------------------------------------------------


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
            _backward(rule=_diagonal),
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

# -- 14.3 a mask ------------------------------------------------------------------------------


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
