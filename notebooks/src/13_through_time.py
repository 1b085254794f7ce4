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
# # 13 · Backpropagation through time
#
# **A recurrent network reads a sequence, one item after the other, and uses the same weights at every
# step. What is the gradient of a weight that was used fifty times? And does the fiftieth step still hear
# of the first?** Below are three steps of the smallest such network: one unit, one weight w.
#
# After this notebook you can
#
# - **unroll** a loop into a graph, and **write** its backward pass by hand (exercise 13.1),
# - **predict** by how much a gradient grows or shrinks in fifty steps, and **read** it from a picture
#   (exercise 13.4),
# - **cut** a gradient to the last k steps, and say what is lost (exercise 13.2),
# - **clip** a gradient without turning it (exercise 13.3).
#
# *Time: 75 minutes, half of it for the exercises. Needed: lesson 4 (values that are used more than
# once), lesson 8 (sizes of adjoints, batches of rows, SGD).*

# %%
import numpy as np

import autodiff as ad
from autodiff.examples import digit_pictures
from autodiff.nn import sigmoid, softmax_cross_entropy
from autodiff.optim import GradientDescent
from autodiff.view.charts import plots


# %%
def rnn(w, xs):
    h = 0.5
    for x in xs:
        h = np.tanh(w * h + x)
    return h


xs = [1.0, -0.5, 0.2]
ad.draw(lambda w: rnn(w, xs), 0.8)

# %% [markdown]
# ## 1 · A loop, unrolled
#
# The rule of the network is $h_t = \tanh(w\,h_{t-1} + x_t)$. The loop has one line with one w. The picture
# has no loop: each round has boxes of its own, and **one w has three arrows**.
#
# **Predict.** Let each round have a weight of its own, w1, w2 and w3, all of them 0.8. How do the three
# derivatives by them give the derivative by w?


# %%
def copies(w1, w2, w3):
    h = 0.5
    for w, x in zip((w1, w2, w3), xs, strict=True):
        h = np.tanh(w * h + x)
    return h


shares = ad.grad(copies, argnums=(0, 1, 2))(0.8, 0.8, 0.8)
whole = ad.grad(rnn)(0.8, xs)
print("by w1, w2, w3:", np.round(shares, 4), "  their sum:", round(sum(shares), 4))
print("by w:         ", round(whole, 4))
assert np.isclose(sum(shares), whole, rtol=1e-14)

# %% [markdown]
# **Explain.** They add up. A weight that is used at every step is lesson 4's value with several users: each
# use hands back a share, and the shares are added. Nothing else is new. The reverse sweep over an
# unrolled loop has a name of its own, **backpropagation through time** (Werbos, 1990).
#
# Here it is by hand. `dh` is the adjoint of the state, `dz` that of what stands inside the tanh.

# %%
w, states = 0.8, [0.5]
for x in xs:
    states.append(np.tanh(w * states[-1] + x))
dh, dw = 1.0, 0.0
for t in (3, 2, 1):
    dz = dh * (1 - states[t] ** 2)
    dw += dz * states[t - 1]  # this step's share
    dh = dz * w  # handed on to the step before
    print(f"step {t}: dw so far {dw:.4f}, handed on to the step before: {dh:.4f}")
assert np.isclose(dw, whole, rtol=1e-14)

# %% [markdown]
# The forward pass runs from the first step to the last and keeps every state; the sweep runs from the last
# to the first. Look at the line `dh = dz * w`: on its way back the adjoint is multiplied at each step, by
#
# $$\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2)\,w$$
#
# **Change one thing.** Let the network read fifty numbers 0.1, and print `dh` at the end. And with w = 1.2?
#
# ## 2 · Fifty steps
#
# Now with 16 units. A state h is a row of 16 numbers, W is a matrix, and a step is `np.tanh(h @ W + x)`.
# The adjoint goes back through fifty products with Wᵀ. To see what W alone does, we take a matrix that
# does one thing only: g times an orthogonal one. An **orthogonal** matrix turns a vector and leaves its
# length as it is, so W multiplies every length by g.
#
# **Predict.** First without tanh. How much is left of an adjoint after 50 steps for g = 0.9? And for
# g = 1.1? (Guess the powers of ten.)


