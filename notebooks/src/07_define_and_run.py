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
# # 7 · Define-and-run against define-by-run
#
# Below is the example of the lecture's slide "TensorFlow: Example", as it stands, but for the import
# and the brackets of `print`. **The fourth line says what y is. No number is known before the very last
# line. What is y in between?** The picture shows it: a plan, with blanks in it.
#
# After this notebook you can
#
# - **tell** what happens while a graph is built from what happens while it runs,
# - **predict** which part of a graph a run executes (exercise 7.1),
# - **translate** between the two styles, line by line,
# - **recognise** four pitfalls of TensorFlow 0.11.
#
# *Time: 45 minutes, ten of them for the exercise. Needed: lesson 4 (a tape). TensorFlow itself is not needed: no Python of today can
# install the version of the lecture, so its code runs on our own registry of operations.*

# %%
import textwrap
import warnings

import numpy as np

import autodiff as ad
from autodiff.frontends import tensorflow as tf

# %%
a = tf.placeholder("float")
b = tf.placeholder("float")
c = tf.get_variable("my_var", shape=(1), initializer=tf.constant_initializer(5))
y = tf.mul(a, tf.log(b)) + c

ad.draw(y)

# %% [markdown]
# The graph knows nothing of your Python names. In it, `a` is called Placeholder, `b` Placeholder_1, and y
# is called add, after the operation that makes it.
#
# ## 1 · A plan is not a number
#
# **Predict.** What does `print(y)` print?

# %%
print(y)

# %% [markdown]
# **Explain.** y has a name, a dtype and a shape. It has no value, since a and b have none: they are
# **placeholders**, blanks in a form. Four lines of Python have *built a graph* and computed nothing.
#
# A **session** runs it. Now the rest of the slide:

# %%
sess = tf.Session()
sess.run(tf.initialize_all_variables())
print(sess.run(y, feed_dict={a: 3, b: 3}))
assert np.allclose(sess.run(y, feed_dict={a: 3, b: 3}), 3 * np.log(3) + 5)

# %% [markdown]
# So there are **two times**. At *building time* Python runs your lines, once. At *running time* the
# session runs the graph, as often as you like, with other feeds each time. This style is called
# **define-and-run**.
#
# ## 2 · The same, by running
#
# In lessons 0 to 6 there was one time. `ad.Tensor` is that style, **define-by-run**: each line computes
# at once, and the graph is the record of what was computed.
#
# **Predict.** After which line is the number 8.29 known?

# %%
A, B = ad.Tensor(3.0), ad.Tensor(3.0)
C = ad.Tensor([5.0])
Y = A * np.log(B) + C
print(Y)
Y.backward(np.ones(1))
assert np.isclose(A.grad, np.log(3))
ad.draw(Y)

# %% [markdown]
# **Explain.** It is known on the third line. The picture is not a plan, but a record: each box holds its
# number, and after `backward()` its adjoint. Side by side:
#
# | define-and-run | define-by-run |
# | --- | --- |
# | `a = tf.placeholder("float")` | `A = ad.Tensor(3.0)` |
# | `c = tf.get_variable(...)` | `C = ad.Tensor([5.0])` |
# | `y = tf.mul(a, tf.log(b)) + c`: a plan | `Y = A * np.log(B) + C`: a number, and a tape |
# | `sess.run(y, feed_dict={a: 3, b: 3})` | it has run |
# | `tf.gradients(y, [a, b, c])`: a longer plan | `Y.backward()`: a sweep over the tape |
#
# ## 3 · Only what is needed
#
# A plan can be looked at before it is run. So a session runs only the part that leads to what you
# fetch.
#
# **Predict.** We fetch log b alone. Which of the boxes run? Must a be fed?

# %%
log_b = tf.get_default_graph().get_tensor_by_name("Log:0")
metadata = tf.RunMetadata()
print(sess.run(log_b, feed_dict={b: 3}, run_metadata=metadata))
assert [op.name for op in metadata.ran] == ["Log"]
ad.draw(y, ran=metadata)

# %% [markdown]
# **Explain.** One operation ran; it is green. The pale ones were not touched. a was not fed, and nobody
# asked for it.
#
# You may feed *any* tensor, not only placeholders. What is fed need not be computed.
#
# **Predict.** Now fetch y, and feed a and **log b**. What runs? Must b be fed?

# %%
print(sess.run(y, feed_dict={a: 3, log_b: 10}, run_metadata=metadata))
print("ran:", [op.name for op in metadata.ran])
assert [op.name for op in metadata.ran] == ["my_var", "Mul", "add"]
ad.draw(y, ran=metadata)

# %% [markdown]
# **Explain.** Where a value is fed, the plan is cut: what stands before it is not needed. (The list also
# counts the reading of the variable; the line above the picture does not.)
#
# **Change one thing.** Fetch `[log_b, y]` with this feed. Which number comes out for log b, and did the
# logarithm run?
#
# ## 4 · A gradient is more plan
#
# **Predict.** `tf.gradients(y, [a, b])` is called *before* any number is known. What can it return?

# %%
before = len(tf.get_default_graph().get_operations())
dy_da, dy_db = tf.gradients(y, [a, b])
print(dy_da)
print("operations added:", len(tf.get_default_graph().get_operations()) - before)
found = sess.run([dy_da, dy_db], feed_dict={a: 3, b: 3}, run_metadata=metadata)
print(found)
assert np.allclose(found, [A.grad, B.grad])
ad.draw(dy_db, ran=metadata, direction="TB")

