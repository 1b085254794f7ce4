"""Exercises 3.2 and 3.3: a direction, and the columns of a Jacobian, by the choice of the seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import Exercise, Misconception
from autodiff.course.helpers.counting import Counted


def called(formula: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Show a function in a message by its formula."""

    def named(f: Callable[..., Any]) -> Callable[..., Any]:
        f.__name__ = formula
        return f

    return named


@called("x -> [x0 cos x1, x0 sin x1]")
def circle(x: Any) -> Any:
    """Two numbers to two."""
    return np.stack([x[0] * np.cos(x[1]), x[0] * np.sin(x[1])])


@called("x -> x0 x1 x2")
def volume(x: Any) -> Any:
    """Three numbers to one."""
    return x[0] * x[1] * x[2]


@called("x -> [x0², x0 x1, exp x1, sin(x0 - x1)]")
def spiral(x: Any) -> Any:
    """Two numbers to four."""
    return np.stack([x[0] ** 2, x[0] * x[1], np.exp(x[1]), np.sin(x[0] - x[1])])


@called("x -> [x0 x1 + x2², x0 tanh x2]")
def mixture(x: Any) -> Any:
    """Three numbers to two."""
    return np.stack([x[0] * x[1] + x[2] ** 2, np.tanh(x[2]) * x[0]])


def directional(f: Any, x: Any, direction: Any) -> Any:
    """The solution of 3.2."""
    return ad.jvp(f, (x,), (direction,))[1]


def along_unit(f: Any, x: Any, direction: Any) -> Any:
    """Makes the direction a unit vector."""
    return directional(f, x, direction / np.linalg.norm(direction))


def along_ones(f: Any, x: Any, direction: Any) -> Any:
    """Moves every input at speed 1."""
    return directional(f, x, np.ones_like(x))


def column_by_column(f: Any, x: Any, direction: Any) -> Any:
    """Builds all columns, and then adds them up."""
    return sum(t * directional(f, x, seed) for t, seed in zip(direction, np.eye(x.size)))


def value_instead(f: Any, x: Any, direction: Any) -> Any:
    """Returns the first half of the pair."""
    return ad.jvp(f, (x,), (direction,))[0]


def exchanged(f: Any, x: Any, direction: Any) -> Any:
    """Moves along x, at the direction."""
    return ad.jvp(f, (direction,), (x,))[1]


def first_input_only(f: Any, x: Any, direction: Any) -> Any:
    """Moves the first input alone."""
    return directional(f, x, np.eye(x.size)[0])


def added_up(f: Any, x: Any, direction: Any) -> Any:
    """Adds the entries of the tangent up."""
    return np.sum(directional(f, x, direction))


def both_halves(f: Any, x: Any, direction: Any) -> Any:
    """Returns the pair."""
    return ad.jvp(f, (x,), (direction,))


def see_directional(answer: Any, f: Any, x: Any, direction: Any) -> Any:
    """The derivative, and how often f was called for it."""
    counted = Counted(f)
    derivative = answer(counted, x, direction)
    return {"derivative": derivative, "calls of f": counted.calls}


def directional_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """Functions of several shapes, with directions that are no unit vectors."""
    first = (circle, np.array([2.0, 0.0]), np.array([3.0, -1.0]))
    return [first, *((f, rng.normal(size=n), rng.normal(size=n)) for f, n in SHAPES)]


SHAPES = ((volume, 3), (mixture, 3), (spiral, 2))

DIRECTIONAL = Exercise(
    number="3.2",
    title="One direction, one pass",
    shows="the seed is a direction",
    solution=directional,
    inputs=directional_inputs,
    observe=see_directional,
    forbids=("jacobian",),
    hints=(
        "ad.jvp(f, (x,), (seed,)) returns two things. Which seed moves x along the direction, and "
        "which of the two things is asked for?",
        "The tangents that you give to the inputs are the direction itself.",
    ),
    misconceptions=(
        Misconception(
            "direction made a unit vector",
            along_unit,
            "Twice as fast along the same line: should the tangent stay the same?",
            "section 5 of the lesson: the seed (-2, 1) against the seed (-1, 0.5)",
        ),
        Misconception(
            "all inputs move at speed 1",
            along_ones,
            "Try two different directions: what does your answer do with them?",
            "plot_pushforward(polar, p, [...]): one arrow per seed",
        ),
        Misconception(
            "one pass per coordinate",
            column_by_column,
            "The value is right, and f was called once for each input. What would one call with "
            "all of the direction in the seed give?",
            "section 5 of the lesson: the arrow of (-1, 0.5) took one pass",
        ),
        Misconception(
            "point and direction exchanged",
            exchanged,
            "In ad.jvp, which of the two tuples says where you are, and which says how you move?",
            "section 5 of the lesson: the first call of ad.jvp",
        ),
        Misconception(
            "the first input alone",
            first_input_only,
            "Try two different directions: what does your answer do with them?",
            "plot_pushforward(polar, p, [...]): one arrow per seed",
        ),
        Misconception(
            "the tangent added up",
            added_up,
            "How many numbers has f(x), and how many has its tangent?",
            "section 5 of the lesson: the tangent of a point is an arrow",
        ),
        Misconception(
            "value and tangent",
            both_halves,
            "jvp returns a pair. Which half is the derivative?",
            "print(ad.jvp(f, (x,), (direction,)))",
        ),
        Misconception(
            "the value instead of the tangent",
            value_instead,
            "jvp returns a pair. Which half is f(x), which is the derivative?",
            "print(ad.jvp(f, (x,), (direction,)))",
        ),
    ),
)


