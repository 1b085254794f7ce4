# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · REINFORCE: the gradient of something that has no derivative
#
# **The pole falls, or it stands. Nobody can differentiate a falling pole, and the simulator is a
# black box. So what does the gradient flow through?** Below is the black box at work: a cart that
# is pushed left or right at random.
#
# After this notebook you can
#
# - **turn** the rewards of many episodes into returns (exercise 10.1),
# - **write** the surrogate loss whose gradient is the policy gradient, and keep the gradient out
#   of what must stay a number (exercise 10.2),
# - **show** that a baseline adds no bias (exercise 10.3),
# - **train** a policy that balances the pole, and judge it by five seeds and not by one.
#
# *Time: 75 minutes, a third of it for the exercises. Needed: lesson 4 (reverse mode), lesson 8
# (softmax, cross-entropy, Adam), and what an expected value is.*

# %%
import numpy as np

import autodiff as ad
from autodiff.examples import cartpole
from autodiff.nn import log_softmax, softmax
from autodiff.optim import Adam
from autodiff.view.charts.chart import Chart

# %%
rng = np.random.default_rng(0)
environments = cartpole.environments(8, seed=0)
episodes = cartpole.rollouts(cartpole.uniform, environments, rng)
cartpole.film(episodes[0], caption="Pushed at random")

# %% [markdown]
# Each step the player sees four numbers **s** (position, speed, angle, angular speed), chooses an
# action **a** (0: push left, 1: push right) and gets the reward **r = 1**, as long as the pole is
# within the dotted lines. After 500 steps the episode ends by itself.
#
# **Predict.** How many steps does a random player last? 5, 20, 100?

# %%
lengths = [len(episode) for episode in episodes]
print("steps:", lengths, " mean:", np.mean(lengths))
assert 10 < np.mean(lengths) < 50

# %% [markdown]
# **Explain.** About twenty. We want 500. The score is the number of steps, and it depends on the player's
# weights **θ** only through *which action was drawn*. Change θ a little, and either the same
# action is drawn and nothing happens, or another one is drawn and everything happens. There is no
# slope to follow.
#
# ## 1 · Differentiate the probability, not the reward
#
# Take the smallest such game: two levers, 0 and 1. Lever `a` pays `r[a]`. The player draws a lever
# with the probabilities π = softmax(z), its **policy**, where z are two numbers that we may move. What
# can be differentiated is the *expected* reward (J is its usual letter, and no Jacobian here):
#
# $$J(z) = \sum_a \pi[a]\,r[a] = \pi[0]\,r[0] + \pi[1]\,r[1]$$

# %%
r = np.array([1.0, 3.0])


def J(z):
    return np.sum(softmax(z) * r)


z = np.array([0.2, -0.1])
gradient = ad.grad(J)(z)
print("π =", softmax(z).round(4), "  J =", J(z).round(4), "  ∇J =", gradient.round(4))

# %% [markdown]
# For two levers we can write J down. For CartPole we can't: J would be a sum over all games that
# can be played. But a small trick turns the gradient of the sum into something that can be
# *sampled*. Since the slope of log π is 1/π times that of π, we have ∇π = π · ∇log π, and
#
# $$\nabla J = \sum_a r[a]\,\nabla \pi[a] = \sum_a \pi[a]\,\big(r[a]\,\nabla \log \pi[a]\big)$$
#
# Read the right side aloud: "the mean, over the levers as they are drawn, of `r[a]·∇log π[a]`".
# So draw a lever, look at the reward, compute `r[a]·∇log π[a]`. On average that is ∇J.
#
# **Predict.** In this formula the reward is multiplied by a gradient. Is the reward itself ever
# differentiated?


# %%
def log_probability(z, a):
    return log_softmax(z)[a]


def estimate(a):
    return r[a] * ad.grad(log_probability)(z, a)


mean = sum(softmax(z)[a] * estimate(a) for a in (0, 1))
print("lever 0 says", estimate(0).round(4), "  lever 1 says", estimate(1).round(4))
print("their mean, weighted by π:", mean.round(4), "  ∇J:", gradient.round(4))
assert np.allclose(mean, gradient, rtol=1e-12)

# %% [markdown]
# **Explain.** Equal, but for rounding, and no reward was differentiated. **The reward is a weight; what is
# differentiated is the logarithm of the probability of what was done.**
#
# ## 2 · The surrogate: a loss with the right gradient
#
# A training loop wants a loss to minimise. So write one whose gradient is the estimate:
#
# $$L(\theta) = -\frac{1}{N} \sum_t \log \pi(a_t \mid s_t; \theta)\; G_t$$
#
# with N steps, and `G` the weight of a step (for now: any number). It is called a **surrogate**,
# since it is not the score. It only has the right slope. Here is the smallest policy: no hidden
# layer, logits z = s·W.


