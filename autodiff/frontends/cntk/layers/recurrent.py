"""Recurrence: a step folded along the sequence axis, over sequences of any lengths.

Shorter sequences of a batch keep their state once they have ended: `Fold` gives each its own
last one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.graph.functions import Function, apply, lengths_of, parameter
from autodiff.frontends.cntk.layers.blocks import UNSET, LayerFunction, option
from autodiff.frontends.common.options import only
from autodiff.ops.networks import nn


class Step:
    """What is repeated: parameters from the input's size, and code for one step."""

    def __init__(self, size: int, gates: int, code: Any, states: int) -> None:
        self.size, self.gates, self.code, self.states = size, gates, code, states


def LSTM(shape: int, **options: Any) -> Step:
    """The gates i, candidate, f, o stand one after the other on the last axis."""
    only("LSTM", options)

    def code(x: Any, state: Any, w: Any, h: Any, b: Any) -> Any:
        out, cell = state
        i, g, f, o = np.split(x @ w + out @ h + b, 4, axis=-1)
        cell = nn.sigmoid(f) * cell + nn.sigmoid(i) * np.tanh(g)
        return nn.sigmoid(o) * np.tanh(cell), cell

    return Step(shape, 4, code, 2)


def RNNUnit(shape: int, **options: Any) -> Step:
    """tanh(x W + h H + b)."""
    only("RNNStep", options)
    return Step(shape, 1, lambda x, s, w, h, b: (np.tanh(x @ w + s[0] @ h + b),), 1)


RNNStep = RNNUnit


def _recurrent(step: Step, backwards: bool, whole: bool, initial: Any) -> LayerFunction:
    made: list[Any] = []
    start = option("initial_state", initial) or 0.0
    init = option("init", UNSET)

    def code(x: Any, lengths: Any, w: Any, h: Any, b: Any) -> Any:
        rows, steps = np.shape(ground(x))[:2]
        state = tuple(
            np.full((rows, step.size), start, ground(x).dtype) for _ in range(step.states)
        )
        found: list[Any] = [None] * steps
        for t in reversed(range(steps)) if backwards else range(steps):
            new = step.code(x[:, t], state, w, h, b)
            if lengths is not None:
                alive = (t < np.asarray(lengths))[:, None]
                new = tuple(np.where(alive, n, s) for n, s in zip(new, state, strict=True))
            state = new
            found[t] = state[0]
        return np.stack(found, axis=1) if whole else state[0][:, None]

    def make(x: Function) -> Function:
        if not made:
            wide = step.gates * step.size
            made.append(parameter((x.shape[0], wide), init, name="W"))
            made.append(parameter((step.size, wide), init, name="H"))
            made.append(parameter((wide,), 0, name="b"))
        return apply("recurrence" if whole else "fold", code, x, lengths_of(), *made,
                     shape=(step.size,))  # fmt: skip

    return LayerFunction(make)


def Recurrence(
    step: Step, go_backwards: bool = False, initial_state: Any = UNSET, **o: Any
) -> LayerFunction:
    """The outputs of all steps, a sequence again."""
    only("Recurrence", o)
    return _recurrent(step, go_backwards, True, initial_state)


def Fold(
    step: Step, go_backwards: bool = False, initial_state: Any = UNSET, **o: Any
) -> LayerFunction:
    """The output of the last step."""
    only("Fold", o)
    return _recurrent(step, go_backwards, False, initial_state)