# %%
def orthogonal(rng, n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def lengths(g, activation, steps=50, n=16):
    """The length of the adjoint of each state, the first one first."""
    rng = np.random.default_rng(0)
    W, h = g * orthogonal(rng, n), ad.Tensor(rng.normal(size=n))
    states = [h]
    for _ in range(steps):
        states.append(activation(states[-1] @ W))
    y = states[-1] @ rng.normal(size=n)
    y.backward(keep=True)
    return [float(np.linalg.norm(h.grad)) for h in states]


# %%
def plain(z):
    return 1.0 * z


for g in (0.9, 1.0, 1.1):
    found = lengths(g, plain)
    print(f"g = {g}: after 50 steps back {found[0] / found[-1]:.3f}, and g to the 50th {g**50:.3f}")
    assert np.isclose(found[0] / found[-1], g**50, rtol=1e-10)

# %% [markdown]
# **Explain.** 0.005, 1 and 117: g to the 50th power, to ten digits. A factor that is used fifty times is nearly
# always 0 or huge. In lesson 8 the layers had weights of their own, which could balance each other.
# Here it is the *same* matrix at every step, so nothing can balance it.
#
# **Predict.** And with tanh, which has slopes between 0 and 1? Does it help the ones that shrink, or
# those that grow?

# %%
curves = {f"g = {g}, {f.__name__}": lengths(g, f) for f in (plain, np.tanh) for g in (0.8, 1, 1.2)}
for g in (0.8, 1, 1.2):
    found = lengths(g, np.tanh)
    assert np.all(np.divide(found[:-1], found[1:]) <= g * (1 + 1e-12))
chart = digit_pictures.plot_layers(curves, "length of the adjoint of the state")
chart.axes[0].set_xlabel("step")
chart

# %% [markdown]
# **Explain.** Read each curve from the right, where the sweep begins. A slope of at most 1 can only shrink
# an adjoint further: with tanh no step multiplies a length by more than g, and the cell asserts it for
# every step. So for g < 1 the gradient *must* vanish. For g > 1 it *may* explode, but the tanh may also
# save it, where the units are far from 0. (Pascanu, Mikolov and Bengio, 2013, who prove both, with the
# largest singular value of W for g. Hochreiter saw it in 1991.)
#
# ## 3 · What vanishes, and what does not
#
# Now a network that reads something at every step, with g = 0.8. To see each step's share of dL/dW we give
# every step a copy of W again.
#
# **Predict.** The share of step 1 went back through 49 steps. How small is it beside the share of step 50? And
# is dL/dW, the sum of all, small too?


# %%
def reading(Ws, xs, h):
    for W, x in zip(Ws, xs, strict=True):
        h = np.tanh(h @ W + x)
    return h @ np.linspace(-1, 1, h.size)


rng = np.random.default_rng(0)
W, h0 = 0.8 * orthogonal(rng, 16), rng.normal(size=16)
inputs = rng.normal(size=(50, 16))
shares = ad.grad(reading)([W] * 50, inputs, h0)
sizes = [float(np.linalg.norm(share)) for share in shares]
total, far = np.linalg.norm(sum(shares)), np.linalg.norm(sum(shares[:40]))
print(f"share of step 1: {sizes[0]:.0e}   share of step 50: {sizes[-1]:.1f}   dL/dW: {total:.1f}")
print(f"steps 1 to 40 together: {far / total:.1%} of it")
assert sizes[0] < 1e-12 < 1 < total
assert 0.0005 < far / total < 0.002

# %% [markdown]
# **Explain.** Here is the surprise of this lesson. **The gradient by W is large and healthy, and knows next to
# nothing of the first forty steps.** They have a thousandth of it in all, the first step less than 10⁻¹². In lesson 8 a vanishing gradient was a small
# number beside a weight, and could be seen there. Here the near shares cover up the far ones in one sum. So
# look at the adjoints of the *states*, step by step, and not at dL/dW.
#
# Does it matter? A task: the first item is +1 or -1, all others are noise. At the end, say what the first
# one was. A network that knows nothing has the loss log 2 = 0.693. The states are rows again, one per
# sequence.


# %%
def task(rng, steps, N=32):
    first = rng.integers(2, size=N)
    xs = 0.1 * rng.normal(size=(steps, N, 1))
    xs[0, :, 0] = 2 * first - 1
    return xs, first


def tanh_step(h, x, p):
    return np.tanh(h @ p["W"] + x @ p["U"])


def loss(p, xs, first, step):
    h = np.zeros((len(first), len(p["W"])))
    for x in xs:
        h = step(h, x, p)
    return softmax_cross_entropy(h @ p["V"], first)


# %%
def trained(g, steps, step=tanh_step, updates=200, n=16):
    rng, rule = np.random.default_rng(0), GradientDescent(0.1)
    p = {"W": g * orthogonal(rng, n), "U": rng.normal(size=(1, n))}
    p["V"] = 0.1 * rng.normal(size=(n, 2))
    state, losses = rule.init(p), []
    for _ in range(updates):
        L, gradient = ad.value_and_grad(loss)(p, *task(rng, steps), step)
        p, state = rule.update(p, gradient, state)
        losses.append(float(L))
    return losses


# %% [markdown]
# **Predict.** With g = 0.8: does it learn to remember over 10 steps? Over 40? And with g = 1?

# %%
runs = {
    f"g = {g}, {steps} steps": trained(g, steps) for g, steps in ((0.8, 10), (0.8, 40), (1, 40))
}
ends = {name: np.mean(losses[-20:]) for name, losses in runs.items()}
for name, end in ends.items():
    print(f"{name}: loss {end:.3f}   (log 2 is {np.log(2):.3f})")
assert ends["g = 0.8, 10 steps"] < 0.05
assert abs(ends["g = 0.8, 40 steps"] - np.log(2)) < 0.02
assert ends["g = 1, 40 steps"] < 0.05
chart = plots.plot_losses(runs)
chart.axes[0].set_xlabel("update")
chart

# %% [markdown]
# **Explain.** The same network with the same rule learns over 10 steps, and in 200 updates nothing over 40: its
# loss rests at log 2, as if the first item were not there. For its gradient it is not. With g = 1 the adjoint arrives,
# and it learns.
#
# A start with g = 1 is one cure. The other one changes the step. "Add hands on" (lesson 4): if a state is
# *added* to, in place of being multiplied, its adjoint goes back unchanged.
#
# $$h_t = h_{t-1} + 0.1 \tanh(h_{t-1} W + x_t U)$$
#
# **Predict.** The same W with g = 0.8, and 40 steps. Does it learn?


# %%
def adding_step(h, x, p):
    return h + 0.1 * tanh_step(h, x, p)


losses = trained(0.8, 40, adding_step)
print("loss at the end:", np.mean(losses[-20:]).round(3))
assert np.mean(losses[-20:]) < 0.05
J = ad.jacobian(lambda h: h + 0.1 * np.tanh(h @ W))(h0)
assert np.linalg.norm(J - np.eye(16), 2) <= 0.08  # the W of above, with g = 0.8

# %% [markdown]
# **Explain.** It does. The Jacobian of a step is now the identity plus something small (at most
# 0.1 · 0.8). This is the idea of the LSTM (Hochreiter and Schmidhuber, 1997), which also learns *when* to add
# and when to forget, by multiplications that are called gates. You will meet the `h +` again in lesson 14.
#
# ## 4 · The wall: gradients that explode, and clipping
#
# Take one unit, with a sigmoid, and fifty steps (after Pascanu et al., 2013):
#
# $$h_t = w\,\sigma(h_{t-1}) - 2.5 \qquad\qquad L = (\sigma(h_{50}) - 0.7)^2$$
#
# **Predict.** We draw L over w. It is made of fifty smooth steps. How will the curve look?


# %%
def fifty(w):
    h = 0.5
    for _ in range(50):
        h = w * sigmoid(h) - 2.5
    return (sigmoid(h) - 0.7) ** 2


left, right, wall = (ad.grad(fifty)(w) for w in (4.6, 5.2, 4.8193))
print(f"slope at 4.6: {left:.2f}, at 5.2: {right:.2f}, on the wall: {wall:.0f}")
assert max(abs(left), abs(right)) < 0.1
assert -900 < wall < -800

# %%
ws = np.linspace(4.6, 5.2, 601)
axes, chart = plots.new_axes(None, (6.4, 2.8))
axes.plot(ws, [fifty(w) for w in ws])
axes.set(xlabel="w", ylabel="L")
chart.alt_text = (
    "L over w: a plain at 0.32, a wall at 4.82 that falls to 0, and a slow rise after it"
)
chart

# %% [markdown]
# **Explain.** A plain, a valley, and between them a **wall**. On one side of w = 4.82 fifty steps end at a low
# h, on the other side at a high one. The slope is small nearly everywhere, and on the wall it is several
# hundred. Now imagine that a training run steps onto the wall.
#
# **Predict.** At w = 4.8193, on the wall, we make one step of SGD with the rate 0.1. Where does it end?

# %%
w = 4.8193
L, slope = ad.value_and_grad(fifty)(w)
thrown = w - 0.1 * slope
clipped = w - 0.1 * slope * min(1.0, 1.0 / abs(slope))
for name, place in (("as it is", thrown), ("clipped to length 1", clipped)):
    L_there, slope_there = ad.value_and_grad(fifty)(place)
    print(f"{name:20} w = {place:7.3f}   L = {L_there:.4f}   slope there {slope_there:.0e}")
assert thrown > 50
assert abs(ad.grad(fifty)(thrown)) < 1e-9
assert fifty(clipped) < 0.2 * L

# %% [markdown]
# **Explain.** The step is thrown over the valley and far away, to a place where the slope is 0 and nothing
# brings it back. The direction was right; the length was not. So keep the direction, and bound the length:
#
# $$g \leftarrow g \cdot \min\left(1, \frac{\mathrm{limit}}{\|g\|}\right)$$
#
# Here ‖g‖ is the length of the gradient of *all* parameters together. Clipping each array by itself,
# or each number, would turn the direction. You write it in exercise 13.3.
#
# Clipping is for gradients that explode. It does nothing for those that vanish.
#
# ## 5 · Truncation: a gradient with a short memory
#
# A text has a million letters. Unrolled in one piece it is a tape with a million steps (lesson 4: the price is
# memory). So the sweep is cut: the *state* is carried on, the *gradient* stops. In code it is one call.
# `ad.stop_gradient(h)` is h as a plain number.
#
# **Predict.** We cut in front of the last ten of fifty steps. Does the value of L change? What is the gradient,
# in terms of the fifty shares of section 3?


# %%
def cut(W, xs, h, last):
    for t, x in enumerate(xs):
        if t == len(xs) - last:
            h = ad.stop_gradient(h)
        h = np.tanh(h @ W + x)
    return h @ np.linspace(-1, 1, h.size)


full, full_gradient = ad.value_and_grad(cut)(W, inputs, h0, 50)
short, short_gradient = ad.value_and_grad(cut)(W, inputs, h0, 10)
print("same value:", full == short)
print("the sum of the last ten shares:", np.allclose(short_gradient, sum(shares[40:]), rtol=1e-12))
assert full == short
assert np.allclose(short_gradient, sum(shares[40:]), rtol=1e-12)
assert np.allclose(full_gradient, sum(shares), rtol=1e-12)

# %% [markdown]
# **Explain.** The value is the same to the last bit. The gradient is the sum of the last ten shares: what is
# cut off is *exactly* what came from further away. That is no noise that would go away in the mean, it is
# a **bias**: a truncated network is never told of anything older than the cut, though its state may know it.
#
# And the price? Nothing older than the cut is needed, so one need not keep it: run a block of ten steps,
# sweep, throw its tape away, and carry the state on as a plain number.


# %%
def block(W, xs, h):
    for x in xs:
        h = np.tanh(h @ W + x)
    return h


def rows(xs, h):
    tape = ad.Tape()
    tape(block)(W, xs, h)
    return len(tape)


h, most = h0, 0
for start in range(0, 50, 10):
    most = max(most, rows(inputs[start : start + 10], h))
    h = block(W, inputs[start : start + 10], h)  # a number: the next block takes it as it is
print(f"rows on the tape: {rows(inputs, h0)} in one piece, {most} in blocks of ten")
assert np.array_equal(h, block(W, inputs, h0))
assert most < rows(inputs, h0) / 4

# %% [markdown]
# **Change one thing.** In section 3's task, put `h = ad.stop_gradient(h)` into the loop of `loss`, at every
# step. Can it still learn over 10 steps? (What was the first item's way to the loss?)
#
# ## Summary
#
# 1. Backpropagation through time is the reverse sweep over the unrolled loop: one weight, one share per step,
#    and the shares add up.
# 2. On the way back an adjoint meets the same factor at every step, so it vanishes or explodes like a power;
#    dL/dW can look healthy all the same, so look at the adjoints of the states.
# 3. Clipping bounds the length of a gradient and keeps its direction; truncation leaves the value as it is and
#    drops the far shares, which is a bias.
#
# **What breaks next.** The way from the first item to the last is as long as the sequence. What if every step
# could look at every other one directly? That is lesson 14.
#
# ## Exercises
#
# ### 13.1 · Through time, by hand
#
# A network makes the states $h_t = \tanh(h_{t-1} W + a_t)$ for t = 1 ... T, each with one row per sequence. (The
# inputs are multiplied already: a_t is x_t U.) Every state also has a direct way to the loss. Write
# `through_time(W, a, h0, cts)`: the pair (dL/dW, dL/dh0). `a[t]` and `cts[t]` belong to the same step, the first is
# number 0; `cts[t]` is the adjoint that the state of that step gets *directly*. In NumPy, without the engine.


# %%
def through_time(W, a, h0, cts):
    ### BEGIN SOLUTION
    states = [h0]
    for inputs in a:
        states.append(np.tanh(states[-1] @ W + inputs))
    dW, dh = np.zeros_like(W), np.zeros_like(h0)
    for t in reversed(range(len(a))):
        dz = (dh + cts[t]) * (1 - states[t + 1] ** 2)
        dW = dW + states[t].T @ dz
        dh = dz @ W.T
    return dW, dh
    ### END SOLUTION


# %%
ad.course.check("13.1", through_time)

# %% [markdown]
# ### 13.2 · Only the last k steps
#
# Write `truncated(step, h, xs, k)`: the last state, where each one is `h = step(h, x)` for the next x of the
# list. Its *value* must be that of the full run. Its *gradient* must know the last k steps only. The list may
# be shorter than k.


# %%
def truncated(step, h, xs, k):
    ### BEGIN SOLUTION
    for t, x in enumerate(xs):
        if t == len(xs) - k:
            h = ad.stop_gradient(h)
        h = step(h, x)
    return h
    ### END SOLUTION


# %%
ad.course.check("13.2", truncated)

# %% [markdown]
# ### 13.3 · Clip, and keep the direction
#
# Write `clip(gradient, limit)` for a dict of arrays, the gradients of all parameters: a dict with the same names.
# If the length of all of them together (the root of the sum of *all* squares) is above the limit, they
# are shrunk so that it is the limit. Else they stay.


# %%
def clip(gradient, limit):
    ### BEGIN SOLUTION
    length = np.sqrt(sum(np.sum(own**2) for own in gradient.values()))
    factor = min(1.0, limit / length) if length else 1.0
    return {name: factor * own for name, own in gradient.items()}
    ### END SOLUTION


# %%
ad.course.check("13.3", clip)

# %% [markdown]
# ### 13.4 · Read the picture
#
# Three networks read fifty items, as in section 3. The picture shows the length of each step's share of dL/dW.


# %%
def share_lengths(g, strength):
    rng = np.random.default_rng(0)
    W, h0 = g * orthogonal(rng, 16), rng.normal(size=16)
    shares = ad.grad(reading)([W] * 50, strength * rng.normal(size=(50, 16)), h0)
    return [float(np.linalg.norm(share)) for share in shares]


chart = digit_pictures.plot_layers(
    {"A": share_lengths(0.6, 0.3), "B": share_lengths(1.3, 0.3), "C": share_lengths(1.6, 0.3)},
    "length of the step's share of dL/dW",
)
chart.axes[0].set_xlabel("step")
chart

# %% [markdown]
# Network **A** is to learn something that depends on item 1. Its loss does not move. *Which change helps?*
#
# - **a** a rate that is 1000 times larger
# - **b** clipping the gradient to the length 1
# - **c** a start with g = 1 in place of g = 0.6
# - **d** cutting the gradient to the last ten steps
#
# *And what does your change do to the shares?*
#
# - **1** It multiplies all of them by the same number.
# - **2** It makes each of the fifty factors larger, so the far shares grow the most.
# - **3** It takes the far ones out.
# - **4** It bounds the length of their sum.
#
# Return the letter and the number, for example `return "a", 3`.


# %%
def answer():
    ### BEGIN SOLUTION
    return "c", 2
    ### END SOLUTION


# %%
ad.course.check("13.4", answer)
