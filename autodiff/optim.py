"""Optimizers as pure update rules: (params, gradient, state) -> (params, state).

Parameters may be any nested container of arrays; constants in it (ints, None, ...) stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.tree import is_variable, map_tree

Tree = Any


def zeros_like(params: Tree) -> Tree:
    """A slot for every parameter: zeros of its shape.

    >>> zeros_like({"w": np.ones(2), "layers": 3})
    {'w': array([0., 0.]), 'layers': None}
    """
    return map_tree(lambda p: np.zeros_like(p) if is_variable(p) else None, params)


def _each(rule: Any, params: Tree, *others: Tree) -> Tree:
    """Apply a rule to every variable; leave constants, and what has no gradient, alone."""
    return map_tree(
        lambda p, *rest: rule(p, *rest) if is_variable(p) and rest[0] is not None else p,
        params,
        *others,
    )


@dataclass(frozen=True, slots=True)
class GradientDescent:
    """p <- p - learning_rate * g.

    >>> GradientDescent(0.1).update(1.0, 2.0, None)
    (0.8, None)
    """

    learning_rate: float = 0.01

    def init(self, params: Tree) -> None:
        """No state."""

    def update(self, params: Tree, gradient: Tree, state: None) -> tuple[Tree, None]:
        """One step downhill."""
        return _each(lambda p, g: p - self.learning_rate * g, params, gradient), None


@dataclass(frozen=True, slots=True)
class Momentum:
    """m <- momentum * m + g;  p <- p - learning_rate * m  (Polyak, 1964)."""

    learning_rate: float = 0.01
    momentum: float = 0.9

    def init(self, params: Tree) -> Tree:
        """The velocity, at rest."""
        return zeros_like(params)

    def update(self, params: Tree, gradient: Tree, state: Tree) -> tuple[Tree, Tree]:
        """One step with the accumulated velocity."""
        state = map_tree(
            lambda m, g: m if g is None or m is None else self.momentum * m + g, state, gradient
        )
        return _each(lambda p, m: p - self.learning_rate * m, params, state), state


@dataclass(frozen=True, slots=True)
class Adam:
    """Steps scaled by running moments of the gradient (Kingma & Ba, 2015, algorithm 1).

    >>> optimizer = Adam(0.1)
    >>> params, state = optimizer.update(1.0, 2.0, optimizer.init(1.0))
    >>> round(float(params), 6)
    0.9
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def init(self, params: Tree) -> tuple[int, Tree, Tree]:
        """The step count and the two moments, at zero."""
        return 0, zeros_like(params), zeros_like(params)

    def update(self, params: Tree, gradient: Tree, state: Any) -> tuple[Tree, Any]:
        """One step with bias-corrected moments."""
        count, first, second = state
        count += 1
        b1, b2 = self.beta1, self.beta2
        first = map_tree(lambda m, g: m if g is None else b1 * m + (1 - b1) * g, first, gradient)
        second = map_tree(
            lambda v, g: v if g is None else b2 * v + (1 - b2) * g * g, second, gradient
        )
        rate = self.learning_rate * np.sqrt(1 - b2**count) / (1 - b1**count)
        epsilon = self.epsilon * np.sqrt(1 - b2**count)
        moved = _each(lambda p, m, v: p - rate * m / (np.sqrt(v) + epsilon), params, first, second)
        return moved, (count, first, second)
