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
# # 14 · Attention
#
# **Every word of a sentence looks at every other one, and takes from it what it needs. Nobody tells it
# where to look. Then how can it learn to look there?** Where a word looks must be something with a
# gradient. Below is the whole of it: three products and a softmax.
#
# After this notebook you can
#
# - **send** an adjoint back through a softmax (exercise 14.1; on paper exercise 14.4),
# - **write** the backward pass of attention, three products and one rule (exercise 14.2),
# - **forbid** a look into the future, and see that no gradient comes from there (exercise 14.3),
# - **compare** the ways of a gradient through a recurrent network, through attention, and through a
#   transformer block.
#
# *Time: 75 minutes, half of it for the exercises. Needed: lesson 5 (the rule of a matrix product), lesson 6 (softmax
# is neither elementwise nor linear), lesson 13 (the way through time).*

# %%
import numpy as np

import autodiff as ad
from autodiff.examples import digit_pictures
from autodiff.nn import LayerNorm, relu, softmax, softmax_cross_entropy
from autodiff.optim import GradientDescent
from autodiff.view.charts import plots
from autodiff.view.charts.factors import plot_jacobians


# %%
def attention(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])  # scores: how well query i fits key j
    P = softmax(S)  # row i: how query i shares out its attention
    Y = P @ V  # row i: a mean of the values, weighted by it
    return np.sum(Y**2)


rng = np.random.default_rng(0)
Q, K, V = rng.normal(size=(2, 4)), rng.normal(size=(3, 4)), rng.normal(size=(3, 5))
ad.draw(attention, Q, K, V)

# %% [markdown]
# Think of a library. A **query** says what a word is looking for, a **key** what another one offers, a **value** what
# it hands out. The fit of a query and a key is the product of two rows. Here two queries look at three
# keys. (Vaswani et al., *Attention is all you need*, 2017. The last line stands for whatever comes after.)
#
# ## 1 · Back through a softmax
#
# The first new thing is the softmax of a row. p = softmax(s) are positive numbers that add up to 1.
#
# **Predict.** Its Jacobian is J[i, j] = ∂p[i]/∂s[j]. If s[0] grows, what do p[0], p[1] and p[2] do? What do
# the numbers of a column of J add up to, and those of a row?

# %%
s = np.array([1.0, 0.0, -0.5])
p = softmax(s)
J = ad.jacobian(softmax)(s)
by_hand = np.diag(p) - np.outer(p, p)
print("columns add up to", J.sum(axis=0).round(12) + 0.0, " rows to", J.sum(axis=1).round(12) + 0.0)
assert np.allclose(J, by_hand, rtol=1e-12, atol=1e-15)
assert np.abs(J.sum(axis=0)).max() < 1e-15
assert np.abs(J.sum(axis=1)).max() < 1e-15
plot_jacobians({"J": J, "diag(p)": np.diag(p), "p pᵀ": np.outer(p, p)})

# %% [markdown]
# **Explain.** What one probability wins, the others lose: each *column* adds up to 0. And if all scores grow by
# the same amount, nothing moves: each *row* adds up to 0. J has two parts, a diagonal and a product of p with itself:
#
# $$J = \mathrm{diag}(p) - p\,p^T \qquad\qquad ct\,J = p \odot \Big(ct - \sum_k ct_k\,p_k\Big)$$
#
# The rule on the right needs no matrix: the adjoint, less its weighted mean, times p.
#
# **Predict.** The adjoints of p are (2, 2, 2). What comes back to s?

# %%
_, pullback = ad.vjp(softmax, s)
for ct in (np.full(3, 2.0), np.array([2.0, 0.0, 0.0])):
    back = p * (ct - np.sum(ct * p))
    print(
        "ct =",
        ct,
        " comes back as",
        back.round(4) + 0.0,
        " which adds up to",
        back.sum().round(12) + 0.0,
    )
    assert np.allclose(back, pullback(ct)[0], atol=1e-15)
    assert abs(back.sum()) < 1e-15

