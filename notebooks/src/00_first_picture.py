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
# # 0 · First picture
#
# **You write four lines of NumPy. How does the computer know their slope?** Nobody gives it a
# formula. It has the picture below: every step of the program in a box, with two numbers.
#
# After this notebook you can
#
# - **draw** a function, and **read** the two numbers in each box,
# - **play** the derivative one step at a time, forward and back,
# - **check** a derivative, and a function of your own (exercise 0.1).
#
# *Time: 15 minutes. Needed: Python functions, a little NumPy, and what a slope is.*

# %%
import numpy as np

import autodiff as ad


# %%
def f(x):
    a = x * x
    b = np.sin(x)
    c = 3 * b
    y = a + c
    return y


ad.draw(f, 2.0)

# %% [markdown]
# ## 1 · Two numbers in a box
#
# Start at the box `x`. Its **value**, 2, is what we gave. Follow the arrows to the right: `a`, `b`,
# `c` and `y` are the lines of the program, with the values that they had in this run.
#
# The second number is the **adjoint**. In the box `x` it is written `dy/dx`: if `x` grows by a
# tiny bit, `y` grows by `dy/dx` times as much. It is the slope of `f` at 2. In the box `y` stands 1,
# since `y` grows by just as much as `y` does. This is the *seed*: the way back begins there.
#
# On an arrow stands a **local partial**, with the round ∂: how much *one* step changes when *one*
# of its inputs does. `∂b/∂x = cos(x)` knows the sine, and nothing else of the program.
#
# (The signs and words of all lessons stand in one table, in the [README](README.md) beside them.)
#
# **Predict.** The slope at `x = 2` is what the picture says. What will it be at `x = 0`? Look only at
# the arrows that end in `y` and those that leave `x`. Write your number down, then run.

# %%
slope = ad.grad(f)
print("slope at 2:", slope(2.0))
print("slope at 0:", slope(0.0))
assert round(slope(2.0), 3) == 2.752
assert round(3 * np.cos(2.0), 3) == -1.248
assert slope(0.0) == 3.0

# %% [markdown]
# **Explain.** Two arrows carry `x` into `a`, since `x * x` uses it twice; one carries it into `b`.
# Each arrow hands something back, and the adjoint is their sum. At 2 that is 2 + 2 - 1.248. At 0
# the first two hand back 0, and only the 3 · cos(0) = 3 is left.
#
# (A line with `assert` holds the text to its word: it fails if a number that we speak of is not the one
# that comes out. When you change something, it may fail, and should.)
#
# **Change one thing.** Draw `f` at 0.0 and find the 3.

# %% [markdown]
# ## 2 · Play it
#
# The player goes through the same picture one step at a time: first the values, then the adjoints,
# from `y` back to `x`. Use the buttons or the arrow keys. Tick *predict what comes next*: each number
# is hidden until you have typed your own. (In a notebook that you do not trust yet, you see a still
# picture.)

# %%
ad.step(f, 2.0, sweeps=("forward", "reverse"))

# %% [markdown]
# ## 3 · Do not believe it: check it
#
# A slope can also be measured: nudge `x`, run `f` again, and see how much `y` moved. `ad.check`
# compares the derivative with such a measurement, which knows nothing about boxes and arrows. (Its
# nudge is a clever one, named in the column `by`. Lesson 9 explains the table; today, read the last
# line.)

# %%
report = ad.check(f, 2.0)
print(report)
assert report.passed

# %% [markdown]
# ## 4 · A program is not a formula
#
# This function has a loop and a condition in it. No calculus book lists its derivative.
#
# **Predict.** What will the picture of `g` look like at 20? Where is the loop, where is the `if`? How
# many boxes are there?


# %%
def g(x):
    y = x
    while y > 1:
        y = y / 2 if y > 3 else np.sin(y)
    return y


ad.draw(g, 20.0)

# %% [markdown]
# **Explain.** There is no loop in the picture, and no `if`. What is recorded is what *ran*, a box a
# step: 20 was halved three times, and then the sine was small enough. The slope is that of the
# steps that ran: ½ · ½ · ½ · cos(2.5).

# %%
assert np.isclose(ad.grad(g)(20.0), np.cos(2.5) / 8)
assert np.isclose(ad.grad(g)(3.0), np.cos(3.0))
assert np.isclose(g(20.0), np.sin(2.5))

# %% [markdown]
# **Change one thing.** Draw `g` at 3.0: which boxes are gone? Then find an `x` at which the slope
# is exactly 1.

# %% [markdown]
# ## Summary
#
# 1. A run of a program is a list of steps, and a drawing of it is a graph: values go forward.
# 2. Every step knows its own local partial; sent backward along the arrows and added up, they give
#    the adjoints, which are the slopes.
# 3. A derivative can be checked by a measurement, and you should.
#
# **What breaks next.** Here every box held one number. In a network a box holds a vector or a
# matrix. Then what is a "slope", and in which order do we multiply? That is lesson 1.
#
# ## Exercise
#
# ### 0.1 · Through a point, with a slope
#
# Write a function `h(x)`, of NumPy operations, whose **value** at `x = 2` is 5 and whose **slope**
# there is -1. Many functions do. Draw yours before you check it.


# %%
def h(x):
    ### BEGIN SOLUTION
    return 7 - x
    ### END SOLUTION


# %%
ad.course.check("0.1", h)
