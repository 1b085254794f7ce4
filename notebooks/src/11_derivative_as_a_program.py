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
# # 11 · The derivative as a program
#
# You have drawn derivatives, stepped through them, and checked them. **If somebody wrote the derivative of
# the lecture's network by hand, as plain NumPy without any library: which lines would stand there?**
#
# After this notebook you can
#
# - **read** the program of a derivative, and say which rule wrote each line (exercise 11.1),
# - **say** what such a program has frozen, and guard it (exercise 11.2),
# - **fuse** its lines, so that the data passes through memory once (exercise 11.3),
# - **measure** what that is worth, and **take** the program elsewhere: JAX, PyTorch, ONNX, many machines.
#
# *Time: 60 minutes, half of it for the exercises. Needed: lesson 1 (the lecture's network), lesson 4 (the
# reverse sweep), lesson 6 (the rules).*

# %%
import importlib.util
import inspect
import timeit

import numpy as np

import autodiff as ad
from autodiff.core.values.symbol import Symbol
from autodiff.examples import many_machines
from autodiff.examples.lecture import example, network

# %% [markdown]
# ## 1 · The chain rule, written out
#
# The slide says, for h₁ = σ(W₁ x), h₂ = σ(W₂ h₁), y = W₃ h₂:
#
# $$\frac{dy}{dW_1} = \frac{dy}{dh_2} \cdot \frac{dh_2}{dh_1} \cdot \frac{dh_1}{dW_1} \qquad \frac{dy}{dW_3} = h_2$$
#
# **Predict.** Write down, in NumPy and on paper, the lines that compute dy/dW₁, dy/dW₂ and dy/dW₃. How many
# products of a matrix with a vector do you need?

# %%
(W1, W2, W3), x = example()
program = ad.source(ad.grad(network, (0, 1, 2)), W1, W2, W3, x)
print(program.body)
lines = [line for line in program.body.splitlines() if not line.startswith("#")]
assert sum("@" in line for line in lines) == 3

# %% [markdown]
# **Explain.** Three: two forward, and one, `t1 @ W2`, that carries the derivative from h₂ back to h₁. `d_h1` is
# dy/dh₁, the *adjoint* of h₁. The comment above a part is your own line from which it stems. `W3` is
# dy/dh₂, and the program needs no line for it; dy/dW₃ is `h2`, which was there already. The last but one line
# refuses derivatives that are infinite or NaN.
#
# It is the same computation as `ad.grad`, to the last bit:

# %%
for ours, theirs in zip(program(W1, W2, W3, x), ad.grad(network, (0, 1, 2))(W1, W2, W3, x)):
    assert np.array_equal(ours, theirs)

# %% [markdown]
# The same program in the slide's own notation, with the numbers of this run beside it (⊙ is the product
# of elements, ⊗ makes a matrix of two vectors):

# %%
ad.source(ad.grad(network, (0, 1, 2)), W1, W2, W3, x, to="latex")

# %% [markdown]
# `print(program)` shows the whole module: it imports NumPy and nothing else, and `program.save("grad.py")`
# writes it to a file.
#
# ## 2 · Which rule wrote this line?
#
# **Predict.** Below are four lines of a program. Which one is the derivative of `b = np.sin(a)`, and which of
# the product `a = x * w`? What will `d_w` be?


# %%
def small(x, w):
    a = x * w
    b = np.sin(a)
    return np.sum(b**2)


print(ad.source(ad.grad(small, 1), np.ones(3), np.arange(3.0)).body)

# %% [markdown]
# **Explain.** Each line is a rule of the registry, with the names filled in. The rule of sin is one partial. Call
# it with letters, as in lesson 6, and it says its formula; the program's line multiplies that with the
# adjoint of sin's result. The product has a partial for each factor: by w it is x.

# %%
for name, letters in (("sin", ["b", "a"]), ("multiply", ["a", "x", "w"])):
    print(name, [str(rule(*map(Symbol, letters))) for rule in ad.ops[name].partials])

# %% [markdown]
# The player shows both at once: in its last column stands, for each value, the line of the program that
# makes it, and in the reverse sweep the line that makes its adjoint.

