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
# # 12 · Ten libraries, one network
#
# The lecture's slide names eight libraries, with what is good and bad about each, and a later one
# two wrappers. **Below stand twelve programs: those ten, and the two styles of this course. Are they
# twelve ways to say the same thing, or twelve things?**
#
# After this notebook you can
#
# - **recognise** the idea of a library in ten lines of its code, and draw what it holds,
# - **say** when a mistake is seen, and what becomes of Python's `if` (exercise 12.2),
# - **translate** a program from one library to another without changing its numbers (exercise 12.1),
# - **write** a derivative where it is written by hand (exercise 12.3),
# - **judge** a sentence like "flexible, but slow" by a measurement.
#
# *Time: 75 minutes, a third of it for the exercises. Needed: lesson 7 (define-and-run), lesson 8
# (softmax, cross-entropy, momentum). None of the libraries is installed: each style runs on our own
# registry of operations, in the names and with the conventions of early 2017.*

# %%
import numpy as np

import autodiff as ad
from autodiff.core.language.display.table import table
from autodiff.examples.one_network import STYLES, Problem, habits, measuring, pictures, programs
from autodiff.view.charts.chart import Chart

problem = Problem.small()
programs()

# %% [markdown]
# Each card is a whole program (without imports): it builds x·W1 + b1, tanh, ·W2 + b2, softmax and the
# cross-entropy, takes the same first weights, and makes `step(x, labels)`, one step of gradient
# descent that gives the loss before the step. The italics are the library's idea.
#
# **Predict.** All train on the same 50 batches. How many different curves will you see: one, three
# (one for each way of dividing by the batch), or twelve?

# %%
curves = measuring.curves(problem)
hand = np.array(list(problem.by_hand()))
chart = Chart(figsize=(7, 2.6), layout="constrained")
axes = chart.subplots()
for k, (name, curve) in enumerate(curves.items()):
    axes.plot(curve + 0.02 * k, label=name)
axes.set(xlabel="step", ylabel="loss, each 0.02 higher")
axes.legend(fontsize=7, ncols=2, loc="center left", bbox_to_anchor=(1, 0.5))
largest = max(np.max(abs(curve - hand)) for curve in curves.values())
print("largest difference from backprop by hand:", "below 1e-12" if largest < 1e-12 else largest)
assert largest < 1e-12
chart

# %% [markdown]
# **Explain.** One curve (moved up a little for each name, or you would see one line). Reverse mode is one
# algorithm. What differs is not *what* is computed but **when it is known, who holds it, and who
# decides** where mathematics leaves a choice. The rest of the lesson measures these three.
#
# ## 1 · What does a library hold?
#
# The same visualizer draws what each library has in its hands after a step (a smaller network: two
# rows, three units).
#
# **Predict.** In some of the pictures there are numbers in the boxes, in others only names and shapes.
# In which ones? Go through the ten and mark them, then look.

# %%
pictures(Problem.random(rows=2, inputs=2, hidden=3, classes=2, steps=1, seed=0))

# %% [markdown]
# **Explain.** TensorFlow, Theano, mxnet's symbols, CNTK and Keras hold a *plan*: no numbers, often no sizes. It was
# there before the first batch, so it could be checked, printed, optimised, sent to another machine.
# chainer, and our `ad.Tensor`, hold the *history of one run*, with its numbers. Caffe and neon hold
# arrays in *layers*, whose backward was written in the library; Torch holds modules, and the picture
# of it is the tape of our own engine, which ran the module once more.
#
# How coarse a picture is says where a derivative is written down: Caffe's four boxes are
# layers, and each has a backward of its own; chainer's sixteen are the steps of the NumPy inside.
#
# Here is the plan of lesson 7 once more, now with the backward part that TensorFlow adds to the
# graph, and the same for Theano.

# %%
from autodiff.frontends import tensorflow as tf
from autodiff.frontends import theano

T = theano.tensor
x, v = tf.placeholder(tf.float64, name="x"), T.dscalar("v")
plans = {"TensorFlow": tf.gradients(tf.tanh(x) ** 2, [x])[0], "Theano": T.grad(T.tanh(v) ** 2, v)}
for name, plan in plans.items():
    print(name, "holds", len(ad.draw(plan).graph.nodes), "nodes")
ad.draw(plans["Theano"], direction="LR")

