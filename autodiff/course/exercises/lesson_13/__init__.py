"""Exercises of lesson 13, backpropagation through time."""

from __future__ import annotations

from autodiff.course.exercises.choices import choice
from autodiff.course.exercises.lesson_13.through_time import THROUGH_TIME
from autodiff.course.exercises.lesson_13.truncation import CLIP, TRUNCATED

PICTURE = choice(
    "13.4",
    "Read the picture",
    "what vanishes is a product of many factors, and only the factors mend it",
    right=("c", 2),
    letters={
        "a": "With a rate 1000 times larger, how large is the share of step 1 beside the near "
        "ones? And where do the near ones send W?",
        "b": "How long is the gradient of A as it is? What does clipping do to a gradient that is "
        "not too long?",
        "d": "What A is to learn depends on item 1. Is the share of step 1 among the last ten?",
    },
    reasons={
        1: "In curve A and curve B, is the whole curve moved, or is its slope another one?",
        3: "Are there more far shares after the change, or fewer?",
        4: "A bound on the sum: does it change the ratio of the far shares to the near ones?",
    },
    hints=(
        "Read the curve of A from the right to the left: by what is it multiplied at each step?",
        "Which of the four changes touches that factor? The other three change the sum of the "
        "shares, or leave some out.",
    ),
)

EXERCISES = (THROUGH_TIME, TRUNCATED, CLIP, PICTURE)
