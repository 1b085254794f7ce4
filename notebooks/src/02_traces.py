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
# # 2 · Evaluation traces and local derivatives
#
# **Your function is one line. How many steps does the computer take, and which of them has to know
# calculus?** Below is one line of NumPy, taken apart. Each box is a step so small that its derivative
# is a rule in a table. There is no box for the whole line.
#
# After this notebook you can
#
# - **write** the trace of a program, one step per row (exercise 2.1),
# - **give** the local partials of a step, at the right point (exercise 2.2),
# - **measure** a slope by differences (exercise 2.3), and **choose** the step size (exercise 2.4),
# - **compare** three ways to a derivative: symbolic, numeric, automatic.
#
# *Time: 60 minutes, half of it for the exercises. Needed: lesson 1 (sums over paths); the derivatives
# of the elementary functions.*

# %%
import warnings

import numpy as np

import autodiff as ad
from autodiff.ops.reference import derivative_text
from autodiff.view.charts import plots


# %%
def f(x, y):
    return np.log(x) + x * y - np.sin(y)


ad.draw(f, 2.0, 5.0)

# %% [markdown]
# ## 1 · The list
#
# The same run as a list. `ad.Tape` records it.
#
# **Predict.** How many rows does it have? (Count inputs, and operations.) In which order?

# %%
tape = ad.Tape()
tape(f)(2.0, 5.0)
print(tape)
assert len(tape) == 7

# %% [markdown]
# **Explain.** Two inputs and five operations. Every row makes **one** new value out of values that
# stand **above** it. That is all there is to a program, seen from the calculus side. The list is
# called an evaluation trace, or a Wengert list, after R. E. Wengert, who differentiated programs in
# this way in 1964. (The textbook of the field is Griewank and Walther, *Evaluating Derivatives*, 2008. A survey for
# machine learning is Baydin, Pearlmutter, Radul and Siskind, 2018.)
#
# The order is that of Python: both summands before their sum. Another order may do as well; a row that
# stands above what it needs never does.
#
# **Change one thing.** Write `x * (y + 1)` for `x * y`. Which rows are new? Now let `sin` have `x * y`
# as its argument as well, twice written out. Does the tape notice that it is the same product?

# %% [markdown]
# ## 2 · Every row knows its own derivative, and no other
#
# The row `v3 = log(x)` has one **local partial**: ∂v3/∂x = 1/x. The row `v4 = x * y` has two:
# ∂v4/∂x = y and ∂v4/∂y = x. None of them knows what comes before or after. The rules stand in a
# table, one entry per operation:

# %%
for name in ("log", "multiply", "subtract", "sin", "tanh"):
    print(f"{name:9}", derivative_text(ad.ops[name]))

# %% [markdown]
# In a rule, `ans` is the result of the row, which is already known. (The slope of tanh costs no
# second tanh.)
#
# **Predict.** Use the local partials in the picture. Through which rows does x reach the result? So
# what is df/dx at (2, 5)? Do it with pencil, then run.

# %%
print(ad.paths(f, 2.0, 5.0))
assert ad.grad(f)(2.0, 5.0) == 5.5

# %% [markdown]
# **Explain.** Each way multiplies its local partials, the ways add up: 0.5 + 5. Calculus was needed
# for the rows, not for the line. A new program is a new list of old rows.
#
# ## 3 · The trace of a run is not the function
#
# A trace holds what one run did. Here is a function that is x², written by somebody who wanted to be
# careful at 1:


# %%
def careful(x):
    if x == 1:
        return x  # since 1² = 1
    return x**2


# %% [markdown]
# **Predict.** The values are right everywhere. What is the derivative at 2? At 1?

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("slope at 2:", ad.grad(careful)(2.0))
    print("slope at 1:", ad.grad(careful)(1.0))
print("warning:", str(caught[0].message).split(",")[0])
assert ad.grad(lambda x: x**2)(1.0) == 2.0

# %% [markdown]
# **Explain.** At 1, the run went through `return x`. Its trace has the slope 1, and that is the right
# derivative *of the trace*. The function x² has the slope 2 there. No library can see this from the
# list alone. This one keeps an eye on comparisons, and warns.
#
# Conditions like `x > 0` do no harm, except exactly at the border. `==` on a number is all border.
#
# ## 4 · First way: symbolic
#
# In school you differentiate a *formula* and get a formula. The rules fit in one cell. A formula is
# "x", a number, or a tuple of a sign and two formulas.