# %%
def linear_surrogate(W, s, a, G):
    z = s @ W
    log_pi = log_softmax(z)
    chosen = log_pi[np.arange(len(a)), a]
    L = -np.mean(chosen * G)
    return L


rng = np.random.default_rng(1)
W, s = rng.normal(size=(4, 2)), rng.normal(size=(3, 4))
a, G = np.array([0, 1, 1]), np.array([3.0, 2.0, 1.0])
ad.draw(linear_surrogate, W, s, a, G, argnums=0)

# %% [markdown]
# Only `W` gets an adjoint. The observations, the actions and `G` came out of the black box: they
# are numbers here, and the gradient stops in front of them.
#
# For this policy the gradient can be written by hand. The derivative of log π(a|s) by the logits is
# onehot(a) - π: lesson 8 had it, with the other sign. So
#
# $$\frac{dL}{dW} = -\frac{1}{N} \sum_t G_t\; s_t^T \big(\mathrm{onehot}(a_t) - \pi(s_t)\big)$$
#
# **Predict.** What shape has it? Which row of it is zero if the first observation is always 0?


# %%
def policy_gradient(W, s, a, G):
    pi = softmax(s @ W)
    onehot = np.eye(2)[a]
    return -(s.T @ (G[:, None] * (onehot - pi))) / len(a)


by_engine = ad.grad(linear_surrogate)(W, s, a, G)
by_hand = policy_gradient(W, s, a, G)
print("by the engine:", by_engine, "by hand:", by_hand, sep="\n")
assert np.allclose(by_engine, by_hand, rtol=1e-12, atol=1e-15)
assert by_engine.shape == (4, 2)

# %% [markdown]
# **Change one thing.** Set the first column of `s` to 0 and run both cells again. Row 0 of the
# gradient is then 0: a weight that was never used can't be blamed.
#
# ## 3 · Which reward belongs to which action?
#
# A push can't change what was earned *before* it. So the weight of step t is what was earned from
# t on, the **reward-to-go**, and what is far away counts less, by a discount γ:
#
# $$G_t = r_t + \gamma\,r_{t+1} + \gamma^2\,r_{t+2} + \dots = r_t + \gamma\,G_{t+1}$$
#
# **Predict.** What is G for the rewards 1, 1, 1 and γ = 0.99? Which step has the largest?


