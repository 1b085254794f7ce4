"""Exercises 13.2 and 13.3: a gradient that is cut off in time, and one that is cut to a length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import Exercise, FormError, Misconception

# -- 13.2 the last k steps --------------------------------------------------------------------

Where = Callable[[int, int, int], bool]


def _cut(where: Where) -> Callable[..., Any]:
    """The loop, with a stop in front of the steps t for which `where(t, len(xs), k)` holds."""

    def truncated(step: Any, h: Any, xs: Any, k: int) -> Any:
        for t, x in enumerate(xs):
            if where(t, len(xs), k):
                h = ad.stop_gradient(h)
            h = step(h, x)
        return h

    return truncated


def _stopped_result(step: Any, h: Any, xs: Any, k: int) -> Any:
    return ad.stop_gradient(_cut(lambda t, n, k: False)(step, h, xs, k))


def _stopped_after(step: Any, h: Any, xs: Any, k: int) -> Any:
    for t, x in enumerate(xs):
        h = step(h, x)
        h = ad.stop_gradient(h) if t == len(xs) - k else h
    return h


def _only_last(step: Any, h: Any, xs: Any, k: int) -> Any:
    return _cut(lambda t, n, k: False)(step, h, xs[-k:], k)


def _begun_anew(step: Any, h: Any, xs: Any, k: int) -> Any:
    for t, x in enumerate(xs):
        h = step(0.0 * h if t == len(xs) - k else h, x)
    return h


def _see_truncated(answer: Any, w: float, h0: float, xs: list[float], k: int) -> Any:
    """The value of the last state, and its derivative by the weight of the step."""
    calls = 0

    def last(w: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            nonlocal calls
            calls += 1
            return np.tanh(w * h + x)

        found = answer(step, h0, xs, k)
        if isinstance(found, (list, tuple)):
            raise FormError(f"return the last state alone; this returns {len(found)} things")
        return found

    value = last(w)
    if value is None:
        return None
    gradient = ad.grad(lambda w: last(w) + 0.0 * w)(w)
    return {"last state": value, "its derivative by the weight of the step": gradient}


TRUNCATED = Exercise(
    number="13.2",
    title="Only the last k steps",
    shows="truncation keeps the value, and drops the shares of the far steps",
    solution=_cut(lambda t, n, k: t == n - k),
    inputs=lambda rng: [
        (0.5, 0.5, [1.0, 0.5], 1),
        (0.5, 0.5, [1.0, 0.5, -0.5], 2),
        (0.5, 0.5, [1.0, 0.5], 5),
        *(
            (float(rng.uniform(0.5, 1.5)), float(rng.normal()), list(map(float, xs)), k)
            for xs, k in ((rng.normal(size=6), 2), (rng.normal(size=9), 4), (rng.normal(size=5), 3))
        ),
    ],
    observe=_see_truncated,
    hints=(
        "Write the plain loop first: h = step(h, x) for each x. Then ask in front of which step "
        "the state has to become a plain number.",
        "There are len(xs) steps, and the last k of them may be differentiated. So the stop stands "
        "in front of step number len(xs) - k, counted from 0, and only there.",
    ),
    misconceptions=(
        Misconception(
            "never cut",
            _cut(lambda t, n, k: False),
            "The value is right. How many shares has your derivative, and how many are asked for?",
        ),
        Misconception(
            "cut at every step",
            _cut(lambda t, n, k: True),
            "The value is right. How many steps can your derivative look back, whatever k is?",
        ),
        Misconception(
            "cut everywhere in front of the last k",
            _cut(lambda t, n, k: t < n - k),
            "Your last stop is in front of which step? How many steps come after it?",
        ),
        Misconception(
            "cut one step too late",
            _cut(lambda t, n, k: t == n - k + 1),
            "Take two steps and k = 1. How many steps come after your stop?",
        ),
        Misconception(
            "stopped after the step, not in front of it",
            _stopped_after,
            "Take two steps and k = 1. In yours, is there a step after the stop?",
        ),
        Misconception(
            "cut after k steps, not k before the end",
            _cut(lambda t, n, k: t == k),
            "From which end are the k steps counted?",
        ),
        Misconception(
            "cut after every k steps",
            _cut(lambda t, n, k: t % k == 0),
            "With a stop after every k steps, how far back do you see when the list has 9 items "
            "and k is 4?",
        ),
        Misconception(
            "the result is stopped",
            _stopped_result,
            "The derivative is 0. What of the last k steps is left, when the result is a plain "
            "number?",
        ),
        Misconception(
            "only the last items are read",
            _only_last,
            "The value must be that of the full run. What did the state know of the items before "
            "the last k?",
        ),
        Misconception(
            "the state begins anew",
            _begun_anew,
            "A stopped state is a plain number. Is that number 0?",
        ),
    ),
)

# -- 13.3 clipping ----------------------------------------------------------------------------


def _length(gradient: Any) -> float:
    return float(np.sqrt(sum(np.sum(own**2) for own in gradient.values())))


def _scaled(factor: Callable[[Any, float], float]) -> Callable[..., Any]:
    def clip(gradient: Any, limit: float) -> Any:
        by = factor(gradient, limit)
        return {name: by * own for name, own in gradient.items()}

    return clip


def _each_array(gradient: Any, limit: float) -> Any:
    return {name: clip({name: own}, limit)[name] for name, own in gradient.items()}


def _each_number(gradient: Any, limit: float) -> Any:
    return {name: np.clip(own, -limit, limit) for name, own in gradient.items()}


def _factor(gradient: Any, limit: float) -> float:
    return min(1.0, limit / length) if (length := _length(gradient)) else 1.0


def _largest(gradient: Any, limit: float) -> float:
    most = max(float(np.max(np.abs(own))) for own in gradient.values())
    return min(1.0, limit / most) if most else 1.0


def _sum_of_lengths(gradient: Any, limit: float) -> float:
    total = sum(float(np.sqrt(np.sum(own**2))) for own in gradient.values())
    return min(1.0, limit / total) if total else 1.0


clip = _scaled(_factor)


def _see_clipped(answer: Any, gradient: Any, limit: float) -> Any:
    found = answer(gradient, limit)
    if found is not None and not (isinstance(found, dict) and found.keys() == gradient.keys()):
        raise FormError(f"return a dict with the names {', '.join(gradient)}")
    return found


CLIP = Exercise(
    number="13.3",
    title="Clip, and keep the direction",
    shows="one factor for all keeps the direction of a gradient",
    solution=clip,
    inputs=lambda rng: [
        ({"W": np.array([[3.0]]), "b": np.array([4.0])}, 1.0),
        ({"W": np.array([[0.3]]), "b": np.array([0.4])}, 1.0),
        *(
            ({"W": scale * rng.normal(size=(2, 3)), "b": scale * rng.normal(size=3)}, limit)
            for scale, limit in ((10.0, 2.0), (0.1, 2.0), (1.0, 0.5))
        ),
        ({"W": np.array([[0.0, 0.0]]), "b": np.array([0.0])}, 1.0),
    ],
    observe=_see_clipped,
    hints=(
        "First the length of everything: square all numbers of all arrays, add up, take the root. "
        "For 3 and 4 it is 5.",
        "One factor for all arrays: limit / length where the length is above the limit, else 1. "
        "And what if the length is 0?",
    ),
    misconceptions=(
        Misconception(
            "each array by itself",
            _each_array,
            "For W = 3 and b = 4 the limit is 1. In which ratio do your W and b stand afterwards?",
            "section 4 of the lesson: ‖g‖ is the length of all parameters together",
        ),
        Misconception(
            "each number by itself",
            _each_number,
            "W = 3 and b = 4 both become the limit. Does the step still go in the direction of the "
            "gradient?",
        ),
        Misconception(
            "made longer too",
            _scaled(lambda gradient, limit: limit / (_length(gradient) or 1.0)),
            "A gradient of length 0.5 with the limit 1: should anything happen to it?",
        ),
        Misconception(
            "nothing returned below the limit",
            lambda gradient, limit: clip(gradient, limit) if _length(gradient) > limit else None,
            "What does a caller get from yours for a gradient that is short enough?",
        ),
        Misconception(
            "the square of the length",
            _scaled(lambda gradient, limit: min(1.0, limit / (_length(gradient) ** 2 or 1.0))),
            "For W = 3 and b = 4: is their length 25? How long is your result?",
        ),
        Misconception(
            "the largest number in place of the length",
            _scaled(_largest),
            "How long is your result for W = 3 and b = 4?",
        ),
        Misconception(
            "the lengths added up",
            _scaled(_sum_of_lengths),
            "The arrow (3, 4) has not the length 3 + 4. What are added up, lengths or squares?",
        ),
        Misconception(
            "divided by the length, without the limit",
            _scaled(lambda gradient, limit: min(1.0, 1.0 / (_length(gradient) or 1.0))),
            "Which length is your result to have: 1, or the limit?",
        ),
        Misconception(
            "multiplied by the limit",
            _scaled(lambda gradient, limit: limit if _length(gradient) > limit else 1.0),
            "A gradient of length 5 and the limit 1: how long is yours after it?",
        ),
    ),
)
