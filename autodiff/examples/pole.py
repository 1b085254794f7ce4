"""The game CartPole by its equations of motion, for machines without gymnasium.

A cart of 1 kg on a track carries a pole of 0.1 kg and half-length 0.5 m.  Each step of 0.02 s
pushes with 10 N to the left or right, and one Euler step moves it on (Barto, Sutton and Anderson,
1983, without friction).  The numbers are those of gymnasium's `CartPole-v1`, and so are the
limits: 12 degrees, 2.4 m, 500 steps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

GRAVITY, CART, POLE, HALF, FORCE, STEP = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02
EDGE, TILT, LONGEST = 2.4, 12 * 2 * math.pi / 360, 500


class Actions:
    """The two pushes; seeded to no effect, since a policy draws them."""

    def seed(self, seed: int) -> None:
        """Nothing: kept so that callers may seed either game."""


class CartPole:
    """The game: position, speed, angle, angular speed; 1 point for each step that it stands.

    >>> game = CartPole()
    >>> start, _ = game.reset(seed=1)
    >>> seen, reward, fell, timed_out, _ = game.step(1)
    >>> reward, bool(fell), bool(seen[1] > start[1])
    (1.0, False, True)
    """

    def __init__(self) -> None:
        self.action_space = Actions()
        self.rng = np.random.default_rng()
        self.state, self.steps = (0.0, 0.0, 0.0, 0.0), 0

    def reset(self, *, seed: int | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """A new start, each number between -0.05 and 0.05."""
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.state, self.steps = tuple(self.rng.uniform(-0.05, 0.05, size=4).tolist()), 0
        return self._seen(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """What is seen after a push, the reward, whether it fell, whether its time is over.

        Plain numbers: a game has 500 steps, and a browser computes these in a quarter of the time.
        """
        place, speed, angle, turn = self.state
        sine, cosine = math.sin(angle), math.cos(angle)
        force = FORCE if action == 1 else -FORCE
        total, moment = CART + POLE, POLE * HALF
        common = (force + moment * turn**2 * sine) / total
        bend = (GRAVITY * sine - cosine * common) / (HALF * (4 / 3 - POLE * cosine**2 / total))
        push = common - moment * bend * cosine / total
        place, angle = place + STEP * speed, angle + STEP * turn
        self.state = (place, speed + STEP * push, angle, turn + STEP * bend)
        self.steps += 1
        fell = abs(place) > EDGE or abs(angle) > TILT
        return self._seen(), 1.0, fell, self.steps >= LONGEST, {}

    def _seen(self) -> np.ndarray:
        return np.array(self.state, np.float32)


def make(name: str) -> CartPole:
    """The game by its name in gymnasium."""
    if name != "CartPole-v1":
        raise ValueError(f"there is only CartPole-v1 here, but got {name!r}.")
    return CartPole()
