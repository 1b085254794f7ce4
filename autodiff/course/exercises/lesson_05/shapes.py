"""Exercise 5.5: which products of two matrices can have a shape, from the shapes alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception

Shape = tuple[int, int]
WAYS = (
    *("A @ B", "A @ B.T", "A.T @ B", "A.T @ B.T"),
    *("B @ A", "B @ A.T", "B.T @ A", "B.T @ A.T"),
)
Fits = Callable[[Shape, Shape, Shape], bool]


def _fits(left: Shape, right: Shape, wanted: Shape) -> bool:
    return left[1] == right[0] and (left[0], right[1]) == wanted


def _possible(fits: Fits = _fits, ways: Sequence[str] = WAYS) -> Callable[..., list[str]]:
    """The ways whose factors fit, by a test that the misconceptions exchange."""

    def possible(a: Shape, b: Shape, wanted: Shape) -> list[str]:
        shapes = {"A": a, "A.T": a[::-1], "B": b, "B.T": b[::-1]}
        found = []
        for way in ways:
            left, right = way.split(" @ ")
            if fits(shapes[left], shapes[right], wanted):
                found.append(way)
        return found

    return possible


def _listed(answer: Answer, a: Shape, b: Shape, wanted: Shape) -> dict[str, Any]:
    """How many ways were found, and which; their order is free."""
    found = sorted({str(own) for own in answer(a, b, wanted)})
    return {"number of ways": len(found), "ways": ", ".join(found) or "none"}


POSSIBLE = Exercise(
    number="5.5",
    title="From the shapes alone",
    shows="shapes leave one product where all sizes differ, and several where two agree",
    solution=_possible(),
    inputs=lambda rng: [
        ((2, 4), (3, 4), (2, 3)),
        ((2, 3), (2, 4), (3, 4)),
        ((2, 3), (3, 4), (4, 2)),
        ((2, 2), (2, 2), (2, 2)),
        ((3, 3), (3, 2), (3, 2)),
        ((2, 3), (4, 5), (2, 5)),
        ((2, 4), (3, 5), (2, 5)),
        *(
            ((n, m), (m, k), (n, k))
            for n, m, k in (tuple(map(int, rng.choice(np.arange(2, 9), 3, False))) for _ in "ab")
        ),
    ],
    observe=_listed,
    hints=(
        "Two numbers must meet: the columns of the left factor and the rows of the right one. The "
        "outer two are the shape of the result. Try all eight.",
        "A loop over the order of the two, and over each with and without .T; a transpose turns "
        "(a, b) into (b, a).",
    ),
    misconceptions=(
        Misconception(
            "A on the left only",
            _possible(ways=WAYS[:4]),
            "Which factor stands on the left in Wᵀ ct, and which in ct Wᵀ? May B be first?",
            "section 4 of the lesson: dy/dY on the left of Wᵀ",
        ),
        Misconception(
            "the shape of the result is not looked at",
            _possible(lambda left, right, wanted: left[1] == right[0]),
            "Your product exists. Which shape has it, and which one is wanted?",
        ),
        Misconception(
            "the inner sizes are not looked at",
            _possible(lambda left, right, wanted: (left[0], right[1]) == wanted),
            "Your product would have the right shape. Can these two be multiplied at all?",
        ),
        Misconception(
            "the result transposed",
            _possible(lambda left, right, wanted: _fits(left, right, wanted[::-1])),
            "A product of (2, 4) and (4, 3) has 2 rows. How many rows has your result?",
        ),
        Misconception(
            "without transposes",
            _possible(ways=("A @ B", "B @ A")),
            "How many shapes can A have, if you may turn it over?",
        ),
    ),
)
