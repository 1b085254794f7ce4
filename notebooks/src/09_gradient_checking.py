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
# # 9 · Gradient checking: how to trust a derivative
#
# **Two networks learn to read digits. One of them has a wrong gradient. Which one?** Nothing
# crashes, no warning is shown, and both losses fall. A wrong gradient is the quietest bug there is.
#
# After this notebook you can
#
# - **measure** a derivative to nine digits without knowing it (exercise 9.1),
# - **compare** two derivatives by an error that means something (exercise 9.2),
# - **build** a checker, and prove that it can say no: it catches five planted bugs, and spares a
#   relu at 0 (exercise 9.3),
# - **find** the wrong rule in a network with the toolkit's check, its drawing and its player.
#
# *Time: 60 minutes, half of it for the exercises. Needed: lesson 2 (finite differences) and lesson 4
# (the reverse sweep), lesson 5 (cotangents), lesson 6 (a kink).*

# %%
import numpy as np

import autodiff as ad
from autodiff.course.helpers import planted
from autodiff.examples import digits
from autodiff.nn import relu, softmax, softmax_cross_entropy
from autodiff.view.charts import plots


# %%
def train(gradient, epochs=40, rate=0.5):
    rng = np.random.default_rng(0)
    (x, labels), losses = digits.load(rng).train, []
    W1, W2 = 0.2 * rng.normal(size=(64, 32)), 0.2 * rng.normal(size=(32, 10))
    for _ in range(epochs):
        h = np.tanh(x @ W1)
        z = h @ W2
        losses.append(float(softmax_cross_entropy(z, labels)))
        dL_dz = (softmax(z) - np.eye(10)[labels]) / len(labels)
        dL_dW1, dL_dW2 = gradient(x, h, W2, dL_dz)
        W1, W2 = W1 - rate * dL_dW1, W2 - rate * dL_dW2
    return losses


# %%
def gradient_a(x, h, W2, dL_dz):
    return x.T @ (dL_dz @ W2.T), h.T @ dL_dz


def gradient_b(x, h, W2, dL_dz):
    return x.T @ ((dL_dz @ W2.T) * (1 - h**2)), h.T @ dL_dz


losses = {"network A": train(gradient_a), "network B": train(gradient_b)}
assert all(own[-1] < 0.5 * own[0] for own in losses.values())
assert losses["network A"][10] < losses["network B"][10]
plots.plot_losses(losses)

# %% [markdown]
# Both losses fall to less than half, side by side; A is ahead on the way. You can't see the bug by
# training.
#
# **Predict.** Which of the two has the bug? Write your answer down, from the curves alone. Then look at
# tanh in the code, and at the two gradients, and write it down again.
#
# ## 1 · The definition as a measuring instrument
#
# The witness that knows no calculus is a difference quotient. Lesson 2 found for x³ that its best step is
# neither large nor tiny. Here is another function.
#
# **Predict.** Where is the valley of the one-sided quotient, and where that of the central one? How many
# digits are right there? Draw both curves before you run the cell.

# %%
plots.plot_step_sizes(lambda x: np.exp(np.sin(x)), 1.0)

# %% [markdown]
# **Explain.** The same two errors as in lesson 2. On the right the curve bends: **truncation**. On the
# left the two values of f agree in almost all of their 16 digits, and the difference keeps only what is
# left: **rounding**, about 10⁻¹⁶ divided by h. The valley is where the two are equal:
#
# $$h \approx \frac{10^{-16}}{h} \;\Rightarrow\; h \approx 10^{-8} \quad\text{on one side} \qquad\qquad h^2 \approx \frac{10^{-16}}{h} \;\Rightarrow\; h \approx 10^{-5} \quad\text{on both}$$
#
# So one side gives about 8 digits, and both sides about 10.

# %%
f, x = np.sin, 1.0
for h in (1e-2, 1e-5, 1e-8, 1e-10):
    one, both = (f(x + h) - f(x)) / h, (f(x + h) - f(x - h)) / (2 * h)
    errors = [abs(n - np.cos(x)) for n in (one, both)]
    print(f"h = {h:.0e}   one side: {errors[0]:.0e}   both sides: {errors[1]:.0e}")
    if h == 1e-5:
        assert errors[0] > 1e-6 > 1e-9 > errors[1]

