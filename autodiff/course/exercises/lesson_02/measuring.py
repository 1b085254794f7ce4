"""Exercises 2.3 and 2.4: a slope that is measured, and the step to measure it with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, FormError, Inputs, Misconception
from autodiff.course.judging.differences import shown

# -- 2.3: a central difference ---------------------------------------------------------------------

Function = Callable[[float], float]


def measured(rng: np.random.Generator) -> list[Inputs]:
    """Large steps, so that each kind of quotient gives another number."""
    steps = [(np.exp, 0.0, 1.0), (np.sin, 1.0, 0.5)]
    return [*steps, *((np.tanh, float(x), float(h)) for x, h in rng.uniform(0.2, 0.8, (3, 2)))]


MEASURE = Exercise(
    "2.3",
    "Measure a slope",
    "The central difference quotient",
    solution=lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
    inputs=measured,
    forbids=ENGINE,
    hints=(
        "Run f twice: once to the right of x, once to the left.",
        "The slope is the height that was gained, divided by the way that was gone. How far apart "
        "are the two points?",
    ),
    misconceptions=(
        Misconception(
            "the forward difference",
            lambda f, x, h: (f(x + h) - f(x)) / h,
            "Your two points are x and x + h. Where is x between the two points of a *central* "
            "difference?",
            "the two formulas of section 5",
        ),
        Misconception(
            "the backward difference",
            lambda f, x, h: (f(x) - f(x - h)) / h,
            "Your two points are x - h and x. Where is x between the two points of a *central* "
            "difference?",
            "the two formulas of section 5",
        ),
        Misconception(
            "divided by h",
            lambda f, x, h: (f(x + h) - f(x - h)) / h,
            "How far is it from x - h to x + h?",
            "try it on f(x) = x, whose slope is 1",
        ),
        Misconception(
            "the points exchanged",
            lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
            "For a function that rises, which of your two values is the larger one?",
            "try it on f(x) = x, whose slope is 1",
        ),
        Misconception(
            "the brackets forgotten",
            lambda f, x, h: f(x + h) - f(x - h) / (2 * h),
            "In which order does Python work off `a - b / c`? What is divided in your line?",
            "try it on f(x) = 1, whose slope is 0",
        ),
        Misconception(
            "half of the step",
            lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
            "How far from x are your two points, and how far are they in the formula?",
            "the two formulas of section 5",
        ),
        Misconception(
            "a sum in place of the difference",
            lambda f, x, h: (f(x + h) + f(x - h)) / (2 * h),
            "How much was gained between the two points? What does your line say of f(x) = 1?",
            "the two formulas of section 5",
        ),
        Misconception(
            "a step of its own in place of h",
            lambda f, x, h: (f(x + 1e-5) - f(x - 1e-5)) / 2e-5,
            "Does your answer use the h that it is given?",
        ),
        Misconception(
            "not divided by all of it",
            lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
            "In which order does Python work off `/ 2 * h`?",
            "try it with h = 0.1 on f(x) = x, whose slope is 1",
        ),
    ),
)

# -- 2.4: the step size ----------------------------------------------------------------------------

ALLOWED = 1e-9


def slow(x: float) -> float:
    """A function that wiggles slowly."""
    return float(np.sin(x))


def fast(x: float) -> float:
    """One that wiggles a hundred times as fast."""
    return float(np.sin(100 * x))


def verdict(answer: Answer, f: Function, x: float, slope: float) -> str:
    """Whether the central difference at the answer's h is good, and if not, on which side."""
    h = answer(f, x, slope)
    if h is None or np.ndim(h) or not 0 < h < np.inf:
        raise FormError(f"h is a positive number, and this returns {shown(h)}")

    def error(h: float) -> float:
        return abs((f(x + h) - f(x - h)) / (2 * h) - slope) / abs(slope)

    if error(float(h)) <= ALLOWED:
        return "h is good"
    best = min(10.0 ** np.arange(-1, -16, -1.0), key=error)
    return f"h = {float(h):.0e} is {'too large' if h > best else 'too small'}"


CHOOSE = Exercise(
    "2.4",
    "Choose h",
    "Truncation against rounding: the best h lies between, and depends on the function",
    solution=lambda f, x, slope: min(
        10.0 ** np.arange(-1, -16, -1.0),
        key=lambda h: abs((f(x + h) - f(x - h)) / (2 * h) - slope),
    ),
    inputs=lambda rng: [
        (f, x, float(rate * np.cos(rate * x)))
        for f, rate, points in ((slow, 1, (0.4, 0.9, 1.2)), (fast, 100, (0.002, 0.006)))
        for x in points
    ],
    observe=verdict,
    hints=(
        "You know the true slope. Try some h, and keep the one with the smallest error.",
        "Go through 0.1, 0.01, ... down to 10⁻¹⁵: `10.0 ** np.arange(-1, -16, -1)`.",
    ),
    misconceptions=(
        Misconception(
            "as small as possible",
            lambda f, x, slope: 1e-15,
            "How many of the sixteen digits of f(x+h) and f(x-h) are still different?",
            "the left half of the picture of section 5",
        ),
        Misconception(
            "large and safe",
            lambda f, x, slope: 0.1,
            "How far does the function bend away from its tangent within h?",
            "the right half of the picture of section 5",
        ),
        Misconception(
            "one h for all functions",
            lambda f, x, slope: 1e-5,
            "Is a step of 10⁻⁵ as small for a function that wiggles a hundred times as fast?",
            "plots.plot_step_sizes(lambda x: np.sin(100 * x), 0.3)",
        ),
        Misconception(
            "the best h of the forward difference",
            lambda f, x, slope: 1e-8,
            "10⁻⁸ is a good h for one of the two kinds of difference. For which, and which is it "
            "here?",
            "the two lowest points in the picture of section 5",
        ),
    ),
)