# %% [markdown]
# **A derivative that is a plan can be differentiated again.** A number can't be. Ask for the second
# derivative of x³ at 3, which is 18:

# %%
x, v = tf.placeholder(tf.float64), T.dscalar("v")
twice = tf.gradients(tf.gradients(x**3, [x])[0], [x])[0]
print("TensorFlow", tf.Session().run(twice, {x: 3.0}))
print("Theano    ", theano.function([v], T.grad(T.grad(v**3, v), v))(3.0))
print("ad.grad   ", ad.grad(ad.grad(lambda x: x**3))(3.0))

# %%
from autodiff.frontends.chainer import Variable

own = Variable(np.array(3.0))
(own**3).backward()
print("chainer 1  has the first one,", own.grad, "an", type(own.grad).__name__, "without a history")
assert isinstance(own.grad, np.ndarray)
assert ad.grad(ad.grad(lambda x: x**3))(3.0) == 18.0

# %% [markdown]
# ## 2 · When is a mistake seen, and what does it say?
#
# Two mistakes. In the first W2 has a row too many: (9, 3) where the hidden layer has 8 units. In the
# second each batch has a column too many.
#
# **Predict.** For TensorFlow, Theano, chainer and Torch: is the wrong weight seen when the program is
# *built* or when it *runs*? And the wrong batch?

# %%
print(measuring.report(problem))

# %% [markdown]
# **Explain.** Who knows sizes while building can refuse while building. Theano's types say the number of
# axes and the dtype, not the sizes, so it builds what can't run (its `test_value` was made for that).
# chainer has no "while building" at all. A wrong *batch* nobody can see before it comes.
#
# The last column is section 3's. "Lines" counts the cards above, Caffe's text included; "nodes"
# the operations in the pictures.
#
# An error is as good as its words:

# %%
print(measuring.words(problem))

# %% [markdown]
# **Explain.** The best ones name the operation, both shapes, and which axis is wrong; the worst come from the
# array library beneath (Caffe, mxnet, where a weight is copied into a buffer that was sized before).
# In 2017 many of these came without your line. A line of *yours* is known to a library that asks
# Python for it while the node is made.
#
# ## 3 · Does `if` work?
#
# **Predict.** y is a value of the library, and it is -1. What does `if y > 0:` do in a library that
# holds a plan? It may (a) do the right thing, (b) refuse, (c) take the branch. Which is worst?

# %%
from autodiff.frontends.neon.backends import gen_backend

be = gen_backend("cpu", batch_size=1)
y = be.array([[-1.0]])
if y > 0:
    print("neon: the branch was taken, with y =", y.get().item())

# %% [markdown]
# **Explain.** `y > 0` is an op-tree, a plan for a comparison. Python asks any object whether it is true, and an
# object that does not say is true. TensorFlow and Theano refuse: an error, and not a wrong number. In the
# table above Torch, chainer and both styles of ours are "right", since there y is a number at the moment
# of the `if`. mxnet is both: its arrays compute at once, its symbols are a plan. That was its idea.
#
# The price of a plan is that its loops and branches must be part of it: `tf.cond`, `theano.scan`.
# Caffe's text has neither.
#
# **Change one thing.** Write `if y.get().item() > 0:`. What has this line done, that a plan can't?
#
# ## 4 · What does it cost?
#
# **Predict.** A step over 2,000 rows with 500 hidden units, 8 MB for one such array. How many arrays of
# this size does a step hold at its peak? Backprop by hand, as in lesson 8, needs about four: h, its
# slope, the adjoint of h and a product.

# %%
large = Problem.random(rows=2000, inputs=20, hidden=500, classes=10, steps=1, seed=0)
peaks = measuring.memory(large)
print(table(("system", "arrays of 8 MB at once"), [(n, str(k)) for n, k in peaks.items()]))
assert max(peaks.values()) < 20

# %% [markdown]
# **Explain.** Between four and a dozen: reverse mode must keep what the local slopes need, in any style. (A
# library that frees and reuses buffers by the plan, as mxnet did, could get below that; here all
# styles share NumPy's allocation.)
#
# Now time. Seconds depend on the machine, so they are measured as multiples of backprop by hand on
# *yours*, and not kept in this notebook.