# %% [markdown]
# ## 2 · Ten rules, and a checker that is no better than a coin
#
# `planted.RULES` holds ten functions f of an array x, each with a claimed `vjp(ct, x)`: the
# cotangent of x for a cotangent ct of f(x). Five are right. In five a bug was planted. A checker
# gets `(f, vjp, x)` and says True ("I believe it") or False. Here is one as it is often written:


# %%
def naive(f, vjp, x, h=1e-4):
    y, slopes = f(x), np.zeros_like(x)
    for i in range(len(x)):
        t = np.zeros_like(x)
        t[i] = h
        slopes[i] = np.sum(f(x + t) - y) / h
    claimed = vjp(np.ones_like(y), x)
    return np.sum(abs(claimed - slopes)) < 0.01


# %% [markdown]
# **Predict.** Of how many of the ten does it say the truth?

# %%
said = planted.verdicts(naive)
for rule in planted.RULES:
    truth = "right" if rule.right else "bug"
    print(f"{rule.name:34}{truth:8}{said[rule.name]}")
print("score:", planted.score(naive), "of 10")
assert planted.score(naive) == 5

# %% [markdown]
# **Explain.** Five. A checker that always says yes has five as well:

# %%
assert planted.score(lambda f, vjp, x: True) == 5
assert planted.score(lambda f, vjp, x: False) == 5

# %% [markdown]
# That is the surprise of this lesson: **a checker nobody has seen fail proves nothing.** A test is
# tested by bugs that you plant yourself. This is called its mutation score.
#
# Now find out why. Begin with the sizes. The slopes of sin(x) / 10,000,000 are near 10⁻⁷; whatever
# is claimed about them, the sum of errors is below 0.01. The slopes of x³ at 10⁷ are near 10¹⁴, and
# 0.01 is less than their last digit. "Small" needs a measure: divide the error by the larger of the
# two numbers.
#
# **Predict.** A slope of 10⁻⁷ claimed with the wrong sign; a slope of 3·10¹⁴ that is right to nine
# digits. Which of the two has the larger absolute error, and which the larger relative one?

# %%
for claimed, measured in ((-1e-7, 1e-7), (3e14, 3.000000003e14)):
    absolute = abs(claimed - measured)
    relative = absolute / max(abs(claimed), abs(measured))
    print(f"absolute error {absolute:.1e}   relative error {relative:.0e}")

# %% [markdown]
# **Explain.** The first is as wrong as can be: relative error 2. The second is right to nine digits. The
# absolute errors say the opposite.
#
# ## 3 · Which question do you ask?
#
# f has several results, so vjp wants a cotangent, and the checker gave it all ones. That asks: "how
# does the *sum* of the results change?" Take roll(x), which moves every element on by one place.
#
# **Predict.** The sum of the elements, before and after the roll. What can a question about the sum
# find out about the places?

# %%
true_rule, wrong_rule = (lambda ct: np.roll(ct, -1)), (lambda ct: np.roll(ct, 1))
ones = np.ones(4)
print("ones:  ", true_rule(ones), wrong_rule(ones))
ct = np.random.default_rng(0).normal(size=4)
print("random:", true_rule(ct).round(2), wrong_rule(ct).round(2))
assert np.all(true_rule(ones) == wrong_rule(ones))
assert not np.any(np.isclose(true_rule(ct), wrong_rule(ct)))

# %% [markdown]
# **Explain.** With ones, a Jacobian and its transpose can give the same answer. A random cotangent asks for a
# sum in which every result counts differently. It costs the same, and hides nothing (but for luck
# that you will never have).
#
# There is an even sharper question, without any step size. You know it from lesson 5, where the two modes
# checked each other. With vectors as columns it reads, for all t and ct,
#
# $$\langle ct, J\,t \rangle = \langle J^T ct, t \rangle$$


# %%
def program(x):
    return np.cumsum(np.tanh(x) * np.roll(x, 1))


point = np.array([0.7, -1.2, 2.0, 0.4])
t, ct = np.random.default_rng(1).normal(size=(2, 4))
_, Jt = ad.jvp(program, (point,), (t,))
_, pullback = ad.vjp(program, point)
(Jct,) = pullback(ct)
print("⟨ct, J t⟩ =", np.sum(ct * Jt).round(12), "  ⟨Jᵀ ct, t⟩ =", np.sum(Jct * t).round(12))
assert np.isclose(np.sum(ct * Jt), np.sum(Jct * t), rtol=1e-12)