def jacobian(f: Any, x: Any) -> Any:
    """The solution of 3.3."""
    return np.stack([ad.jvp(f, (x,), (seed,))[1] for seed in np.eye(x.size)], axis=1)


def transposed(f: Any, x: Any) -> Any:
    """Stacks the columns as rows."""
    return jacobian(f, x).T


def leftover_seeds(f: Any, x: Any) -> Any:
    """Never puts the old seed back to 0."""
    seed, columns = np.zeros_like(x), []
    for place in range(x.size):
        seed[place] = 1.0
        columns.append(ad.jvp(f, (x,), (seed.copy(),))[1])
    return np.stack(columns, axis=1)


def values_stacked(f: Any, x: Any) -> Any:
    """Stacks the values, which are all alike."""
    return np.stack([ad.jvp(f, (x,), (seed,))[0] for seed in np.eye(x.size)], axis=1)


def end_to_end(f: Any, x: Any) -> Any:
    """Lays the columns end to end."""
    return jacobian(f, x).T.ravel()


def one_pass(f: Any, x: Any) -> Any:
    """Hopes that one pass with ones gives everything."""
    return ad.jvp(f, (x,), (np.ones_like(x),))[1]


def by_reverse_mode(f: Any, x: Any) -> Any:
    """Asks the toolkit, which goes row by row or records once."""
    return ad.jacobian(f)(x)


def see_jacobian(answer: Any, f: Any, x: Any) -> Any:
    """The matrix, and the number of passes."""
    counted = Counted(f)
    name = getattr(f, "__name__", "f")

    @called(name)
    def watched(x: Any) -> Any:
        # a run on plain numbers, to see how many come out, is not a pass
        return f(x) if isinstance(x, np.ndarray) else counted(x)

    matrix = answer(watched, x)
    return {"J": matrix, "passes": counted.calls}


JACOBIAN = Exercise(
    number="3.3",
    title="The Jacobian by seeding",
    shows="one pass fills one column, so n inputs take n passes",
    solution=jacobian,
    inputs=lambda rng: [
        (spiral, np.array([1.0, 0.0])),
        *((f, rng.normal(size=n)) for f, n in ((mixture, 3), (spiral, 2), (circle, 2))),
    ],
    observe=see_jacobian,
    hints=(
        "np.eye(n) holds the n unit seeds as rows. One jvp for each, then np.stack.",
        "The tangent of seed j holds ∂y₀/∂xⱼ, ∂y₁/∂xⱼ, ...: all outputs, one input. Is that a row "
        "or a column of J?",
    ),
    misconceptions=(
        Misconception(
            "transposed Jacobian",
            transposed,
            "Row i of J belongs to output i. Which output belongs to your row 0?",
            "section 6 of the lesson: the shape of J for 3 inputs and 2 outputs",
        ),
        Misconception(
            "values stacked, not tangents",
            values_stacked,
            "All columns of yours are alike. jvp returns a pair: which half depends on the seed?",
            "print(ad.jvp(f, (x,), (seed,))) for two seeds",
        ),
        Misconception(
            "columns laid end to end",
            end_to_end,
            "How many axes has a matrix, and how many has your result? What puts arrays side by "
            "side?",
            "section 6 of the lesson: np.stack",
        ),
        Misconception(
            "seeds left over",
            leftover_seeds,
            "Column 0 is right, and each later one contains the ones before it. In your second "
            "pass, which inputs move?",
            "print the seed at the start of every pass",
        ),
        Misconception(
            "one pass with a seed of ones",
            one_pass,
            "When all inputs move at once, how could one tangent tell them apart?",
            "section 5 of the lesson: one arrow for one seed",
        ),
        Misconception(
            "not by forward mode",
            by_reverse_mode,
            "The matrix is right, but f did not run once for each input. Which mode was that?",
            "section 6 of the lesson: the counted passes",
        ),
    ),
)
