"""Exercise 8.2: one step of momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception, parts_of

Pair = tuple[Any, Any]


def _momentum(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p - rate * m, m


def _old_velocity(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    return p - rate * m, keep * m + g


def _uphill(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p + rate * m, m


def _averaged(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + (1 - keep) * g
    return p - rate * m, m


def _forgetful(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    new = keep * m + g
    return p - rate * new, m


def _plain_descent(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    return p - rate * g, keep * m + g


def _rate_twice(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + rate * g
    return p - rate * m, m


def _velocity(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + rate * g
    return p - m, m


def _rate_at_both(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = rate * (keep * m + g)
    return p - m, m


def _nothing_forgotten(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = m + g
    return p - rate * m, m


def _nesterov(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p - rate * (g + keep * m), m


def _negative_velocity(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m - rate * g
    return p + m, m


def _no_rate(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p - m, m


def _keep_on_gradient(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = m + keep * g
    return p - rate * m, m


def _divided_by_keep(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = m / keep + g
    return p - rate * m, m


def _exchanged(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    return _momentum(p, g, m, rate, keep)[::-1]


def _several_steps(answer: Answer, p: Any, gradients: Any, rate: float, keep: float) -> Any:
    """p and m after each of several steps from rest."""
    m, seen = np.zeros_like(p), {}
    for k, g in enumerate(gradients, 1):
        p, m = parts_of(answer(p, g, m, rate, keep), "the new p", "the new m").values()
        # copies: the next step may work in place
        seen |= {f"p after step {k}": np.copy(p), f"m after step {k}": np.copy(m)}
    return seen


def _descents(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        (np.array([1.0]), [np.array([2.0]), np.array([2.0])], 0.1, 0.5),
        (rng.normal(size=(2, 3)), [rng.normal(size=(2, 3)) for _ in range(3)], 0.3, 0.9),
    ]


MOMENTUM = Exercise(
    number="8.2",
    title="An optimiser of your own",
    shows="an optimiser is a pure update rule with a memory",
    solution=_momentum,
    inputs=_descents,
    observe=_several_steps,
    hints=(
        "Two lines: first the new m, then the new p. What is returned?",
        "From rest (m = 0), the first step is that of plain SGD. The second goes further. By how "
        "much?",
    ),
    misconceptions=(
        Misconception(
            "p moves by the old m",
            _old_velocity,
            "After the first step from rest (m = 0), has your p moved at all? Which m did it use?",
        ),
        Misconception(
            "the sign",
            _uphill,
            "The gradient is 2: the loss grows with p. Does your step make p larger or smaller?",
        ),
        Misconception(
            "a running mean in place of a running sum",
            _averaged,
            "With the same g at every step, where does your m settle: at g, or at g / (1 - keep)? "
            "Which of the two does m = keep · m + g reach?",
        ),
        Misconception(
            "m is not remembered",
            _forgetful,
            "What do you return for m? What will the next step find there?",
        ),
        Misconception(
            "p moves by the gradient alone",
            _plain_descent,
            "You update m. Does p ever feel it?",
        ),
        Misconception(
            "the rate is applied twice",
            _rate_twice,
            "How many times does the rate stand between a gradient and p in your step? And in the "
            "formula?",
        ),
        Misconception(
            "the rate inside of m",
            _velocity,
            "Your p is right. If the rate changed between two steps, would your m still be a sum "
            "of gradients?",
            "the task: what m becomes",
        ),
        Misconception(
            "the rate at the old m too",
            _rate_at_both,
            "What is m after two steps? How often is the first gradient multiplied by the rate?",
        ),
        Misconception(
            "nothing is forgotten",
            _nothing_forgotten,
            "Your m adds up all gradients. Where does keep stand in the formula, and what becomes "
            "of what is old?",
        ),
        Misconception(
            "keep at the gradient",
            _keep_on_gradient,
            "Which of the two is to fade: the old m, or the new g? Which one do you multiply by "
            "keep?",
        ),
        Misconception(
            "divided by keep",
            _divided_by_keep,
            "keep is below 1. Does your old m fade, or does it grow?",
        ),
        Misconception(
            "keep is applied twice",
            _nesterov,
            "Your m is right, and your step is Nesterov's. By what does p move in the formula: by "
            "rate · m, or by something with another g in it?",
        ),
        Misconception(
            "m holds minus the step",
            _negative_velocity,
            "Your p is right. What is m to be: a sum of gradients, or the step that p makes?",
            "the task: what m becomes",
        ),
        Misconception(
            "the rate is forgotten",
            _no_rate,
            "m is right. How far does p move: by m, or by a share of it?",
        ),
        Misconception(
            "m returned first",
            _exchanged,
            "In which order are the two asked for?",
        ),
    ),
)
