"""CartPole without a learner: episodes played by a policy in plain NumPy, and the cart drawn.

The environment is gymnasium's `CartPole-v1`: push a cart left (0) or right (1), 1 point for every
step that the pole stays within 12 degrees and the cart within 2.4 m, at most 500 steps.  Drawing is
by matplotlib, since gymnasium's own needs pygame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LONGEST = 500
EDGE, TILT = 2.4, np.radians(12)
"""The cart's position [m] and the pole's angle [rad] at which an episode ends."""
CART, POLE, FAINT = "#0b4a8f", "#9a3412", "#59636e"

Policy = Callable[[np.ndarray], np.ndarray]
"""Observations (n, 4) to probabilities (n, 2) of pushing left and right."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What was seen, done and earned: observations (T, 4), actions (T,), rewards (T,)."""

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray

    def __len__(self) -> int:
        return len(self.actions)


def environments(count: int, seed: int) -> list[Any]:
    """`count` environments, their starts and their action spaces seeded.

    They are gymnasium's `CartPole-v1`, or where that is not installed (in a browser) the same game
    by `autodiff.examples.pole`, whose starts are drawn by another generator.

    >>> first, second = (environments(1, seed=7)[0].reset()[0] for _ in range(2))
    >>> bool(np.all(first == second))
    True
    """
    try:
        from gymnasium import make
    except ImportError:  # also where a part of it is missing, as multiprocessing in a browser
        from autodiff.examples.pole import make
    made = [make("CartPole-v1") for _ in range(count)]
    for place, environment in enumerate(made):
        environment.reset(seed=seed * count + place)
        environment.action_space.seed(seed * count + place)
    return made


def rollouts(
    policy: Policy, environments: Sequence[Any], rng: np.random.Generator
) -> list[Episode]:
    """One episode in each environment, side by side: one call of the policy a step for all.

    >>> both = rollouts(uniform, environments(2, seed=0), np.random.default_rng(0))
    >>> len(both), both[0].observations.shape == (len(both[0]), 4)
    (2, True)
    """
    seen = [environment.reset()[0] for environment in environments]
    record: list[list[tuple[np.ndarray, int, float]]] = [[] for _ in environments]
    running = list(range(len(seen)))
    while running:
        observations = np.array([seen[i] for i in running], float)
        right = policy(observations)[:, 1]
        actions = (rng.random(len(running)) < right).astype(int)
        still = []
        for i, observation, action in zip(running, observations, actions, strict=True):
            seen[i], reward, fell, timed_out, _ = environments[i].step(int(action))
            record[i].append((observation, int(action), float(reward)))
            if not (fell or timed_out):
                still.append(i)
        running = still
    return [Episode(*map(np.array, zip(*steps, strict=True))) for steps in record]


def uniform(observations: np.ndarray) -> np.ndarray:
    """The policy that does not look: left and right with probability 1/2 each."""
    return np.full((len(observations), 2), 0.5)


def draw_cart(observation: Any, axes: Any, title: str = "") -> None:
    """Draw cart, pole and track from an observation (position, speed, angle, angular speed).

    The view follows the cart; dotted lines are the angles, bars the positions that end it.
    """
    from matplotlib.patches import Rectangle

    position, _, angle, _ = np.asarray(observation, float)
    axes.plot([-EDGE, EDGE], [0, 0], color=FAINT, lw=1)
    for edge in (-EDGE, EDGE):
        axes.plot([edge, edge], [-0.1, 0.1], color=FAINT, lw=2)
    for side in (-TILT, TILT):
        reach = 1.3 * np.array([np.sin(side), np.cos(side)])
        axes.plot(
            [position, position + reach[0]], [0.2, 0.2 + reach[1]], color=FAINT, lw=0.8, ls=":"
        )
    axes.add_patch(Rectangle((position - 0.3, 0), 0.6, 0.2, color=CART))
    top = position + np.sin(angle), 0.2 + np.cos(angle)
    axes.plot([position, top[0]], [0.2, top[1]], color=POLE, lw=4, solid_capstyle="round")
    axes.set(
        xlim=(position - 1.3, position + 1.3),
        ylim=(-0.15, 1.6),
        xticks=[],
        yticks=[],
        aspect="equal",
    )
    axes.set_title(title, fontsize="small")
    for spine in axes.spines.values():
        spine.set_visible(False)


def film(episode: Episode, frames: int = 6, caption: str = "") -> Any:
    """Moments of an episode in a row, from its first step to its last, as a chart."""
    from autodiff.view.charts.chart import Chart

    figure = Chart(figsize=(1.6 * frames, 1.6), layout="constrained")
    places = np.linspace(0, len(episode) - 1, frames).round().astype(int)
    for place, axes in zip(places, figure.subplots(1, frames, squeeze=False)[0], strict=True):
        position, _, angle, _ = episode.observations[place]
        where = f"step {place}: {position:+.1f} m, {np.degrees(angle):+.0f}°"
        draw_cart(episode.observations[place], axes, where)
    figure.suptitle(caption, fontsize="medium")
    figure.alt_text = f"{caption}: the cart and its pole, at {frames} moments of an episode."
    return figure


def plot_learning(lengths: Mapping[str, Sequence[int]], window: int = 20) -> Any:
    """Learning curves: the mean length of the last `window` episodes, one curve a name.

    `lengths` maps a name to the lengths of episodes in the order in which they were played.

    >>> plot_learning({"seed 0": [9, 20, 30]}, window=2).axes[0].get_xlabel()
    'episodes played'
    """
    from autodiff.view.charts.chart import Chart

    figure = Chart(figsize=(7.2, 3.8), layout="constrained")
    axes = figure.subplots()
    for name, own in lengths.items():
        means = np.convolve(own, np.ones(window) / window, mode="valid")
        axes.plot(np.arange(window, len(own) + 1), means, label=name)
    axes.axhline(LONGEST, color=FAINT, lw=0.8, ls=":")
    axes.set_xlabel("episodes played")
    axes.set_ylabel(f"steps that the pole stood,\nmean of the last {window} episodes")
    axes.legend(frameon=False)
    return figure