# %%
ad.step(small, np.ones(3), np.arange(3.0), sweeps=("forward", "reverse"))

# %% [markdown]
# **Change one thing.** Replace `np.sin` by `np.tanh`. Which lines change, and which stay? Then differentiate
# by x, too: `ad.grad(small, (0, 1))`. How many lines does the second gradient cost?
#
# ## 3 · Loops
#
# A tape knows no loops: fifty steps of a recurrent network are fifty times the same rows.
#
# **Predict.** How many lines has the program of the gradient for 50 steps? For 100?


# %%
def recurrent(W, U, xs):
    h = np.ones(3)
    for x in xs:
        h = np.tanh(x @ W + h @ U)
    return np.sum(h**2)


rng = np.random.default_rng(0)
W, U = rng.normal(size=(2, 3)), 0.5 * rng.normal(size=(3, 3))
texts = {n: ad.source(ad.grad(recurrent, (0, 1)), W, U, rng.normal(size=(n, 2))) for n in (50, 100)}
print(texts[50].body)
assert len(texts[50].body.splitlines()) == len(texts[100].body.splitlines()) < 50

# %% [markdown]
# **Explain.** Equal steps are folded into two loops; a first or last step that differs stands by itself. The first
# loop runs forward and keeps every h in a list, the second runs *backward* and reads the list: the memory of
# reverse mode, as a line of code. `d_U` and `d_W` are sums: the weights are used in each step, and each
# step contributes.
#
# ## 4 · What a program has frozen
#
# The program was written from *one* run. What Python decided in that run is in it: the length of a loop,
# and the way that an `if` took.
#
# **Predict.** Here is the program of a function with a branch, written at x = 2. What does it answer at -3?


# %%
def branch(x):
    return x**2 if x > 0 else -x


frozen = ad.source(ad.grad(branch), 2.0)
print(frozen.body)

# %% tags=["raises-exception"]
frozen(-3.0)

# %% [markdown]
# **Explain.** Without the guard it would answer -6, and nobody would know. Each comparison that led to a
# decision stands in the text as a question, and is asked again at each call. Shapes and dtypes are checked at
# the beginning; an array from outside of the function is read anew, and a *number* from outside, which the
# text contains, is watched:

# %% tags=["raises-exception"]
factor = 3.0
watched = ad.source(lambda x: factor * x, 2.0)
factor = 4.0
watched(2.0)

# %% [markdown]
# ## 5 · Fuse it
#
# Read a program with the eyes of the machine: *each line is one walk through memory*. For an array that does
# not fit into the cache, the walk takes longer than the arithmetic.


# %%
def chain(x):
    return np.sum(np.tanh(2 * np.sin(x)) ** 2)


print(ad.source(ad.grad(chain), np.ones(4)).body)

# %% [markdown]
# **Predict.** How many arrays as large as x does this program make? How many have to exist at once? What
# would you do, if you had to write it for an array of a hundred million numbers?
#
# **Explain.** Every operation makes one. But element i of the result needs only element i of x. So take
# the first few thousand elements through *all* the lines, while they are in the cache, then the next. That
# is fusion (exercise 11.3). `ad.compile` writes programs like the ones above when a function is called for
# the first time, and runs them from then on; what it saves most, for small arrays, is the *taping*.

# %%
gradient = ad.grad(chain)
fast = ad.compile(gradient)
points = np.linspace(-1.0, 1.0, 64)
assert np.array_equal(fast(points), gradient(points))
rounds = [
    [timeit.timeit(lambda f=f: f(points), number=50) for f in (fast, gradient)] for _ in range(20)
]
ratio = np.median([new / old for new, old in rounds])
assert ratio < 0.7, "the compiled program takes less than 0.7 of the time"

# %% tags=["volatile"]
print(
    f"compiled: {ratio:.2f} of the time of ad.grad, the median of {len(rounds)} interleaved rounds"
)

