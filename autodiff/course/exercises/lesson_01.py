"""Lesson 1, The chain rule: sums over paths, Jacobians as matrices, products and transposes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Inputs, Misconception

Array = np.ndarray


def sigmoid(z: Any) -> Any:
    """σ(z), in plain NumPy."""
    return 1 / (1 + np.exp(-z))


def steepness(z: Any) -> Any:
    """The slope of σ at z."""
    return sigmoid(z) * (1 - sigmoid(z))


# -- 1.1: the diamond ------------------------------------------------------------------------------


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

# -- 1.2: a layer's Jacobian -----------------------------------------------------------------------


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

# -- 1.3: the whole product ------------------------------------------------------------------------


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

EXERCISES = (PATHS, FACTOR, PRODUCT)