# %%
def returns(rewards, gamma=0.99):
    G, later = np.empty(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * later
        G[t] = later
    return G


print(returns(np.ones(3)))
assert np.allclose(returns(np.ones(3)), [1 + 0.99 + 0.99**2, 1.99, 1.0])

# %% [markdown]
# **Explain.** Look at the recursion: it runs from the end, and each step hands its total to the step before.
# You have met that shape. It is a reverse sweep, along time.
#
# ## 4 · Same mean, less noise
#
# A step may be weighted by the whole **return** of its episode (all rewards), by its reward-to-go, or by that less a
# mean. On average these gradients point the same way, or nearly so (a discount bends it a little).
# They differ in **noise**, and the noise decides whether anything is learnt. We measure it: 40
# times, play 8 episodes with the *same* policy and compute the gradient. The policy has one hidden
# layer of 32 tanh units.


# %%
def initial(rng):
    return {
        "W1": 0.5 * rng.normal(size=(4, 32)), "b1": np.zeros(32),
        "W2": 0.1 * rng.normal(size=(32, 2)), "b2": np.zeros(2),
    }  # fmt: skip


def logits(theta, s):
    h = np.tanh(s @ theta["W1"] + theta["b1"])
    return h @ theta["W2"] + theta["b2"]


def surrogate(theta, s, a, G):
    log_pi = log_softmax(logits(theta, s))
    return -np.mean(log_pi[np.arange(len(a)), a] * G)


# %%
def total(episode):
    return np.full(len(episode), episode.rewards.sum())


def to_go(episode):
    return returns(episode.rewards)


# %%
def stacked(episodes, weigh):
    s = np.concatenate([episode.observations for episode in episodes])
    a = np.concatenate([episode.actions for episode in episodes])
    return s, a, np.concatenate([weigh(episode) for episode in episodes])


def normalised(G):
    return (G - G.mean()) / (G.std() + 1e-8)


# %% [markdown]
# Note `surrogate`: it takes **all steps of all episodes at once**, stacked. While acting there is no
# graph at all: the policy is plain NumPy there.
#
# **Predict.** How many rows has the tape for 10 steps of play, and how many for 2,000?


# %%
def rows(steps):
    rng, tape = np.random.default_rng(0), ad.Tape()
    s, a = rng.normal(size=(steps, 4)), rng.integers(2, size=steps)
    tape(lambda theta: surrogate(theta, s, a, np.ones(steps)))(initial(rng))
    return len(tape.recorded)


print("10 steps:", rows(10), "  2,000 steps:", rows(2000))
assert rows(10) == rows(2000) < 20

# %% [markdown]
# **Explain.** One graph for the batch, with arrays in it, whatever the number of steps. A graph for each
# step would have as many rows for every step, and Python would spend its time on them.


# %%
def policy(theta):
    return lambda s: softmax(logits(theta, s))


def gradients(theta, weigh, after=lambda G: G, times=40):
    rng, environments = np.random.default_rng(0), cartpole.environments(8, seed=0)
    found = []
    for _ in range(times):
        s, a, G = stacked(cartpole.rollouts(policy(theta), environments, rng), weigh)
        gradient = ad.grad(surrogate)(theta, s, a, after(G))
        found.append(np.concatenate([part.ravel() for part in gradient.values()]))
    return np.array(found)


# %% [markdown]
# The noise is the spread of the 40 gradients, divided by the length of their mean. At 1 the noise
# is as large as what we want to know.
#
# **Predict.** Put them in order: whole return; reward-to-go; reward-to-go normalised to mean 0 and
# spread 1 over the batch; the same within each episode.


# %%
def noise(found):
    mean = found.mean(axis=0)
    return np.sqrt(np.mean(np.sum((found - mean) ** 2, axis=1))) / np.linalg.norm(mean)


theta = initial(np.random.default_rng(0))
drawn = {
    "whole return": gradients(theta, total),
    "reward-to-go": gradients(theta, to_go),
    "normalised\nover the batch": gradients(theta, to_go, normalised),
    "normalised\nin each episode": gradients(theta, lambda e: normalised(to_go(e))),
}
levels = {name: noise(found) for name, found in drawn.items()}
directions = [found.mean(axis=0) / np.linalg.norm(found.mean(axis=0)) for found in drawn.values()]
assert np.min(np.inner(directions, directions)) > 0.95  # the cosines of the angles between them

# %%
chart = Chart(figsize=(6.4, 2.8), layout="constrained")
axes = chart.subplots()
bars = axes.barh(list(levels), list(levels.values()), color="#0b4a8f")
axes.bar_label(bars, fmt="%.2f", padding=3)
axes.set(xlabel="noise of the gradient of 8 episodes / its mean", xlim=(0, 3))
axes.invert_yaxis()
best = levels["normalised\nover the batch"]
assert levels["whole return"] > 2 * best
assert levels["normalised\nin each episode"] > 1.2 * best
chart

# %% [markdown]
# **Explain.** The same episodes, the same network, and less than half the noise. Two things were removed from
# the weights that carry no news: rewards from before the action, and the mean. Subtracting a
# number that does not depend on the action is called a **baseline**. Why it may be subtracted you
# show in exercise 10.3. (The mean of a batch depends on the action a little, being a part of it: a bias
# that is small beside the noise, for a batch of some hundred steps.)
#
# The last bar looks like the same idea, and is worse again. Within one episode the first steps always
# have the larger G, whether the episode was good or bad. What made a long episode better than a
# short one has been divided away.
#
# ## 5 · Learn
#
# The recipe: 8 episodes per update; reward-to-go with γ = 0.99, normalised **over the batch**; Adam
# at 0.02. Everything that draws is seeded: the weights, the actions, the environments.


# %%
def train(seed, updates=60):
    rng, environments = np.random.default_rng(seed), cartpole.environments(8, seed)
    theta, optimizer = initial(rng), Adam(0.02)
    state, lengths, losses = optimizer.init(theta), [], []
    for _ in range(updates):
        episodes = cartpole.rollouts(policy(theta), environments, rng)
        s, a, G = stacked(episodes, to_go)
        L, gradient = ad.value_and_grad(surrogate)(theta, s, a, normalised(G))
        theta, state = optimizer.update(theta, gradient, state)
        lengths += [len(episode) for episode in episodes]
        losses.append(float(L))
    return theta, lengths, losses


# %% [markdown]
# **Predict.** Five seeds, the same recipe. Will the five curves look alike? Draw them on paper first.

# %%
runs = [train(seed) for seed in range(5)]
cartpole.plot_learning({f"seed {seed}": run[1] for seed, run in enumerate(runs)})

# %%
last = [np.mean(lengths[-20:]) for _, lengths, _ in runs]
print("mean of the last 20 episodes, median of the seeds above 400?", np.median(last) > 400)
print("every seed above 100?", min(last) > 100)
assert np.median(last) > 400
assert min(last) > 100

# %% [markdown]
# **Explain.** All of them learn, on different roads; some fall back on the way. **Never judge a reinforcement
# learner by one seed.** The median of five is above 400 here; the line at the top, 500, is the
# longest that an episode may be. (Even a seed is good for one machine only: another processor adds
# in another order, the last digits differ, sooner or later another push is drawn, and from there on
# it is another game. So your curves may differ from those that are printed here.)
#
# Here is the surprise. In lesson 8 the loss fell while the network learnt.
#
# **Predict.** What does the surrogate loss do?

# %%
theta, lengths, losses = runs[0]
chart = Chart(figsize=(9, 2.8), layout="constrained")
left, right = chart.subplots(1, 2)
left.plot(np.reshape(lengths, (-1, 8)).mean(axis=1))
left.set(xlabel="update", ylabel="steps (mean of 8 episodes)", ylim=(0, 520))
right.plot(losses, color="#9a3412")
right.set(xlabel="update", ylabel="surrogate loss L", ylim=(-0.5, 0.5))
print("|L| below 0.2 in every update?", max(map(abs, losses)) < 0.2)
assert max(map(abs, losses)) < 0.2
chart

# %% [markdown]
# **Explain.** The player went from about 20 steps to hundreds, and the loss stayed near 0 all the time. The *value* of the
# surrogate means nothing: it is made anew for each batch, with weights of mean 0. Only its gradient
# means something. A student who watches the loss here will stop a run that works.
#
# And this is what was learnt:

# %%
rng = np.random.default_rng(5)
trained = cartpole.rollouts(policy(theta), cartpole.environments(8, seed=99), rng)
print("eight new episodes, median above 400?", np.median([len(e) for e in trained]) > 400)
cartpole.film(trained[0], caption="After training, on a start that it has never seen")

# %% [markdown]
# **Change one thing.** Train with the last bar's weights (`normalised(returns(...))` in `to_go`), and
# lay the five curves beside the first five. How many of the seeds does it lose?
#
# ## Summary
#
# 1. The policy gradient needs no derivative of the world: the reward is a weight, and what is
#    differentiated is log π of the action that was drawn.
# 2. The surrogate loss is a machine for getting that gradient out of an autodiff engine, and its value
#    means nothing.
# 3. What decides is the noise: reward-to-go, a baseline and a batch take out what carries no news.
#
# **What breaks next.** The same episode can be used only once, since it was drawn by the old θ; use
# it twice and the estimate is biased. Importance weights and a limit on the step (PPO) answer that.
# The baseline can be learnt, which is an actor-critic, and then exercise 10.2 bites.
#
# ## Exercises
#
# ### 10.1 · The returns of a batch
#
# In a batch the episodes stand one after another in a single array. Write
# `batch_returns(rewards, ends, gamma)`: the reward-to-go Gₜ = rₜ + γ·rₜ₊₁ + … of every step, where
# `ends[t]` is True at the last step of each episode.


# %%
def batch_returns(rewards, ends, gamma):
    ### BEGIN SOLUTION
    G, later = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * (0.0 if ends[t] else later)
        G[t] = later
    return G
    ### END SOLUTION


# %%
ad.course.check("10.1", batch_returns)

# %% [markdown]
# ### 10.2 · The surrogate of an actor-critic
#
# Now the baseline is learnt too: a network says `values[t]`, its guess of the return at step t.
# Write the loss of the *policy*: minus the mean over the steps of
# log π(aₜ|sₜ) · (returns[t] - values[t]), where π = softmax(logits).
#
# `logits` (N, 2), `values` (N,) and `returns` (N,) may all depend on weights. The loss may move
# the policy only. The check looks at its gradient by all three. (`ad.stop_gradient(x)` is x, as a
# number.)


# %%
def policy_loss(logits, values, actions, returns):
    ### BEGIN SOLUTION
    log_pi = log_softmax(logits)[np.arange(len(actions)), actions]
    return -np.mean(log_pi * ad.stop_gradient(returns - values))
    ### END SOLUTION


# %%
ad.course.check("10.2", policy_loss)

# %% [markdown]
# ### 10.3 · A baseline adds no bias
#
# Write `expected_estimate(z, rewards, baseline)`: the expected value of the estimate
# (r[a] - baseline) · ∇log π[a] for one draw of a lever from π = softmax(z), exactly, with any
# number of levers. No sampling: add up over the levers. Then compare it with ∇J for a few
# baselines.


# %%
def expected_estimate(z, rewards, baseline):
    ### BEGIN SOLUTION
    pi = softmax(z)
    onehot = np.eye(len(z))
    return sum(pi[a] * (rewards[a] - baseline) * (onehot[a] - pi) for a in range(len(z)))
    ### END SOLUTION


# %%
ad.course.check("10.3", expected_estimate)
