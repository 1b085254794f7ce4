"""Exercises of lesson 4, reverse mode."""

from __future__ import annotations

from autodiff.course.exercises.choices import choice
from autodiff.course.exercises.lesson_04.graphs import GRAPH
from autodiff.course.exercises.lesson_04.orders import ORDER
from autodiff.course.exercises.lesson_04.reverse_sweep import SWEEP

PAPER = choice(
    "4.4",
    "On paper: three operations",
    "max routes, multiply swaps, add hands on, and shares add up",
    right=("c", 1),
    letters={
        "a": "On how many ways does s reach y? Which of them did you take?",
        "b": "On how many ways does s reach y? Which of them did you leave out?",
        "d": "p is 12 and d is 5. How much of an adjoint does a maximum hand to the smaller one?",
    },
    reasons={
        2: "Is an adjoint replaced when a second share arrives, or is the share added?",
        3: "If d grows by 0.1, does the maximum of p and d move?",
        4: "If a grows by 0.1, by how much does a + b grow?",
    },
    hints=(
        "Begin at y with 1. A sum hands it on to both: so m has 1, and s has a first share.",
        "From m the 1 goes to the larger operand, p. From there s gets 1 times c. What has s now?",
    ),
)

EXERCISES = (GRAPH, ORDER, SWEEP, PAPER)
