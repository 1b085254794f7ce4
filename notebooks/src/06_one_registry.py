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
# # 6 · One registry: a derivative is written down once
#
# **This toolkit knows more than 200 operations. Each has a forward mode, a reverse mode, a formula
# in the drawings, a row in the reference and its tests. How many times was the derivative of
# tanh written down?** In the picture below it stands on an edge: 1 - h². Somebody typed it. Where?
#
# After this notebook you can
#
# - **read** an operation's entry, and say what both modes make of it,
# - **tell** elementwise, linear and bilinear maps apart (exercise 6.1),
# - **add** an operation of your own, by its partials (exercise 6.2),
# - **transpose** a linear operation, which is not the same as undoing it (exercise 6.3),
# - **explain** what an engine can, and can't, promise at a kink.
#
# *Time: 60 minutes, half of it for the exercises. Needed: lesson 3 (tangents) and lesson 5
# (Jacobians, cotangents, the reverse rule of a matrix product).*

# %%
import numpy as np

import autodiff as ad
from autodiff.core.values.symbol import Symbol
from autodiff.nn import relu, softmax
from autodiff.view.charts.factors import plot_jacobians


# %%
def neuron(w, x):
    z = w * x
    h = np.tanh(z)
    y = 3 * h
    return y


ad.draw(neuron, 0.5, 2.0)

# %% [markdown]
# ## 1 · An entry
#
# The registry is a table with one row, an **entry**, for each operation. It can be looked up by
# name. It was filled by lines like these, one for each operation:
#
# ```python
# tanh   = elementwise(np.tanh, lambda ans, x: 1 - ans**2)
# matmul = bilinear(np.matmul, left=..., right=..., label="{} @ {}")
# ```

# %%
tanh = ad.ops["tanh"]
print(tanh.kind, "op of", tanh.arity, "argument;", len(tanh.partials), "partial")
print(ad.ops.table("tanh"))
assert len(ad.ops) > 200

# %% [markdown]
# The entry holds a *function*: it takes the result `ans` and the input `x`, and returns the slope.
# Call it with numbers, and you get a number.
#
# **Predict.** What comes out if you call the same function with the letters "h" and "z" in place of
# numbers?

# %%
(partial,) = tanh.partials
print(partial(np.tanh(0.5), 0.5))
print(partial(Symbol("h"), Symbol("z")))
assert str(partial(Symbol("h"), Symbol("z"))) == "1 - h**2"

# %% [markdown]
# **Explain.** It is the formula on the edge. Nobody wrote it for the picture: the picture *calls the rule on letters*.
# A `Symbol` is one more kind of traced number, one that writes down what is done to it. Duals
# compute, tensors remember, symbols write. Three readers, one entry.
#
# And the two modes?
#
# **Predict.** What must forward mode do with the partial and a tangent t? What must reverse mode do
# with the partial and a cotangent ct?

# %%
x, t, ct = np.random.default_rng(0).normal(size=(3, 4))
slope = partial(np.tanh(x), x)
_, forward = ad.jvp(np.tanh, (x,), (t,))
_, pullback = ad.vjp(np.tanh, x)
print("forward is slope * t: ", np.all(forward == slope * t))
print("reverse is slope * ct:", np.all(pullback(ct)[0] == slope * ct))
assert np.all(forward == slope * t)
assert np.all(pullback(ct)[0] == slope * ct)

# %% [markdown]
# **Explain.** The same product, in both modes. Where forward rules stand in one file and reverse rules in
# another, the two can drift apart: one is mended, the other is forgotten. **What is written once can't
# disagree with itself.**
#
# ## 2 · The kind says the rest
#
# Multiplying by a slope is right for tanh. It is not right for `cumsum` or `@`. So an entry also says
# what **kind** of map it is, and the kind knows what to do.
#
# - **Elementwise**: result i hangs on input i alone.
# - **Linear**: sums and multiples go through it, $f(a x + b y) = a f(x) + b f(y)$.
# - **Bilinear**: two arguments, linear in each while the other stands still.
#
# Look at the Jacobians of three maps, each at two points: tanh, the running sums of `np.cumsum`, and
# softmax, which makes probabilities of n numbers.
#
# $$\mathrm{cumsum}(x)_i = x_0 + \dots + x_i \qquad\qquad \mathrm{softmax}(x)_i = \frac{e^{x_i}}{\sum_k e^{x_k}}$$
#
# **Predict.** Which ones are diagonal? Which ones are the same at both points?


