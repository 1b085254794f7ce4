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
# # 4 · Reverse mode: a tape, read backwards
#
# **Forward mode pays a pass for every input. Can one single pass find the derivative with respect
# to all inputs at once?** It can, if it runs the other way. The picture below holds the result of
# such a pass: one number in every box, and both derivatives that we wanted.
#
# After this notebook you can
#
# - **record** a run as a graph of values (exercise 4.1),
# - **order** that graph so that no value is asked too early (exercise 4.2),
# - **sweep** it backwards and get every derivative in one pass (exercise 4.3; on paper
#   exercise 4.4),
# - **recognise** the three classic bugs of a backward pass from the wrong numbers that they give,
# - **say** what reverse mode pays for all this: memory.
#
# *Time: 90 minutes, half of it for the exercises. Needed: lesson 2 (local partials), lesson 3
# (one pass per input); Python classes.*

# %%
import numpy as np

import autodiff as ad
from autodiff.examples.tours import stops


# %%
def f(x, w):
    a = x * w
    b = a + w
    y = a * b
    return y


ad.draw(f, 2.0, 3.0)

# %% [markdown]
# ## 1 · Ask the other way round
#
# Forward mode asks of every value: *how fast do you move when `x` moves?* Reverse mode asks: **how
# much does the result `y` change for a change of yours?** That number is the **adjoint** of the
# value. The picture writes it `dy/da`, textbooks also write ā.
#
# The adjoint of `y` is 1: a change of `y` changes `y` by just as much. It is called the **seed**.
# Every other value is used somewhere. Each use hands back a contribution, the adjoint of the
# user times the local partial on the edge, and **the contributions add up**. For a value v:
#
# $$\frac{dy}{dv} = \sum_{u \text{ uses } v} \frac{dy}{du} \, \frac{\partial u}{\partial v}$$
#
# **Predict.** Cover the picture. The values are x = 2, w = 3, a = 6, b = 9, y = 54. Work out dy/db
# first (one use), then dy/da (two uses), then dy/dx and dy/dw. Paper helps.

# %%
dy_dy = 1.0  # the seed
dy_db = dy_dy * 6.0  # y = a * b, and ∂y/∂b = a = 6
dy_da = dy_dy * 9.0 + dy_db * 1.0  # used twice: by y and by b
dy_dx = dy_da * 3.0  # a = x * w, and ∂a/∂x = w = 3
dy_dw = dy_da * 2.0 + dy_db * 1.0  # used twice: by a and by b
print(f"dy/db = {dy_db}, dy/da = {dy_da}, dy/dx = {dy_dx}, dy/dw = {dy_dw}")
assert (dy_db, dy_da, dy_dx, dy_dw) == (6.0, 15.0, 45.0, 36.0)

# %% [markdown]
# **Explain.** Every number was used when it was *complete*: dy/da waited for the contributions of
# both `y` and `b`. One walk from the result back to the inputs gave all derivatives, for 2 inputs
# as it would for 2 million.
#
# Now let the computer do it. For that it must know, after the run, what used what. So during the
# run it keeps a diary: the **tape**.

# %% [markdown]
# ## 2 · Step one: a diary of the run
#
# A row of the tape holds one value, the rows that it was computed from (its *parents*), and the
# local partial towards each.


# %%
class Row:
    """A value, its parents, the partials towards them, and room for the adjoint."""

    def __init__(self, tape, value, parents, partials):
        self.tape, self.value = tape, value
        self.parents, self.partials = parents, partials
        self.adjoint = None  # not computed yet, which is not the same as 0


# %%
class Tape:
    """The rows of a run, in the order in which they were computed."""

    def __init__(self):
        self.rows = []

    def write(self, value, parents=(), partials=()):
        row = Row(self, value, parents, partials)
        self.rows.append(row)
        return row


# %% [markdown]
# ## 3 · Step two: operations that write themselves down
#
# Each operation computes its value and, at once, its local partials. It knows nothing else: not
# the rest of the program, and not who will use its result.


# %%
def add(u, v):
    return u.tape.write(u.value + v.value, (u, v), (1.0, 1.0))


def multiply(u, v):
    return u.tape.write(u.value * v.value, (u, v), (v.value, u.value))


def sin(u):
    return u.tape.write(np.sin(u.value), (u,), (np.cos(u.value),))


Row.__add__, Row.__mul__, Row.sin = add, multiply, sin


