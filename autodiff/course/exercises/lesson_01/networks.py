"""Exercise 1.3: the chain rule through a whole network, as a product from the left.

Every misconception is the right product with one of its steps exchanged.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Inputs, Misconception
from autodiff.course.exercises.lesson_01.layers import sigmoid, steepness

Array = np.ndarray


def networks(rng: np.random.Generator) -> list[Inputs]:
    """Square layers first, then layers of all sizes."""
    first = (
        np.array([[1.0, 0.0], [0.5, -1.0]]),
        np.array([[1.0, 2.0], [0.0, -1.0]]),
        np.array([2.0, -1.0]),
        np.array([1.0, 2.0]),
    )
    found: list[Inputs] = [first]
    for units_x, units_1, units_2 in ((2, 3, 4), (4, 1, 3), (3, 3, 3)):
        shapes: list[tuple[int, ...]] = [(units_1, units_x), (units_2, units_1), (units_2,)]
        found.append((*(rng.normal(size=shape) for shape in shapes), rng.normal(size=units_x)))
    return found


def product(
    slope_1: Callable[[Array], Array] = steepness,
    slope_2: Callable[[Array], Array] = steepness,
    back: Callable[[Array, Array], Array] = lambda dy_dz2, W2: dy_dz2 @ W2,
    last: Callable[[Array, Array, Array], Array] = lambda dy_dz1, x, h1: np.outer(dy_dz1, x),
) -> Callable[..., Array]:
    """dy/dW1 of the lecture's network, with one of its steps exchanged."""

    def gradient_W1(W1: Array, W2: Array, W3: Array, x: Array) -> Array:
        z1 = W1 @ x
        h1 = sigmoid(z1)
        dy_dz2 = W3 * slope_2(W2 @ h1)
        return last(back(dy_dz2, W2) * slope_1(z1), x, h1)

    return gradient_W1


PRODUCT = Exercise(
    "1.3",
    "The whole product",
    "The factors in order, from the left, with transposes argued from the shapes",
    solution=product(),
    inputs=networks,
    forbids=ENGINE,
    hints=(
        "Start with dy/dh2 = W3 and walk back: dy/dz2, dy/dh1, dy/dz1. Note the shape of each.",
        "Through σ: multiply entry by entry by h (1 - h). Through W2: a row vector times W2. Last, "
        "dy/dz1 and x must give the shape of W1.",
    ),
    misconceptions=(
        Misconception(
            "outer product the wrong way round",
            product(last=lambda dy_dz1, x, h1: np.outer(x, dy_dz1)),
            "Which unit does row 0 of W1 belong to? And which of your two vectors has one number "
            "per unit?",
            "section 7, the cell with np.outer, with layers of three sizes",
        ),
        Misconception(
            "W2 transposed",
            product(back=lambda dy_dz2, W2: W2 @ dy_dz2),
            "dy/dz2 has a number for each unit of h2. Which axis of W2 belongs to those units?",
            "the arrow from h1 to z2 in the first picture: the order of the two factors",
        ),
        Misconception(
            "first σ forgotten",
            product(slope_1=np.ones_like),
            "Between z1 and h1 there is one more step. What does it do to the adjoint?",
            "the arrow ∂h1/∂z1 in the first picture",
        ),
        Misconception(
            "second σ forgotten",
            product(slope_2=np.ones_like),
            "Which adjoint do you multiply by W2: that of h2, or that of z2?",
            "the arrow ∂h2/∂z2 in the first picture",
        ),
        Misconception(
            "slopes at the outputs",
            product(
                slope_1=lambda z: steepness(sigmoid(z)), slope_2=lambda z: steepness(sigmoid(z))
            ),
            "σ' in terms of h is h (1 - h). What have you put in for h?",
            "the partial ∂h1/∂z1 in the first picture, and its numbers",
        ),
        Misconception(
            "last factor at the wrong layer",
            product(last=lambda dy_dz1, x, h1: np.outer(dy_dz1, h1)),
            "z1 = W1 @ what?",
            "the arrow from W1 to z1 in the first picture",
        ),
        Misconception(
            "h1 in place of the slope of σ",
            product(slope_1=sigmoid),
            "Through σ the adjoint is multiplied by its slope. Is that h1, or made of h1?",
            "the arrow ∂h1/∂z1 in the first picture",
        ),
        Misconception(
            "W3 forgotten",
            lambda W1, W2, W3, x: product()(W1, W2, np.ones_like(W3), x),
            "Where do you begin: which adjoint has h2, and which weights say so?",
            "section 2: ∂y/∂h2",
        ),
        Misconception(
            "what comes from behind left out",
            lambda W1, W2, W3, x: np.outer(steepness(W1 @ x), x),
            "This is how z1 moves h1. How does h1 move y, and where is that in your product?",
            "the three matrices of section 5",
        ),
        Misconception(
            "stopped at z1",
            product(last=lambda dy_dz1, x, h1: dy_dz1),
            "You have one number per unit. W1 has one row per unit, and how many numbers in a row?",
            "section 7, the cell with np.outer",
        ),
        Misconception(
            "a factor left out",
            product(back=lambda dy_dz2, W2: dy_dz2),
            "How does h1 get into z2? Which of the slide's three factors knows about that?",
            "the three matrices of section 5",
        ),
    ),
)
