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
# # 5 · Forward against reverse: what a derivative costs
#
# **A function has n inputs and m outputs, so its Jacobian has m × n numbers. Why can a thousand of
# them cost no more than two or three runs of the function?** Below is one run of one function, differentiated both ways.
# Count the edges on each side.
#
# After this notebook you can
#
# - **choose** the cheaper mode for a Jacobian, and say by how much (exercise 5.1),
# - **write** the reverse rule of an array operation, broadcasting undone (exercise 5.2),
# - **derive** the rule of a matrix product from the shapes, and say how much these tell (exercises
#   5.3 and 5.5),
# - **multiply** by a Hessian that is never built (exercise 5.4),
# - **trade** memory for a second run, with checkpoints.
#
# *Time: 90 minutes, half of it for the exercises. Needed: lesson 3 (forward mode), lesson 4 (reverse
# mode), matrix products.*

# %%
import timeit
import tracemalloc

import numpy as np

import autodiff as ad
from autodiff.core.language.equation import Equation
from autodiff.course.helpers.counting import Counted
from autodiff.view.charts import plots


# %%
def f(x1, x2):
    a = np.log(x1)
    b = x1 * x2
    y = a * b
    return y


ad.compare(f, 2.0, 5.0)

# %% [markdown]
# ## 1 · The same edges, walked both ways
#
# Both modes multiply along edges and add where edges meet. Forward mode goes with the arrows and
# starts at the inputs; reverse mode goes against them and starts at the output. The toolkit's steps
# are records: one *contribution* is one multiplication along one edge.
#
# **Predict.** Count the edges in the picture. How many contributions has one forward pass, along the
# direction (1, 1)? How many has one reverse pass?


# %%
def contributions(sweep):
    steps = ad.steps(f, 2.0, 5.0, sweeps=sweep, tangents=(1.0, 1.0))
    return sum(step.kind == "contribution" for step in steps)


print("forward pass:", contributions("dual"), "  reverse pass:", contributions("reverse"))
assert contributions("dual") == contributions("reverse") == 5

# %% [markdown]
# **Explain.** Each walks every edge once. **One pass takes the same number of multiplications in both modes.**
# (What a clock says is another question, for section 3. Along a unit
# seed some edges carry nothing, dashed in the picture. In general one can't count on that.) What
# differs is what you get: a forward pass knows the derivative of *every* value along *one*
# direction, a reverse pass the derivative of *one* output with respect to *every* value.

# %% [markdown]
# ## 2 · One pass per column, one pass per row
#
# The Jacobian J has m rows (outputs) and n columns (inputs). A forward pass with seed t gives J t, so
# a unit seed gives a column. A reverse pass with seed ct gives ct J, so a unit seed gives a row. (The
# seed of a reverse pass has a name of its own, **cotangent**, ct for short: it says how much each
# output counts. `ad.vjp(g, x)` returns the value and the **pullback**, which makes a reverse pass for
# any ct.)
#
# **Predict.** How many passes does each mode need for n = 6, m = 1? For 3 and 3? For 1 and 6?


# %%
def network(n, m, width=8):
    rng = np.random.default_rng(0)
    B, A = rng.normal(size=(width, n)), rng.normal(size=(m, width))
    return lambda x: A @ np.tanh(B @ x)


def jacobian_twice(n, m):
    g, x = Counted(network(n, m)), np.ones(n)
    columns = [ad.jvp(g, (x,), (seed,))[1] for seed in np.eye(n)]
    pullback = Counted(ad.vjp(network(n, m), x)[1])
    rows = [pullback(seed)[0] for seed in np.eye(m)]
    assert np.allclose(np.stack(columns, axis=1), np.stack(rows, axis=0), rtol=1e-12)
    return g.calls, pullback.calls


# %%
for n, m in ((6, 1), (3, 3), (1, 6)):
    forward, reverse = jacobian_twice(n, m)
    print(f"n = {n}, m = {m}:  {forward} forward passes,  {reverse} reverse passes")
assert jacobian_twice(6, 1) == (6, 1)
assert jacobian_twice(1, 6) == (1, 6)

# %% [markdown]
# **Explain.** The same matrix, n passes or m passes. A loss has m = 1, whatever the network: reverse
# mode. A curve in space has n = 1: forward mode. `ad.jacobian(g)` counts for you and takes the mode
# with fewer passes; `mode="forward"` or `mode="reverse"` forces one.