# %%
one, other = np.array([0.0, 1.0, 2.0]), np.array([2.0, 2.0, 0.0])
plot_jacobians({f"{f.__name__}, x = {x}": ad.jacobian(f)(x)
                for f in (np.tanh, np.cumsum) for x in (one, other)})  # fmt: skip

# %%
plot_jacobians({f"softmax, x = {x}": ad.jacobian(softmax)(x) for x in (one, other)})

# %% [markdown]
# **Explain.** tanh: diagonal, and different at each point. cumsum: not diagonal, and the same everywhere.
# softmax: neither, and for such an op both rules have to be written by hand (and to be tested against
# each other). Such ops are rare:

# %%
by_hand = [op.name for op in ad.ops if op.kind == "primitive"]
print(f"{len(by_hand) / len(ad.ops):.0%} of the entries, softmax among them")
assert "softmax" in by_hand
assert len(by_hand) < len(ad.ops) / 5

# %% [markdown]
# ## 3 · Linear: the op is its own derivative
#
# **Predict.** The map x ↦ 3x has the derivative 3 everywhere. What is the tangent of cumsum(x), if x
# moves along t?

# %%
t = np.array([1.0, 0.0, 2.0])
_, tangent = ad.jvp(np.cumsum, (np.array([5.0, 6.0, 7.0]),), (t,))
print("tangent:", tangent, "  cumsum(t):", np.cumsum(t))
assert np.all(tangent == np.cumsum(t))

# %% [markdown]
# **Explain.** The op itself, on the tangent. There is nothing to write for forward mode. For reverse mode an entry
# states the **transpose**: which cotangents do the inputs get, when the results have ct? (ct C in
# lesson 5 was a row; written as a column the same numbers are Cᵀ ct.)
#
# **Predict.** x[0] is in every running sum, x[1] in all but the first, ... What comes back for
# ct = (1, 10, 100)?

# %%
_, pullback = ad.vjp(np.cumsum, np.zeros(3))
ct = np.array([1.0, 10.0, 100.0])
C = ad.jacobian(np.cumsum)(np.zeros(3))
print("pullback of ct:", pullback(ct)[0], "  Cᵀ ct:", C.T @ ct, "  np.diff(ct):", np.diff(ct))
assert np.all(pullback(ct)[0] == [111, 110, 100])
assert np.all(pullback(ct)[0] == C.T @ ct)
plot_jacobians({"C, of cumsum": C, "its transpose Cᵀ": C.T})

# %% [markdown]
# **Explain.** A running sum from the other end. Here is the trap that everybody falls into once: cumsum
# is *undone* by np.diff, but its transpose is not np.diff. **The reverse sweep does not undo the
# program. It asks who contributed to what.**
#
# Bilinear is the same, twice. For Y = A B forward mode is the product rule, with the op itself, and
# reverse mode has one transpose for each argument:
#
# $$dY = dA\,B + A\,dB \qquad\qquad ct_A = ct\,B^T \qquad ct_B = A^T ct$$

# %%
rng = np.random.default_rng(1)
(A, dA), (B, dB) = rng.normal(size=(2, 2, 3)), rng.normal(size=(2, 3, 4))
_, dY = ad.jvp(np.matmul, (A, B), (dA, dB))
_, pullback = ad.vjp(np.matmul, A, B)
ct = rng.normal(size=(2, 4))
ct_A, ct_B = pullback(ct)
assert np.allclose(dY, dA @ B + A @ dB)
assert np.allclose(ct_A, ct @ B.T)
assert np.allclose(ct_B, A.T @ ct)
print("shapes:", ct_A.shape, "like A,", ct_B.shape, "like B")