# %% [markdown]
# Two modes, one number, all digits. (It can't see a mistake that both modes make. A difference can.)
#
# ## 4 · At a kink, "wrong" is the wrong word
#
# **Predict.** What does a central difference say of relu at 0? What does the engine say? Who is right?

# %%
h = 1e-6
left, right = (relu(0.0) - relu(-h)) / h, (relu(h) - relu(0.0)) / h
central = (relu(h) - relu(-h)) / (2 * h)
print("left", left, "  right", right, "  central", central, "  engine", ad.grad(relu)(0.0))
assert (left, right, central, ad.grad(relu)(0.0)) == (0.0, 1.0, 0.5, 0.0)

# %% [markdown]
# **Explain.** Nobody, and nobody is wrong. There is no derivative at 0, as lesson 6 said: there is a slope
# on the left and one on the right, and every number between is a **subgradient**, a defensible answer.
# The engine answers 0, by convention. But 2 is not defensible.
#
# So a checker measures *both* one-sided slopes, and accepts what lies between. Where f is smooth
# the two are equal, up to the truncation, and it is the old test again.
#
# You now have all the pieces: relative errors, a random cotangent, both sides, every element. Put
# them together in exercise 9.3.
#
# ## 5 · The toolkit's checker
#
# `ad.check` does all this, with a sweep of step sizes in place of one, and for both modes. Here is
# a network with an op of our own, and the rule of the op is wrong: swish is x·σ(x), a product, and
# we kept only one term of its derivative.


# %%
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


swish = ad.custom_op(
    lambda x: x * sigmoid(x),
    partials=lambda ans, x: sigmoid(x),
    name="swish",
)


# %%
def network(w, x):
    z = w * x
    h = swish(z)
    L = np.sum(h * h)
    return L


w, x = np.array([0.5, -1.0]), np.array([2.0, 1.5])

# %% [markdown]
# **Predict.** The check knows three ops: `*` (twice), swish and sum. How could it find out which of them
# is wrong?

# %%
report = ad.check(network, w, x)
report

# %% [markdown]
# **Explain.** It tried each op of the run by itself, so it can name the one whose rule is wrong, its line,
# and by what factor.

# %%
print(report.kind, [rule.equation.op.name for rule in report.rules])
assert report.kind == "wrong"
assert [rule.equation.op.name for rule in report.rules] == ["swish"]

# %%
report.step()

# %% [markdown]
# The player opens at the wrong rule. Step through the reverse sweep: up to `h` every number is
# right. Then press the button *check*: each coordinate is moved by +h and -h, and the quotient is laid
# beside the adjoint.
#
# **Change one thing.** Mend the rule (`sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))`, or shorter
# `sigmoid(x) + ans * (1 - sigmoid(x))`) and run the cells again.
#
# The column `noise` says how far the measurement itself may be off, and `by` how it was made. The *complex
# step*, where a program takes complex numbers, is the cleverest: it moves x off the real line.
#
# $$f(x + i h) = f(x) + i h f'(x) - \dots \qquad\text{so}\qquad f'(x) \approx \frac{\mathrm{Im}\, f(x + i h)}{h}$$
#
# **Predict.** Nothing is subtracted there. So how small may h be?

# %%
h = 1e-100
slope = np.imag(np.sin(1.0 + 1j * h)) / h
print("error of the complex step with h = 1e-100:", abs(slope - np.cos(1.0)))
assert abs(slope - np.cos(1.0)) < 1e-15

# %% [markdown]
# **Explain.** As small as you like: without a difference no digits cancel, so there is no valley. (Squire and
# Trapp, 1998.) It needs a program that is smooth for complex numbers, which abs and relu are not.
#
# At a kink the check does not say "wrong", and not "right" either:

# %%
kink = ad.check(lambda x: np.sum(relu(x)), np.array([1.0, 0.0, -1.0]))
print(kink.kind)
assert kink.kind == "not differentiable"
ad.smoothness(lambda x: np.sum(relu(x)), np.array([1.0, 0.0, -1.0]))

# %% [markdown]
# And the two networks from the beginning? Give the engine the same loss, and compare.


# %%
def loss(W1, W2, x, labels):
    return softmax_cross_entropy(np.tanh(x @ W1) @ W2, labels)