# %% tags=["volatile"]
small_net, large_net = measuring.seconds(problem), measuring.seconds(large)
chart = Chart(figsize=(7, 3.2), layout="constrained")
axes = chart.subplots()
place = np.arange(len(small_net))
axes.barh(place - 0.2, list(small_net.values()), 0.4, label="20 rows, 8 units")
axes.barh(place + 0.2, list(large_net.values()), 0.4, label="2,000 rows, 500 units")
axes.set(yticks=place, yticklabels=list(small_net), xscale="log", xlabel="time / by hand")
axes.axvline(1, color="black")
axes.legend()
chart

# %% [markdown]
# **Explain.** For the small network a step costs many times backprop by hand, since each operation is a few
# microseconds of Python around almost no arithmetic. For the large one all twelve come near 1: the
# arithmetic is the same, and it is NumPy's. So **"slow" and "fast" on the slide are not about the style.**
# They were about kernels on a GPU, copies in and out, and compiling. The last one can be seen here too:

# %% tags=["volatile"]
import time

for name in ("Theano", "TensorFlow", "chainer"):
    start = time.perf_counter()
    step, _ = STYLES[name](problem)
    built = time.perf_counter()
    step(*problem.batches[0])
    done = time.perf_counter()
    print(f"{name:12} building takes as long as {(built - start) / (done - built):.0f} first steps")

# %% [markdown]
# ## 5 · Who decides at a kink?
#
# Where there is no derivative each library has a convention, and almost none said so. The numbers here
# are *measured*: the slope of relu and of |x| at 0, of the largest of two equal elements, of the larger of two
# equal arrays (left, right), and of clip at its bound.
#
# **Predict.** What will you find for relu'(0)? It is the most used function of the field.

# %%
print(table(("system", *habits.QUESTIONS), habits.slopes()))

# %% [markdown]
# **Explain.** Theano computed relu as (x + |x|) / 2, and so its slope at 0 is one half. Everybody else says 0. With
# the maximum of two equal arrays there are five opinions: the left one, the right one, both, half each,
# and no such function. With weights that start at 0 all elements are ties, and a network trains or does
# not train by a convention. (Every one of these is a subgradient, or a sum of two; lesson 9.)
#
# ## 6 · Where does the rate stand?
#
# Momentum is one line in every library, and the lines are not the same. Here W starts at 0, the
# gradient is always 1, the momentum ½, and the rate is 0.1 in the first step and 0.2 in the second.
#
# **Predict.** By the rule of lesson 8, `v = m v + g; W -= rate v`, where is W after the two steps?

# %%
from autodiff.examples.one_network import rates

print(table(("system", "W after one", "after two", "the rule"), rates.two_steps()))

# %% [markdown]
# **Explain.** Four rules. With a constant rate the first two are the same, so nobody notices, until a schedule
# lowers the rate: then in Caffe the old steps still roll on at the old rate. Torch's `sgd` damps
# the gradient by the momentum unless you write `dampening = 0`, and CNTK always.
#
# And a batch: does the loss add up its rows, or take their mean? Measured by the gradient of one row,
# alone and beside another:

# %%
per_row = rates.per_row()
print(per_row)
assert per_row["Torch"] == per_row["chainer"] == per_row["Caffe"] == "mean"
assert per_row["mxnet"] == per_row["CNTK"] == per_row["neon"] == "sum"

# %% [markdown]
# In TensorFlow and Theano you write the sum or the mean yourself. mxnet and CNTK divide later, in the
# optimizer (`rescale_grad`, a rate per minibatch), neon too. And one more, which costs every newcomer
# an hour: in Lua the first element has the number 1, and so has Torch's first class.

# %% tags=["raises-exception"]
from autodiff.frontends.torch import Tensor, nn

nn.ClassNLLCriterion().forward(Tensor([[-0.1, -2.4]]), Tensor([0]))

