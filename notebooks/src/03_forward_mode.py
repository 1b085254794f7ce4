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
# # 3 · Forward mode: numbers that carry their derivative
#
# **What if every number in a program carried its own derivative along, and kept it right by
# itself?** No formula for the whole program, no step size, one run. The picture below is such a
# run: each box holds a value and, beside it, how fast that value moves when `x` moves.
#
# After this notebook you can
#
# - **build** a number that carries its derivative (exercise 3.1),
# - **aim** the derivative in any direction, by the choice of the seed (exercise 3.2),
# - **assemble** a Jacobian, one column per pass, and say what it costs (exercise 3.3),
# - **explain** why two nested derivatives must not share one ε, and keep them apart
#   (exercise 3.4).
#
# *Time: 75 minutes, half of it for the exercises. Needed: lesson 2 (a program is a list of
# elementary steps, and each step has its local partials ∂); Python classes.*

# %%
import numpy as np

import autodiff as ad
from autodiff.course.helpers.counting import Counted
from autodiff.examples.tours import stops
from autodiff.view.charts.maps import plot_pushforward


# %%
def f(x):
    a = x * x
    b = np.sin(x)
    y = a * b
    return y


ad.draw(f, 2.0, mode="forward")

# %% [markdown]
# How to read it: `dx`, `da`, `db`, `dy` are **tangents**. The tangent of a value says how fast it
# moves while `x` moves at the speed `dx = 1`. (Textbooks also write ẋ for `dx`.) On an edge, an arrow
# of the picture, stand the local partial and what flows along: the tangent that comes in, times the
# partial.
#
# The last box says `dy = 1.973`. That is the derivative of the whole program at `x = 2`. Nobody
# wrote a formula for it. We now build the machine that does this.

# %% [markdown]
# ## 1 · A value and its tangent travel together
#
# Write a number that moves as `x + dx·ε`. Here ε is a sign, not a small number, and it has one
# rule: **ε² = 0**. Multiply two of them:
#
# $$(x + dx\,\varepsilon)\,(y + dy\,\varepsilon) = x\,y + (x\,dy + dx\,y)\,\varepsilon + dx\,dy\,\varepsilon^2$$
#
# The last term is 0. What is left beside ε is the product rule of calculus. Such a pair is called
# a **dual number**; its first part is the **primal**, its second the **tangent**.


# %%
class Dual:
    """A primal and its tangent: x + dx·ε, with ε² = 0."""

    def __init__(self, primal, tangent=0.0):
        self.primal, self.tangent = primal, tangent

    def __repr__(self):
        return f"Dual({self.primal}, {self.tangent})"

    def __mul__(self, other):
        primal = self.primal * other.primal
        tangent = self.primal * other.tangent + self.tangent * other.primal
        return Dual(primal, tangent)


# %% [markdown]
# **Predict.** `x` is 3 and moves at speed 1. `c` is 4 and stands still. What is `x * c`, primal and
# tangent? And `x * x`? Write both pairs down before you run the cell.

# %%
x = Dual(3.0, 1.0)
c = Dual(4.0, 0.0)
print("x * c =", x * c)
print("x * x =", x * x)
assert ((x * c).tangent, (x * x).tangent) == (4.0, 6.0)

# %% [markdown]
# **Explain.** `x * c` moves 4 times as fast as `x`. And `x * x` moves at speed 6: that is 2x at
# x = 3, though nobody told the class about squares. Both operands move, so both terms of the
# product rule are 3 · 1.
#
# **Change one thing.** Give `x` the tangent 10. What happens to the two tangents, and why?

# %% [markdown]
# ## 2 · Plain numbers stand still
#
# **Predict.** What does `x * x + 1` do now? And `2 * x`?

# %%
for attempt in (lambda: x * x + 1, lambda: x * 2, lambda: 2 * x):
    try:
        print(attempt())
    except (TypeError, AttributeError) as error:
        print(f"{type(error).__name__}: {error}")

# %% [markdown]
# Three failures, for three reasons: there is no `+`; the number 2 is no pair, so it
# has neither a primal nor a tangent; and for `2 * x` Python asks the *number* first, which has never
# heard of `Dual`. The cure for the last one is
# `__rmul__`: Python calls it on the right operand when the left one gives up.
#
# What tangent should the number 2 get? It does not move when `x` moves. So 0, and **not** 1.


# %%
def lift(thing):
    """A plain number is a dual number that stands still."""
    return thing if isinstance(thing, Dual) else Dual(thing, 0.0)


def add(self, other):
    other = lift(other)
    return Dual(self.primal + other.primal, self.tangent + other.tangent)


def multiply(self, other):
    other = lift(other)
    cross = self.primal * other.tangent + self.tangent * other.primal
    return Dual(self.primal * other.primal, cross)