# %% [markdown]
# ## 3 · A gradient is cheap, whatever n
#
# The **gradient** ∇f of a function with one result holds its n derivatives. Take Rosenbrock's function of
# n numbers, one number at a time, so that the tape has a row for every operation on numbers:


# %%
def rosenbrock(*x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100 * (x[i + 1] - x[i] * x[i]) ** 2 + (1 - x[i]) ** 2
    return total


def counted_work(n):
    tape = ad.Tape()
    tape(rosenbrock)(*np.linspace(-1, 1, n))
    operations = sum(equation.op is not None for equation in tape)
    edges = sum(isinstance(i, Equation) for equation in tape for i in equation.inputs)
    return operations, edges


# %% [markdown]
# **Predict.** For 1000 inputs the value takes about 8,000 operations. How many contributions does the
# gradient take in reverse mode, for all its 1000 numbers? And in forward mode?

# %%
for n in (10, 100, 1000):
    operations, edges = counted_work(n)
    print(f"n = {n:4}: value {operations:5} operations, reverse {edges:6}, forward {n * edges:9}")
    assert 1.4 * operations < edges < 1.6 * operations
assert round(n * edges / 1e6) == 12

# %% [markdown]
# **Explain.** Look along the row of n = 1000. The gradient costs about 1.5 contributions for each
# operation of the value, **and that ratio does not depend on n**. An operation has one or two
# operands, so it can't have more than two edges. A thousand derivatives for the price of two or three
# runs: this is why networks can be trained at all. Forward mode would need 12 million contributions.
#
# | | forward mode | reverse mode | central differences |
# | --- | --- | --- | --- |
# | one pass gives | J t: a column | ct J: a row | a column, nearly (two runs) |
# | passes for the Jacobian | n | m | 2n runs |
# | passes for the gradient of a loss (m = 1) | n | 1 | 2n runs |
# | kept at a time | one pair | every value (the tape) | two values |
#
# $$\mathrm{cost}(f, \nabla f) \le c \cdot \mathrm{cost}(f) \qquad\text{with a small } c \text{ that does not depend on } n$$
#
# (Baur and Strassen proved this in 1983. It is called the cheap gradient principle.)
#
# Do clocks agree? The next cell measures the time for a full Jacobian with n + m = 1024. (The picture is
# not kept, since it differs from machine to machine.)
#
# **Predict.** Which mode wins at the left end, where n = 1, and which at the right end, where m = 1? Do
# the curves cross in the middle?

# %% tags=["volatile"]
plots.plot_modes(total=1024)

# %% [markdown]
# **Explain.** Each mode wins at its end, by far. They need not cross at n = m: the toolkit sends all unit
# seeds through one pass, as an array, and such a pass may cost more in one mode than in the other.
# Counting says which mode wins when n and m are far apart. Near n = m only a clock does.


# %%
def seconds(mode, n, m):
    g, x = network(n, m, width=1024), np.ones(n)
    derivative = ad.jacobian(g, mode=mode)
    derivative(x)
    return min(timeit.repeat(lambda: derivative(x), number=1, repeat=7))


# generous bounds, for busy machines and for Python in a browser tab
assert seconds("forward", n=2000, m=1) > 1.3 * seconds("reverse", n=2000, m=1)
assert seconds("reverse", n=1, m=2000) > 1.3 * seconds("forward", n=1, m=2000)

# %% [markdown]
# **Change one thing.** In the last cell let the network have 500 inputs and 500 outputs. Which mode wins on
# your machine?

# %% [markdown]
# ## 4 · The Jacobian of one operation is never built
#
# The values of a network are arrays, and an operation on arrays has a Jacobian too. Take Y = X W
# with X of shape (32, 64) and W of shape (64, 10).
#
# **Predict.** How many numbers has ∂Y/∂X, the Jacobian of the 320 entries of Y by the 2048 of X?

# %%
rng = np.random.default_rng(1)
X, W = rng.normal(size=(32, 64)), rng.normal(size=(64, 10))
J = ad.jacobian(lambda X: X @ W)(X)
print(f"∂Y/∂X has shape {J.shape}: {J.size} numbers, of which {np.mean(J == 0):.0%} are 0")
assert J.size == 655_360

# %% [markdown]
# 655,360 numbers for one small layer, nearly all of them zeros. Nobody needs them. A reverse pass
# needs one thing from an operation: **given the adjoint of the result, what are the adjoints of the
# operands?** This map is the operation's *vector-Jacobian product*, vjp: ct goes in, ct J comes out,
# and J itself is never there.
#
# **Predict.** dy/dY has the shape of Y, (32, 10). dy/dX must have the shape of X, (32, 64). You have W,
# (64, 10). From the shapes: which product of dy/dY and W, with which transpose, can it be?

# %%
ct = rng.normal(size=(32, 10))  # dy/dY, whatever comes after
by_shapes = ct @ W.T
by_jacobian = np.einsum("ij,ijkl->kl", ct, J)
print("shape:", by_shapes.shape, "  equal:", np.allclose(by_shapes, by_jacobian, rtol=1e-12))
assert np.allclose(by_shapes, by_jacobian, rtol=1e-12)
assert np.allclose(ad.vjp(lambda X: X @ W, X)[1](ct)[0], by_shapes, rtol=1e-12)

# %% [markdown]
# **Explain.** One matrix product gives what the 655,360 numbers would give.
#
# $$\frac{dy}{dX} = \frac{dy}{dY}\,W^T$$
#
# Only one product of the two, with one transpose, has the shape (32, 64), so the shapes force the formula. (For
# square matrices they do not, which is why a good test uses no square ones.)

# %% [markdown]
# ## 5 · Broadcasting is a hidden shared value
#
# `X @ W + b` adds one row b of 10 numbers to each of 32 rows. Nothing in the code says "32 times".
#
# **Predict.** The result has shape (32, 10), so its adjoint has too. What is the shape of dy/db, and
# how does it come from the adjoint? Remember what lesson 4 said of a value that is used twice.


# %%
def layer(X, W, b):
    z = X @ W
    h = z + b
    y = np.sum(h**2)
    return y


b = np.arange(10.0)
ad.draw(layer, X, W, b)

# %%
dy_dh = 2 * (X @ W + b)
dy_db = ad.grad(layer, argnums=2)(X, W, b)
print("dy/dh:", dy_dh.shape, "  dy/db:", dy_db.shape)
assert np.allclose(dy_db, dy_dh.sum(axis=0), rtol=1e-12)

# %% [markdown]
# **Explain.** b[j] was used 32 times, once in each row, and the contributions add up: **the reverse of
# a broadcast is a sum** over the axes that were stretched. Turned round, the reverse of a sum is a
# broadcast: each entry gets the adjoint of the total. The picture writes it on the edge of b.
#
# **Change one thing.** Give b the shape (32, 1). Which axis is summed now, and what is the shape of
# dy/db?

# %% [markdown]
# ## 6 · The two modes check each other
#
# Forward mode computes J t, reverse mode ct J. Multiply the first by ct, the second by t: both are
# one and the same number. No step size, no formula, any function.
#
# $$ct\,(J\,t) = (ct\,J)\,t$$
#
# **Predict.** To how many digits will the two numbers agree?

# %%
g, x = network(5, 3), rng.normal(size=5)
t, ct = rng.normal(size=5), rng.normal(size=3)
forward = np.vdot(ct, ad.jvp(g, (x,), (t,))[1])
reverse = np.vdot(ad.vjp(g, x)[1](ct)[0], t)
print(f"ct (J t) = {forward:.12f}\n(ct J) t = {reverse:.12f}")
assert np.isclose(forward, reverse, rtol=1e-12)

# %% [markdown]
# **Explain.** All of them, but for rounding. A reverse rule that forgets a transpose or an axis fails
# this test at once, for random t and ct. With `ct = np.ones(3)` some wrong rules would pass; lesson 9
# shows one. (The rules of this toolkit are tested so, every one.)

# %% [markdown]
# ## 7 · Hessians: differentiate the gradient
#
# The Hessian H holds all second derivatives of a scalar function. It is the Jacobian of the gradient,
# which maps n numbers to n numbers. A column of H is a forward pass through the *reverse* pass, and so
# is the product with any vector v:
#
# $$H v = \left.\frac{d}{ds}\,\nabla f(x + s\,v)\right|_{s=0}$$


# %%
def valley(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


x = np.array([0.5, -0.3, 0.8])
gradient = Counted(ad.grad(valley))
H = np.stack([ad.jvp(gradient, (x,), (seed,))[1] for seed in np.eye(3)], axis=1)
print(H, f"{gradient.calls} gradients")
assert np.allclose(H, ad.hessian(valley)(x), rtol=1e-12)
assert np.allclose(H, H.T, rtol=1e-12)

# %% [markdown]
# **Predict.** For n = 10,000, how much memory does H take, at 8 bytes for each number? And how many gradients
# does the product H v take, for one vector v?

# %%
n = 10_000
print(f"H would take {8 * n**2 / 1e6:.0f} MB")
x, v = np.linspace(-1, 1, n), np.cos(np.arange(n))
gradient = Counted(ad.grad(valley))
Hv = ad.jvp(gradient, (x,), (v,))[1]
print(f"H v takes {gradient.calls} gradient and {Hv.nbytes / 1e3:.0f} kB")
assert gradient.calls == 1
assert np.allclose(Hv, ad.hvp(valley, x, v), rtol=1e-12)

# %% [markdown]
# **Explain.** The direction v is the seed of the forward pass, as in lesson 3: one direction, one
# pass. That is enough for Newton's method with conjugate gradients, for the largest eigenvalue of
# H, for much else. `ad.hvp(f, x, v)` does it: forward over reverse.

# %% [markdown]
# ## 8 · Checkpoints: compute twice, keep less
#
# Lesson 4 ended with a price: the tape keeps every value. But a value can also be *computed again*.
# Cut a chain of 64 steps into k segments. Keep only the k values where a segment begins. In the
# sweep, run each segment once more, when its turn comes, and throw its tape away afterwards.

# %%
step = Counted(np.sin)


def segment(x, length):
    for _ in range(length):
        x = step(x)
    return x


def chain(x, k):
    for _ in range(k):
        x = ad.checkpoint(lambda x: segment(x, 64 // k))(x)
    return np.sum(x)


# %% [markdown]
# **Predict.** How often does `step` run for a gradient, without checkpoints and with 8 of them?

# %%
x, step.calls = np.ones(3), 0
plain = ad.grad(lambda x: np.sum(segment(x, 64)))(x)
without, step.calls = step.calls, 0
assert np.allclose(ad.grad(chain)(x, 8), plain, rtol=1e-12)
print(f"steps without checkpoints: {without}, with 8: {step.calls}")
assert (without, step.calls) == (64, 128)

# %% [markdown]
# **Predict.** Twice the steps. And the memory? At its worst moment the sweep holds the k kept values
# and the tape of one segment, 64 / k values. Which k is best? Draw the curve in the air first.

# %%
ks = np.array([1, 2, 4, 8, 16, 32, 64])
axes, chart = plots.new_axes(None)
axes.plot(ks, ks + 64 / ks, "o-", label="with k checkpoints: k + 64 / k")
axes.axhline(64, linestyle=":", color="black", label="the whole tape: 64")
axes.set_xscale("log", base=2)
axes.set_xticks(ks, ks)
axes.set_ylim(bottom=0)
axes.set_xlabel("segments k")
axes.set_ylabel("values held at the worst moment")
axes.legend()
assert ks[np.argmin(ks + 64 / ks)] == 8
chart

# %% [markdown]
# **Explain.** The best k is √64 = 8: 16 values instead of 64. For a million steps it is 1000: two
# thousand values instead of a million, for twice the *forward* steps. If the sweep costs about as much as
# two runs, that is four runs in place of three (Chen et al., 2016, trained networks so). Does the toolkit
# really hold so few? Ask Python for the largest amount of memory that was in use, in units of one array:


# %% tags=["volatile"]
def peak(f, *args):
    x = np.linspace(0, 1, 50_000)
    tracemalloc.start()
    ad.grad(f)(x, *args)
    most = tracemalloc.get_traced_memory()[1] / x.nbytes
    tracemalloc.stop()
    return most


whole, eighth = peak(lambda x: np.sum(segment(x, 64))), peak(chain, 8)
print(f"arrays held: {whole:.0f} without checkpoints, {eighth:.0f} with 8")
assert whole > 60
assert eighth < 30

# %% [markdown]
# **Change one thing.** `peak(chain, 1)`: one checkpoint around everything. What does it save?
#
# ## Summary
#
# 1. A pass takes as many multiplications in one mode as in the other; n inputs take n forward passes, m outputs m reverse passes,
#    so the gradient of a loss costs a few evaluations, whatever n.
# 2. An operation needs no Jacobian, only its product with a vector; for arrays the shapes force the
#    formula, and the reverse of a broadcast is a sum.
# 3. Passes combine: forward over reverse gives Hessian-vector products, and a second forward run
#    saves most of the tape's memory.
#
# **What breaks next.** You have written a rule for `*`, for `@`, for broadcasting. NumPy has hundreds
# of functions. Lesson 6 shows how one entry per operation makes both modes, the picture and the tests.
#
# ## Exercises
#
# ### 5.1 · Which mode, and what does it cost?
#
# A function has `n` inputs and `m` outputs, and its graph has `edges` edges. Write `plan(n, m, edges)`:
# the cheaper mode for the whole Jacobian, `"forward"` or `"reverse"` (`"either"` where they cost the
# same), and the number of contributions that it computes, one for every edge in every pass.


# %%
def plan(n, m, edges):
    ### BEGIN SOLUTION
    mode = "forward" if n < m else "reverse" if m < n else "either"
    return mode, min(n, m) * edges
    ### END SOLUTION


# %%
ad.course.check("5.1", plan)

# %% [markdown]
# ### 5.2 · The reverse rule of a product that broadcasts
#
# `y = x * w`, entry by entry, for any two shapes that NumPy broadcasts: (4, 3) and (3,), (4, 3) and
# (4, 1), (3,) and (4, 1), ... Write `vjp_multiply(ct, x, w)`, where `ct` has the shape of y: the
# adjoints of `x` and of `w`, each in the shape of its own array.


# %%
def vjp_multiply(ct, x, w):
    ### BEGIN SOLUTION
    def shrink(ct, shape):
        ct = ct.sum(axis=tuple(range(ct.ndim - len(shape))))
        stretched = tuple(i for i, size in enumerate(shape) if size == 1)
        return ct.sum(axis=stretched, keepdims=True)

    return shrink(ct * w, x.shape), shrink(ct * x, w.shape)
    ### END SOLUTION


# %%
ad.course.check("5.2", vjp_multiply)

# %% [markdown]
# ### 5.3 · The reverse rule of a matrix product
#
# `Y = X @ W` with matrices of any shapes that fit. Write `vjp_matmul(ct, X, W)`: the adjoints of `X`
# and of `W`. Start from the shapes.


# %%
def vjp_matmul(ct, X, W):
    ### BEGIN SOLUTION
    return ct @ W.T, X.T @ ct
    ### END SOLUTION


# %%
ad.course.check("5.3", vjp_matmul)

# %% [markdown]
# ### 5.4 · A Hessian times a vector
#
# Write `hessian_times(f, x, v)` for a scalar `f` of an array `x`, with `ad.jvp` and `ad.grad`. The
# check counts how often `f` runs: once is enough.


# %%
def hessian_times(f, x, v):
    ### BEGIN SOLUTION
    return ad.jvp(ad.grad(f), (x,), (v,))[1]
    ### END SOLUTION


# %%
ad.course.check("5.4", hessian_times)

# %% [markdown]
# ### 5.5 · From the shapes alone
#
# "The shapes force the formula", said section 4. Do they always? Write `possible(a, b, wanted)`: which
# products of a matrix A of shape `a` and a matrix B of shape `b` have the shape `wanted`? A list of
# texts out of these eight: `"A @ B"`, `"A @ B.T"`, `"A.T @ B"`, `"A.T @ B.T"`, and the same with B
# first. Then try it with square matrices: how much do the shapes say there?


# %%
def possible(a, b, wanted):
    ### BEGIN SOLUTION
    shapes = {"A": a, "A.T": a[::-1], "B": b, "B.T": b[::-1]}
    found = []
    for one, other in (("A", "B"), ("B", "A")):
        for left in (one, one + ".T"):
            for right in (other, other + ".T"):
                (rows, inner), (meets, columns) = shapes[left], shapes[right]
                if inner == meets and (rows, columns) == tuple(wanted):
                    found.append(f"{left} @ {right}")
    return found
    ### END SOLUTION


# %%
ad.course.check("5.5", possible)