# %% [markdown]
# ## 4 · An op of your own
#
# The bell curve exp(-x²) is not in the registry. Write it as an op: its value, and its partial. The
# partial may use the result `ans`, which is there already.
#
# $$\frac{d}{dx}\,e^{-x^2} = -2x\,e^{-x^2}$$

# %%
bell = ad.custom_op(lambda x: np.exp(-(x**2)), partials=lambda ans, x: -2 * x * ans, name="bell")


def bump(x, w):
    h = bell(x)
    y = w * h
    return y


ad.draw(bump, 0.5, 3.0)

# %% [markdown]
# **Predict.** You wrote one line. Which of these does the op have now: forward mode, reverse mode, a
# second derivative, the formula in the drawing, a check?

# %%
x = np.array([-1.0, 0.25, 0.5])
print("forward:", ad.jvp(bell, (x,), (np.ones(3),))[1].round(4))
print("reverse:", ad.grad(lambda x: np.sum(bell(x)))(x).round(4))
second = ad.derivative(ad.derivative(bell))
print("second derivative at 0:", second(0.0))
assert second(0.0) == -2.0

# %%
ad.check(bell, x)

# %% [markdown]
# **Explain.** All of them. The second derivative is there since the partial is itself plain NumPy on traced
# numbers: it can be differentiated like any other program.
#
# **Change one thing.** Write `-x * ans` for the partial, and check again. Read the verdict: it names the
# op, and by what factor it is off.
#
# A library op also brings the interval where it may be tried (its `domain`). So *one* test serves all
# entries, those that are written next year too. Here is such a test, for the elementwise ops of one
# argument:

# %%
rng, tried, h = np.random.default_rng(0), 0, 1e-5
curved = [op for op in ad.ops if op.kind == "elementwise" and callable(op.partials[0])]
for op in curved:
    if op.arity == 1 and not op.keywords:
        low, high = op.domain[0] if op.domain else (-2.0, 2.0)
        x = rng.uniform(low, high, size=5)
        quotient = (op.function(x + h) - op.function(x - h)) / (2 * h)
        assert np.allclose(op.partials[0](op.function(x), x), quotient, rtol=1e-5, atol=1e-7), op
        tried += 1
print("more than 25 ops tried, all right:", tried > 25)
assert tried > 25

# %% [markdown]
# ## 5 · What no entry can promise
#
# relu(x) is the larger one of x and 0. It has the slope 0 on the left of 0 and 1 on the right: a
# **kink**. At 0 it has none. Its entry says which number is given all the same: 0, the slope of its flat
# side, as in every library. Other choices can be defended too, and can be asked for:

# %%
print("the entry says:", relu.kinks)
for choice in ("zero", "half", "left", "right"):
    with ad.kinks(choice):
        print(f"{choice:6}", ad.grad(relu)(0.0))

# %% [markdown]
# Harmless? Take this function. Try x = 2: it is 2 - 0. Try -2: 0 - 2. It is a straight line, with the
# slope 1 *everywhere*.
#
# $$\mathrm{relu}(x) - \mathrm{relu}(-x) = x$$
#
# **Predict.** What does the engine say of its slope at 0, with each of the four choices?


# %%
def line(x):
    return relu(x) - relu(-x)


slopes = {}
for choice in ("zero", "half", "left", "right"):
    with ad.kinks(choice):
        slopes[choice] = float(ad.grad(line)(0.0))
print(slopes, "  at 2:", ad.grad(line)(2.0))
assert slopes == {"zero": 0.0, "half": 1.0, "left": 0.0, "right": 2.0}