# %% [markdown]
# **Explain.** Nothing. All three probabilities can't grow at once. A softmax hears only *differences*.
#
# ### Why divide by √d?
#
# A score is a sum of d products. If queries and keys have entries of variance 1, the score has variance d.
#
# **Predict.** For d = 1024 and 20 keys: how large is the largest of the 20 probabilities, with scores as
# they are? And the Jacobian?


# %%
def typical(d, scaled, keys=20):
    """The largest probability and the size of the Jacobian, in the median of 100 draws."""
    rng, found = np.random.default_rng(0), []
    for _ in range(100):
        s = rng.normal(size=(keys, d)) @ rng.normal(size=d)
        p = softmax(s / np.sqrt(d) if scaled else s)
        found.append([p.max(), np.linalg.norm(np.diag(p) - np.outer(p, p))])
    return np.median(found, axis=0)


# %%
for d in (4, 64, 1024):
    (largest, size), (largest_scaled, size_scaled) = typical(d, False), typical(d, True)
    print(f"d = {d:4}:  as they are: largest p {largest:.3f}, size of J {size:.0e}", end="    ")
    print(f"divided by √d: {largest_scaled:.3f}, {size_scaled:.2f}")
    a, b = np.random.default_rng(1).normal(size=(2, 1000, d))
    assert np.isclose(np.sum(a * b, axis=1).var(), d, rtol=0.15)
assert largest > 0.999
assert size < 1e-3
assert size_scaled > 0.2

# %% [markdown]
# **Explain.** With d = 1024 nearly all attention goes to one key, by chance, before anything is learnt. There J is
# nearly 0: no adjoint comes back to the scores, so the look can't be learnt. Divided by √d the scores have
# variance 1 for every d. (It is lesson 1's flat end of the sigmoid, in another place. Vaswani et al. suspected it; here
# you see it.)
#
# ## 2 · Three products
#
# Now the whole of it. The rules are known: two products of matrices (lesson 5), and the softmax, row by row.
#
# **Predict.** V is (3, 5). dL/dY is (2, 5), P is (2, 3). Which product of the two has the shape of V? And which
# product of dL/dY and V gives dL/dP?

# %%
S = Q @ K.T / np.sqrt(4)
P = softmax(S)
Y = P @ V
dY = 2 * Y
dV = P.T @ dY  # (3, 5)
dP = dY @ V.T  # (2, 3)
dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
dQ, dK = dS @ K / np.sqrt(4), dS.T @ Q / np.sqrt(4)

# %%
by_hand = {"Q": dQ, "K": dK, "V": dV}
by_engine = ad.grad(attention, (0, 1, 2))(Q, K, V)
for (name, own), engine in zip(by_hand.items(), by_engine, strict=True):
    print(f"dL/d{name} {own.shape}, 12 digits agree:", np.allclose(own, engine, rtol=1e-12))
    assert np.allclose(own, engine, rtol=1e-12)

# %% [markdown]
# **Explain.** A key is looked at by all queries, so its adjoint is a sum over them: dSᵀ has turned rows into
# columns. A query looks at all keys: dS K is a sum over those.
#
# One line is worth a second look. The sum in dS runs over all keys:
#
# **Predict.** Can it be had from Y and dY alone, without P and dP, which have a number for every pair?

# %%
with_pairs = np.sum(dP * P, axis=1)
without = np.sum(dY * Y, axis=1)
print(with_pairs.round(6), without.round(6))
assert np.allclose(with_pairs, without, rtol=1e-12)

# %% [markdown]
# **Explain.** Yes: Σⱼ P[i, j] dP[i, j] = Σₖ Y[i, k] dY[i, k], since dP is dY Vᵀ and Y is P V. This little identity saves
# the memory of large models: for 10,000 words P has 100 million numbers, and with it the backward pass can make P
# again, block by block, and never hold all of it. (Dao et al., *FlashAttention*, 2022. It is lesson 5's
# checkpoint in its best-known form.)
#
# ## 3 · How far is the first word away?
#
# In lesson 13 the last state was as many steps away from the first item as the sequence is long. Here each position makes
# its own query, key and value from its row of X, and looks at all.
#
# **Predict.** How much does the last output move when the first row of X does? For 10, 40 and 160 rows, in a
# recurrent network with g = 0.8, and with attention? (Take scores 0 for all pairs, as if nothing had been
# learnt yet.)


