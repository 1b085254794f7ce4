"""Exercise 10.1: what each step of a batch of episodes is weighed by."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception


def _batch_returns(rewards: Any, ends: Any, gamma: float) -> Any:
    later, found = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * (0.0 if ends[t] else later)
        found[t] = later
    return found


def _leaking(rewards: Any, ends: Any, gamma: float) -> Any:
    return _batch_returns(rewards, np.zeros(len(rewards), bool), gamma)


def _cut_too_early(rewards: Any, ends: Any, gamma: float) -> Any:
    later, found = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * later
        found[t] = later
        later = 0.0 if ends[t] else later
    return found


def _last_lost(rewards: Any, ends: Any, gamma: float) -> Any:
    later, found = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        later = 0.0 if ends[t] else rewards[t] + gamma * later
        found[t] = later
    return found


def _each(rewards: Any, ends: Any, weigh: Any) -> Any:
    """`weigh(own rewards)` for each episode, one after another."""
    stops = [0, *(np.flatnonzero(ends) + 1)]
    parts = [weigh(np.asarray(rewards)[a:b]) for a, b in pairwise(stops)]
    return np.concatenate(parts)


def _alone(own: Any, gamma: float) -> Any:
    return _batch_returns(own, np.zeros(len(own), bool), gamma)


def _whole_return(rewards: Any, ends: Any, gamma: float) -> Any:
    return _each(rewards, ends, lambda own: np.full(len(own), _alone(own, gamma)[0]))


def _undiscounted(rewards: Any, ends: Any, gamma: float) -> Any:
    return _batch_returns(rewards, ends, 1.0)


def _from_the_start(rewards: Any, ends: Any, gamma: float) -> Any:
    return _each(rewards, ends, lambda own: _alone(gamma ** np.arange(len(own)) * own, 1.0))


def _past(rewards: Any, ends: Any, gamma: float) -> Any:
    return _each(rewards, ends, lambda own: _alone(own[::-1], gamma)[::-1])


def _forwards(rewards: Any, ends: Any, gamma: float) -> Any:
    later, found = 0.0, np.zeros(len(rewards))
    for t in range(len(rewards)):
        later = rewards[t] + gamma * later
        later = 0.0 if ends[t] else later
        found[t] = later
    return found


def _discounted_now(rewards: Any, ends: Any, gamma: float) -> Any:
    return gamma * _batch_returns(rewards, ends, gamma)


def _one_number(rewards: Any, ends: Any, gamma: float) -> Any:
    return np.sum(rewards * gamma ** np.arange(len(rewards)))


def _shifted(rewards: Any, ends: Any, gamma: float) -> Any:
    later, found = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        later = 0.0 if ends[t] else rewards[t + 1] + gamma * later
        found[t] = later
    return found


def _after_the_step(rewards: Any, ends: Any, gamma: float) -> Any:
    return _batch_returns(rewards, ends, gamma) - rewards


def _episodes(rng: np.random.Generator) -> list[tuple[Any, Any, float]]:
    return [
        (np.array([1.0, 3.0]), np.array([False, True]), 0.5),
        (np.array([1.0, 10.0, 100.0]), np.array([False, True, True]), 0.5),
        (rng.normal(size=7), np.array([0, 0, 1, 1, 0, 0, 1], bool), 0.9),
    ]


BATCH_RETURNS = Exercise(
    number="10.1",
    title="The returns of a batch",
    shows="an action is weighed by what was earned after it in its own episode",
    solution=_batch_returns,
    inputs=_episodes,
    hints=(
        "Start with the last step: its return is its own reward. Which return does the step "
        "before it need? And if that step was the end of an episode?",
        "Go from the last step to the first, and keep one running number. What must become of it "
        "before you add the reward of a step that ends an episode?",
    ),
    misconceptions=(
        Misconception(
            "the next episode leaks in",
            _leaking,
            "Has the first episode earned what was paid in the second? At which steps do you look "
            "at `ends`?",
        ),
        Misconception(
            "cut off after the end, not before it",
            _cut_too_early,
            "Going backwards, you meet the last step of an episode first. Is the running number "
            "that you add to its reward still that of the next episode?",
        ),
        Misconception(
            "the whole return for every step",
            _whole_return,
            "Your answer gives every step of an episode the same number. Can the last push change "
            "a reward that was paid before it?",
            "the bar 'whole return' in section 4",
        ),
        Misconception(
            "no discount",
            _undiscounted,
            "What does your answer do with gamma? Try gamma = 0: which rewards should be left?",
        ),
        Misconception(
            "discounted from the start of the episode",
            _from_the_start,
            "For the last step, G should be its own reward, undiscounted. By which power of gamma "
            "do you multiply it, and counted from where?",
            "the recursion in section 3",
        ),
        Misconception(
            "summed over the past",
            _past,
            "Which step has the largest return when all rewards are 1: the first or the last? "
            "Which one does your answer say?",
            "the three numbers printed in section 3",
        ),
        Misconception(
            "the last reward is lost",
            _last_lost,
            "Which reward does the last step of an episode still get? What does your line for the "
            "ends leave of it?",
        ),
        Misconception(
            "walked from the first step",
            _forwards,
            "When you come to step t, are the rewards that it is to be weighed by known already? "
            "From which end must you walk?",
            "the recursion in section 3",
        ),
        Misconception(
            "one number for the whole batch",
            _one_number,
            "How many steps are there, and how many returns do you give?",
        ),
        Misconception(
            "the step's own reward discounted",
            _discounted_now,
            "What is the return of the last step of an episode? Is its own reward discounted?",
        ),
        Misconception(
            "begun with the next step's reward",
            _shifted,
            "What is the return of the last step of an episode? Which reward has no step in yours?",
        ),
        Misconception(
            "the step's own reward left out",
            _after_the_step,
            "What is the return of the last step of an episode? What did it earn itself?",
        ),
    ),
)
