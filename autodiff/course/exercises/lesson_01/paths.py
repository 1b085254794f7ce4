"""Exercise 1.1: where a value has two users, the paths through both are added.

One number at a time: what is asked is which paths there are, and what stands on each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception


def diamond(combine: Callable[[float, float, float], float]) -> Callable[[float], float]:
    """dy/dx for y = sin(a) exp(-a), a = x**2, from the slopes along the paths and of the stem."""

    def slope(x: float) -> float:
        a = x**2
        through_b = np.exp(-a) * np.cos(a)
        through_c = -np.sin(a) * np.exp(-a)
        return combine(through_b, through_c, 2 * x)

    return slope


PATHS = Exercise(
    "1.1",
    "Add the paths",
    "A derivative is the sum over all paths of the products along them",
    solution=diamond(lambda b, c, stem: (b + c) * stem),
    inputs=lambda rng: [(1.0,), (0.75,), *((float(x),) for x in rng.uniform(-1.5, 1.5, 4))],
    forbids=ENGINE,
    hints=(
        "Two arrows leave a. Follow each to y and write down what you meet on the way.",
        "Along a path multiply: ∂a/∂x, then ∂b/∂a, then ∂y/∂b. Do the same through c, and add.",
    ),
    misconceptions=(
        Misconception(
            "one path only",
            diamond(lambda b, c, stem: b * stem),
            "Two arrows leave a. Which of them have you followed?",
            "print(ad.paths(f, 1.0)) for the four lines as a function f",
        ),
        Misconception(
            "the last path wins",
            diamond(lambda b, c, stem: c * stem),
            "When the second path arrives at a, what happens to what the first one brought?",
            "the step `dy/da +=` of ad.step(f, 1.0, sweeps='reverse'): contribution 2 of 2",
        ),
        Misconception(
            "the paths multiplied",
            diamond(lambda b, c, stem: b * stem * c * stem),
            "If there were two roads to a town and each could carry 10 cars, how many could both?",
            "the last line of print(ad.paths(f, 1.0))",
        ),
        Misconception(
            "the stem forgotten",
            diamond(lambda b, c, stem: b + c),
            "You have the derivative of y by a. What is asked for?",
            "the arrow from x to a in ad.draw(f, 1.0)",
        ),
        Misconception(
            "a product taken for a sum",
            lambda x: (np.cos(x**2) - np.exp(-(x**2))) * 2 * x,
            "y = b * c. If b grows by a little, does y grow by the same, whatever c is?",
            "the partials ∂y/∂b and ∂y/∂c in ad.draw(f, 1.0)",
        ),
        Misconception(
            "partials at x",
            lambda x: np.exp(-x) * (np.cos(x) - np.sin(x)) * 2 * x,
            "The sine has the slope cos at its own input. What is the input of the sine here?",
            "the number beside ∂b/∂a in ad.draw(f, 0.75)",
        ),
        Misconception(
            "partials at x, in one factor",
            lambda x: np.exp(-(x**2)) * (np.cos(x) - np.sin(x)) * 2 * x,
            "b is sin(a). At which point are sine and cosine taken: at x, or at a?",
            "the number beside ∂b/∂a in ad.draw(f, 0.75)",
        ),
        Misconception(
            "the partials of b and c multiplied",
            lambda x: -np.cos(x**2) * np.exp(-(x**2)) * 2 * x,
            "y = b * c. Try b = c = x: is the slope of a product the product of the slopes?",
            "the two lines of print(ad.paths(f, 0.75))",
        ),
        Misconception(
            "the value in place of the slope",
            lambda x: np.sin(x**2) * np.exp(-(x**2)),
            "You return y. What is asked for: how large y is, or how fast it changes with x?",
            "the two numbers in the boxes of ad.draw(f, 1.0)",
        ),
        Misconception(
            "the stem without its x",
            diamond(lambda b, c, stem: (b + c) * 2),
            "a is x². What is ∂a/∂x, and does it depend on x?",
            "the arrow from x to a in ad.draw(f, 1.0)",
        ),
        Misconception(
            "the stem without its 2",
            diamond(lambda b, c, stem: (b + c) * stem / 2),
            "a is x². On how many ways does x enter x * x?",
            "the arrow from x to a in ad.draw(f, 1.0)",
        ),
        Misconception(
            "the stem on one path only",
            diamond(lambda b, c, stem: b * stem + c),
            "Both paths begin at x. Which arrow do they share, and is it in both of your products?",
            "the first factor of each line of print(ad.paths(f, 0.75))",
        ),
        Misconception(
            "the inner minus lost",
            diamond(lambda b, c, stem: (b - c) * stem),
            "As a grows, does exp(-a) grow or shrink?",
            "the sign of ∂c/∂a in ad.draw(f, 1.0)",
        ),
    ),
)