# %%
def show(tape):
    for number, row in enumerate(tape.rows):
        parents = [tape.rows.index(parent) for parent in row.parents]
        print(f"row {number}  value {row.value:4}  from rows {parents}  partials {row.partials}")


tape = Tape()
x, w = tape.write(2.0), tape.write(3.0)
y = f(x, w)

# %% [markdown]
# `f` is the function of the first picture, unchanged.
#
# **Predict.** How many rows has the tape? What stands in the row of `b`?

# %%
show(tape)
assert len(tape.rows) == 5
assert tape.rows[3].value == 9.0

# %% [markdown]
# **Explain.** Two inputs and three operations. Compare row by row with the picture: rows are boxes,
# parents are edges, partials are the labels on them. In row 2 the partials are 3 and 2: each
# operand of a product gets the *other* one.

# %% [markdown]
# ## 4 · Step three: the sweep
#
# Now read the diary backwards.


# %%
def backward(tape):
    for row in tape.rows:
        row.adjoint = 0.0
    tape.rows[-1].adjoint = 1.0  # the seed: dy/dy
    for row in reversed(tape.rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial


# %%
backward(tape)
print("adjoints:", [row.adjoint for row in tape.rows])
assert (x.adjoint, w.adjoint) == (45.0, 36.0)
assert (x.adjoint, w.adjoint) == ad.grad(f, argnums=(0, 1))(2.0, 3.0)

# %% [markdown]
# That is reverse mode, less than 30 lines with all classes, and it agrees with the toolkit. The sweep
# visited each of the 5 rows once. Forward mode would have run `f` twice, once for each input.
#
# Watch it in the player: one step is one contribution along one edge. *tour ▶* (or the key n) shows
# the five moments that matter. Then tick *predict what comes next* and play the sweep yourself. The
# column *received* counts: 1 of 2, 2 of 2.

# %%
ad.step(f, 2.0, 3.0, sweeps="reverse", tour=stops("reverse mode"))

# %% [markdown]
# Three operations do most of the work in a network, and each treats an adjoint in its own way.
#
# **Predict.** For a = 1, b = 2, c = 5: which numbers come back to a, b and c?


# %%
def gates(a, b, c):
    s = a + b  # 3
    p = s * c  # 15
    y = np.maximum(p, a)  # 15
    return y


back = ad.grad(gates, argnums=(0, 1, 2))(1.0, 2.0, 5.0)
print("dy/da, dy/db, dy/dc =", back)
assert back == (5.0, 5.0, 3.0)

# %% [markdown]
# **Explain.** **max routes**: the larger operand gets all of the adjoint, 1, the other one nothing (so
# nothing comes back to a on that way). **Multiply swaps**: each operand gets the adjoint times the
# *other* one, so s gets 5 and c gets 3. **Add hands on**: a and b both get the 5, unchanged. With these
# three you can read most networks without a formula. (Stanford's CS231n calls them gates.)
#
# **Change one thing.** Write `y = a * b + np.sin(x)` in `f`, with the toolkit's player or our own
# tape. Which adjoints change, and which stay?

# %% [markdown]
# ## 5 · Break it: `=` for `+=`
#
# One character less. Everybody writes this bug once: Andrej Karpathy's video lecture on micrograd does,
# and has a chapter of its own on repairing it.


# %%
def backward_overwriting(tape):
    for row in tape.rows:
        row.adjoint = 0.0
    tape.rows[-1].adjoint = 1.0
    for row in reversed(tape.rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint = row.adjoint * partial  # the bug


# %% [markdown]
# **Predict.** Which of the values have more than one use? So which adjoints will be wrong? The
# right ones are dy/dx = 45 and dy/dw = 36. `x` has a single use: will dy/dx be right?

# %%
backward_overwriting(tape)
print("dy/dx =", x.adjoint, "  dy/dw =", w.adjoint)
assert (x.adjoint, w.adjoint) == (18.0, 12.0)

# %% [markdown]
# **Explain.** `a` has two uses, and the second contribution, 6, wiped out the first, 9. So dy/da is
# 6 instead of 15. Everything before `a` gets its share from this wrong number: `x` has only one
# use and is wrong all the same. A lost contribution spoils all that lies behind it.
#
# On a chain, where every value has one use, this bug does nothing at all. **A test without a shared
# value can't find it.**

# %% [markdown]
# ## 6 · Break it: the wrong order
#
# No tape now: each row knows its parents, so why not just follow them? Hand the adjoint on as soon
# as a contribution arrives:


# %%
def follow(row):
    for parent, partial in zip(row.parents, row.partials):
        parent.adjoint += row.adjoint * partial
        follow(parent)


def backward_at_once(tape):
    for row in tape.rows:
        row.adjoint = 0.0
    tape.rows[-1].adjoint = 1.0
    follow(tape.rows[-1])


# %% [markdown]
# **Predict.** `y` hands 9 to `a`, and `a` hands on to `x` and `w` at once. Later `b` hands 6 to `a`,
# and `a` hands on again. Too much or too little in the end?

# %%
backward_at_once(tape)
print("dy/dx =", x.adjoint, "  dy/dw =", w.adjoint)
assert (x.adjoint, w.adjoint) == (72.0, 54.0)

# %% [markdown]
# **Explain.** Too much. `a` handed on 9 · 3 = 27 to `x` while its adjoint was not complete, and then
# 15 · 3 = 45, which contains the 9 a second time: 27 + 45 = 72.
#
# So the rule is: **hand an adjoint on once, when it is complete.** It is complete when all users
# have been served. On the tape every user stands *after* its parents, since nothing can be used
# before it is computed. Read backwards, all users come first. That is why it is *reverse* order,
# and the tape has that order for free. An order with this property is called *topological*.
#
# There is a second fault in following parents: it calls itself once for each step of the chain.

# %%
long = Tape()
z = long.write(1.0)
for _ in range(5_000):
    z = np.sin(z)
try:
    backward_at_once(long)
except RecursionError:
    print("RecursionError: a chain of 5,000 steps is too deep")
backward(long)
print("the sweep over the tape takes it:", len(long.rows), "rows")
assert 0 < long.rows[0].adjoint < 1e-4

# %% [markdown]
# ## 7 · Break it: sweep twice
#
# The two lines that set all adjoints to 0 look like tidying up. Leave them out:


# %%
def backward_again(tape):
    tape.rows[-1].adjoint = 1.0
    for row in reversed(tape.rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial


# %% [markdown]
# **Predict.** After a first, right sweep dy/dx is 45. Now this one runs. What is dy/dx then?

# %%
backward(tape)
once = x.adjoint
backward_again(tape)
print(f"dy/dx after one sweep: {once}, after the second: {x.adjoint}")
assert (once, x.adjoint) == (45.0, 153.0)

for steps in (1, 5, 10):
    chain = Tape()
    z = start = chain.write(0.5)
    for _ in range(steps):
        z = np.sin(z)
    backward(chain)
    once = start.adjoint
    backward_again(chain)
    print(f"a chain of {steps} steps: {start.adjoint / once:.0f} times")
    assert round(start.adjoint / once) == steps + 1

# %% [markdown]
# **Explain.** You said 90? It is worse than double: 153. The *intermediate* adjoints were left over
# as well. `b` had 6 and now has 12; `a` had 15 and gets 9 and 12 more: 36. Then `x` receives
# 36 · 3 = 108 on top of its 45.
# The deeper the graph, the larger the factor: after a chain of ten steps it is 11.
#
# PyTorch drops the intermediate adjoints and *keeps adding* to those of the inputs, on purpose: there
# two sweeps do double, and a training loop must set them to zero. Forgetting it is the bug that
# you will meet most often in practice. (Why anybody *wants* gradients to add up:
# [two sweeps on one tape](two_sweeps.md), a page of its own.)

# %% [markdown]
# ## 8 · The toolkit's tape
#
# The same with arrays, all of NumPy, and the line of your code that made each row.

# %%
with ad.Tape() as record:
    X = ad.Tensor(2.0, name="x")
    W = ad.Tensor(3.0, name="w")
    Y = f(X, W)
print(record)
print("before the sweep:", X.grad)

# %% [markdown]
# **Predict.** `backward()` is called twice here. What is `X.grad`: 45, 90 or 153?

# %%
Y.backward()
Y.backward()
print("X.grad =", X.grad, "  W.grad =", W.grad)
assert (X.grad, W.grad) == (45.0, 36.0)

# %% [markdown]
# **Explain.** Each call computes the gradients anew; adding up must be asked for, with
# `Y.backward(accumulate=True)`. And before the sweep `X.grad` is `None`, not 0: a derivative that
# nobody has computed yet is not a derivative of zero.
#
# **Change one thing.** Call `Y.backward(accumulate=True)` once more, and look at `X.grad`.

# %% [markdown]
# ## 9 · The price: memory
#
# Forward mode needs a pair at a time: once the next value is there, the last one may go. The sweep
# needs the partials of the *first* operation at the very end, so the tape keeps everything.
#
# **Predict.** A loop of n steps on an array of 100 numbers: how many numbers does the tape hold, for
# n = 10, 100 and 1000?


# %%
def walk(x, steps):
    for _ in range(steps):
        x = np.sin(x)
    return np.sum(x)


def kept(steps):
    with ad.Tape() as record:
        walk(ad.Tensor(np.ones(100)), steps)
    return sum(np.size(equation.value) for equation in record)


for steps in (10, 100, 1000):
    print(f"{steps:5} steps: {kept(steps):7} numbers on the tape, 200 in forward mode")
assert kept(1000) == 100 * (1 + 1000) + 1

# %% [markdown]
# **Explain.** It grows with the number of operations, whatever the size of the result. That is why
# training a network needs far more memory than running it.
#
# ## Summary
#
# 1. The adjoint of a value is the sum over its uses: the adjoint of the user times the local partial.
# 2. A sweep from the end of the tape to its beginning visits each row once, when its adjoint is
#    complete, and gives the derivatives with respect to all inputs.
# 3. `=` for `+=` and a wrong order are wrong only where a value is shared, leftover adjoints only the
#    second time; none of them raises an error, so a test must have a shared value and two sweeps.
#
# **What breaks next.** One sweep starts at *one* output. With m outputs it takes m sweeps, and
# forward mode may be cheaper. And the values of a network are arrays: what is the partial of a
# matrix product? Lesson 5 counts, and multiplies.
#
# ## Exercises
#
# ### 4.1 · Build the graph
#
# Write the class `Node`. `Node(2.0)` is an input: it has `value` 2.0, `op` "input" and no `parents`,
# an empty tuple. `+`, `*` and `np.sin` (a method `sin`) make a new `Node` with `op` "+", "*" or
# "sin" and the operands in `parents`, in order. A value that is used twice must be **one** node.


# %%
class Node:
    ### BEGIN SOLUTION
    def __init__(self, value, op="input", parents=()):
        self.value, self.op, self.parents = value, op, parents

    def __add__(self, other):
        return Node(self.value + other.value, "+", (self, other))

    def __mul__(self, other):
        return Node(self.value * other.value, "*", (self, other))

    def sin(self):
        return Node(np.sin(self.value), "sin", (self,))

    ### END SOLUTION


# %%
ad.course.check("4.1", Node)

# %% [markdown]
# ### 4.2 · An order in which nothing is asked too early
#
# A graph without a tape: you are given the last node, and each node has `parents`. Write
# `order(last)`: the list of all nodes that `last` depends on, and `last` itself, each **once**, and
# every node after its parents. The graph may be 5,000 nodes deep, so don't call yourself.


# %%
def order(last):
    ### BEGIN SOLUTION
    found, done, stack = [], set(), [(last, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            found.append(node)
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent in node.parents]
    return found
    ### END SOLUTION


# %%
ad.course.check("4.2", order)

# %% [markdown]
# ### 4.3 · The reverse sweep
#
# Write `backward` once more, without looking up. `rows` are the rows of a tape in the order of the
# run; each has `parents`, `partials` and `adjoint`, which is `None` at first. The last row is the
# result. Set the adjoint of every row; nothing is returned. The list stays as it is, and a second
# call must leave the same numbers.


# %%
def sweep(rows):
    ### BEGIN SOLUTION
    for row in rows:
        row.adjoint = 0.0
    rows[-1].adjoint = 1.0
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial
    ### END SOLUTION


# %%
ad.course.check("4.3", sweep)

# %% [markdown]
# ### 4.4 · On paper: three operations
#
# ```python
# s = a + b
# p = s * c
# m = np.maximum(p, d)
# y = m + s
# ```
#
# Let a = 1, b = 2, c = 4, d = 5. Draw the graph on paper, and go back through it with the three words of
# section 4. *What is dy/da?*
#
# - **a** 1
# - **b** 4
# - **c** 5
# - **d** 3
#
# *And which sentence is true?*
#
# - **1** s gets 4 from the product and 1 from the last sum, and these add up.
# - **2** s gets 4 from the product and 1 from the last sum, and the one that comes last counts.
# - **3** The maximum hands one half to each of its operands.
# - **4** The sum s = a + b hands one half of the adjoint to a and one half to b.
#
# Return the letter and the number, for example `return "a", 3`.


# %%
def answer():
    ### BEGIN SOLUTION
    return "c", 1
    ### END SOLUTION


# %%
ad.course.check("4.4", answer)
