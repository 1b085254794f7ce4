"""Exercises 10.2 and 10.3: the surrogate of an actor-critic, and the bias of a baseline."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import Answer, Exercise, Misconception
from autodiff.ops.networks.nn import log_softmax, softmax

# -- 10.2 the surrogate of an actor-critic --------------------------------------------------


DRAWING = "ad.draw(policy_loss, np.zeros((1, 2)), np.zeros(1), np.array([0]), np.ones(1))"
"""The smallest input, drawn."""


def _chosen(logits: Any, actions: Any) -> Any:
    return log_softmax(logits)[np.arange(len(actions)), actions]


def _policy_loss(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions) * ad.stop_gradient(returns - values))


def _uphill(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -_policy_loss(logits, values, actions, returns)


def _of_probability(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    advantages = ad.stop_gradient(returns - values)
    return -np.mean(np.exp(_chosen(logits, actions)) * advantages)


def _baseline_attached(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions) * (ad.stop_gradient(returns) - values))


def _return_attached(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions) * (returns - ad.stop_gradient(values)))


def _both_attached(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions) * (returns - values))


def _no_baseline(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions) * ad.stop_gradient(returns))


def _summed(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return _policy_loss(logits, values, actions, returns) * len(actions)


def _actions_of_all(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(log_softmax(logits)[:, actions] * ad.stop_gradient(returns - values))


def _product_of_means(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(_chosen(logits, actions)) * np.mean(ad.stop_gradient(returns - values))


def _logits_themselves(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    chosen = logits[np.arange(len(actions)), actions]
    return -np.mean(chosen * ad.stop_gradient(returns - values))


def _every_action(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return -np.mean(log_softmax(logits) * ad.stop_gradient(returns - values)[:, None])


def _policy_detached(logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    return ad.stop_gradient(_both_attached(logits, values, actions, returns))


def _three_gradients(answer: Answer, logits: Any, values: Any, actions: Any, returns: Any) -> Any:
    """The gradient of the loss by each of the three that depend on weights."""

    def loss(logits: Any, values: Any, returns: Any) -> Any:
        return answer(logits, values, actions, returns)

    _, pullback = ad.vjp(loss, logits, values, returns)
    found = pullback(1.0)
    names = ("gradient by logits", "gradient by values", "gradient by returns")
    return dict(zip(names, found, strict=True))


def _batches(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        (np.zeros((1, 2)), np.zeros(1), np.array([0]), np.array([1.0])),
        *(
            (
                rng.normal(size=(n, m)), rng.normal(size=n), rng.integers(m, size=n),
                rng.normal(size=n) + 2.0,
            )
            for n, m in ((2, 2), (5, 3))
        ),
    ]  # fmt: skip


POLICY_LOSS = Exercise(
    number="10.2",
    title="The surrogate of an actor-critic",
    shows="only log π is differentiated; returns and baseline are weights",
    solution=_policy_loss,
    inputs=_batches,
    observe=_three_gradients,
    hints=(
        "Start from `surrogate` in section 4: which number takes the place of G?",
        f"Draw it: {DRAWING}. Which boxes have an adjoint that should have none?",
    ),
    misconceptions=(
        Misconception(
            "the sign",
            _uphill,
            "Adam goes downhill on the loss. Should an action with a return above the guess "
            "become more or less probable? Which way does your loss push it?",
        ),
        Misconception(
            "the probability in place of its logarithm",
            _of_probability,
            "In section 1, ∇π was replaced by π · ∇log π, and the π became the mean over draws. "
            "In your loss, what is differentiated: π or log π?",
            "the two estimates of section 1, of which the mean was taken",
        ),
        Misconception(
            "the baseline is not detached",
            _baseline_attached,
            "Your loss has a gradient by `values`. Which way would it push the guesses of the "
            "return, and has that to do with whether they are right?",
            f"the box `values` in {DRAWING}",
        ),
        Misconception(
            "the gradient flows through the return",
            _return_attached,
            "Your loss has a gradient by `returns`. What would the optimiser do with it: make the "
            "policy better, or the numbers that praise it larger?",
            f"the box `returns` in {DRAWING}",
        ),
        Misconception(
            "the whole advantage is not detached",
            _both_attached,
            "Your loss has a gradient by `values` and by `returns`. In the drawing of section 2, "
            "which boxes had an adjoint? Which have one in yours?",
            DRAWING,
        ),
        Misconception(
            "the baseline is left out",
            _no_baseline,
            "Does your loss use `values` at all? What was subtracted in section 4, and what did "
            "it do to the noise?",
        ),
        Misconception(
            "the sum over the steps, not the mean",
            _summed,
            "If every step is given twice, what becomes of your gradient, and what becomes of a "
            "mean?",
        ),
        Misconception(
            "all actions, not the one that was drawn",
            _every_action,
            "One action was drawn at each step. Which entry of a row of log π belongs to it?",
            "`surrogate` in section 4: what is picked by its index",
        ),
        Misconception(
            "each step with the actions of all",
            _actions_of_all,
            "What shape has log π[:, actions], for N steps? Which of its entries belong to one "
            "step?",
            "`surrogate` in section 4: what is picked by its index",
        ),
        Misconception(
            "the product of two means",
            _product_of_means,
            "Each action has an advantage of its own. Which one does yours multiply it by?",
        ),
        Misconception(
            "logits in place of log π",
            _logits_themselves,
            "A logit can grow for both actions at once. Can their probabilities?",
            "`surrogate` in section 4: log_softmax",
        ),
        Misconception(
            "everything is detached",
            _policy_detached,
            "Your loss has no gradient by the logits either. What is left for the optimiser to "
            "move?",
        ),
    ),
)

# -- 10.3 a baseline adds no bias -----------------------------------------------------------


def _terms(z: Any, rewards: Any, baseline: float) -> Any:
    """(r[a] - baseline) ∇log π[a], one row per lever."""
    pi = softmax(z)
    return (np.asarray(rewards) - baseline)[:, None] * (np.eye(len(z)) - pi)


def _expected(z: Any, rewards: Any, baseline: float) -> Any:
    return softmax(z) @ _terms(z, rewards, baseline)


def _plain_mean(z: Any, rewards: Any, baseline: float) -> Any:
    return np.mean(_terms(z, rewards, baseline), axis=0)


def _gradient_of_probability(z: Any, rewards: Any, baseline: float) -> Any:
    pi = softmax(z)
    return pi @ (pi[:, None] * _terms(z, rewards, baseline))


def _subtracted_at_the_end(z: Any, rewards: Any, baseline: float) -> Any:
    return _expected(z, rewards, 0.0) - baseline


def _expected_reward(z: Any, rewards: Any, baseline: float) -> Any:
    return np.sum(softmax(z) * (rewards - baseline))


def _rows_not_added(z: Any, rewards: Any, baseline: float) -> Any:
    return softmax(z)[:, None] * _terms(z, rewards, baseline)


def _unweighted_sum(z: Any, rewards: Any, baseline: float) -> Any:
    return np.sum(_terms(z, rewards, baseline), axis=0)


def _levers(rng: np.random.Generator) -> list[tuple[Any, Any, float]]:
    return [
        (np.array([0.2, -0.1]), np.array([1.0, 3.0]), 0.0),
        (np.array([0.2, -0.1]), np.array([1.0, 3.0]), 2.0),
        (rng.normal(size=3), rng.normal(size=3), 5.0),
    ]


NO_BIAS = Exercise(
    number="10.3",
    title="A baseline adds no bias",
    shows="the mean of ∇log π under π is 0, so what is subtracted from every reward drops out",
    solution=_expected,
    inputs=_levers,
    hints=(
        "An expected value is a sum over what can happen, each times its probability. What can "
        "happen here?",
        "For one lever a, ∇log π[a] = onehot(a) - π. How often is lever a drawn?",
    ),
    misconceptions=(
        Misconception(
            "every lever counted as equally likely",
            _plain_mean,
            "With z = [5, 0], how often is lever 1 drawn? How often does your sum count it?",
        ),
        Misconception(
            "summed without probabilities",
            _unweighted_sum,
            "Your sum counts every lever once. With z = [5, 0], how often is lever 1 drawn?",
        ),
        Misconception(
            "the expected reward",
            _expected_reward,
            "You have the mean of the rewards, a number. Which gradient is each reward to weigh?",
            "the formula of ∇J in section 1",
        ),
        Misconception(
            "the levers not added up",
            _rows_not_added,
            "You have one row per lever. What is done with the rows in an expected value?",
        ),
        Misconception(
            "the probability in twice",
            _gradient_of_probability,
            "You weigh by π. Do you then take the gradient of log π, or that of π, which holds "
            "another π?",
        ),
        Misconception(
            "the baseline taken off the gradient",
            _subtracted_at_the_end,
            "The baseline is a reward. From what is it subtracted: from the reward of a draw, or "
            "from the gradient, which has another unit?",
        ),
    ),
)