# %% [markdown]
# **Explain.** 0, 1, 0, 2. The function is as smooth as can be, and three of the four answers are wrong. The chain
# rule is a theorem about functions that *have* derivatives. relu at 0 has none, so the theorem says
# nothing, and no choice of a number repairs that. "half", the mean of both sides, repairs the most: every
# sum of kinks that is smooth. So NumPy's own functions (`np.maximum`, `np.clip`, `np.abs`, ...) have it
# as their convention. It is right here, and wrong for relu(relu(x)) - relu(x), which is 0 everywhere:

# %%
with ad.kinks("half"):
    print(ad.grad(lambda x: relu(relu(x)) - relu(x))(0.0))
    assert ad.grad(lambda x: relu(relu(x)) - relu(x))(0.0) == -0.25

# %% [markdown]
# Every engine has such points, and it is not a bug of yours or of the engine.
#
# So a checker must say it. A bare "wrong" would send you to look for a mistake in relu, where there is
# none. A bare "right" would be a lie.

# %%
report = ad.check(line, 0.0)
assert "the run meets a kink" in report.sentence
print(report.verdict)

# %% [markdown]
# `ad.smoothness` lists every kink that a run met, with the line, also where nothing went wrong. In
# practice a number lands exactly on a kink rarely, unless you put it there: biases that start at 0,
# images with black pixels, padded sequences.

# %%
ad.smoothness(line, 0.0)

# %% [markdown]
# ## Summary
#
# 1. An operation is one entry: its kind, and its local derivative, written once.
# 2. Forward mode, reverse mode, the formulas in the drawings, the reference and the tests all read that
#    entry, so they can't disagree.
# 3. At a kink the entry holds a convention and not a derivative, and conventions need not add up; a
#    good checker says so.
#
# **What breaks next.** If rules are written once, programs can be too. Lesson 7 writes down the whole
# graph before any number is known, as TensorFlow did.
#
# ## Exercises
#
# ### 6.1 · Which kind of map is this?
#
# Write `kind(f, n)` for a map f from arrays of n numbers to arrays of n numbers. It returns
# `"linear"` if f is linear (also if it is elementwise as well), else `"elementwise"`, else
# `"neither"`. Try f at random points, and use `ad.jacobian(f)(x)`.


# %%
def kind(f, n):
    ### BEGIN SOLUTION
    x, y = np.random.default_rng(0).normal(size=(2, n))
    if np.allclose(f(2 * x - 3 * y), 2 * f(x) - 3 * f(y)):
        return "linear"
    jacobians = [ad.jacobian(f)(point) for point in (x, y)]
    diagonal = all(np.all(np.diag(np.diag(J)) == J) for J in jacobians)
    return "elementwise" if diagonal else "neither"
    ### END SOLUTION


# %%
ad.course.check("6.1", kind)

# %% [markdown]
# ### 6.2 · The partials of an op of your own
#
# `swish(x, b)` = x · σ(b·x) is an elementwise op of two arguments, with σ(a) = 1 / (1 + exp(-a)). Write
# `swish_partials(ans, x, b)`: the pair (∂swish/∂x, ∂swish/∂b), where `ans` is the value of the op. It
# must work for arrays, and at x = 0.


# %%
def swish_partials(ans, x, b):
    ### BEGIN SOLUTION
    s = 1 / (1 + np.exp(-b * x))
    return s + b * x * s * (1 - s), x**2 * s * (1 - s)
    ### END SOLUTION


# %%
ad.course.check("6.2", swish_partials)

# %% [markdown]
# ### 6.3 · The transpose of np.diff
#
# `np.diff(x)` takes n numbers to their n - 1 differences: x[1] - x[0], x[2] - x[1], ... It is linear.
# Write its transpose, `diff_transpose(ct)`: the n cotangents of x for n - 1 cotangents ct.


# %%
def diff_transpose(ct):
    ### BEGIN SOLUTION
    return np.concatenate([[0.0], ct]) - np.concatenate([ct, [0.0]])
    ### END SOLUTION


# %%
ad.course.check("6.3", diff_transpose)
