"""Exercise 5.1: what a Jacobian costs in each mode, counted in contributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception, parts_of


def plan(n: int, m: int, edges: int) -> Any:
    """The solution of 5.1."""
    mode = "forward" if n < m else "reverse" if m < n else "either"
    return mode, min(n, m) * edges


def modes_swapped(n: int, m: int, edges: int) -> Any:
    """Forward mode for many inputs."""
    return plan(m, n, edges)


def always_reverse(n: int, m: int, edges: int) -> Any:
    """What one hears about networks."""
    return "reverse", m * edges


def every_entry(n: int, m: int, edges: int) -> Any:
    """A pass for every entry of the Jacobian."""
    return plan(n, m, edges)[0], n * m * edges


def passes_only(n: int, m: int, edges: int) -> Any:
    """Passes instead of contributions."""
    return plan(n, m, edges)[0], min(n, m)


def one_pass(n: int, m: int, edges: int) -> Any:
    """One pass for the whole Jacobian."""
    return plan(n, m, edges)[0], edges


def dearer(n: int, m: int, edges: int) -> Any:
    """The right mode with the cost of the other."""
    return plan(n, m, edges)[0], max(n, m) * edges


def ties_forward(n: int, m: int, edges: int) -> Any:
    """Knows no `either`."""
    return "forward" if n <= m else "reverse", min(n, m) * edges


def ties_reverse(n: int, m: int, edges: int) -> Any:
    """Knows no `either` either."""
    return "forward" if n < m else "reverse", min(n, m) * edges


def see_plan(answer: Any, n: int, m: int, edges: int) -> Any:
    """The mode, and the contributions."""
    return parts_of(answer(n, m, edges), "mode", "contributions")


def plan_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """The shapes of a curve, a square map, a loss, and random ones."""
    drawn = rng.integers(2, 60, size=(4, 3))
    return [
        (1, 3, 10),
        (3, 1, 10),
        (4, 4, 25),
        (7850, 1, 20_000),
        (2, 5, 30),
        *(tuple(map(int, (n, n + more, edges))) for n, more, edges in drawn[:2]),
        *(tuple(map(int, (m + more, m, edges))) for m, more, edges in drawn[2:]),
    ]


PLAN = Exercise(
    number="5.1",
    title="Which mode, and what does it cost?",
    shows="forward mode pays for inputs, reverse mode for outputs",
    solution=plan,
    inputs=plan_inputs,
    observe=see_plan,
    hints=(
        "How many passes does each mode need for m × n numbers, and how many contributions has one "
        "pass over the graph?",
        "A forward pass gives a column, a reverse pass a row. A pass walks every edge once.",
    ),
    misconceptions=(
        Misconception(
            "modes swapped",
            modes_swapped,
            "A curve in space has one input and three outputs. How many directions are there in "
            "which its input can move?",
            "section 2 of the lesson: the line n = 1, m = 6",
        ),
        Misconception(
            "always reverse",
            always_reverse,
            "Which mode does the curve with n = 1 and m = 3 prefer, and how many passes does each "
            "need for it?",
            "section 2 of the lesson: the line n = 1, m = 6",
        ),
        Misconception(
            "a pass for every entry",
            every_entry,
            "How many entries of the Jacobian does one pass fill?",
            "section 2 of the lesson: columns and rows",
        ),
        Misconception(
            "passes instead of contributions",
            passes_only,
            "What does one pass cost, on a graph with so many edges?",
            "section 1 of the lesson: the count of 5",
        ),
        Misconception(
            "one pass for everything",
            one_pass,
            "One pass gives one column or one row. How many has a Jacobian of n = 4, m = 4?",
            "section 2 of the lesson: the line n = 3, m = 3",
        ),
        Misconception(
            "the cost of the other mode",
            dearer,
            "You chose the mode with fewer passes. How many are they?",
            "section 2 of the lesson: the printed counts",
        ),
        Misconception(
            "ties go to forward mode",
            ties_forward,
            "For n = 4 and m = 4, how many passes does the mode need that you did not choose?",
            "the task: what is asked for where both cost the same",
        ),
        Misconception(
            "ties go to reverse mode",
            ties_reverse,
            "For n = 4 and m = 4, how many passes would forward mode need, and how many reverse?",
            "the task: what is asked for where both cost the same",
        ),
    ),
)