# %% [markdown]
# **Explain.** A ratio, and not seconds: both were measured in turns on the same machine, so that what else it
# does falls on both. That is the only honest way to compare on a computer that is not yours alone.
#
# **Change one thing.** Make `points` a thousand times as long. What becomes of the ratio, and why?
#
# ## 6 · Elsewhere
#
# A gradient program consists of ordinary calls. So it can be written for whatever knows such calls: `to="jax"`,
# `to="torch"`, `to="onnx"` (for runtimes on telephones and in browsers, none of which knows what a derivative
# is). The cell runs what is installed here.

# %% tags=["volatile"]
for system in ("jax", "torch", "onnx"):
    if importlib.util.find_spec(system) is None:
        print(f"{system}: not installed here (pip install 'autodiff-toolkit[export]')")
    else:
        print(
            f"----- {system}",
            ad.source(ad.grad(small, 1), np.ones(3), np.arange(3.0), to=system),
            sep="\n",
        )

# %% [markdown]
# ### Many machines
#
# A whole training step is a function of the parameters and the data, and has a program as well. For many
# machines nobody needs to write an engine: JAX has one. It is told which axis of the data is spread over the
# devices; the mean over the rows then becomes sums on each device, and one sum over all of them.

# %%
print(inspect.getsource(many_machines.step))
print(inspect.getsource(many_machines.spread))
p, rows, targets = many_machines.example()
written = ad.source(many_machines.step, p, rows, targets)
assert written(p, rows, targets)[0] == many_machines.step(p, rows, targets)[0]

# %% [markdown]
# `python -m autodiff.examples.many_machines` runs it on four devices (which are parts of one processor there), and
# compares with one device.
#
# ## Summary
#
# 1. A derivative is a program of ordinary calls: the forward lines, and below them one line for each rule,
#    from the last to the first.
# 2. A program that was written from one run is right for the shapes and decisions of that run; guards ask again,
#    and refuse the rest.
# 3. Whoever has the text can make it faster (fuse lines, leave out the tape), and take it elsewhere.
#
# **What breaks next.** Ten libraries have done just this, each in its own way: lesson 12.
#
# ## Exercises
#
# ### 11.1 · The program of a gradient
#
# Write, in NumPy, the program of the gradient of this loss by w. x has the shape (n, m), w (m,), y (n,).
#
# ```python
# def loss(w, x, y):
#     h = np.tanh(x @ w)
#     return np.mean((h - y) ** 2)
# ```


# %%
def gradient_of_loss(w, x, y):
    ### BEGIN SOLUTION
    h = np.tanh(x @ w)
    d_h = 2 * (h - y) / y.size
    return ((1 - h**2) * d_h) @ x
    ### END SOLUTION


# %%
ad.course.check("11.1", gradient_of_loss)

# %% [markdown]
# ### 11.2 · A guard
#
# This function takes two ways. At w = [1, 2] a program of its gradient was written, without a guard: it is
# `2 * w`. Write `guarded(w)`: the same program, which raises a `ValueError` where it does not hold.
#
# ```python
# def f(w):
#     return np.sum(w**2) if np.sum(w) > 1 else np.sum(w)
# ```


# %%
def guarded(w):
    ### BEGIN SOLUTION
    if not np.sum(w) > 1:
        raise ValueError("this program is for np.sum(w) > 1")
    return 2 * w
    ### END SOLUTION


# %%
ad.course.check("11.2", guarded)

# %% [markdown]
# ### 11.3 · Fuse it
#
# Write `fused(x, size)`: the value and the gradient of `np.mean(np.tanh(x) ** 2)` for a long vector x, in one
# walk: block by block of `size` elements, and no other array as long as x than the gradient itself. The
# length of x need not be a multiple of `size`.


# %%
def fused(x, size):
    ### BEGIN SOLUTION
    total, gradient = 0.0, np.empty_like(x)
    for start in range(0, len(x), size):
        block = slice(start, start + size)
        h = np.tanh(x[block])
        total += np.sum(h**2)
        gradient[block] = 2 * h * (1 - h**2) / len(x)
    return total / len(x), gradient
    ### END SOLUTION


# %%
ad.course.check("11.3", fused)