# %% [markdown]
# **Explain.** It returns two tensors. The reverse sweep went over the plan, and wrote each of its steps
# down as a new node, which the picture frames as "gradients". Same rules, same sweep; the numbers come when
# a session runs them. They are those of the eager `backward()`.
#
# ## 5 · Python runs once
#
# Here is the surprise of this style. We want a little noise in every run.
#
# **Predict.** We run `noisy` three times, and `fresh` three times. How many different numbers come out
# of each?

# %%
rng = np.random.default_rng(0)
noisy = a + rng.normal()
fresh = a + tf.random_uniform([])
for tensor in (noisy, fresh):
    values = [float(sess.run(tensor, feed_dict={a: 0})) for _ in range(3)]
    print(f"{tensor.name}: {len(set(values))} different")
    assert len(set(values)) == (1 if tensor is noisy else 3)

# %% [markdown]
# **Explain.** `rng.normal()` is Python. It ran at building time, *once*, and its result went into the
# graph as a constant. `tf.random_uniform` is a node: it runs in each run. The same holds for `print`,
# for `time.time()` and for `for`: a Python loop over a plan is unrolled.
#
# **Predict.** And `if`? This one has to decide while nobody knows the number.


# %%
def attempt(thunk):
    """Call it, and print what comes out: a value, or the first line of the error."""
    try:
        print(thunk())
    except Exception as error:
        print(textwrap.fill(f"{type(error).__name__}: {str(error).splitlines()[0]}", 96))


attempt(lambda: a if a > 0 else -a)

# %% [markdown]
# By running, it is no question: the number is there. In the plan, the choice itself must be a node:

# %%
attempt(lambda: A if A > 0 else -A)
size = tf.cond(a > 0, lambda: a, lambda: -a)
print([float(sess.run(size, feed_dict={a: value})) for value in (3, -3)])
assert sess.run(size, feed_dict={a: -3}) == 3

# %% [markdown]
# ## 6 · Four pitfalls
#
# **Predict.** For each line, before you run the cell: at which *time* does it fail, and how will the
# message say what is missing?

# %%
attempt(lambda: tf.Session().run(y, feed_dict={a: 3, b: 3}))  # a new session

# %%
attempt(lambda: sess.run(y, feed_dict={a: 3}))  # b is not fed

# %%
attempt(lambda: tf.get_variable("my_var", shape=(1)))  # in another cell, the same name

# %% [markdown]
# **Explain.** Variables live in the *session*; a new one has none until it runs the initializers. A
# missing feed is found when the run needs it, with the path that needs it. And a name stands for one
# variable: to use it again, you must say so.
#
# The fourth does not fail. It gets slower.
#
# **Predict.** How many operations does this loop add to the graph?

# %%
before = len(tf.get_default_graph().get_operations())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for step in range(20):
        sess.run(y * 2, feed_dict={a: step, b: 3})
added = len(tf.get_default_graph().get_operations()) - before
print("operations added:", added)
for own in caught[:1]:  # it warns once per graph
    print(textwrap.fill(str(own.message).splitlines()[0], 96))
assert added >= 20

# %% [markdown]
# **Explain.** `y * 2` is Python, and it stands *inside* the loop. Each round builds a new product, and
# runs it once. Build before the loop, run in it. `tf.get_default_graph().finalize()` makes the mistake
# an error.
#
# ## 7 · Which one?
#
# | | define-and-run | define-by-run |
# | --- | --- | --- |
# | the graph exists | before any number | after the run, as its record |
# | runs only what is needed | yes | you wrote what runs |
# | a wrong shape is found | at building, in your line | in your line, when it runs |
# | a wrong *number* is found | in `sess.run`, far from your line | in your line |
# | Python's `if`, `for`, `print` | at building only; `tf.cond` for the rest | as ever |
# | can be saved, moved, optimised as a whole | yes | a tape of one run can |
#
# In 2017 the lecture taught the left column. Most libraries of today begin on the right and *trace*
# a function into a plan where speed matters. With that comes section 5 again: what is Python runs once.
#
# ## Summary
#
# 1. Define-and-run has two times: Python builds a plan once, a session runs it often.
# 2. A plan can be looked at, so a run executes only what the fetches need and the feeds do not give.
# 3. Whatever is Python, and not a node, happened at building time: noise, `if`, and the loop that grows
#    a graph.
#
# **What breaks next.** We can differentiate anything now, in both styles. Lesson 8 trains a network with
# it, and meets gradients that vanish, explode and die.
#
# ## Exercise
#
# ### 7.1 · What runs?
#
# A graph is a dict: each operation's name and the names of its operands, in the order of building. Here
# is the lecture's:
#
# ```python
# {"a": [], "b": [], "c": [], "Log": ["b"], "Mul": ["a", "Log"], "add": ["Mul", "c"]}
# ```
#
# Write `plan(graph, fetch, fed)`: the list of the operations that a run executes to get `fetch`,
# each once, operands before those who need them. `fed` lists the names whose values are given; what is
# fed is not executed. (c is a variable: reading it counts as an operation.)


# %%
def plan(graph, fetch, fed):
    ### BEGIN SOLUTION
    needed, todo = set(), [fetch]
    while todo:
        name = todo.pop()
        if name not in needed and name not in fed:
            needed.add(name)
            todo += graph[name]
    return [name for name in graph if name in needed]
    ### END SOLUTION


# %%
ad.course.check("7.1", plan)
