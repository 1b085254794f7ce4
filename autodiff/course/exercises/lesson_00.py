"""Lesson 0, First picture: what a value is, and what a slope is."""

from __future__ import annotations

from typing import Any

import autodiff as ad
from autodiff.course.exercise import Answer, Exercise, Misconception


def value_and_slope(answer: Answer, x: float) -> dict[str, Any]:
    """What the exercise asks for: h(x), and how fast it changes there."""
    value, slope = ad.jvp(answer, (x,), (1.0,))
    return {"value": value, "slope": slope}


EXERCISES = (
    Exercise(
        "0.1",
        "Through a point, with a slope",
        "A function has a value and, independent of it, a slope",
        solution=lambda x: 7 - x,
        inputs=lambda rng: [(2.0,)],
        observe=value_and_slope,
        hints=(
            "A straight line will do. Which one has the slope -1, and how high must it lie?",
            "Begin with -1 * x. What is its value at 2, and how much is missing to 5?",
        ),
        misconceptions=(
            Misconception(
                "value and slope swapped",
                lambda x: 5 * x - 11,
                "Which of the two numbers in a box says how high the function is, and which how "
                "fast it changes?",
                "ad.draw(h, 2.0): the box of x holds the slope, the box of the output the value",
            ),
            Misconception(
                "the right value, at rest",
                lambda x: 5.0 + 0 * x,
                "Your function is 5 at 2. What is it at 2.1, and what should it be there?",
                "the adjoint of x in ad.draw(h, 2.0)",
            ),
            Misconception(
                "the right slope, at another height",
                lambda x: -x,
                "Can you lift a graph without changing how steep it is?",
                "the value in the last box of ad.draw(h, 2.0)",
            ),
            Misconception(
                "a number that does not move",
                lambda x: -1.0 + 0 * x,
                "You return the slope itself. What is asked for: a number, or a function that has "
                "this slope, and a value of its own?",
                "ad.draw(h, 2.0): is there an arrow from x?",
            ),
            Misconception(
                "turned over",
                lambda x: x - 7,
                "Your value is -5 and your slope 1. What do you have to do with both to make them "
                "right?",
                "the signs of the two numbers in the box of x",
            ),
            Misconception(
                "the slope upward",
                lambda x: 3 + x,
                "Does a function with the slope -1 rise or fall as x grows?",
                "the sign of the adjoint of x in ad.draw(h, 2.0)",
            ),
        ),
    ),
)