# %%
def D(e):
    """The derivative of a formula by x, as a formula."""
    if not isinstance(e, tuple):
        return 1 if e == "x" else 0
    sign, a, b = e
    if sign == "*":
        return ("+", ("*", D(a), b), ("*", a, D(b)))
    return (sign, D(a), D(b))  # + and -


def size(e):
    """The number of signs and symbols in a formula."""
    return 1 + size(e[1]) + size(e[2]) if isinstance(e, tuple) else 1


# %% [markdown]
# Now the logistic map: start with x, and replace n times the value v by 4 v (1 - v). As a program this
# is a loop; as a formula, v is written out wherever it occurs.
#
# **Predict.** A tape needs 3 rows for each round. How long is the *formula* after 8 rounds? And its
# derivative? Guess the powers of ten.


# %%
def formula(n):
    v = "x"
    for _ in range(n):
        v = ("*", ("*", 4, v), ("-", 1, v))
    return v


def program(n):
    def run(v):
        for _ in range(n):
            v = (4 * v) * (1 - v)
        return v

    return run


# %%
print("rounds   formula   derivative   tape")
for n in (1, 2, 4, 8):
    tape = ad.Tape()
    tape(program(n))(0.3)
    print(f"{n:6} {size(formula(n)):9,} {size(D(formula(n))):12,} {len(tape):6}")
assert (size(formula(8)), size(D(formula(8)))) == (1531, 18433)
assert len(tape) == 1 + 3 * 8

# %% [markdown]
# **Explain.** Each round writes v out twice, so the formula doubles, and the derivative grows faster
# still: this is called **expression swell**. The tape writes a value once and points to it ever
# after. Most of the long formula says the same things again. (A good algebra system shares and
# simplifies too. Then it holds a trace.)
#
# A formula also needs to *have* one: `while y > 1` has none.
#
# ## 5 · Second way: numeric
#
# Move x by a small h, and divide. The **forward** difference looks to one side, the **central** one to
# both:
#
# $$\frac{f(x+h) - f(x)}{h} \qquad\qquad \frac{f(x+h) - f(x-h)}{2h}$$
#
# We try it on x³ at 2, where the slope is 12 without any doubt.
#
# **Predict.** Which h gives the best central difference: 0.1, 0.00001, or 10⁻¹⁴? Put the three in
# order.


# %%
def cube(x):
    return x * x * x


def central(h):
    return (cube(2.0 + h) - cube(2.0 - h)) / (2 * h)


for h in (1e-1, 1e-5, 1e-14, 1e-16):
    print(f"h = {h:.0e}:  {central(h):15.12f}   error {abs(central(h) - 12):.0e}")
assert abs(central(1e-5) - 12) < 1e-9
assert abs(central(1e-14) - 12) > 10 * abs(central(1e-1) - 12)
assert central(1e-16) == 0.0

# %% [markdown]
# **Explain.** Smaller is *not* better. 10⁻¹⁴ is worse than 0.1. At 10⁻¹⁶ the slope is 0, since the
# computer's next number after 2 is further away than that: 2 + h is 2.
#
# Two errors pull at h. **Truncation**: the curve bends away from its tangent. **Rounding**: f has sixteen
# digits, and an error of 10⁻¹⁶ divided by h is large when h is small.
#
# **Predict.** While truncation rules, h gets ten times smaller. By how much does the error of the
# forward difference shrink? And that of the central one?


# %%
def forward(h):
    return (cube(2.0 + h) - cube(2.0)) / h


for quotient in (forward, central):
    shrinks = (quotient(1e-2) - 12) / (quotient(1e-3) - 12)
    print(f"{quotient.__name__:8} error shrinks {shrinks:.1f} times")
    assert round(shrinks, -1) == (10 if quotient is forward else 100)

# %%
figure = plots.plot_step_sizes(cube, 2.0)
errors = {line.get_label().split(":")[0]: line.get_ydata() for line in figure.axes[0].lines[:2]}
assert 1e-9 < min(errors["forward"]) < 1e-7
assert 1e-12 < min(errors["central"]) < 1e-10
figure

# %% [markdown]
# **Explain.** Read the picture from the right. The forward error falls by one decade for each decade of
# h: a line of slope 1. The central error falls by two: slope 2. Taylor's series says why; the two
# sides cancel the term with the first power of h:
#
# $$\frac{f(x+h) - f(x)}{h} = f'(x) + \frac{h}{2} f''(x) + \dots \qquad \frac{f(x+h) - f(x-h)}{2h} = f'(x) + \frac{h^2}{6} f^{(3)}(x) + \dots$$
#
# Then rounding takes over, and both rise again. The best relative error is about 10⁻⁸ for forward, 10⁻¹¹ for central. **No h gives all sixteen
# digits.**
#
# **Change one thing.** Plot `lambda x: np.sin(100 * x)` at 0.3. Where has the best h gone, and why?
#
# ## 6 · Third way: automatic
#
# Keep the list, and apply the rules of the rows, with numbers. No formula grows, and no h is chosen.
#
# **Predict.** A function of 20 numbers, and its 20 slopes. How often must the function be run for
# central differences? For reverse mode?