rng = np.random.default_rng(0)
images, labels = (part[:50] for part in digits.load(rng).train)
W1, W2 = 0.2 * rng.normal(size=(64, 32)), 0.2 * rng.normal(size=(32, 10))
h = np.tanh(images @ W1)
dL_dz = (softmax(h @ W2) - np.eye(10)[labels]) / len(labels)
true = ad.grad(loss)(W1, W2, images, labels)
for name, gradient in (("A", gradient_a), ("B", gradient_b)):
    error = np.max(abs(gradient(images, h, W2, dL_dz)[0] - true)) / np.max(abs(true))
    print(f"network {name}: dL/dW1 is {'right' if error < 1e-12 else 'WRONG'}")
    assert (error < 1e-12) == (name == "B")
wrong, _ = gradient_a(images, h, W2, dL_dz)
assert np.linalg.norm(wrong) > np.linalg.norm(true)  # larger
assert np.sum(wrong * true) > 0  # and still downhill

# %% [markdown]
# **Explain.** It was A, the one that was ahead. It forgot the slope 1 - h² of tanh. That slope is between 0 and 1,
# so the wrong gradient is larger than the true one, in another direction, and still downhill: longer
# steps, which for a while looked like skill. For how long?

# %%
later = {"A": train(gradient_a, epochs=200)[-1], "B": train(gradient_b, epochs=200)[-1]}
print("loss after 200 epochs:", {name: round(end, 3) for name, end in later.items()})
assert later["B"] < later["A"]

# %% [markdown]
# After 200 epochs B is ahead. **A wrong gradient often points downhill. It costs accuracy, not a stack trace.**
#
# ## Summary
#
# 1. A central difference with a step of about 10⁻⁵ measures the derivative of a smooth function to some nine
#    digits, and knows nothing of your formula.
# 2. A checker compares relatively, asks with a random cotangent, looks at every element and at both
#    sides, and at a kink accepts what lies between.
# 3. Before you trust it, plant bugs and see it say no.
#
# **What breaks next.** A check holds at the points where you tried it, and a rule can be right there
# and wrong elsewhere (large inputs, ties, empty arrays, another dtype). `ad.check(..., order=2)`
# checks the derivatives of the gradient too; `autodiff traps` shows where other libraries are quietly
# wrong. And lesson 10 needs the gradient of something that no difference quotient can measure.
#
# ## Exercises
#
# ### 9.1 · A difference quotient with nine digits
#
# Write `quotient(f, x)`: the derivative of f at the number x, from values of f at real numbers on both
# sides of x, right to nine digits. Also at x = 10,000,000, and at x = 0. The check watches where you
# call f.


# %%
def quotient(f, x):
    ### BEGIN SOLUTION
    h = 1e-5 * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %%
ad.course.check("9.1", quotient)

# %% [markdown]
# ### 9.2 · A relative error
#
# Write `relative_error(a, n)`: the difference of two numbers, as a share of the larger of their two
# sizes. It is never negative, and 0 for equal numbers.


# %%
def relative_error(a, n):
    ### BEGIN SOLUTION
    larger = max(abs(a), abs(n))
    return abs(a - n) / larger if larger else 0.0
    ### END SOLUTION


# %%
ad.course.check("9.2", relative_error)

# %% [markdown]
# ### 9.3 · A checker that catches five bugs
#
# Write `checker(f, vjp, x)`: True if you believe that `vjp(ct, x)` is the cotangent of the array x
# for a cotangent ct of f(x), False if not. Use values of f and of vjp, and not the engine. It is tried on the ten rules of section 2, and has to be
# right about all ten.


# %%
def checker(f, vjp, x):
    ### BEGIN SOLUTION
    y = f(x)
    ct = np.random.default_rng(0).normal(size=y.shape)
    claimed = vjp(ct, x)
    for i in range(len(x)):
        h = 1e-6 * max(1.0, abs(x[i]))
        t = np.zeros_like(x)
        t[i] = h
        left, right = np.sum(ct * (y - f(x - t))) / h, np.sum(ct * (f(x + t) - y)) / h
        low, high = min(left, right), max(left, right)
        slack = 1e-4 * max(abs(low), abs(high), abs(claimed[i]))
        if not low - slack <= claimed[i] <= high + slack:
            return False
    return True
    ### END SOLUTION


# %%
ad.course.check("9.3", checker)
