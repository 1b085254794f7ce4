"""Exercise 5.3: the reverse rule of a matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception, parts_of

Pair = tuple[Any, Any]


def vjp_matmul(ct: Any, X: Any, W: Any) -> Pair:
    """The solution of 5.3."""
    return ct @ W.T, X.T @ ct


def no_transpose(ct: Any, X: Any, W: Any) -> Pair:
    """The right factors, untransposed."""
    return ct @ W, X @ ct


def one_transpose(ct: Any, X: Any, W: Any) -> Pair:
    """Transposes W, and forgets X."""
    return ct @ W.T, X @ ct


def swapped(ct: Any, X: Any, W: Any) -> Pair:
    """The factors the wrong way round."""
    return W.T @ ct, ct @ X.T


def transposed_results(ct: Any, X: Any, W: Any) -> Pair:
    """The right products, transposed."""
    return W @ ct.T, ct.T @ X


def second_transposed(ct: Any, X: Any, W: Any) -> Pair:
    """The right product for W, transposed."""
    return ct @ W.T, ct.T @ X


def transposes_alone(ct: Any, X: Any, W: Any) -> Pair:
    """The other operands transposed, and nothing of what comes from behind."""
    return W.T, X.T


def exchanged(ct: Any, X: Any, W: Any) -> Pair:
    """The adjoint of W first."""
    return X.T @ ct, ct @ W.T


def entrywise(ct: Any, X: Any, W: Any) -> Pair:
    """As if `@` were `*`."""
    return ct * W, ct * X


def ones_for_ct(ct: Any, X: Any, W: Any) -> Pair:
    """Ignores what comes from behind."""
    return vjp_matmul(np.ones_like(ct), X, W)


def matmul_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """A small square case in whole numbers, then random ones that are not square."""
    ct, X = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    cases: list[tuple[Any, ...]] = [(ct, X, np.array([[0.0, 1.0], [5.0, 2.0]]))]
    for rows, inner, columns in ((2, 3, 4), (1, 3, 2), (3, 3, 3), (4, 1, 2)):
        left, right = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns))
        cases.append((rng.normal(size=(rows, columns)), left, right))
    return cases


def see_matmul(answer: Any, ct: Any, X: Any, W: Any) -> Any:
    """The two adjoints, by name."""
    return parts_of(answer(ct, X, W), "adjoint of X", "adjoint of W")


MATMUL = Exercise(
    number="5.3",
    title="The reverse rule of a matrix product",
    shows="the shapes force the formula",
    solution=vjp_matmul,
    inputs=matmul_inputs,
    observe=see_matmul,
    forbids=ENGINE,
    hints=(
        "Say X is (2, 3) and W is (3, 4), so ct is (2, 4). The adjoint of X must be (2, 3). Which "
        "product of ct and W, with which transpose, has that shape?",
        "Write down the three shapes of X, W and ct with letters, (a, b), (b, c), (a, c). An inner "
        "letter must meet itself.",
    ),
    misconceptions=(
        Misconception(
            "no transpose",
            no_transpose,
            "Take X (2, 3) and W (3, 4). Which shapes meet in your product of ct and W, and do the "
            "inner ones agree?",
            "section 4 of the lesson: the prediction from the shapes",
        ),
        Misconception(
            "one transpose missing",
            one_transpose,
            "The adjoint of X is right. Apply the same argument of shapes to the adjoint of W: "
            "what meets what?",
            "section 4 of the lesson: the prediction from the shapes",
        ),
        Misconception(
            "operands swapped",
            swapped,
            "In Y = X @ W, W stands on the right of X. On which side of ct should it stand in the "
            "adjoint of X, so that rows stay rows?",
            "ad.draw(lambda X, W: np.sum(X @ W), np.ones((2, 3)), np.ones((3, 4))): the edges",
        ),
        Misconception(
            "results transposed",
            transposed_results,
            "An adjoint has the shape of its own value. Which shape has X, and which has yours?",
            "print(X.shape, W.shape) beside your two results",
        ),
        Misconception(
            "the adjoint of W transposed",
            second_transposed,
            "The adjoint of X is right. Which shape has W, and which has your adjoint of it?",
            "print(W.shape) beside the shape of your second result",
        ),
        Misconception(
            "the transposes alone",
            transposes_alone,
            "Where does ct go, which says how much each entry of Y matters?",
            "section 4 of the lesson: dy/dY",
        ),
        Misconception(
            "the two exchanged",
            exchanged,
            "In which order are the adjoints asked for?",
            "the task: the adjoint of X comes first",
        ),
        Misconception(
            "entry by entry",
            entrywise,
            "How many entries of Y does one entry of X reach in X @ W?",
            "ad.jacobian(lambda X: X @ W)(X): count what is not 0 for one entry of X",
        ),
        Misconception(
            "incoming adjoint ignored",
            ones_for_ct,
            "What comes after Y may use one entry strongly and another not at all. Where does your "
            "rule hear of it?",
            "section 4 of the lesson: ct",
        ),
    ),
)