# %%
def recurrent(X, W):
    h = np.zeros(X.shape[1])
    for x in X:
        h = np.tanh(h @ W + x)
    return h


def looking(X, W):
    """The last output of attention with all scores 0: it looks everywhere alike."""
    return np.mean(X @ W, axis=0)


# %%
rng = np.random.default_rng(0)
W = np.linalg.qr(rng.normal(size=(8, 8)))[0]  # orthogonal
for n in (10, 40, 160):
    X = rng.normal(size=(n, 8))
    through_time = np.linalg.norm(ad.jacobian(lambda X: recurrent(X, 0.8 * W))(X)[:, 0], 2)
    at_once = np.linalg.norm(ad.jacobian(lambda X: looking(X, W))(X)[:, 0], 2)
    print(f"{n:3} rows: through time {through_time:.0e}, with attention {at_once:.4f}")
    assert np.isclose(at_once, 1 / n)
    assert through_time < 0.8 ** (n - 1)

# %% [markdown]
# **Explain.** Through time it falls like a power, below 0.8 to the (n - 1)th. With attention it is 1/n: the first row
# is *one* step away, and has to share with the others. 1/160 is small, but it is a number that one can learn
# from. Then the look moves there, and it grows.
#
# Let us see that on the task of lesson 13: the first of 40 items is +1 or -1, the rest is noise, and the question is
# which one it was. The recurrent network with g = 0.8 did not move from log 2. Now one query, which is learnt,
# looks at 40 keys, which are learnt, one per position; the values come from the items.


# %%
def task(rng, steps, N=32):
    first = rng.integers(2, size=N)
    xs = 0.1 * rng.normal(size=(steps, N, 1))
    xs[0, :, 0] = 2 * first - 1
    return xs, first


def look(p):
    return softmax(p["q"] @ p["K"].T / np.sqrt(p["q"].size))


def loss(p, xs, first):
    values = xs @ p["U"]  # (steps, N, n)
    h = np.sum(look(p)[:, None, None] * values, axis=0)
    return softmax_cross_entropy(h @ p["V"], first)


# %%
rng, n, steps = np.random.default_rng(0), 16, 40
params = {"q": rng.normal(size=n), "K": rng.normal(size=(steps, n))}
params |= {"U": rng.normal(size=(1, n)), "V": 0.1 * rng.normal(size=(n, 2))}
rule, losses, before = GradientDescent(1.0), [], look(params)
state = rule.init(params)
for _ in range(200):
    L, gradient = ad.value_and_grad(loss)(params, *task(rng, steps))
    params, state = rule.update(params, gradient, state)
    losses.append(float(L))
print(f"loss at the end: {np.mean(losses[-20:]):.4f}")
print(f"attention on the first item: {before[0]:.2f} before, {look(params)[0]:.2f} after")
assert np.mean(losses[-20:]) < 0.01
assert before[0] < 0.05 < 0.4 < look(params)[0] == look(params).max()

# %%
axes, chart = plots.new_axes(None, (6.4, 2.4))
axes.bar(np.arange(steps) - 0.2, before, width=0.4, label="before")
axes.bar(np.arange(steps) + 0.2, look(params), width=0.4, label="after 200 updates")
axes.set(xlabel="position", ylabel="attention")
axes.legend(frameon=False)
chart.alt_text = (
    "Attention on 40 positions: spread before the training, most of it on position 0 after"
)
chart

# %% [markdown]
# **Explain.** Nobody said "look at the first one". The adjoint of the loss came back through V to the probabilities, through
# the softmax to the scores, and to the query and the keys: *where to look* is a number like all others.
#
# ### The future
#
# A model that writes must not look at what is not written yet. So those scores are set to -∞ before the softmax.
#
# **Predict.** Y[i] may look at V[j] for j up to i. Which blocks ∂Y[i]/∂V[j] of the Jacobian are 0, and are they exactly 0?


