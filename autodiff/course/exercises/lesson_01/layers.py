"""Exercise 1.2: with many inputs and outputs, a factor of the chain rule is a matrix.

One layer alone, so that its rows, its columns and the slope of σ are settled before layers follow
each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Inputs, Misconception


def sigmoid(z: Any) -> Any:
    """σ(z), in plain NumPy."""
    return 1 / (1 + np.exp(-z))


def steepness(z: Any) -> Any:
    """The slope of σ at z."""
    return sigmoid(z) * (1 - sigmoid(z))


def layers(rng: np.random.Generator) -> list[Inputs]:
    """A square layer first, in which a wrong transpose has the right shape."""
    simple = (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([1.0, 0.5]))
    shapes = ((2, 3), (4, 2), (3, 3))
    return [simple, *((rng.normal(size=shape), rng.normal(size=shape[1])) for shape in shapes)]


FACTOR = Exercise(
    "1.2",
    "A factor as a matrix",
    "A Jacobian has one row per output and one column per input",
    solution=lambda W, h: np.diag(steepness(W @ h)) @ W,
    inputs=layers,
    forbids=ENGINE,
    hints=(
        "Two steps: z = W h, then σ(z). Write the Jacobian of each as a matrix.",
        "∂z/∂h is W, with m rows and n columns. The Jacobian of σ is diagonal; which size must it "
        "have to stand on the left of W?",
    ),
    misconceptions=(
        Misconception(
            "transposed Jacobian",
            lambda W, h: (np.diag(steepness(W @ h)) @ W).T,
            "What does row 0 of your matrix tell: how output 0 changes, or what input 0 changes?",
            "the labels at the sides of ∂h2/∂h1 in the picture of section 5",
        ),
        Misconception(
            "the slope of σ forgotten",
            lambda W, h: W + 0.0,
            "Is σ as steep as the line y = z? What does a unit with z = 20 do when h changes?",
            "the arrow ∂h1/∂z1 in the first picture",
        ),
        Misconception(
            "columns scaled",
            lambda W, h: W * steepness(W @ h),
            "Each unit has its own slope. Does a unit own a row of W, or a column? And which of "
            "the two does `*` scale?",
            "section 3: which side of W2 the diagonal matrix stands on",
        ),
        Misconception(
            "slope at the output",
            lambda W, h: np.diag(steepness(sigmoid(W @ h))) @ W,
            "At which point is the slope of σ needed: at what goes into it, or at what comes out?",
            "the partial of h1 = σ(z1) in the first picture, and its number",
        ),
        Misconception(
            "σ in place of its slope",
            lambda W, h: np.diag(sigmoid(W @ h)) @ W,
            "σ(0) is 1/2. How steep is σ at 0?",
            "the largest number on the diagonal in section 3",
        ),
        Misconception(
            "z (1 - z) in place of σ (1 - σ)",
            lambda W, h: np.diag(W @ h * (1 - W @ h)) @ W,
            "The slope of σ is σ (1 - σ). Which number is σ here: z, or what σ makes of it?",
            "section 3: what stands on the diagonal",
        ),
        Misconception(
            "σ (1 + σ)",
            lambda W, h: np.diag(sigmoid(W @ h) * (1 + sigmoid(W @ h))) @ W,
            "How steep is σ where it is close to 1? What does your formula say there?",
            "section 3: the largest number on the diagonal",
        ),
        Misconception(
            "the slope of tanh",
            lambda W, h: np.diag(1 - sigmoid(W @ h) ** 2) @ W,
            "1 - h² belongs to another function. Which one, and how steep is σ at 0?",
            "section 3: the slope of σ",
        ),
        Misconception(
            "the second factor alone",
            lambda W, h: np.diag(steepness(W @ h)),
            "You have ∂h2/∂z2. What is still missing between z and h, and which matrix is it?",
            "section 3: the product of two matrices",
        ),
        Misconception(
            "the slopes as a vector",
            lambda W, h: steepness(W @ h),
            "You have one slope per unit. Where is W, and how does a vector of slopes become a "
            "matrix that can stand on its left?",
            "section 3: np.diag",
        ),
        Misconception(
            "the Jacobian by W",
            lambda W, h: np.outer(steepness(W @ h), h),
            "By which of the two is the derivative asked for, by W or by h? Which of them stays in "
            "it?",
            "section 3: ∂z2/∂h1 is W2",
        ),
        Misconception(
            "the factors, not multiplied",
            lambda W, h: [np.diag(steepness(W @ h)), W],
            "You return both factors. What does the chain rule do with them?",
            "section 3: the product of two matrices",
        ),
        Misconception(
            "a sum in place of a matrix",
            lambda W, h: steepness(W @ h) @ W,
            "You have one number per input. How many outputs does the layer have, and where are "
            "their rows?",
            "the shapes under the picture of section 5",
        ),
    ),
)