# %% [markdown]
# ## 7 · The slide, measured
#
# | the slide says | here | where |
# | --- | --- | --- |
# | TensorFlow: very flexible | any node is fetched or fed; the gradient is a plan, and has a gradient | sections 1, 3 |
# | TensorFlow: TensorBoard | the graph exists before a run, so it can be shown; `ad.draw` does the same | section 1 |
# | TensorFlow: often somewhat slower | not by its style: near 1 for a large network | section 4 |
# | Caffe: simple for standard nets | a network and its solver are nine lines of text, without a program | the first card |
# | Caffe: less flexible | four nodes, which are layers; no `if`, no second derivative, no derivative between layers | sections 1, 3 |
# | Theano: very flexible | the shortest program of the ten that has no ready-made layer; second derivatives | section 2 |
# | Theano: slow compile time | building takes as long as many steps | section 4 |
# | Torch: well-supported, among the fastest | no plan to build; `if` works; each module's author wrote its derivative | section 3 |
# | Torch: lua interface | classes from 1; otherwise the same calls (scripts in Lua run here too, with the wheel `lupa`) | section 6 |
# | the others | mxnet: both styles; CNTK: a rate with a unit; chainer: the run is the graph; neon: a plan until it is assigned | sections 1 to 6 |
# | keras, tf-slim: less code | nine and twelve lines against ten: a network of two layers is too small to gain | section 2 |
#
# What no measurement on one machine can tell: documentation, how widely it is used, whether it will be there in ten
# years. Of the ten, two are.

# %%
lines = {name: measuring.lines(style) for name, style in STYLES.items()}
assert min(lines, key=lines.get) == "Theano"
assert (lines["keras"], lines["tf-slim"], lines["TensorFlow"]) == (9, 12, 10)
print(lines)

# %% [markdown]
# ## Summary
#
# 1. Reverse mode is one algorithm: ten libraries give the same losses to the last digits, once
#    their conventions are made equal.
# 2. A plan (TensorFlow, Theano, mxnet's symbols, CNTK) shows mistakes early and can be differentiated
#    again; a run (chainer, Torch, ours) has Python's `if` and its numbers.
# 3. Conventions travel silently: slopes at kinks, sums or means, where the rate stands, what the
#    first class is called. Port a program with one step by hand beside it.
#
# **What breaks next.** The plan and the run have since been joined: a function is run once with
# placeholders for values, and the trace is compiled (`ad.value_and_grad` of this course stands on the
# same idea). What such a trace can't know is again Python's `if`.
#
# ## Exercises
#
# ### 12.1 · A rate in another system's units
#
# A program trains with the *mean* loss of n rows by `v = m v + g; W -= rate v`. It is to run with CNTK's
# `momentum_sgd`, whose rule is `v = m v + (1 - m) rate g; W -= v`. There g is the *sum* over the n rows if
# `unit` is "sample", and CNTK divides it by n if `unit` is "minibatch". Write
# `cntk_rate(rate, momentum, n, unit)`: the rate with which CNTK makes the same steps.


# %%
def cntk_rate(rate, momentum, n, unit):
    ### BEGIN SOLUTION
    own = rate / (1 - momentum)
    return own / n if unit == "sample" else own
    ### END SOLUTION


# %%
ad.course.check("12.1", cntk_rate)

# %% [markdown]
# ### 12.2 · Session.run in ten lines
#
# A graph is a dict: `graph["c"]` is `(function, ["a", "b"])`, a function and the names of its inputs. Write
# `run(graph, fetch, feed)`: the value of the node `fetch`. `feed` holds values by name, of placeholders
# (which are not in the graph) and of any other node. Compute what is needed, each node once, and
# nothing that is fed.


# %%
def run(graph, fetch, feed):
    ### BEGIN SOLUTION
    values = dict(feed)

    def value(name):
        if name not in values:
            function, inputs = graph[name]
            values[name] = function(*[value(i) for i in inputs])
        return values[name]

    return value(fetch)
    ### END SOLUTION


# %%
ad.course.check("12.2", run)

# %% [markdown]
# ### 12.3 · A module with a backward of its own
#
# Torch's way: you write the derivative. The module multiplies each column of x (rows, n) by a weight
# of its own, `self.weight` (n,); the check sets it, and `self.gradWeight` of zeros. `updateOutput` gives the
# output, and keeps it as `self.output`; `updateGradInput` gives the gradient of x from that of the output,
# g; `accGradParameters` adds `scale` times the gradient of the weight to `self.gradWeight`. Use NumPy.


# %%
class Scale:
    def updateOutput(self, x):
        ### BEGIN SOLUTION
        self.output = x * self.weight
        return self.output
        ### END SOLUTION

    def updateGradInput(self, x, g):
        ### BEGIN SOLUTION
        self.gradInput = g * self.weight
        return self.gradInput
        ### END SOLUTION

    def accGradParameters(self, x, g, scale):
        ### BEGIN SOLUTION
        self.gradWeight += scale * (g * x).sum(0)
        ### END SOLUTION


# %%
ad.course.check("12.3", Scale)