# %%
def masked(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    S = np.where(np.tri(len(Q), dtype=bool), S, -np.inf)
    return softmax(S) @ V


rng = np.random.default_rng(0)
three = rng.normal(size=(3, 6, 4))  # Q, K and V
by_V = np.abs(ad.jacobian(masked, 2)(*three)).max(axis=(1, 3))  # one number per pair i, j
by_K = np.abs(ad.jacobian(masked, 1)(*three)).max(axis=(1, 3))
assert np.array_equal(by_V == 0, ~np.tri(6, dtype=bool))
assert np.all(by_K[~np.tri(6, dtype=bool)] == 0)
assert np.all(by_K[0] == 0)
plot_jacobians({"∂Y/∂V": by_V, "∂Y/∂K": by_K})  # row i, column j: the largest of its block

# %% [markdown]
# **Explain.** All above the diagonal, and exactly: exp(-∞) is 0, and 0 times anything is no share. The first row
# of ∂Y/∂K is 0 as a whole. Why? (What can a softmax of a single score do?)
#
# ## 4 · A block, and what `x +` is for
#
# A transformer is a tower of blocks. A block is attention, then a small network for each position, and each of the
# two is *added* to what it got. (In front of each stands a LayerNorm, which gives every row the mean 0 and the variance 1.)


# %%
def weights(rng, n):
    W = {name: rng.normal(size=(n, n)) / np.sqrt(n) for name in "QKVO"}
    W["up"] = rng.normal(size=(n, 4 * n)) * np.sqrt(2 / n)
    W["down"] = rng.normal(size=(4 * n, n)) / np.sqrt(4 * n)
    return W


def look_around(x, W):
    Q, K, V = x @ W["Q"], x @ W["K"], x @ W["V"]
    return softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V @ W["O"]


def think(x, W):
    return relu(x @ W["up"]) @ W["down"]


# %%
def loss_of(x, W):
    with ad.scope("look around"):
        part = look_around(LayerNorm.init(8)(x), W)
    a = x + part
    with ad.scope("think"):
        part = think(LayerNorm.init(8)(a), W)
    y = a + part
    L = np.sum(y**2)
    return L


rng = np.random.default_rng(0)
x, W = rng.normal(size=(5, 8)), weights(rng, 8)
ad.draw(lambda x: loss_of(x, W), x, flow=True, collapse=True, constants="none")

# %% [markdown]
# **Explain.** Follow the adjoint from the bottom. At each `+` it is handed on to both sides, unchanged (lesson 4: *add
# hands on*). One way goes through the block's part, the other one around it. So the Jacobian of such a part is I + J, where
# without the `x +` it is J alone.
#
# What happens without? Lesson 8 asked how much the values differ from image to image. Here we ask how much they differ from
# *position to position*, as a share of their size.
#
# **Predict.** Twelve blocks, with and without `x +`, untrained. What is left of the differences at the top? And of the
# gradient?


# %%
def size(a):
    return float(np.sqrt(np.mean(np.square(a))))


def tower(residual, blocks=12, n=16):
    rng, norm = np.random.default_rng(0), LayerNorm.init(n)
    x = ad.Tensor(rng.normal(size=(10, n)))
    levels = [x]
    for _ in range(blocks):
        W, x = weights(rng, n), levels[-1]
        a = look_around(norm(x), W) + (x if residual else 0)
        levels.append(think(norm(a), W) + (a if residual else 0))
    L = np.sum(levels[-1] * rng.normal(size=(10, n)))
    L.backward(keep=True)
    return levels


# %%
def apart(a):
    """What differs from position to position."""
    return a - a.mean(axis=0)


towers = {"with x +": tower(True), "without": tower(False)}
for name, levels in towers.items():
    shares = [size(apart(x.data)) / size(x.data) for x in levels[::4]]
    print(f"{name:9} differences as a share, levels 0, 4, 8, 12:", [f"{own:.0e}" for own in shares])
    adjoints = [size(x.grad) for x in levels[::4]]
    print(f"{'':9} size of the adjoint, the same levels:     ", [f"{own:.0e}" for own in adjoints])
with_it, without = towers.values()
assert size(apart(with_it[-1].data)) > 0.3 * size(with_it[-1].data)
assert size(apart(without[8].data)) < 1e-14 * size(without[8].data)
assert all(size(x.grad) > 0.005 for x in without)

# %% [markdown]
# **Explain.** Without `x +` the rows become *the same row*: each look around is a mean, and means of means forget who was
# who. After eight blocks no digit of the difference is left. (Dong, Cordonnier and Loukas, 2021: "attention is not all you
# need".) Yet the size of the adjoint raises no alarm: a hundredth, at worst. It is the surprise of lessons 8 and 13 for the
# third time. Ask the adjoint the same question, what it says to each position *apart*:

# %%
parts = {name: [size(apart(x.grad)) for x in levels[1:-1]] for name, levels in towers.items()}
assert min(parts["with x +"]) > 0.3
assert parts["without"][7] < 1e-14
chart = digit_pictures.plot_layers(parts, "size of what the adjoint\nsays to each position apart")
chart.axes[0].set_xlabel("block")
chart

# %% [markdown]
# **Explain.** It says the same to all. What can't get through forward can't be blamed backward. With the `x +` there
# is always a way on which nothing is averaged.
#
# **Change one thing.** Leave out only one of the two `x +` in `tower`. Which one is it that keeps the positions apart?
#
# ## Summary
#
# 1. A softmax hands back the adjoint less its weighted mean, times p: what is common to all scores counts
#    nothing, and a row that has decided already learns nothing.
# 2. Attention is three products: adjoints come back with the transposes, and the first position is one step
#    away from the last.
# 3. Blocks *add* to what they get, so the adjoint always has a way on which nothing is averaged away.
#
# **What breaks next.** You have now taken apart every piece of the models of today. What is left is their size.
#
# ## Exercises
#
# ### 14.1 · Back through a softmax
#
# Write `softmax_vjp(ct, p)`: the adjoint of the scores S, where p = softmax(S) and ct is the adjoint of p. Both are
# matrices, one softmax per row. In NumPy, without the engine.


# %%
def softmax_vjp(ct, p):
    ### BEGIN SOLUTION
    return p * (ct - np.sum(ct * p, axis=1, keepdims=True))
    ### END SOLUTION


# %%
ad.course.check("14.1", softmax_vjp)

# %% [markdown]
# ### 14.2 · The backward pass of attention
#
# Y = softmax(Q Kᵀ / √d) V, where d is the number of columns of Q. Write `attention_vjp(dY, Q, K, V)`: the triple (dL/dQ,
# dL/dK, dL/dV) for the adjoint dY of Y. All four sizes may differ. `softmax` is allowed, the engine is not.


# %%
def attention_vjp(dY, Q, K, V):
    ### BEGIN SOLUTION
    d = Q.shape[1]
    P = softmax(Q @ K.T / np.sqrt(d))
    dP = dY @ V.T
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True)) / np.sqrt(d)
    return dS @ K, dS.T @ Q, P.T @ dY
    ### END SOLUTION