# %%
Dual.__add__ = Dual.__radd__ = add
Dual.__mul__ = Dual.__rmul__ = multiply
print("x * x + 1 =", x * x + 1)
print("2 * x     =", 2 * x)
assert (x * x + 1).tangent == 6.0
assert (2 * x).tangent == 2.0

# %% [markdown]
# **Change one thing.** Let `lift` give the tangent 1 to plain numbers. Predict the tangent of
# `x * x + 1` first. (Then change it back.)

# %% [markdown]
# ## 3 · A function knows its own slope
#
# For every elementary function we write its rule once: the value, and the slope times the tangent
# that comes in.
#
# $$f(x + dx\,\varepsilon) = f(x) + f'(x)\,dx\,\varepsilon$$
#
# NumPy helps: for an object that it does not know, `np.sin(x)` calls `x.sin()`.


# %%
def sin(self):
    return Dual(np.sin(self.primal), np.cos(self.primal) * self.tangent)


Dual.sin = sin
print(f(Dual(2.0, 1.0)))

# %% [markdown]
# `f` is the function of the first picture, unchanged. Our class has just differentiated plain
# NumPy code, and found what the picture says. That is all of forward mode.

# %%
y = f(Dual(2.0, 1.0))
by_hand = 2 * 2.0 * np.sin(2.0) + 2.0**2 * np.cos(2.0)  # (x² sin x)' = 2x sin x + x² cos x
assert np.isclose(y.tangent, by_hand, rtol=1e-14)
assert round(y.tangent, 3) == 1.973

# %% [markdown]
# ## 4 · The toolkit's `Dual`
#
# `ad.Dual` is the same idea for plain NumPy: its functions, its arrays, and a clear error where a
# derivative would get lost. `ad.derivative(f)` makes the dual number and takes the tangent out.
#
# Now a function that has no formula: Newton's iteration for the square root, a loop that stops when
# it is good enough.
#
# **Predict.** What is the derivative of this *loop* at c = 2, to three digits?


# %%
def root(c):
    """The square root of c, by Newton's iteration."""
    x = c
    while abs(x * x - c) > 1e-12:
        x = (x + c / x) / 2
    return x


print(root(ad.Dual(2.0, 1.0)))
assert np.isclose(ad.derivative(root)(2.0), 1 / (2 * np.sqrt(2.0)), rtol=1e-9)

# %% [markdown]
# **Explain.** √c has the derivative 1 / (2√c), which is 0.354 at c = 2. The loop never heard of
# it. It ran some additions and divisions on dual numbers; each knew its own rule. The comparison
# `> 1e-12` looked at the primal alone: a condition picks the way, and has no derivative.
#
# **Change one thing.** Loosen the bound to `1e-1`, and compare the errors of value and derivative.
# Does the derivative of a loop that stops early know that it stopped early?
#
# **Predict.** What will the loop say at c = 1, where the derivative is ½? (How many rounds does it make
# there?)


# %%
def one_round_at_least(c):
    x = (c + 1) / 2
    while abs(x * x - c) > 1e-12:
        x = (x + c / x) / 2
    return x


print("root at c = 1:     ", ad.derivative(root)(1.0))
print("one round at least:", ad.derivative(one_round_at_least)(1.0))
assert (root(1.0), ad.derivative(root)(1.0)) == (1.0, 1.0)
assert ad.derivative(one_round_at_least)(1.0) == 0.5

# %% [markdown]
# **Explain.** At c = 1 the first guess x = c is the root itself. The loop makes no round at all, and
# what ran is `return c`, with the slope 1. Lesson 2 had the same: the derivative is that of the steps
# that ran. The condition changes its mind exactly at c = 1, and there the run is no witness for its
# neighbours. A loop that makes one round at least has the right slope there too.

# %% [markdown]
# In the player you see the pairs fill in: primal first, then the tangent, one share for each
# operand. *tour ▶* (or the key n) leads you through, with a sentence at each stop. Then tick
# *predict what comes next*, go back to the first step, and be ahead of it.

# %%
ad.step(f, 2.0, sweeps="dual", tour=stops("forward mode"))

# %% [markdown]
# ## 5 · The seed is a direction
#
# With two inputs we must say *which way* they move. The tangents that we give to the inputs are
# called the **seed**. This function turns polar coordinates into a point of the plane:


# %%
def polar(p):
    r, angle = p
    return np.stack([r * np.cos(angle), r * np.sin(angle)])


p = np.array([2.0, 0.5])
print("only r moves:     ", ad.jvp(polar, (p,), (np.array([1.0, 0.0]),))[1])
print("only the angle:   ", ad.jvp(polar, (p,), (np.array([0.0, 1.0]),))[1])

