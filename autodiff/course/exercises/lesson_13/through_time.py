"""Exercise 13.1: the backward pass of a recurrent network, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception, parts_of

Pair = tuple[Any, Any]


def _states(W: Any, a: Any, h0: Any) -> list[Any]:
    states = [h0]
    for inputs in a:
        states.append(np.tanh(states[-1] @ W + inputs))
    return states


def _swept(
    *,
    slope: Callable[[Any, Any], Any] = lambda before, after: 1 - after**2,
    back: Callable[[Any, Any], Any] = lambda dz, W: dz @ W.T,
    share: Callable[[Any, Any, Any], Any] = lambda before, after, dz: before.T @ dz,
    arriving: Callable[[Any, Any, Any], Any] = lambda dh, ct, last: dh + ct,
    add: Callable[[Any, Any], Any] = lambda dW, own: dW + own,
    forwards: bool = False,
    beside: bool = False,
) -> Callable[..., Pair]:
    """The sweep; a misconception exchanges one of its pieces."""

    def through_time(W: Any, a: Any, h0: Any, cts: Any) -> Pair:
        states = _states(W, a, h0)
        dW, dh, last = np.zeros_like(W), np.zeros_like(h0), len(a) - 1
        for t in range(len(a)) if forwards else reversed(range(len(a))):
            before, after = states[t], states[t + 1]
            dz = arriving(dh, 0 if beside else cts[t], t == last) * slope(before, after)
            dz = dz + cts[t] if beside else dz
            dW = add(dW, share(before, after, dz))
            dh = back(dz, W)
        return dW, dh

    return through_time


def _states_for_cts(W: Any, a: Any, h0: Any, cts: Any) -> Pair:
    """The mean over the steps in place of the sum."""
    dW, dh = _swept()(W, a, h0, cts)
    return dW / len(a), dh


def _last_adjoint(W: Any, a: Any, h0: Any, cts: Any) -> Pair:
    """Returns what arrives inside the first step's tanh, not at h0."""
    dW, _ = _swept()(W, a, h0, cts)
    inside: list[Any] = []
    _swept(back=lambda dz, W: (inside.append(dz), dz @ W.T)[1])(W, a, h0, cts)
    return dW, inside[-1]


def _exchanged(W: Any, a: Any, h0: Any, cts: Any) -> Pair:
    return _swept()(W, a, h0, cts)[::-1]


def _inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """One step, two steps of one unit, then rows and units."""
    one = np.ones((1, 1))
    cases: list[tuple[Any, ...]] = [
        (2.0 * one, np.array([[[0.5]]]), 0.5 * one, np.array([[[1.0]]])),
        (0.5 * one, np.array([[[0.5]], [[0.0]]]), 0.5 * one, np.array([[[0.0]], [[1.0]]])),
        (0.5 * one, np.array([[[0.5]], [[0.0]]]), 0.5 * one, np.array([[[2.0]], [[1.0]]])),
    ]
    for steps, rows, units in ((2, 1, 2), (3, 2, 3), (5, 4, 2)):
        cases.append(
            (
                rng.normal(size=(units, units)),
                rng.normal(size=(steps, rows, units)),
                rng.normal(size=(rows, units)),
                rng.normal(size=(steps, rows, units)),
            )
        )
    return cases


def _observed(answer: Any, W: Any, a: Any, h0: Any, cts: Any) -> Any:
    return parts_of(answer(W, a, h0, cts), "dL/dW", "dL/dh0")


THROUGH_TIME = Exercise(
    number="13.1",
    title="Through time, by hand",
    shows="one weight has one share per step, and an adjoint is handed from step to step",
    solution=_swept(),
    inputs=_inputs,
    observe=_observed,
    forbids=ENGINE,
    hints=(
        "Run forward first and keep all states, h0 among them. Then go back, from the last step "
        "to the first: what does a state get directly, and what from the step after it?",
        "In step t: dz = (what arrives at h_t) * (1 - h_t²). Its share of dL/dW is h_{t-1}ᵀ dz, "
        "and dz Wᵀ goes to the step before.",
    ),
    misconceptions=(
        Misconception(
            "nothing from the step after",
            _swept(arriving=lambda dh, ct, last: ct),
            "h_t is used by the loss and by the step after it. What comes back by the second way?",
            "ad.draw of two steps: the arrows that leave the first h",
        ),
        Misconception(
            "only the last state's own adjoint",
            _swept(arriving=lambda dh, ct, last: dh + ct if last else dh),
            "Every state has a direct way to the loss. Where do the other cts come in?",
        ),
        Misconception(
            "= for +=",
            _swept(add=lambda dW, own: own),
            "How often is W used? What happens to its share of the last step when the next one is "
            "computed?",
            "section 1 of the lesson: dw += dz * states[t - 1]",
        ),
        Misconception(
            "the slope of tanh forgotten",
            _swept(slope=lambda before, after: 1.0),
            "Between what stands inside the tanh and h_t: by how much does the tanh let a change "
            "through?",
            "section 1 of the lesson: the line dz = ...",
        ),
        Misconception(
            "divided by the slope of tanh",
            _swept(slope=lambda before, after: 1 / (1 - after**2)),
            "tanh is flat at its ends. Does a change of z do much to h there, or little?",
        ),
        Misconception(
            "tanh in place of its slope",
            _swept(slope=lambda before, after: np.tanh(after)),
            "How much does tanh(z) move when z moves? Is that tanh once more, or made of h?",
        ),
        Misconception(
            "the slope of tanh at the state before",
            _swept(slope=lambda before, after: 1 - before**2),
            "1 - h² is the slope of tanh where h is its result. Which state came out of this "
            "step's tanh?",
        ),
        Misconception(
            "what comes directly goes past the tanh",
            _swept(beside=True),
            "cts[t] is the adjoint of h, not of z. Which step lies between the two?",
        ),
        Misconception(
            "W in place of its transpose",
            _swept(back=lambda dz, W: dz @ W),
            "Forward it is h W. An adjoint that goes back through a product with W meets what?",
            "lesson 5, section 4: the reverse rule of a product",
        ),
        Misconception(
            "the state after in place of the one before",
            _swept(share=lambda before, after, dz: after.T @ dz),
            "With which state was W multiplied in this step: with the one that it made?",
            "section 1 of the lesson: states[t - 1]",
        ),
        Misconception(
            "the share transposed",
            _swept(share=lambda before, after, dz: dz.T @ before),
            "Forward the state stands on the left of W. Entry [i, j] of dL/dW belongs to unit i of "
            "which state?",
        ),
        Misconception(
            "from the first step to the last",
            _swept(forwards=True),
            "When you come to a state, has the step that uses it handed something back already?",
            "lesson 4, section 6: the order",
        ),
        Misconception(
            "the mean over the steps",
            _states_for_cts,
            "dL/dh0 is right. Are the shares of W added up, or averaged?",
        ),
        Misconception(
            "h0 gets what is inside the tanh",
            _last_adjoint,
            "dL/dW is right. Between h0 and the inside of the first tanh there is one more "
            "product: which?",
        ),
        Misconception(
            "the two exchanged", _exchanged, "Which of the two is asked for first?", "the task"
        ),
    ),
)