# %%
ad.course.check("14.2", attention_vjp)

# %% [markdown]
# ### 14.3 · No look into the future
#
# Write `causal(Q, K, V)`: attention (with √d) in which position i looks at positions 0 ... i only. Q, K and V have one
# row per position.


# %%
def causal(Q, K, V):
    ### BEGIN SOLUTION
    S = Q @ K.T / np.sqrt(Q.shape[1])
    S = np.where(np.tri(len(Q), dtype=bool), S, -np.inf)
    return softmax(S) @ V
    ### END SOLUTION


# %%
ad.course.check("14.3", causal)

# %% [markdown]
# ### 14.4 · On paper: what comes back?
#
# p = softmax(s) = (0.5, 0.3, 0.2), and the adjoint of p is ct = (5, 5, 5). *What is the adjoint of s?*
#
# - **a** (5, 5, 5)
# - **b** (1.25, 1.05, 0.8)
# - **c** (0, 0, 0)
# - **d** (2.5, 1.5, 1)
#
# *And why?*
#
# - **1** The probabilities add up to 1, so what counts the same for all of them can't change L.
# - **2** The softmax is saturated here.
# - **3** The slopes p (1 - p) are 0.
# - **4** The rule takes the largest adjoint off from all.
#
# Return the letter and the number, for example `return "a", 3`.


# %%
def answer():
    ### BEGIN SOLUTION
    return "c", 1
    ### END SOLUTION


# %%
ad.course.check("14.4", answer)