# %% [markdown]
# `ad.jvp(f, primals, seed)` runs `f` once on dual numbers and returns the value and the tangent.
#
# **Predict.** Now both move: `r` at speed -1, the angle at speed 0.5. You know the two tangents
# above. What is the tangent of the point? In the right picture, where will arrow c go?

# %%
seeds = [np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.5])]
plot_pushforward(polar, p, seeds)

# %%
along_r, along_angle, along_both = (ad.jvp(polar, (p,), (seed,))[1] for seed in seeds)
assert np.allclose(along_both, -1.0 * along_r + 0.5 * along_angle, rtol=1e-14)
print(along_both)

# %% [markdown]
# **Explain.** The tangent depends *linearly* on the seed: -1 times the first arrow plus 0.5 times
# the second. So one pass gives the derivative along **one** direction, whichever you choose: the
# **directional derivative**. A different direction is a different pass.
#
# **Change one thing.** Give the seed (-2, 1). How does the arrow change? And for the seed (0, 0)?

# %% [markdown]
# ## 6 · A Jacobian, column by column
#
# Put the tangents of the unit seeds side by side, as columns. That matrix is the **Jacobian** J:
# row i, column j holds ∂yᵢ/∂xⱼ. A pass with seed t gives the product J t, for t = (1, 0, ...) the first
# column:
#
# $$dy = J\,t \qquad\text{that is}\qquad dy_i = \sum_j \frac{\partial y_i}{\partial x_j}\,t_j$$
#
# **Predict.** `g` takes 3 numbers and returns 2. What is the shape of J? How many passes does
# forward mode need?


# %%
def g(x):
    return np.stack([x[0] * x[1], np.sin(x[2]) + x[0]])


# %%
counted = Counted(g)  # g, with the number of its calls in counted.calls
point = np.array([1.0, 2.0, 0.0])
columns = [ad.jvp(counted, (point,), (seed,))[1] for seed in np.eye(3)]
J = np.stack(columns, axis=1)
print(J, f"shape {J.shape}, {counted.calls} passes")
assert counted.calls == 3
assert J.shape == (2, 3)
assert np.array_equal(J, ad.jacobian(g)(point))

# %% [markdown]
# **Explain.** J has 2 rows (outputs) and 3 columns (inputs): 2 × 3 = 6 numbers. A pass fills one
# **column**: one input moves, and all outputs answer. So n inputs take n passes, whatever the
# number of outputs.
#
# **Change one thing.** Use `axis=0` in `np.stack`. The numbers are all there. What is wrong with
# the shape, and with which function would you not have noticed?

# %% [markdown]
# ## 7 · Two derivatives, one ε: a bug that hides
#
# Derivatives nest: the slope of a slope, or a derivative inside a loss. Here is the obvious way to
# write it with our class.


# %%
def broken_derivative(f, x):
    return f(Dual(x, 1.0)).tangent


def inner(x):
    return broken_derivative(lambda y: x + y, 1.0)  # d/dy (x + y): one, for every x


def outer(x):
    return x * inner(x)  # x times one


# %% [markdown]
# **Predict.** `inner(x)` is d/dy (x + y), so it is 1. Then `outer(x)` is x · 1 = x. What is the
# derivative of `outer` at x = 1?

# %%
print("by calculus:", 1.0)
print("broken:     ", broken_derivative(outer, 1.0))
print("toolkit:    ", ad.derivative(lambda x: x * ad.derivative(lambda y: x + y)(1.0))(1.0))
assert broken_derivative(outer, 1.0) == 2.0
assert ad.derivative(lambda x: x * ad.derivative(lambda y: x + y)(1.0))(1.0) == 1.0

# %% [markdown]
# Twice too much, and no error. Look at the addition inside `inner`:

# %%
outer_x = Dual(1.0, 1.0)  # the outer derivative moves x
inner_y = Dual(1.0, 1.0)  # the inner derivative moves y
print("x + y =", outer_x + inner_y)

# %% [markdown]
# **Explain.** The tangent 2 is one share from `y` and one from `x`. But the inner derivative asked
# only about `y`; for it, `x` stands still. Both derivatives wrote into the same ε, and afterwards
# nobody can tell whose share is whose. This is called **perturbation confusion**.
#
# The cure: every derivative gets an ε of its own. The toolkit gives each transform a **level**; an
# operation belongs to the innermost level among its operands, and all others are constants for it.
#
# The bug hides well. A second derivative is right even with the broken version, because there the
# outer variable is only the *point* of the inner derivative, and not a part of its function:


# %%
def cube(x):
    return x * x * x


second = broken_derivative(lambda x: broken_derivative(cube, x), 2.0)
print("d²(x³)/dx² at 2:", second)
assert second == 12.0 == ad.derivative(ad.derivative(cube))(2.0)