# %%
calls = 0


def counted(x):
    global calls
    calls += 1
    return np.sum(np.sin(x) * x**2)


x = np.linspace(-1.0, 1.0, 20)

# %%
calls = 0
h, by_differences = 1e-5, np.empty(20)
for i, step in enumerate(h * np.eye(20)):
    by_differences[i] = (counted(x + step) - counted(x - step)) / (2 * h)
print("central differences:", calls, "runs")
assert calls == 40

calls = 0
automatic = ad.grad(counted)(x)
print("automatic:          ", calls, "run, and one sweep back over its list")
assert calls == 1
assert np.abs(automatic - by_differences).max() < 1e-8

# %% [markdown]
# | | symbolic | numeric | automatic |
# | --- | --- | --- | --- |
# | gives | a formula | a number | a number |
# | error | rounding, when it is evaluated | 10⁻¹¹ at best, and an h to choose | rounding only |
# | loops and conditions | no | yes | yes, of the run |
# | runs of f for n slopes | – | 2n | 1 (reverse), n (forward) |
# | good for | insight | **checking** the other two | everything else |
#
# ## Summary
#
# 1. A program is a list of rows, each an elementary operation on values above it; a derivative needs a
#    rule for each kind of row, and none for the program.
# 2. A formula swells, and differences lose about five of sixteen digits at best; the list does neither.
# 3. A derivative is that of the steps which ran, so beware of `==`.
#
# **What breaks next.** We have the list and the rules. But in which direction do we walk the list, and
# what do we carry along? Lesson 3 walks down, together with the values. Lesson 4 walks up.
#
# ## Exercises
#
# ### 2.1 · Write the trace
#
# Write the trace of `(x * y + sin(x)) * (x * y)`, one elementary step per row, as texts. The names v1,
# v2, ... are yours; each row may use x, y and the rows above it, and a row may be used more than once.
# Compute nothing twice: four rows are enough, and four are wanted.


# %%
def trace():
    """The rows, for example ["v1 = x - y", "v2 = exp(v1)"]."""
    ### BEGIN SOLUTION
    return ["v1 = x * y", "v2 = sin(x)", "v3 = v1 + v2", "v4 = v3 * v1"]
    ### END SOLUTION


# %%
ad.course.check("2.1", trace)

# %% [markdown]
# ### 2.2 · Local partials of eight operations
#
# Write `partials(op, x, y)`: the local partials of the operation at the numbers x and y, as a tuple:
# two for the first four operations (by x, then by y), one for the others. `op` is one of `"x + y"`,
# `"x - y"`, `"x * y"`, `"x / y"`, `"sin(x)"`, `"exp(x)"`, `"log(x)"`, `"tanh(x)"`.


# %%
def partials(op, x, y):
    ### BEGIN SOLUTION
    return {
        "x + y": (1.0, 1.0),
        "x - y": (1.0, -1.0),
        "x * y": (y, x),
        "x / y": (1 / y, -x / y**2),
        "sin(x)": (np.cos(x),),
        "exp(x)": (np.exp(x),),
        "log(x)": (1 / x,),
        "tanh(x)": (1 - np.tanh(x) ** 2,),
    }[op]
    ### END SOLUTION


# %%
ad.course.check("2.2", partials)

# %% [markdown]
# ### 2.3 · Measure a slope
#
# Write `measure(f, x, h)`: the central difference.


# %%
def measure(f, x, h):
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %%
ad.course.check("2.3", measure)

# %% [markdown]
# ### 2.4 · Choose h
#
# Write `best_h(f, x, slope)`: a step size at which the central difference of `f` at `x` is off by
# less than 10⁻⁹ of the slope. Here the true `slope` is given, so you can try. The check has functions
# that wiggle slowly, and some that wiggle fast.


# %%
def best_h(f, x, slope):
    ### BEGIN SOLUTION
    def error(h):
        return abs((f(x + h) - f(x - h)) / (2 * h) - slope)

    return min(10.0 ** np.arange(-1, -16, -1), key=error)
    ### END SOLUTION


# %%
ad.course.check("2.4", best_h)