# %% [markdown]
# So a test of second derivatives would have passed. The test that finds it is the one above.
#
# ## Summary
#
# 1. A dual number carries a primal and a tangent; each operation knows its own rule, so a whole
#    program is differentiated in one run, without a formula and without a step size.
# 2. The seed is a direction: one pass gives J times the seed, and n unit seeds give the n columns
#    of the Jacobian.
# 3. Nested derivatives need an ε each, or they mix without a word.
#
# **What breaks next.** A network has one output, the loss, and a million inputs, its weights. One
# pass per input is a million passes. Lesson 4 turns the sweep around.
#
# ## Exercises
#
# What you write in exercises 3.1, 4.1 to 4.3, 5.2, 5.3 and 6.2 becomes an engine of your own. Lesson 8
# collects it into a file, `my_autodiff.py`, and trains a network on it.
#
# ### 3.1 · A dual number of your own
#
# Write the class from nothing, without looking up. (`lift` of section 2 makes numbers of the class
# `Dual`; here you need one of your own.) `MyDual(3.0, 1.0)` keeps `primal` and `tangent`
# (0 if it is left out). It can do `+`, `*`, `/`, also with a plain number on either side; `**` with
# a plain number as exponent; and `np.exp` and `np.log`, by methods `exp` and `log`. The methods of
# the operators are called `__add__`, `__mul__`, `__truediv__`, `__pow__`, and `__radd__`,
# `__rmul__`, `__rtruediv__` for a number on the left. The check tries the easy ones first, so you
# can ask it after each method.


# %%
class MyDual:
    ### BEGIN SOLUTION
    def __init__(self, primal, tangent=0.0):
        self.primal, self.tangent = primal, tangent

    def __add__(self, other):
        other = other if isinstance(other, MyDual) else MyDual(other)
        return MyDual(self.primal + other.primal, self.tangent + other.tangent)

    def __mul__(self, other):
        other = other if isinstance(other, MyDual) else MyDual(other)
        cross = self.primal * other.tangent + self.tangent * other.primal
        return MyDual(self.primal * other.primal, cross)

    def __truediv__(self, other):
        other = other if isinstance(other, MyDual) else MyDual(other)
        top = self.tangent * other.primal - self.primal * other.tangent
        return MyDual(self.primal / other.primal, top / other.primal**2)

    def __rtruediv__(self, other):
        return MyDual(other) / self

    def __pow__(self, k):
        return MyDual(self.primal**k, k * self.primal ** (k - 1) * self.tangent)

    def exp(self):
        return MyDual(np.exp(self.primal), np.exp(self.primal) * self.tangent)

    def log(self):
        return MyDual(np.log(self.primal), self.tangent / self.primal)

    __radd__, __rmul__ = __add__, __mul__
    ### END SOLUTION


# %%
ad.course.check("3.1", MyDual)

# %% [markdown]
# ### 3.2 · One direction, one pass
#
# Write `directional(f, x, direction)`: the derivative of `f` at the array `x` along `direction`,
# with **one** call of `f`. Use `ad.jvp`. The direction is not always a unit vector.


# %%
def directional(f, x, direction):
    ### BEGIN SOLUTION
    return ad.jvp(f, (x,), (direction,))[1]
    ### END SOLUTION


# %%
ad.course.check("3.2", directional)

# %% [markdown]
# ### 3.3 · The Jacobian by seeding
#
# Write `jacobian(f, x)` with `ad.jvp` alone, for an array `x` of n numbers and a result of m. The
# check counts your passes.


# %%
def jacobian(f, x):
    ### BEGIN SOLUTION
    return np.stack([ad.jvp(f, (x,), (seed,))[1] for seed in np.eye(x.size)], axis=1)
    ### END SOLUTION


# %%
ad.course.check("3.3", jacobian)

# %% [markdown]
# ### 3.4 · Keep two ε apart
#
# Here a dual number also has a `tag`, which says whose ε it carries; an inner derivative has a
# larger tag. The product of `a` and `b` works in the larger tag of the two:
#
# ```python
# def multiply(a, b):
#     tag = max(tag_of(a), tag_of(b))
#     (a, da), (b, db) = parts(a, tag), parts(b, tag)
#     return Tagged(a * b, a * db + da * b, tag)
# ```
#
# Write `parts(thing, tag)`: the primal and the tangent of `thing` **as this ε sees it**. A `thing`
# is a plain number, or has `.primal`, `.tangent` and `.tag`.


# %%
def parts(thing, tag):
    ### BEGIN SOLUTION
    if getattr(thing, "tag", None) == tag:
        return thing.primal, thing.tangent
    return thing, 0.0
    ### END SOLUTION


# %%
ad.course.check("3.4", parts)
